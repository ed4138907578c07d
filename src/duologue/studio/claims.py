"""What a program can check of a sentence: numbers, names, quotations, negations, directions.

Design choices
- A number is its value: "1,200", "1200", "twelve hundred" and "1.2 thousand" are one; "3rd", "third" and "3"
  as well. The word "one" stands for so much that alone it is left out.
- A name is a run of capitalised words, joined by the particles names have. The first word of a sentence
  is a name only with proof: it goes on, has inner capitals, or is capitalised inside a sentence elsewhere.
- A date's parts are a number and a name (a month or a weekday), so both checks hold it.
- Negation is counted by written lists of words, not parsed: "not", "n't", "no", "never", "without", "denied".
- Comparison ignores case, accents, possessives and the shape of quotes and dashes, nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from duologue.studio.sentences import sentences

__all__ = [
    "OPENERS",
    "STOP",
    "content",
    "directions",
    "fold",
    "names",
    "negations",
    "numbers",
    "quotations",
    "stem",
]

_QUOTES = str.maketrans(
    dict.fromkeys("’‘`´ʼ", "'") | dict.fromkeys("“”«»„", '"') | dict.fromkeys("–—‑−", "-")
)
_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*\.?|[^\w\s]|_")
_PARTICLES = frozenset("of the de la le du del der den van von da di y al bin ibn".split())
STOP = frozenset(
    "a an the and or but nor so yet if then than that this these those there here it its it's he his him"
    " she her hers they their them we our us you your i me my who whom whose which what when where why how"
    " is are was were be been being am has have had having do does did done will would shall should can"
    " could may might must not no in of on at by for to from with without into onto over under about as"
    " after before during between among through against up down out off again further once more most much"
    " many some any each other such only own same both all very just also however while because until"
    " although though since per via said says say told according".split()
)
OPENERS = STOP | frozenset(
    "various several early later earlier despite following today tomorrow yesterday unlike like given"
    " near around even often sometimes usually thus hence still instead meanwhile upon within throughout"
    " along another last next new every nearly almost about local two three four five six seven eight nine"
    " ten first second police officials people researchers scientists residents visitors anyone everyone"
    " nobody yes now rain sun elsewhere finally".split()
)
_UNITS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALES |= {"m": 1e6, "bn": 1e9, "tn": 1e12, "k": 1e3, "dozen": 12.0}
_ORDINALS = {
    w: n
    for n, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
_FRACTIONS = {"half": 0.5, "quarter": 0.25, "twice": 2.0, "double": 2.0, "once": 1.0}
_ENDINGS = (*(("ies", "y"), ("sses", "ss"), ("ied", "y"), ("ings", ""), ("ing", ""), ("ed", ""), ("ly", "")),)
_NUMBER = re.compile(
    r"(?<![^\W\d_])(\d+(?:[,\u00a0\u202f]\d{3})*(?:\.\d+)?)(?:st|nd|rd|th|s)?(?:\s?(k|m|bn|tn)\b)?|([^\W\d_]+)"
)
_NEGATIVE = frozenset(
    "not no never none nobody nothing nowhere neither nor without cannot denied denies deny refused"
    " refuses refuse failed fails fail rejected rejects reject lacks lacked hardly barely scarcely"
    " unlikely impossible".split()
)
_OPPOSITES = (
    (
        "rise rises rose risen rising grew grow grows grown climbed increase increased increases up higher"
        " gain gained jumped",
        "fall falls fell fallen falling drop dropped drops decline declined decreased down lower lost"
        " shrank shrink",
    ),
    ("won win wins beat beats winner victory", "lost lose loses defeat defeated beaten loss"),
    ("open opened opens opening reopened reopen", "close closed closes closing shut"),
    ("approve approved approves accepted backed", "reject rejected rejects opposed opposes blocked"),
    ("more above over", "fewer less below under"),
    ("before", "after"),
    ("arrived arrive arrives", "left leaves departed"),
    ("first earliest", "last latest"),
)


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """`text` for comparison: no accents, lower case, plain quotes and dashes, single spaces."""
    if text.isascii():
        return " ".join(text.translate(_QUOTES).lower().split())
    plain = unicodedata.normalize("NFKD", text).translate(_QUOTES)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).lower().split())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A folded English word without its endings, good enough to compare."""
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) <= 3 or not word.isalpha():
        return word
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + put
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            return word.removesuffix("e")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.removesuffix("e")


def content(text: str) -> list[str]:
    """The stems of the words of `text` that carry meaning, in order."""
    found = re.findall(r"[^\W_]+(?:['.,-][^\W_]+)*", fold(text))
    return [stem(w) for w in found if w.removesuffix("'s") not in STOP and (len(w) > 1 or w.isdigit())]


def numbers(text: str) -> list[float]:
    """The values of the numbers in `text`, in order; "one" alone isn't one."""
    found: list[float] = []
    total = run = 0.0
    state = ""  # what the spelled-out number so far ends with
    folded = fold(text)
    last = 0

    def flush() -> None:
        nonlocal total, run, state
        if state and not (state == "one" and total + run == 1):
            found.append(total + run)
        total, run, state = 0.0, 0.0, ""

    for match in _NUMBER.finditer(folded):
        gap = folded[last : match.start()]
        last = match.end()
        word = match[3] or ""
        if state and gap.strip(" -"):
            flush()
        if match[1]:
            value = float(re.sub(r"[^\d.]", "", match[1])) * _SCALES.get(match[2] or "", 1.0)
            flush()
            run, state = value, "digits"
        elif word in _SCALES and state and word not in ("m", "k"):
            if word == "hundred":
                run *= 100
            elif state == "digits" or not total or run:
                total, run = total + run * _SCALES[word], 0.0
            state = "scale"
        elif word in _TENS:
            if state not in ("scale",):
                flush()
            run, state = run + _TENS[word], "tens"
        elif word in _UNITS or word in _ORDINALS:
            value = _UNITS.get(word, _ORDINALS.get(word, 0))
            if not (state == "scale" or (state == "tens" and 0 < value < 10)):
                flush()
            run += value
            state = "one" if word == "one" and total + run == 1 else "unit"
        elif word == "and" and state == "scale":
            continue
        else:
            flush()
            if word in _FRACTIONS and word != "once":
                found.append(_FRACTIONS[word])
            elif word in ("dozen", "dozens"):
                found.append(12.0)
    flush()
    return found


def _runs(sentence: str) -> list[tuple[str, bool]]:
    """The capitalised runs of one sentence; True where it is one plain word at the start."""
    tokens = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(sentence)]
    found: list[tuple[str, bool]] = []
    i, fresh = 0, True
    while i < len(tokens):
        token, start, _ = tokens[i]
        if not token[0].isalnum():
            fresh = (fresh or token in ':;"“‘(-—–*•?!') and token != ","
            i += 1
            continue
        plain_word = token[1:].islower() or len(token) == 1
        if not token[0].isupper() or fold(token) in STOP or (fresh and plain_word and fold(token) in OPENERS):
            fresh = False
            i += 1
            continue
        last, j, count = i, i + 1, 1
        while j < len(tokens):
            word, begin, _ = tokens[j]
            if sentence[tokens[j - 1][2] : begin] not in (" ", ""):
                break
            if word[0].isupper() and fold(word) not in STOP and not tokens[j - 1][0].endswith(":"):
                last, count = j, count + 1
            elif not (word in _PARTICLES and j <= last + 2):
                break
            j += 1
        text = sentence[start : tokens[last][2]].rstrip(".")
        text = re.sub(r"['’]s?$", "", text)
        if len(text) > 1:
            found.append((text, fresh and count == 1 and text[1:].islower()))
        fresh = False
        i = last + 1
    return found


def names(text: str) -> list[str]:
    """The names in `text`, each once, in order."""
    runs = [run for s in sentences(text) for run in _runs(s.text)]
    sure = {fold(n) for name, plain in runs if not plain for n in (name, *name.split())}
    return list(dict.fromkeys(name for name, plain in runs if not plain or fold(name) in sure))


def quotations(text: str) -> list[str]:
    """What stands between double quotes, at least two words, without the last mark."""
    found = re.findall(r"[“\"]([^“”\"]{3,600})[”\"]", text)
    return [q.strip().rstrip(".,;!?") for q in found if len(q.split()) > 1]


def negations(text: str) -> int:
    """How many words of `text` deny."""
    return sum(w in _NEGATIVE or w.endswith("n't") for w in re.findall(r"[a-z]+(?:'[a-z]+)?", fold(text)))


def directions(text: str) -> set[tuple[int, int]]:
    """Which sides of known opposites `text` takes: {(opposite, side)}."""
    there = set(re.findall(r"[a-z]+", fold(text)))
    return {(i, side) for i, pair in enumerate(_SIDES) for side in (0, 1) if there & pair[side]}


_SIDES = tuple(tuple(frozenset(side.split()) for side in pair) for pair in _OPPOSITES)
