"""Dates, years and decades.

Design choices
- All-figure dates are month-first in American English and day-first in British; when only one order
  gives a month, that one is taken. ISO dates are year-month-day everywhere.
- Each written piece keeps its own span: in "14 March 1879" the day is spoken from "14".
- A four-digit figure is a year when the words around it say so, or when it is in the range of years and
  nothing that can be counted follows it.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.numbers import cardinal, digits, ordinal, plural, year
from duologue.voice.frontend.rule import Part, Rule, Site, next_word, previous_word

__all__ = ["DATE_RULES", "DAYS", "MONTHS", "MONTH_RULES", "is_year"]

_NAMES = "January February March April May June July August September October November December".split()
MONTHS: dict[str, str] = {}
for _name in _NAMES:
    MONTHS[_name.lower()] = _name
    MONTHS[_name[:3].lower()] = _name
MONTHS["sept"] = "September"

DAYS: dict[str, str] = {}
for _name in "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split():
    DAYS[_name[:3].lower()] = _name
DAYS |= {"tues": "Tuesday", "weds": "Wednesday", "thur": "Thursday", "thurs": "Thursday"}

_MONTH = (
    r"(?P<month>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?)"
)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?P<suffix>st|nd|rd|th|ST|ND|RD|TH)?(?![\d])"
_YEAR = r"(?P<year>1\d{3}|20\d\d|[3-9]\d\d)(?![\d,]*\d)(?!\.\d|%|\s?(?:km|kg|people)\b)"

_YEARLY = frozenset(
    """in since by until till before after during around circa year years late early mid copyright
    summer spring
    autumn fall winter season of from to between and class january february march april may june july august
    september october november december jan feb mar apr jun jul aug sep sept oct nov dec election olympics
    c ca budget edition model vintage census""".split()
)


def _year(written: str, site: Site) -> str:
    return year(written, site.british)


def is_year(written: str, site: Site, start: int, end: int) -> bool:
    """Whether the four figures [start, end) are a year rather than a count."""
    value = int(written)
    if not 1000 <= value <= 2199:
        return False
    following = next_word(site.text, end) if site.text[end : end + 1] == " " else ""
    counted = (
        following.islower()
        and len(following) > 3
        and following.endswith("s")
        and not following.endswith("ss")
    )
    counted = counted and following not in (
        "was",
        "is",
        "this",
        "has",
        "marks",
        "remains",
        "saw",
        "looks",
        "ends",
        "begins",
    )
    before = previous_word(site.text, start).lower()
    if before in _YEARLY:
        return not (counted and before in ("of", "from", "to", "and", "between", "by", "after", "around"))
    likely = value >= 1500 or not before or site.text[end : end + 1] in ("", ",", ")", ";")
    return 1100 <= value <= 2099 and not counted and likely


def _day(written: str, site: Site) -> str:
    return ordinal(written.lstrip("0"), site.british)


def _month_day(match: re.Match[str], site: Site) -> list[Part] | None:
    """January 5, 2024; Jan. 5th; June 3-7; Feb 2020; May 1968."""
    written = match.group("month").rstrip(".")
    if not written[0].isupper():
        return None
    month = MONTHS[written.lower()]
    if match.group("only_year"):
        value = int(match.group("only_year"))
        if written == "May" and value < 1000:
            return None
        return [
            Part(match.start(), match.end("month"), month),
            Part(match.start("only_year"), match.end(), _year(match.group("only_year"), site)),
        ]
    parts = [Part(match.start(), match.end("month"), month)]
    day = _day(match.group("day"), site)
    stop = match.end("suffix") if match.group("suffix") else match.end("day")
    parts.append(Part(match.start("day"), stop, day))
    if match.group("last"):
        parts.append(
            Part(
                match.start("dash"),
                match.end("last"),
                "to " + _day(re.sub(r"\D", "", match.group("last")), site),
            )
        )
    if match.group("year"):
        parts.append(Part(match.start("year"), match.end("year"), _year(match.group("year"), site)))
    return parts


def _day_month(match: re.Match[str], site: Site) -> list[Part] | None:
    """14 March 1879, 3 Sep 2018, 15th of Aug. 1947."""
    written = match.group("month").rstrip(".")
    if not written[0].isupper():
        return None
    stop = match.end("suffix") if match.group("suffix") else match.end("day")
    parts = []
    if match.group("of"):
        parts.append(Part(match.start("day"), stop, _day(match.group("day"), site)))
        parts.append(Part(match.start("of"), match.end("of"), "of"))
    else:
        before = previous_word(site.text, match.start()).lower()
        the = "" if before == "the" or match.group("suffix") else "the "
        parts.append(Part(match.start("day"), stop, the + _day(match.group("day"), site) + " of"))
    parts.append(Part(match.start("month"), match.end("month"), MONTHS[written.lower()]))
    if match.group("year"):
        parts.append(Part(match.start("year"), match.end("year"), _year(match.group("year"), site)))
    return parts


def _figures(month: int, day: int, written_year: str, match: re.Match[str], site: Site) -> list[Part] | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    name = _NAMES[month - 1]
    words = f"the {ordinal(str(day))} of {name}" if site.british else f"{name} {ordinal(str(day))}"
    if len(written_year) == 4:
        words += " " + _year(written_year, site)
    elif written_year:
        words += " " + (
            cardinal(written_year) if written_year[0] != "0" else "oh " + digits(written_year[1:])
        )
    return [Part(match.start(), match.end(), words)]


def _numeric(match: re.Match[str], site: Site) -> list[Part] | None:
    """03/15/2022, 12/25/99, 25.12.1990."""
    first, second, written_year = int(match.group("first")), int(match.group("second")), match.group("year")
    separator = match.group("separator")
    if separator == "." and len(written_year) == 2:
        return None
    day_first = site.british or separator == "."
    if first > 12 or (day_first and second <= 12):
        first, second = second, first
    return _figures(first, second, written_year, match, site)


def _iso(match: re.Match[str], site: Site) -> list[Part] | None:
    """2023-11-07, with or without a time."""
    parts = _figures(int(match.group("m")), int(match.group("d")), match.group("y"), match, site)
    if parts and match.group("hour"):
        hour, minute = match.group("hour"), match.group("minute")
        clock = cardinal(hour.lstrip("0") or "0")
        clock += (
            " hundred"
            if minute == "00"
            else (" oh " + cardinal(minute[1]) if minute[0] == "0" else " " + cardinal(minute))
        )
        cut = match.start("hour")
        parts = [Part(match.start(), cut, parts[0].words), Part(cut, match.end(), ", " + clock)]
    return parts


def _decade(match: re.Match[str], site: Site) -> list[Part] | None:
    """1990s, '90s, 80s, 1800s, '68."""
    written = match.group("figures")
    if len(written) == 4:
        words = plural(_year(written, site))
    elif match.group("s"):
        if written[1] != "0":
            return None
        words = plural(cardinal(written)) if written != "00" else "two thousands"
    else:
        return None
    return [Part(match.start(), match.end(), words)]


def _short_year(match: re.Match[str], site: Site) -> list[Part] | None:
    """'68 and '90s, where the century is left out."""
    written = match.group("figures")
    words = cardinal(written) if written[0] != "0" else "oh " + cardinal(written[1])
    if match.group("s"):
        words = plural(words) if written != "00" else "two thousands"
    return [Part(match.start(), match.end(), words)]


_FIGURE = re.compile(r"\s?\d")


def _weekday(match: re.Match[str], site: Site) -> list[Part] | None:
    """Mon., Tues, Fri before a stop, a comma, a date or a range ("Mon-Fri")."""
    written = match.group("day")
    if not (written[0].isupper() and written[1:].islower()):
        return None
    plain = not (match.group("mark") or match.group("last"))
    if written in ("Sat", "Sun", "Wed") and plain and not _FIGURE.match(site.text, match.end()):
        return None
    end = match.end("day") + (1 if match.group("mark") == "." else 0)
    parts = [Part(match.start(), end, DAYS[written.lower()])]
    if match.group("last"):
        parts.append(Part(match.start("dash"), match.end("last"), "to " + DAYS[match.group("last").lower()]))
    return parts


def _months(match: re.Match[str], site: Site) -> list[Part] | None:
    """Jan-Mar, Sept–Dec."""
    first, last = match.group("first"), match.group("last")
    if not (first[0].isupper() and last[0].isupper()):
        return None
    return [
        Part(match.start(), match.end("first"), MONTHS[first.lower().rstrip(".")]),
        Part(match.end("first"), match.end("last"), "to " + MONTHS[last.lower().rstrip(".")]),
    ]


_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY_NAMES = "|".join(sorted(DAYS, key=len, reverse=True))
MONTH_RULES = [
    Rule(
        "month day year",
        re.compile(
            _MONTH
            + r"\s?(?:\b(?P<only_year>[3-9]\d\d|1\d{3}|20\d\d)(?![\d.,]?\d)|"
            + _DAY
            + r"(?:(?P<dash>\s?[-–—]\s?)(?P<last>\d{1,2}(?:st|nd|rd|th)?)(?![\d/]))?(?:,?\s"
            + _YEAR
            + r")?)(?![\w:/]|[.,]\d|['’]\w|\s?[%°]|-\d)"
        ),
        _month_day,
    ),
    Rule(
        "months",
        re.compile(rf"(?P<first>(?i:{_MONTH_NAMES})\b\.?)[-–](?P<last>(?i:{_MONTH_NAMES})\b\.?)"),
        _months,
    ),
    Rule(
        "weekday",
        re.compile(
            rf"(?P<day>(?i:{_DAY_NAMES}))(?:(?P<dash>[-–])(?P<last>(?i:{_DAY_NAMES}))(?!\w)|(?P<mark>\.|(?=,))|(?=\s\d))"
        ),
        _weekday,
    ),
]
DATE_RULES = [
    Rule(
        "iso date",
        re.compile(
            r"(?P<y>[12]\d{3})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
            r"(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])"
        ),
        _iso,
    ),
    Rule(
        "figures",
        re.compile(
            r"(?P<first>\d{1,2})(?P<separator>[/.-])(?P<second>\d{1,2})(?P=separator)(?P<year>(?:1[0-9]|20)\d\d|\d\d)(?![\w/]|[.-]\d)"
        ),
        _numeric,
    ),
    Rule(
        "day month",
        re.compile(_DAY + r"(?:(?P<of>\sof)\s|[\s-])" + _MONTH + r"(?:(?:,?\s|-)" + _YEAR + r")?(?![\w])"),
        _day_month,
    ),
    Rule("decade", re.compile(r"(?P<figures>(?:1\d|20)\d0|\d0)['’]?(?P<s>s)(?!\w)"), _decade),
    Rule("short year", re.compile(r"['’‘](?P<figures>\d\d)(?P<s>s)?(?!\w|[.,:]\d)"), _short_year),
]
