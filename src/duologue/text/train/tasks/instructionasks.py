"""How small orders without a passage are worded, and the words they are about."""

from __future__ import annotations

__all__ = [
    "CAPS",
    "END",
    "KIND",
    "LISTS",
    "LOWER",
    "NUMBERS",
    "OPPOSITE",
    "OPPOSITES",
    "REPEAT",
    "START",
    "THINGS",
    "WHICH",
    "WORD",
]

LISTS = {
    "fruits": "apple banana orange pear plum cherry grape peach lemon mango kiwi melon",
    "vegetables": "carrot potato onion tomato cabbage pea bean cucumber spinach pumpkin leek",
    "animals": "dog cat horse cow lion tiger bear wolf rabbit mouse elephant sheep goat",
    "birds": "eagle owl sparrow swan duck crow robin parrot penguin goose",
    "colors": "red blue green yellow black white brown purple orange pink grey",
    "tools": "hammer saw drill screwdriver wrench axe shovel rake",
    "drinks": "water tea coffee milk juice lemonade cocoa",
    "sports": "football tennis swimming running cycling hockey golf boxing rowing skiing",
    "instruments": "piano guitar violin flute drum trumpet harp cello organ",
    "seasons": "spring summer autumn winter",
    "jobs": "teacher baker doctor farmer nurse painter pilot driver cook lawyer",
    "clothes": "shirt hat coat shoes socks jacket dress scarf gloves trousers",
    "trees": "oak pine birch maple willow elm beech cedar",
    "flowers": "rose tulip lily daisy violet iris poppy sunflower",
    "vehicles": "car bus train bicycle ship truck boat tram plane",
    "metals": "iron gold silver copper tin lead zinc",
    "body parts": "hand foot arm leg head nose ear eye knee finger",
    "rooms": "kitchen bathroom bedroom cellar attic hall",
    "planets": "Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune",
    "countries": "France Spain Italy Germany Japan China India Brazil Canada Mexico Egypt Greece Norway",
    "cities": "Paris London Rome Berlin Madrid Vienna Tokyo Cairo Moscow Lisbon Dublin",
    "days of the week": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "months": "January February March April May June July August September October November December",
}
OPPOSITES = (
    "hot cold|big small|tall short|fast slow|old new|light dark|happy sad|open closed|full empty|early"
    " late|hard soft"
    "|rich poor|up down|left right|day night|black white|wet dry|high low|strong weak|long short|good"
    " bad|near far"
    "|first last|loud quiet|clean dirty|thick thin|begin end|buy sell|push pull|win lose|love hate|young"
    " old|deep shallow"
)
NUMBERS = ("two", "three", "four", "five")
REPEAT = (
    "Repeat after me: {s}",
    "Repeat this sentence: {s}",
    'Say exactly this: "{s}"',
    "Copy this sentence word for word: {s}",
    "Write the following sentence again: {s}",
    "Echo this: {s}",
    'Repeat: "{s}"',
)
CAPS = (
    "Write this in capital letters: {s}",
    "Write in upper case: {s}",
    "Put this in ALL CAPS: {s}",
    "Uppercase this: {s}",
    "SHOUT this sentence: {s}",
    "Change to capital letters: {s}",
)
LOWER = ("Write this in lower case: {s}", "Put this in lower case: {s}", "Lowercase this: {s}")
THINGS = (
    "List {n} {k}.",
    "Name {n} {k}.",
    "Give me {n} {k}.",
    "Write down {n} {k}.",
    "Can you name {n} {k}?",
    "Tell me {n} {k}, please.",
    "Which {n} {k} can you think of?",
    "I need {n} {k}.",
)
OPPOSITE = (
    "What is the opposite of {a}? Answer with one word.",
    "Give me the opposite of {a} in one word.",
    "What's the opposite of {a}?",
    "The opposite of {a} is what? One word only.",
    "Name the opposite of {a}. One word.",
    "In one word: the opposite of {a}?",
)
KIND = (
    "Is a {a} one of the {k} or one of the {o}? Answer with one word.",
    "{a}: {k} or {o}? One word.",
    "Does {a} belong to {k} or {o}? Answer in one word.",
    "What is {a}, {k} or {o}? Only answer with one word.",
)
END = (
    'Write one sentence about {t} and end with "{e}"',
    'Say something about {t}. End your answer with "{e}"',
    'Write a sentence about {t}. Your last words must be "{e}"',
)
START = (
    'Write a sentence about {t} that begins with "{b}"',
    'Begin with "{b}" and write one sentence about {t}.',
    'Start your answer with "{b}" and say something about {t}.',
)
WORD = (
    'Write a sentence with the word "{w}".',
    'Use the word "{w}" in a sentence.',
    'Make a sentence that contains "{w}".',
    'Give me one sentence with the word "{w}" in it.',
    'Can you write a sentence using "{w}"?',
    'Please use "{w}" in a sentence.',
)
WHICH = (
    "What is the {o} word of this sentence? {s}",
    "Write only the {o} word: {s}",
    "Tell me the {o} word of: {s}",
    "Give me the {o} word of this sentence. {s}",
)
