"""Plain numerals: ordinals, fractions, heights, versions, and the number nothing else explains.

Design choices
- The word before decides how a bare number is read: a year ("in 1905"), a code ("PIN 0420"), a room or
  a flight ("flight 1549"), a release ("Python 3.11").
- A slash is a fraction only if the lower number can be one; "24/7", "9/11", "50/50" are idioms.
- The last rule takes any figures at all, so no number is ever left unread.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.dates import is_year
from duologue.voice.frontend.numbers import (
    cardinal,
    century_pairs,
    decimal,
    digits,
    number_words,
    ordinal,
    plural,
    year,
)
from duologue.voice.frontend.quantities import NUMBER, VULGAR
from duologue.voice.frontend.rule import Part, Rule, Site, previous_word
from duologue.voice.frontend.telephone import figure_groups
from duologue.voice.frontend.units import TIGHT, UNIT, unit_words

__all__ = ["FRACTION_RULES", "NUMERAL_RULES", "fraction_words"]

_PAIRED = frozenset(
    """room flight bus route highway interstate apt apartment suite boeing line hwy rte train channel
    tram unit gate area ua aa ba dl lh af""".split()
)
_CODED = frozenset(
    """code pin zip serial id password passcode account card isbn ssn extension ext postcode ref reference
    sku barcode agent""".split()
)
_RELEASED = frozenset(
    """python java ruby perl php node go rust swift kotlin scala django numpy pytorch tensorflow android ios
    macos ubuntu debian fedora windows firefox chrome linux kernel version release v gcc clang cuda opengl
    bluetooth usb http tls ssl postgresql mysql unity unreal chapter section figure table clause""".split()
)
_ERAS = re.compile(r"\s?(?:BCE?|CE|AD|B\.C\.(?:E\.)?|A\.D\.|C\.E\.)(?!\w)")
_DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}


def fraction_words(above: str, below: str, british: bool = False) -> str:
    """ "3", "4" -> "three quarters"."""
    value = int(below)
    if value in _DENOMINATORS:
        name = _DENOMINATORS[value][above != "1"]
    elif value == 0 or value > 1000 or value == 1:
        return f"{cardinal(above)} over {cardinal(below)}"
    else:
        name = ordinal(below, british)
        if above != "1":
            name = plural(name) if not name.endswith("second") else name + "s"
    return f"{cardinal(above)} {name}"


def _fraction(match: re.Match[str], site: Site) -> list[Part] | None:
    whole, above, below = match.group("whole"), match.group("above"), match.group("below")
    if above[0] == "0" or below[0] == "0":
        return None
    if whole is None:
        if (above, below) in (("24", "7"), ("9", "11"), ("7", "7")):
            return [Part(*match.span(), f"{cardinal(above)} {cardinal(below)}")]
        if (int(above) + int(below) == 100 and int(below) % 5 == 0 and int(below) < 95) or (above, below) == (
            "20",
            "20",
        ):
            return [Part(*match.span(), f"{cardinal(above)} {cardinal(below)}")]
        if match.group("unit") == "mmHg" or (int(above) > 50 and int(below) > 12 and int(below) != 100):
            end = match.end("below")
            return [
                Part(match.start(), end, f"{cardinal(above)} over {cardinal(below)}"),
                *_unit(match, True),
            ]
        if previous_word(site.text, match.start()).lower() in ("since", "on"):
            return None
    words = fraction_words(above, below, site.british)
    end = match.end("below")
    if whole is None:
        return [Part(match.start(), end, words), *_unit(match, False)]
    if above == "1":
        words = ("a " if below == "2" else "one ") + words.split(" ", 1)[1]
    return [
        Part(match.start("whole"), match.end("whole"), cardinal(whole, site.british) + " and"),
        Part(match.start("above"), end, words),
        *_unit(match, True),
    ]


def _unit(match: re.Match[str], many: bool) -> list[Part]:
    """The unit behind a fraction, as a part of its own."""
    unit = match.group("unit")
    if not unit or unit in TIGHT:
        return []
    return [Part(match.start("unit"), match.end("unit"), unit_words(unit.rstrip("."), many))]


def _vulgar(match: re.Match[str], site: Site) -> list[Part] | None:
    name = VULGAR[match.group("vulgar")]
    lone = " " not in name
    if match.group("whole"):
        words = f"{cardinal(match.group('whole'), site.british)} and {'a ' if lone else ''}{name}"
    elif previous_word(site.text, match.start()).lower() in ("a", "one", "the"):
        words = name
    else:
        words = f"one {name}" if lone else name
    return [Part(match.start(), match.end("vulgar"), words), *_unit(match, bool(match.group("whole")))]


def _dimensions(match: re.Match[str], site: Site) -> list[Part] | None:
    """4x4, 1920x1080, 10 x 15: the first figure and "by"."""
    written = match.group("a")
    if written == "0":
        return None
    words = (
        century_pairs(written) if len(written) == 4 and written.isdigit() else decimal(written, site.british)
    )
    return [Part(match.start(), match.end("a"), words), Part(match.end("a"), match.end(), "by")]


def _ordinal(match: re.Match[str], site: Site) -> list[Part] | None:
    words = ordinal(match.group("n"), site.british)
    if match.group("above"):
        words = f"{cardinal(match.group('above'))} " + (
            plural(words) if match.group("above") != "1" else words
        )
    elif match.group("s"):
        words = plural(words)
    return [Part(*match.span(), words)]


def _height(match: re.Match[str], site: Site) -> list[Part] | None:
    """5'11", 6′2″, 5' and 11" alone."""
    feet, inches = match.group("feet"), match.group("inches")
    if not (feet or inches):
        return None
    if not feet:
        return [Part(*match.span(), f"{decimal(inches)} {'inch' if inches == '1' else 'inches'}")]
    if not inches:
        return [Part(*match.span(), f"{cardinal(feet)} {'foot' if feet == '1' else 'feet'}")]
    return [Part(*match.span(), f"{cardinal(feet)} foot {decimal(inches)}")]


def _version(match: re.Match[str], site: Site) -> list[Part] | None:
    """v2.1.3, 1.0.0, 10.15.7; four groups are an address and read singly."""
    pieces = match.group("n").split(".")
    if len(pieces) == 4 and not match.group("v"):
        words = " dot ".join(digits(p) for p in pieces)
    else:
        words = " point ".join(number_words(p) for p in pieces)
    if match.group("v"):
        words = "version " + words
    elif len(pieces) < 3:
        return None
    return [Part(*match.span(), words)]


def _plain(match: re.Match[str], site: Site) -> list[Part] | None:
    written = match.group()
    start, end = match.span()
    whole, dot, after = written.partition(".")
    text = site.text
    before = previous_word(text, start).lower()
    if dot:
        if before in _RELEASED and len(after) == 2 and after[0] != "0":
            return [Part(start, end, f"{cardinal(whole)} point {cardinal(after)}")]
        return [Part(start, end, decimal(written, site.british))]
    if "," in written:
        return [Part(start, end, cardinal(written, site.british))]
    length = len(written)
    if length > 6 and written.endswith("000") and written[0] != "0" and length < 16 and before not in _CODED:
        return [Part(start, end, cardinal(written, site.british))]
    if length > 6 or (length > 1 and written[0] == "0") or (length > 2 and before in _CODED):
        return figure_groups(text, start, end)
    if before in _PAIRED and length in (3, 4):
        return [Part(start, end, century_pairs(written))]
    if length == 3 and written[0] == "7" and written[2] == "7" and before in ("a", "the", "boeing"):
        return [Part(start, end, century_pairs(written))]
    if length in (3, 4) and _ERAS.match(text, end):
        return [Part(start, end, year(written) if length == 4 else cardinal(written, site.british))]
    if length == 4 and is_year(written, site, start, end):
        return [Part(start, end, year(written, site.british))]
    if length == 4 and written[0] == "1" and written[2:] == "00" and written[1] != "0":
        return [Part(start, end, century_pairs(written))]
    return [Part(start, end, cardinal(written, site.british))]


def _spaced(match: re.Match[str], site: Site) -> list[Part] | None:
    """1 234 567: figures grouped by (thin) spaces."""
    return [Part(*match.span(), cardinal(re.sub(r"\D", "", match.group()), site.british))]


def _power(match: re.Match[str], site: Site) -> list[Part] | None:
    """1e6, 6.02E23."""
    sign = "minus " if match.group("sign") == "-" else ""
    return [
        Part(
            *match.span(),
            f"{decimal(match.group('a'))} times ten to the power of {sign}{cardinal(match.group('n'))}",
        )
    ]


_VULGARS = "".join(VULGAR)
FRACTION_RULES = [
    Rule(
        "height",
        re.compile(
            r"(?:(?P<feet>\d{1,2})['′]\s?)?(?:(?P<inches>\d{1,2}(?:\.\d)?)(?:\"|″|”|''|′′))?(?![\w])(?<=['′\"″”])"
        ),
        _height,
    ),
    Rule("height", re.compile(r"(?P<feet>[4-7])'(?P<inches>\d|1[01])(?!\w)"), _height),
    Rule(
        "fraction",
        re.compile(
            rf"(?:(?P<whole>\d{{1,3}})[ -])?(?P<above>\d{{1,3}})[/⁄](?P<below>\d{{1,4}})"
            rf"(?:\s?(?P<unit>{UNIT}))?(?![\w/]|[.,]\d)"
        ),
        _fraction,
    ),
    Rule(
        "vulgar fraction",
        re.compile(rf"(?P<whole>\d+)? ?(?P<vulgar>[{_VULGARS}])(?:\s?(?P<unit>{UNIT}))?"),
        _vulgar,
    ),
    Rule("dimensions", re.compile(r"(?P<a>\d+(?:\.\d+)?) ?[xX] ?(?=\d)"), _dimensions),
]
NUMERAL_RULES = [
    Rule(
        "ordinal",
        re.compile(
            r"(?:(?P<above>\d{1,2})/)?(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?i:st|nd|rd|th|º|ª)(?P<s>s)?(?!\w)"
        ),
        _ordinal,
    ),
    Rule("version", re.compile(r"(?P<v>[vV]\.?)?(?P<n>\d+(?:\.\d+)+)(?![\w]|[-]\d)"), _version),
    Rule("power of ten", re.compile(r"(?P<a>\d+(?:\.\d+)?)[eE](?P<sign>[+-]?)(?P<n>\d{1,3})(?!\w)"), _power),
    Rule("spaced number", re.compile(r"[1-9]\d{0,2}(?: \d{3}){2,}(?![\d])"), _spaced),
    Rule("number", re.compile(NUMBER), _plain),
]
