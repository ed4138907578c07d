"""SSML's <say-as>: how a stretch is to be interpreted, whatever it looks like.

Design choices
- Each interpretation gives the words for the whole stretch, or None where the text does not fit it; then
  the ordinary reading is taken and the misfit reported, so nothing is ever silent.
- time, currency, unit, fraction and telephone mostly say what the normaliser would; they differ in
  what they force (figures one by one, "05:30" a duration or a time).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from duologue.voice.frontend.clock import clock_words
from duologue.voice.frontend.dates import MONTHS
from duologue.voice.frontend.numbers import cardinal, digits, number, ordinal, year
from duologue.voice.frontend.numerals import fraction_words
from duologue.voice.frontend.roman import ROMAN, roman_value
from duologue.voice.frontend.symbols import symbol_name

__all__ = ["INTERPRETATIONS", "say_as"]

_NAMES = list(dict.fromkeys(MONTHS.values()))
_MARKS = {
    ".": "dot", ",": "comma", "-": "dash", "/": "slash", ":": "colon", ";": "semicolon",
    "!": "exclamation mark",
    "?": "question mark", "_": "underscore", "*": "star", "(": "open parenthesis", ")": "close parenthesis",
    "'": "apostrophe", '"': "quote", "[": "open bracket", "]": "close bracket", "|": "bar",
}  # fmt: skip


def _characters(text: str, detail: str, british: bool) -> str | None:
    words: list[str] = []
    for character in text:
        if character.isalpha() and character.isascii():
            words.append(character.upper())
        elif character.isdigit() and character.isascii():
            words.append(digits(character))
        elif character.isalpha():
            words.append(character)
        elif not character.isspace():
            words.append(_MARKS.get(character) or symbol_name(character))
    return " ".join(w for w in words if w) or None


def _figures(text: str) -> str:
    return re.sub(r"[\s,](?=\d)", "", text.strip())


def _whole(text: str) -> str | None:
    plain = _figures(text)
    if re.fullmatch(r"[+\-−]?\d+", plain):
        return plain
    if plain and (match := ROMAN.fullmatch(plain.upper())) and match.group():
        return str(roman_value(plain.upper()))
    return None


def _cardinal(text: str, detail: str, british: bool) -> str | None:
    plain = _figures(text)
    if re.fullmatch(r"[+\-−]?(?:\d+(?:\.\d+)?|\.\d+)", plain):
        sign, rest = (plain[0], plain[1:]) if plain[0] in "+-−" else ("", plain)
        head, dot, tail = rest.partition(".")
        words = cardinal(head, british) if head else ""
        if dot:
            words = f"{words} point {digits(tail)}".strip()
        return {"": "", "+": "plus "}.get(sign, "minus ") + words
    whole = _whole(text)
    return number(whole, british) if whole else None


def _ordinal(text: str, detail: str, british: bool) -> str | None:
    whole = _whole(re.sub(r"(?i)(?<=\d)(?:st|nd|rd|th)$", "", text.strip()))
    return ordinal(whole.lstrip("+"), british) if whole and whole[0] not in "-−" else None


def _digits(text: str, detail: str, british: bool) -> str | None:
    return digits(text) or None


def _fraction(text: str, detail: str, british: bool) -> str | None:
    match = re.fullmatch(r"\s*(?:(\d+)\s*[+ ]\s*)?(\d+)\s*/\s*(\d+)\s*", text)
    if match is None or len(match.group(3)) > 9:
        return None
    words = fraction_words(match.group(2), match.group(3), british)
    return f"{cardinal(match.group(1), british)} and {words}" if match.group(1) else words


def _telephone(text: str, detail: str, british: bool) -> str | None:
    groups = re.findall(r"[+\d]+|[xX]", text)
    said = [("plus " if g[0] == "+" else "") + digits(g) if g[-1].isdigit() else "extension" for g in groups]
    return " , ".join(s for s in said if s) or None


def _time(text: str, detail: str, british: bool) -> str | None:
    match = re.fullmatch(r"\s*(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2}))?\s*(?:([aApP])\.?[mM]\.?)?\s*", text)
    if match is None or not (match.group(2) or match.group(4)):
        return None
    hour, minute, second, half = match.groups()
    if int(hour) > 24 or int(minute or 0) > 59:
        return None
    words = clock_words(hour, minute or "00", half=bool(half))
    if second and int(second):
        words += f" and {cardinal(second.lstrip('0'))} second" + ("" if int(second) == 1 else "s")
    return words + (f" {half.upper()} M" if half else "")


def _date(text: str, detail: str, british: bool) -> str | None:
    """format: an order of y, m and d ("mdy", "dmy", "ymd", "md", "my", "y" ...)."""
    fields = re.findall(r"\d+|[A-Za-z]+", text)
    order = re.sub(r"(.)\1+", r"\1", detail.lower()) or _guess(fields, british)
    if len(order) != len(fields) and len(fields) == 1 and fields[0].isdigit():
        widths = {"y": 4, "m": 2, "d": 2}
        if len(fields[0]) == sum(widths.get(c, 0) for c in order):
            cut, fields = fields[0], []
            for c in order:
                fields.append(cut[: widths[c]])
                cut = cut[widths[c] :]
    if len(order) != len(fields) or set(order) - set("ymd") or len(set(order)) != len(order):
        return None
    found = dict(zip(order, fields, strict=True))
    month = day = ""
    if "m" in found:
        written = found["m"].lower()
        if written.isdigit() and 1 <= int(written) <= 12:
            month = _NAMES[int(written) - 1]
        elif written in MONTHS:
            month = MONTHS[written]
        else:
            return None
    if "d" in found:
        if not found["d"].isdigit() or not 1 <= int(found["d"]) <= 31:
            return None
        day = ordinal(str(int(found["d"])), british)
    said = f"the {day} of {month}" if british and day and month else f"{month} {day}".strip()
    if "y" in found:
        if not found["y"].isdigit() or len(found["y"]) > 4:
            return None
        said += " " + (year(found["y"], british) if len(found["y"]) == 4 else cardinal(found["y"]))
    return said.strip()


def _guess(fields: list[str], british: bool) -> str:
    if len(fields) == 1:
        return "y" if len(fields[0]) == 4 else ""
    if len(fields) == 2:
        return "my" if len(fields[1]) == 4 else ("dm" if british or fields[1].isalpha() else "md")
    if len(fields) == 3:
        if len(fields[0]) == 4:
            return "ymd"
        return (
            "dmy"
            if british or fields[1].isalpha() or (fields[0].isdigit() and int(fields[0]) > 12)
            else "mdy"
        )
    return ""


def _as_written(text: str, detail: str, british: bool) -> str | None:
    """Currency and unit: the normaliser knows both; an empty answer leaves it to it."""
    return None


INTERPRETATIONS: dict[str, Callable[[str, str, bool], str | None]] = {
    "characters": _characters,
    "spell-out": _characters,
    "verbatim": _characters,
    "cardinal": _cardinal,
    "number": _cardinal,
    "ordinal": _ordinal,
    "digits": _digits,
    "fraction": _fraction,
    "telephone": _telephone,
    "time": _time,
    "date": _date,
    "currency": _as_written,
    "unit": _as_written,
}
"""What <say-as interpret-as="..."> may be."""

FREE = frozenset({"currency", "unit"})
"""Interpretations the ordinary reading already covers."""


def say_as(kind: str, text: str, detail: str = "", *, british: bool = False) -> str | None:
    """Words for `text` read as `kind`; None if it does not fit or the ordinary reading is meant."""
    return INTERPRETATIONS[kind](text, detail, british)
