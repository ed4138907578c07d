"""Forms of names: titles, pet names, and capitalised words that are none.

Design choices
- Data only, written for this project from the usage of English novels.
"""

from __future__ import annotations

__all__ = ["FEMALE_TITLES", "MALE_TITLES", "NOT_NAMES", "PET", "PLACES", "TITLES"]

MALE_TITLES = (
    "Mr Mister Sir Lord Master Uncle King Prince Duke Count Baron Father Brother Monsieur Squire Signor Herr"
).split()
FEMALE_TITLES = (
    "Mrs Miss Ms Lady Aunt Queen Princess Duchess Countess Sister Madame Mademoiselle Mother Frau Dame"
).split()
TITLES = [
    *MALE_TITLES,
    *FEMALE_TITLES,
    "Dr",
    "Doctor",
    "Captain",
    "Colonel",
    "Major",
    "Professor",
    "Inspector",
    "Sergeant",
    "General",
    "Judge",
    "Reverend",
    "Lieutenant",
    "Constable",
    "Hon",
    "Rev",
    "Capt",
    "Gen",
    "Col",
    "Lieut",
    "Earl",
    "Marquis",
]
PLACES = frozenset(
    """street road lane square house hall park river bridge court terrace avenue station inn church castle
    abbey county city town village island bay gardens place hotel theatre theater club college school
    university company bank creek valley mountain lake sea ocean forest woods gate market""".split()
)
"""Last words of names that are no person's."""
PET = {
    "lizzy": "elizabeth",
    "eliza": "elizabeth",
    "beth": "elizabeth",
    "bess": "elizabeth",
    "tom": "thomas",
    "bob": "robert",
    "dick": "richard",
    "bill": "william",
    "will": "william",
    "jim": "james",
    "jack": "john",
    "ned": "edward",
    "ted": "edward",
    "kate": "katherine",
    "kitty": "catherine",
    "meg": "margaret",
    "peggy": "margaret",
    "fred": "frederick",
    "harry": "henry",
    "joe": "joseph",
    "sam": "samuel",
    "nell": "ellen",
    "nelly": "ellen",
    "polly": "mary",
    "molly": "mary",
    "fanny": "frances",
    "charley": "charles",
    "ben": "benjamin",
    "jo": "josephine",
}
NOT_NAMES = frozenset(
    """i the a an he she it they we you his her their its my your our this that these those there here then
    when where what who why how if but and or so yet as at in on of for to from with by not no yes oh ah
    well now never monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december english french german latin christmas
    easter god heaven lord sir madam miss mr mrs one two three all some any each every both none nothing
    everything everybody nobody somebody after before once while until since though although perhaps
    indeed still thus even only just such very too again chapter part did do does was were is are had
    has have will would could should shall may might must can let good come go poor dear old young
    little great i'm i've i'll don't it's that's finally suddenly presently evidently certainly probably
    possibly meanwhile later soon immediately instantly slowly quickly quietly silently gently softly
    apparently unfortunately fortunately naturally obviously clearly surely really actually eventually
    afterwards thereupon whereupon somehow somewhere sometimes often always seldom already nearly almost
    hardly scarcely however nevertheless""".split()
)
