"""What a program can verify of a text: its numbers, years and names.

Design choices
- A number is its digits: "1,200" and "1200" are one, "1960s" holds 1960; words for numbers are left alone.
- A name is a run of capitalised words, joined by the particles names have ("Bank of England", "Ludwig van
  Beethoven"). The first word of a sentence is a name only with proof: it goes on ("Lake Tahoe"), is written
  with inner capitals or digits ("NASA"), or stands capitalised inside a sentence elsewhere in the text.
- Comparison ignores case, accents' composition, possessives and typographic quotes, nothing else: a
  name or number is in a text only if it is there.
"""

from __future__ import annotations

import re
import unicodedata

from duologue.text.sentences import split, words

__all__ = ["contains", "content", "fold", "missing_names", "missing_numbers", "names", "numbers", "years"]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?<![\d.,])(1[0-9]{3}|20[0-4][0-9])(?![\d]|[.,]\d)")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " "})
_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*\.?|[^\w\s]|_")
_PARTICLES = frozenset("of the de la le du del der den van von da di y al bin ibn and for in".split())
_NEVER = frozenset(
    "i i'm i'd i've i'll a an the and but or so if in on at by for to of as it he she they we you his her"
    " their our its"
    " this that these those there then when while where who what why how yes no not mr mrs ms dr also"
    " however".split()
)
_OPENERS = frozenset(
    "various several early later although despite following according today unlike like given near around"
    " even often sometimes usually thus hence still instead meanwhile upon within throughout along"
    " another".split()
)
STOP = frozenset(
    "a an the and or but nor so yet if then than that this these those there here it its he his him she"
    " her hers they"
    " their them we our us you your i me my who whom whose which what when where why how is am are was"
    " were be been"
    " being has have had having do does did done will would shall should can could may might must not no"
    " of in on at"
    " by for to from with without into onto over under about as after before during between among through"
    " against"
    " up down out off again further once more most much many some any each other such only own same both"
    " all very"
    " just also however while because until although though since per via one two".split()
)


def fold(text: str) -> str:
    """`text` for comparison: composed, lower case, plain quotes and dashes, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).lower().split())


def contains(source: str, piece: str) -> bool:
    """Whether `piece` stands in `source` (folded), not inside a longer word or number."""
    piece = fold(piece).strip(" .,;:")
    if not piece:
        return False
    source = fold(source)
    start = source.find(piece)
    while start >= 0:
        end = start + len(piece)
        left = start == 0 or not (source[start - 1].isalnum() and piece[0].isalnum())
        right = end == len(source) or not (source[end].isalnum() and piece[-1].isalnum())
        if left and right:
            return True
        start = source.find(piece, start + 1)
    return False


def numbers(text: str) -> list[str]:
    """The numbers of `text` in order, without thousands separators: "1,200.5" is "1200.5"."""
    found = []
    for match in _NUMBER.findall(text):
        plain = re.sub(r",(?=\d{3}(?!\d))", "", match)
        found.append(plain)
    return found


def years(text: str) -> list[int]:
    """The years 1000 to 2049 of `text`, each once, in order."""
    return list(dict.fromkeys(int(year) for year in _YEAR.findall(text)))


def content(text: str) -> list[str]:
    """The words of `text` that carry meaning: lower case, no function words, no possessive."""
    return [w for w in (fold(w).removesuffix("'s") for w in words(text)) if w not in STOP and len(w) > 1]


def _sentence_names(sentence: str) -> list[tuple[str, bool]]:
    """The capitalised runs of a sentence, each with whether it is but one plain word at the start."""
    tokens = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(sentence)]
    found: list[tuple[str, bool]] = []
    i, fresh = 0, True  # fresh: at a place where any word would be capitalised
    while i < len(tokens):
        token, start, _ = tokens[i]
        if not (token[0].isalpha() or token[0].isdigit()):
            fresh = fresh or token in ':;"“‘(-—–*•'
            if token == ",":
                fresh = False
            i += 1
            continue
        opener = fresh and token[1:].islower() and fold(token) in STOP | _OPENERS
        if not token[0].isupper() or fold(token) in _NEVER or opener:
            fresh = False
            i += 1
            continue
        last, j, caps = i, i + 1, 1
        while j < len(tokens):
            word, s, _ = tokens[j]
            if sentence[tokens[j - 1][2] : s] not in (" ", ""):
                break
            if word[0].isupper() and (
                fold(word) not in _NEVER or (word == "I" and tokens[j - 1][0] == "War")
            ):
                last, caps = j, caps + 1
            elif word[0].isdigit() and j == last + 1 and len(word) < 3:
                last = j
            elif not (word in _PARTICLES and j == last + 1 and word not in ("and", "for", "in")) and not (
                word == "the" and j == last + 2 and tokens[j - 1][0] == "of"
            ):
                break
            j += 1
        text = sentence[start : tokens[last][2]]
        text = re.sub(r"['’]s?$", "", text).rstrip(".") if not re.search(r"\b[A-Z]\.$", text) else text
        plain = fresh and caps == 1 and text[1:].islower()
        if len(text) > 1:
            found.append((text, plain))
        fresh = False
        i = last + 1
    return found


def names(text: str) -> list[str]:
    """The names in `text`, each once, in order."""
    runs = [run for sentence in split(text) for run in _sentence_names(sentence)]
    sure = {name for name, plain in runs if not plain}
    parts = {part for name in sure for part in name.split()}
    return list(dict.fromkeys(name for name, plain in runs if not plain or name in parts))


def missing_numbers(answer: str, source: str) -> list[str]:
    """The numbers of `answer` that `source` doesn't hold."""
    there = set(numbers(source))
    there |= {part for number in there for part in re.split(r"[.,]", number)}
    return [number for number in numbers(answer) if number not in there]


def missing_names(answer: str, source: str) -> list[str]:
    """The names of `answer` of which `source` lacks a capitalised word (in any case)."""
    there = {fold(w).removesuffix("'s").replace(".", "") for w in words(source)}
    there |= {part for word in there for part in re.split(r"[-']", word)}
    lost = []
    for name in names(answer):
        parts = [p for p in words(name) if p[0].isupper()]
        folded = [fold(p).removesuffix("'s").replace(".", "") for p in parts]
        if any(p not in there and not all(q in there for q in re.split(r"[-']", p)) for p in folded):
            lost.append(name)
    return lost
