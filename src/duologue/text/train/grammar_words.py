"""The words that the minimal pairs are made of: common ones, in an encyclopaedia as in books of 1870 to 1930.

Design choices
- Every verb comes with objects that make sense, so that only the grammar of a sentence is ever wrong.
- Verbs that are sometimes transitive (eat, follow, sing) are kept out of the lists where that would matter.
- Nouns are alike in both English spellings.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Frame", "Verb"]


class Verb(NamedTuple):
    """A verb's forms, and objects it takes ('' for none)."""

    base: str
    third: str
    past: str
    participle: str
    objects: tuple[str, ...]


class Frame(NamedTuple):
    """A noun with a phrase after it: singular, plural, preposition, (singular, plural) that follow."""

    one: str
    many: str
    preposition: str
    others: tuple[tuple[str, str], ...]


def _nouns(text: str) -> tuple[tuple[str, str], ...]:
    """'man men, king' -> (("man", "men"), ("king", "kings"))"""
    rows = (entry.split() for entry in text.split(","))
    return tuple((row[0], row[-1] if len(row) > 1 else row[0] + "s") for row in rows)


def _verbs(text: str) -> tuple[Verb, ...]:
    """Lines of 'base third past participle: object, object'."""
    rows = []
    for line in text.strip().splitlines():
        forms, _, objects = line.partition(":")
        base, third, past, participle = forms.split()
        rows.append(Verb(base, third, past, participle, tuple(o.strip() for o in objects.split(",") if o)))
    return tuple(rows)


PEOPLE = _nouns(
    "man men, woman women, boy, girl, soldier, doctor, teacher, farmer, student, lawyer, writer, painter,"
    "child children, sailor, merchant, priest, servant, officer, captain, nurse, judge, poet, guest,"
    "stranger, engineer, actor, prisoner, driver, hunter, king, lady ladies, visitor"
)
MEN = tuple("man king boy father brother uncle prince husband gentleman son grandfather".split())
WOMEN = tuple("woman queen girl mother sister aunt princess wife lady daughter grandmother".split())
HIS_NAMES = tuple("John William George Charles James Henry Robert Thomas Edward Richard".split())
HER_NAMES = tuple("Mary Elizabeth Anna Margaret Alice Jane Emma Helen Sarah Catherine".split())
THINGS = _nouns(
    "house, book, letter, tree, river, bridge, ship, door, window, table, picture, garden, town, castle,"
    "road, church churches, city cities, village, boat, field, box boxes, wall, stone, map, coin, hat,"
    "coat, chair, lamp, knife knives, dress dresses, story stories, song, island, hill, street, room"
)
OF_PEOPLE = tuple("old young poor rich famous quiet strange clever brave tall kind honest".split())
OF_THINGS = tuple("old small large beautiful strange famous little fine new dark".split())
MASS = tuple("water money time bread gold work snow sand milk wine rain wood sugar".split())
PLACES = (
    "in the garden", "near the river", "on the hill", "in the village", "behind the church", "by the window",
    "in the kitchen", "at the market", "on the road", "in the forest", "near the gate", "in the old house",
)  # fmt: skip
TIMES = (
    "in the morning", "at night", "last week", "that evening", "on Sunday", "during the war", "in the summer",
    "before the winter", "after dinner", "many years ago",
)  # fmt: skip
THING_IS = (
    "very old", "quite small", "famous in this country", "well known", "very beautiful", "not far from here",
    "the best in the town", "almost forgotten", "too large", "older than the church",
)  # fmt: skip
PERSON_IS = (
    "very old", "quite poor", "famous in this country", "well known in the town", "ready for the journey",
    "rather tired", "happy in the country", "almost forgotten", "afraid of the sea", "here for a week",
)  # fmt: skip

# Past and participle differ, and neither is the base: took and taken.
STRONG = _verbs(
    """
    write writes wrote written: a letter, the book, a long report, the story
    break breaks broke broken: the window, the old chair, the glass, the law
    steal steals stole stolen: the money, a horse, the ring, the papers
    choose chooses chose chosen: a new leader, the best room, the red dress, another road
    draw draws drew drawn: a map, the picture, a line, the old castle
    drive drives drove driven: the cart, the horses, the car, the cattle
    forget forgets forgot forgotten: the name, the promise, the song, the lesson
    hide hides hid hidden: the key, the gold, the letters, a knife
    know knows knew known: the truth, the answer, the way, the whole story
    see sees saw seen: the ship, a light, the mountains, the enemy
    take takes took taken: the money, the child home, a seat, the wrong road
    throw throws threw thrown: the stone, the ball, the old papers away, a rope
    wear wears wore worn: a black coat, the crown, a white dress, an old hat
    give gives gave given: the poor some bread, the boy a coin, a speech, the answer
    tear tears tore torn: the letter, the map, the dress, the page
    ride rides rode ridden: the horse, a white horse, the old mule, a bicycle
    begin begins began begun: the work, a new life, the journey, the second part
    ring rings rang rung: the bell, the church bell
    shake shakes shook shaken: the tree, the bottle, the box, the old man's hand
    speak speaks spoke spoken: the truth, a few words, the language
    eat eats ate eaten: the bread, an apple, the fish, the cold meat
    grow grows grew grown: corn, some flowers, apples, wheat
    """
)
# What must have an object.
TRANSITIVE = _verbs(
    """
    find finds found found: the path, a coin, the key, the lost child
    build builds built built: a house, the bridge, a wall, a small boat
    destroy destroys destroyed destroyed: the bridge, the town, the letters, the old wall
    discover discovers discovered discovered: the island, a secret, the mistake, the river
    bring brings brought brought: the water, a chair, the news, some bread
    describe describes described described: the battle, the house, the stranger, the journey
    protect protects protected protected: the children, the city, the farm, the queen
    use uses used used: the tools, a rope, the old road, a knife
    own owns owned owned: the land, a ship, three houses, the mill
    need needs needed needed: the money, a doctor, more time, a strong horse
    visit visits visited visited: the museum, the city, the old castle, a friend
    admire admires admired admired: the picture, the view, the poet, the garden
    repair repairs repaired repaired: the roof, a boat, the clock, the road
    receive receives received received: a letter, the prize, good news, the money
    keep keeps kept kept: the secret, a diary, some chickens, the ring
    buy buys bought bought: a horse, the farm, new shoes, a hat
    sell sells sold sold: the farm, a horse, fruit, the old ship
    open opens opened opened: the door, the window, the old box, the letter
    carry carries carried carried: the box, a heavy bag, the child, the water
    love loves loved loved: the sea, the music, the children, the mountains
    """
)
# What can't have one.
INTRANSITIVE = _verbs(
    """
    arrive arrives arrived arrived:
    sleep sleeps slept slept:
    fall falls fell fallen:
    die dies died died:
    smile smiles smiled smiled:
    laugh laughs laughed laughed:
    appear appears appeared appeared:
    disappear disappears disappeared disappeared:
    wait waits waited waited:
    go goes went gone:
    come comes came come:
    rise rises rose risen:
    """
)
# What is never said without its object, not even in passing.
STRICT = tuple(
    verb
    for verb in TRANSITIVE
    if verb.base in "find destroy discover bring describe protect own use admire repair receive".split()
)
# What is followed by "to do", and what by "doing"; then activities in both forms.
WITH_TO = tuple("wanted decided hoped refused promised agreed wished expected learned".split())
WITH_ING = tuple("enjoyed avoided kept finished suggested practised imagined considered admitted".split())
ACTIVITIES = (
    ("go", "going", "home"), ("play", "playing", "the piano"), ("write", "writing", "letters"),
    ("swim", "swimming", "in the lake"), ("read", "reading", "books"), ("work", "working", "in the garden"),
    ("talk", "talking", "about the war"), ("walk", "walking", "in the park"), ("sing", "singing", "at night"),
    ("travel", "travelling", "by train"), ("paint", "painting", "pictures"), ("drink", "drinking", "wine"),
)  # fmt: skip
HEADS = (
    Frame("picture", "pictures", "of", (("king", "kings"), ("horse", "horses"), ("church", "churches"))),
    Frame("letter", "letters", "from", (("doctor", "doctors"), ("soldier", "soldiers"), ("lady", "ladies"))),
    Frame("road", "roads", "to", (("village", "villages"), ("town", "towns"), ("castle", "castles"))),
    Frame("house", "houses", "near", (("river", "rivers"), ("hill", "hills"), ("bridge", "bridges"))),
    Frame("book", "books", "on", (("table", "tables"), ("chair", "chairs"), ("box", "boxes"))),
    Frame("key", "keys", "to", (("door", "doors"), ("room", "rooms"), ("box", "boxes"))),
    Frame(
        "garden", "gardens", "behind", (("house", "houses"), ("church", "churches"), ("school", "schools"))
    ),
    Frame("song", "songs", "about", (("soldier", "soldiers"), ("bird", "birds"), ("queen", "queens"))),
    Frame("son", "sons", "of", (("farmer", "farmers"), ("judge", "judges"), ("merchant", "merchants"))),
    Frame("tree", "trees", "beside", (("road", "roads"), ("wall", "walls"), ("field", "fields"))),
)
# Plain, comparative, superlative.
DEGREES = (
    ("old", "older", "oldest"), ("tall", "taller", "tallest"), ("strong", "stronger", "strongest"),
    ("young", "younger", "youngest"), ("rich", "richer", "richest"), ("small", "smaller", "smallest"),
    ("poor", "poorer", "poorest"), ("large", "larger", "largest"), ("good", "better", "best"),
    ("quick", "quicker", "quickest"), ("bad", "worse", "worst"),
)  # fmt: skip
