"""The words around speech: verbs of saying, nouns that are people, with sex and age.

Design choices
- Lists, written for this project from the vocabulary of English novels. A verb counts in the past, in the
  present and as a participle.
"""

from __future__ import annotations

import re
from typing import Literal

from duologue.studio.firstnames import Sex

__all__ = ["AGES", "FEMALE_NOUNS", "MALE_NOUNS", "PEOPLE_NOUNS", "SAY", "Age", "age_of", "sex_of_noun"]

Age = Literal["child", "young", "adult", "old"]

_VERBS = """said says say cried cries replied replies answered answers asked asks returned returns observed
observes exclaimed exclaims whispered whispers remarked remarks added adds continued continues began begins
shouted shouts murmured murmurs muttered mutters repeated repeats inquired inquires enquired enquires
demanded demands interrupted interrupts growled growls screamed screams sobbed sobs laughed laughs sighed
sighs called calls told tells retorted retorts rejoined rejoins pleaded pleads begged begs protested
protests suggested suggests declared declares announced announces ejaculated roared roars snapped snaps
yelled yells gasped gasps stammered stammers hissed hisses chuckled chuckles sang sings wondered thought
thinks resumed resumes responded responds concluded concludes urged urges insisted insists agreed agrees
admitted admits confessed confesses explained explains grumbled grumbles shrieked shrieks wailed wails
moaned moans groaned groans faltered falters croaked croaks squeaked squeaks boomed booms thundered barked
barks drawled drawls piped pipes warned warns ordered orders commanded commands corrected corrects objected
objects ventured ventures assented hinted echoed echoes sneered sneers snarled snarls giggled giggles
breathed breathes pursued pursues quoth bellowed bellows hesitated mused muses grunted grunts coaxed scolded
scolds promised promises greeted greets argued argues reminded reminds teased cautioned chimed snorted
whimpered squealed chorused affirmed gushed lectured panted bawled blurted complained contended fumed guessed
hazarded howled jeered joked lisped mimicked mumbled persisted queried questioned rasped reasoned reflected
remonstrated reported sniffed spluttered squeaked stated taunted tittered vowed wheedled whined yelped assured
informed confided advised apologized apologised asserted smiled grinned beamed wept soothed scoffed
purred counselled advised implored entreated lamented proclaimed recited read""".split()
SAY = frozenset(_VERBS)

_MALE = """man gentleman boy lad father husband son brother uncle nephew grandfather king prince duke lord
sir master fellow monk priest parson vicar butler footman squire coachman landlord widower papa grandpa
gaffer sailor captain soldier hatter barber blacksmith butcher porter policeman constable fisherman
woodcutter emperor bishop bachelor schoolmaster salesman cobbler drummer ferryman watchman gardener miller
ploughboy postman huntsman wizard knave""".split()
_FEMALE = """woman lady girl mother wife daughter sister aunt niece grandmother queen princess duchess
countess mistress maid widow nurse governess housekeeper landlady mamma mama grandma witch nun actress dame
lass cook milliner seamstress washerwoman hostess heroine schoolmistress""".split()
_EITHER = """child baby doctor stranger servant clerk teacher judge officer guest host cousin friend
companion traveller visitor driver inspector detective sergeant colonel major general professor lawyer
merchant farmer thief beggar prisoner neighbour neighbor passenger patient librarian conductor baker author
poet painter musician musketeer pilot keeper jailer messenger secretary mayor magistrate convict witness
accused counsel defendant bride groom hostler hare rabbit caterpillar cat dog mouse dormouse fox wolf bear
owl gryphon turtle ghost spirit phantom giant dwarf fairy robot clockmaker carpenter pupil student""".split()
MALE_NOUNS, FEMALE_NOUNS = frozenset(_MALE), frozenset(_FEMALE)
PEOPLE_NOUNS = MALE_NOUNS | FEMALE_NOUNS | frozenset(_EITHER)

AGES: dict[str, Age] = {
    "child": "child",
    "baby": "child",
    "boy": "child",
    "girl": "child",
    "lad": "child",
    "lass": "child",
    "kid": "child",
    "little": "child",
    "grandfather": "old",
    "grandmother": "old",
    "grandpa": "old",
    "grandma": "old",
    "gaffer": "old",
    "old": "old",
    "aged": "old",
    "elderly": "old",
    "ancient": "old",
    "young": "young",
    "maid": "young",
    "prince": "young",
    "princess": "young",
    "aunt": "old",
    "widow": "old",
    "student": "young",
    "pupil": "child",
    "witch": "old",
}


def sex_of_noun(words: str) -> Sex:
    """The sex a noun phrase tells ("the old gentleman"), or ""."""
    for word in reversed(re.findall(r"[a-z]+", words.lower())):
        if word in MALE_NOUNS:
            return "male"
        if word in FEMALE_NOUNS:
            return "female"
    return ""


def age_of(words: str) -> Age:
    """The age a noun phrase tells; adult where it tells none."""
    found = [AGES[w] for w in re.findall(r"[a-z]+", words.lower()) if w in AGES]
    for age in ("old", "child", "young"):
        if age in found:
            return age  # type: ignore[return-value]
    return "adult"
