"""Normalise text for word error rate, and count word errors.

Design choices
- Both sides, what was to be said and what a recogniser heard, go through the same function; it can
  only hide differences of *spelling* (numbers, contractions, British spelling, titles), never of words.
- Numbers become digits: "nineteen ninety eight", "1998" and "1,998" are one token.
- A word written in one part on one side and in two on the other ("icecream", "ice cream") is no error:
  the alignment lets one token equal the concatenation of two.
- Errors are counted by edit distance over words: substitutions, insertions, deletions, all of cost 1.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["normalize", "word_errors"]

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {w: i for i, w in enumerate(_UNITS)} | {w: 20 + 10 * i for i, w in enumerate(_TENS)}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINAL_UNITS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_ORDINALS = {w: i for i, w in enumerate(_ORDINAL_UNITS)}
_ORDINALS |= {w[:-1] + "ieth": 20 + 10 * i for i, w in enumerate(_TENS)}

_WHOLE = {  # whole words, after lower-casing and straightening of apostrophes
    "won't": "will not", "can't": "can not", "cannot": "can not", "shan't": "shall not",
    "ain't": "is not", "let's": "let us", "it's": "it is", "that's": "that is", "there's": "there is",
    "what's": "what is", "who's": "who is", "where's": "where is", "here's": "here is",
    "he's": "he is", "she's": "she is", "how's": "how is", "y'all": "you all", "gonna": "going to",
    "wanna": "want to", "gotta": "got to", "ok": "okay", "mr": "mister", "mrs": "missus",
    "dr": "doctor", "prof": "professor", "vs": "versus", "etc": "et cetera", "alright": "all right",
    "grey": "gray", "theatre": "theater", "programme": "program", "cheque": "check", "tyre": "tire",
    "travelled": "traveled", "travelling": "traveling", "cancelled": "canceled", "jewellery": "jewelry",
    "per cent": "percent", "oclock": "o'clock", "metre": "meter", "metres": "meters", "litre": "liter",
    "litres": "liters", "kilometre": "kilometer", "kilometres": "kilometers", "defence": "defense",
    "licence": "license", "practise": "practice", "centre": "center", "centres": "centers",
    "fibre": "fiber", "storey": "story", "plough": "plow", "moustache": "mustache",
}  # fmt: skip
_ENDINGS = (
    (re.compile(r"n't$"), " not"), (re.compile(r"'re$"), " are"), (re.compile(r"'ll$"), " will"),
    (re.compile(r"'ve$"), " have"), (re.compile(r"'m$"), " am"), (re.compile(r"'d$"), " would"),
    (re.compile(r"(colo|favo|hono|labo|neighbo|harbo|behavio|flavo|humo|rumo)ur"), r"\1r"),
    (re.compile(r"(real|organ|recogn|apolog|critic|memor|modern|util|minim|maxim|symbol|special)is"
                r"(e|ed|es|ing|ation|ations)$"), r"\1iz\2"),
)  # fmt: skip
_UNITS_OF_MONEY = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_FILLERS = {"uh", "um", "hmm", "mm", "mhm", "ah"}


_PLAIN: dict[int, str] = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2013": " ", "\u2014": " ", "-": " "})
_WRITTEN_TIME = re.compile(r"\b(at|by|from|until|till|to|around|before|after) (\d{1,2})\.([0-5]\d)\b")


def _money(match: re.Match[str]) -> str:
    name, part = _UNITS_OF_MONEY[match["sign"]]
    whole, cents = match["whole"], match["cents"]
    if match["scale"]:
        return f" {whole}{'.' + cents if cents else ''} {match['scale']} {name}s "
    text = f" {whole} {name if whole == '1' else name + 's'} "
    if cents and len(cents) == 2 and cents != "00":
        several = {"cent": "cents", "penny": "pence"}[part]
        text += f"{int(cents)} {part if int(cents) == 1 else several} "
    return text


_MONEY = re.compile(
    r"(?P<sign>[$£€])\s?(?P<whole>\d+)(?:\.(?P<cents>\d+))?(?P<scale>\s(?:million|billion|trillion))?"
)


def _number(words: list[str], start: int) -> tuple[str, int]:
    """Read a number in words or digits at `start`; return its digits and how many words it took.

    Neighbouring groups that can't add up are written side by side: nineteen ninety eight -> 1998.
    """
    groups: list[float] = []
    suffix = ""
    i = start
    total: float = 0
    current: float = 0
    last = 0.0  # size of the last part read: what follows must be smaller to be added
    seen = False
    while i < len(words) and not suffix:
        word = words[i]
        if word in _SMALL or word in _ORDINALS or re.fullmatch(r"\d+", word):
            value = _SMALL.get(word, _ORDINALS.get(word, -1))
            value = int(word) if value < 0 else value
            fits = not seen or (last >= 100 and value < 100) or (20 <= last < 100 and value < 10 and value)
            if not fits or (word.isdigit() and seen and last < 1000):
                if word.isdigit() or (seen and groups and word in _ORDINALS):
                    break
                groups.append(total + current)
                total = current = 0
            current += value
            last = value if value >= 20 and value % 10 == 0 else min(value, 19) or 1
            seen = True
            if word in _ORDINALS:
                suffix = "th"
        elif word == "hundred" and seen and 0 < current < 100:
            current, last = current * 100, 100
        elif word in _LARGE and seen:
            total, current, last = total + current * _LARGE[word], 0, _LARGE[word]
        elif word == "and" and seen and last >= 100 and i + 1 < len(words) and words[i + 1] in _SMALL:
            pass
        elif word == "point" and seen and i + 1 < len(words) and words[i + 1] in _SMALL:
            digits = ""
            while i + 1 < len(words) and _SMALL.get(words[i + 1], 10) < 10:
                digits += str(_SMALL[words[i + 1]])
                i += 1
            current += float("0." + digits) if digits else 0
            last = 1
        elif re.fullmatch(r"\d+\.\d+", word) and not seen:
            current, last, seen = float(word), 1, True
        else:
            break
        i += 1
    groups.append(total + current)
    return "".join(f"{g:.10g}" if g % 1 else str(int(g)) for g in groups) + suffix, i - start


def normalize(text: str) -> list[str]:
    """Words of `text` in a spelling that both sides of a comparison share."""
    text = unicodedata.normalize("NFKD", text.lower())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = text.translate(_PLAIN)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\b([ap])\.?\s?m\b\.?", r"\1m", text)
    text = re.sub(r"(\d):(\d\d)\b", lambda m: m[1] if m[2] == "00" else f"{m[1]} {int(m[2])}", text)
    text = _WRITTEN_TIME.sub(r"\1 \2 \3", text)
    text = _MONEY.sub(_money, text)
    text = text.replace("%", " percent ").replace("per cent", "percent").replace("&", " and ")
    text = re.sub(r"(?<=[a-z])\.(?=[a-z]\b)", "", text)  # u.s. -> us
    text = re.sub(r"(\d+)(st|nd|rd|th)\b", r"\1th", text)
    text = re.sub(r"(\d)([a-su-z])", r"\1 \2", text)
    tokens = re.findall(r"\d+\.\d+|\d+th|[a-z0-9']+", text)
    words: list[str] = []
    for token in tokens:
        token = token.strip("'")
        token = _WHOLE.get(token, token)
        for pattern, new in _ENDINGS:
            token = pattern.sub(new, token)
        words += [part.replace("'", "") for part in token.split()]
    words = [w for w in words if w and w not in _FILLERS]
    out: list[str] = []
    i = 0
    while i < len(words):
        if words[i] in _SMALL or words[i] in _ORDINALS or re.fullmatch(r"\d+(\.\d+)?", words[i]):
            number, used = _number(words, i)
            out.append(number)
            i += max(used, 1)
        else:
            out.append(words[i])
            i += 1
    return out


def word_errors(reference: str, heard: str) -> tuple[int, int]:
    """Errors and number of words of the reference, after `normalize` of both."""
    ref, hyp = normalize(reference), normalize(heard)
    cost = [[0] * (len(hyp) + 1) for _ in range(len(ref) + 1)]
    for i in range(len(ref) + 1):
        for j in range(len(hyp) + 1):
            if i == 0 or j == 0:
                cost[i][j] = i + j
                continue
            best = min(
                cost[i - 1][j - 1] + (ref[i - 1] != hyp[j - 1]), cost[i - 1][j] + 1, cost[i][j - 1] + 1
            )
            if i > 1 and ref[i - 2] + ref[i - 1] == hyp[j - 1]:
                best = min(best, cost[i - 2][j - 1])
            if j > 1 and hyp[j - 2] + hyp[j - 1] == ref[i - 1]:
                best = min(best, cost[i - 1][j - 2])
            cost[i][j] = best
    return cost[-1][-1], len(ref)
