"""Quantities: numbers with what they count ("2–3 days", "$3.2 billion", "5 km", "50–60%", "99¢").

Design choices
- One pattern for amount, range, scale and unit; money is the same amount with a currency before or
  behind, so every combination of them reads alike.
- The currency is said last, on the last written word of the amount, so spans stay in order.
- "A $20 bill", "a 5 km run": after an article and before a noun the unit is singular.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.numbers import cardinal, decimal, year
from duologue.voice.frontend.rule import Part, Rule, Site, next_word, previous_word
from duologue.voice.frontend.units import TIGHT, UNIT, unit_words

__all__ = [
    "AMOUNT",
    "NUMBER",
    "QUANTITY_RULES",
    "SCALE",
    "VULGAR",
    "amount",
    "attributive",
    "is_score",
    "split_scale",
]

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
SCALE = (
    r"(?: ?(?P<scale>(?:hundred|thousand|million|billion|trillion|quadrillion|lakh|crore|bn|mn|tn|mil)\b"
    r"|[kKMBT](?![\w&+']|-\d))|)"
)
_SCALES = {
    "bn": "billion",
    "mn": "million",
    "mil": "million",
    "tn": "trillion",
    "k": "thousand",
    "K": "thousand",
    "M": "million",
    "m": "million",
    "B": "billion",
    "b": "billion",
    "T": "trillion",
}
VULGAR = {
    "½": "half",
    "⅓": "third",
    "⅔": "two thirds",
    "¼": "quarter",
    "¾": "three quarters",
    "⅕": "fifth",
    "⅖": "two fifths",
    "⅗": "three fifths",
    "⅘": "four fifths",
    "⅙": "sixth",
    "⅚": "five sixths",
    "⅛": "eighth",
    "⅜": "three eighths",
    "⅝": "five eighths",
    "⅞": "seven eighths",
}
AMOUNT = rf"(?P<a>{NUMBER})(?:(?P<joint>\s?(?P<to>[-–—])\s?)(?P<cur>[$£€])?(?P<sign>[-−])?(?P<b>{NUMBER}))?"
_FUNCTION = frozenset(
    """in on at to of for and or but per a an the is was are were from by with as than if when while
    that which
    who each every more less this last next now today tomorrow then so it he she they we you i into over under
    after before since until because about away ago out up down off back later long wide tall high deep thick
    apart far there here too either only just old worth short ahead above below behind between""".split()
)
_ARTICLES = frozenset(
    {"a", "an", "the", "this", "that", "its", "his", "her", "their", "our", "my", "new", "another"}
)
_SCORED = frozenset(
    "won win wins lost lose loses beat beats beaten score scored lead leads led leading draw drew tied tie "
    "victory defeat defeated finished ended record".split()
)
_LETTERED = frozenset(
    "room apt apartment unit flat suite gate seat building block line class vitamin ward".split()
)


def attributive(site: Site, start: int, end: int) -> bool:
    """Whether the quantity [start, end) stands before the noun it describes ("a 5 km run")."""
    if site.text[end : end + 1] == "-":
        return True
    if previous_word(site.text, start).lower() not in _ARTICLES or site.text[end : end + 1] != " ":
        return False
    following = next_word(site.text, end)
    return following.isalpha() and following.lower() not in _FUNCTION


def is_score(site: Site, start: int) -> bool:
    """Whether the word before `start` announces a result ("won 3-2")."""
    return previous_word(site.text, start).lower() in _SCORED


def amount(match: re.Match[str], site: Site) -> tuple[str, bool] | None:
    """Words of the amount (range and scale included) and whether it counts many."""
    a, b = match.group("a"), match.group("b")
    if len(a) > 1 and a[0] == "0" and a[1] != ".":
        return None
    words = decimal(a, site.british)
    many = a not in ("1", "1.0")
    if b:
        joint = match.group("to").strip()
        low, high = float(a.replace(",", "")), float(b.replace(",", ""))
        if joint == "-" and not match.group("sign") and (is_score(site, match.start()) or low >= high):
            return None
        words += f" to {'minus ' if match.group('sign') else ''}" + decimal(b, site.british)
        many = True
    if scale := match.group("scale"):
        words += " " + _SCALES.get(scale, scale)
        many = True
    return words, many


def split_scale(match: re.Match[str], words: str, last: str) -> list[Part]:
    """Parts of an amount: a written scale word of its own ("billion") is its own part."""
    start, end = match.span()
    scale = match.group("scale")
    if scale and len(scale) > 3 and match.string[match.start("scale") - 1] == " ":
        head = words.removesuffix(" " + scale)
        cut = match.start("scale")
        return [Part(start, cut - 1, head), Part(cut, end, f"{scale} {last}".strip())]
    return [Part(start, end, f"{words} {last}".strip())]


def _quantity(match: re.Match[str], site: Site) -> list[Part] | None:
    scale, unit = match.group("scale"), match.group("unit")
    gap = match.string[match.end("a") : match.start("unit")] if unit and not match.group("b") else ""
    if unit in TIGHT and (
        (gap and not (unit == "in" and match.group("dot"))) or unit in ("F", "K", "N", "B", "t", "mo")
    ):
        return None
    if unit in ("m", "s", "h", "g", "l", "min", "t") and re.match(r"['’][a-z]", site.text[match.end() :][:2]):
        return None
    if scale in ("K", "B", "T", "M") and match.string[match.start("scale") - 1] == " ":
        return None
    if scale in ("K", "B", "T"):
        if "." not in match.group("a") and not (scale == "B" and next_word(site.text, match.end()).islower()):
            return None
        if previous_word(site.text, match.start()).lower() in _LETTERED:
            return None
    if not (scale or unit or match.group("percent") or match.group("b")):
        return None
    if match.group("dot") and not unit:
        return None
    if unit == "p" and match.group("a") in (
        "144",
        "240",
        "360",
        "480",
        "720",
        "1080",
        "1440",
        "2160",
        "4320",
    ):
        return None
    read = amount(match, site)
    if read is None:
        return None
    words, many = read
    if match.group("b") and " " in match.group("joint") and "=" in site.text:
        return None
    if match.group("b") and not (scale or unit or match.group("percent")):
        a, b = match.group("a"), match.group("b")
        if a.isdigit() and b.isdigit() and len(a) == 4 and len(b) in (2, 4) and 1000 <= int(a) < 2100:
            words = f"{year(a, site.british)} to {year(b, site.british) if len(b) == 4 else _tail(b)}"
    last = ""
    if match.group("percent"):
        last = {"%": "percent", "‰": "per mille"}[match.group("percent")]
    elif unit == "p":
        last = "pence"
    elif unit:
        stop = match.end() - (1 if match.group().endswith(".") else 0)
        last = unit_words(unit.rstrip("."), many and not attributive(site, match.start(), stop))
    return split_scale(match, words, last)


def _tail(two: str) -> str:
    return cardinal(two) if two[0] != "0" else "oh " + cardinal(two)


_UNIT_TAIL = rf"(?:[ -]?(?P<unit>{UNIT}|p(?!\w))|)"
_DOT = r"(?P<dot>\.(?=\s[a-z\d]))?"
QUANTITY_RULES = [
    Rule(
        "quantity",
        re.compile(rf"{AMOUNT}(?: ?(?P<percent>[%‰])|{SCALE}{_UNIT_TAIL}){_DOT}(?![\w½¼¾]|[.,:/-]\d)"),
        _quantity,
    ),
    Rule(
        "quantity without range",
        re.compile(
            rf"(?P<a>{NUMBER})(?P<b>)(?P<to>)(?P<sign>)"
            rf"(?: ?(?P<percent>[%‰])|{SCALE}{_UNIT_TAIL}){_DOT}(?![\w½¼¾]|[.,:]\d)"
        ),
        _quantity,
    ),
]
