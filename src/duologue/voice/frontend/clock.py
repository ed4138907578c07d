"""Times of day and durations written with colons.

Design choices
- "9:30am" is "nine thirty A M", "9:05" "nine oh five", "12:00" "twelve o'clock", "14:00" "fourteen hundred".
- h:mm:ss is a duration. A colon between two figures that can't be a time is a ratio ("3:1", "16:9").
- A.M. and P.M. in any spelling are letters, on the span they were written in.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.numbers import cardinal
from duologue.voice.frontend.rule import Part, Rule, Site, previous_word

__all__ = ["CLOCK_RULES", "clock_words"]

_HALF = r"(?P<half>[AaPp]\.?\s?[Mm]\b\.?(?!\w))"
_VERSED = frozenset(
    """genesis exodus leviticus numbers deuteronomy joshua judges ruth samuel kings chronicles ezra
    nehemiah esther
    job psalm psalms proverbs ecclesiastes isaiah jeremiah lamentations ezekiel daniel hosea joel amos obadiah
    jonah micah nahum habakkuk zephaniah haggai zechariah malachi matthew mark luke john acts romans
    corinthians
    galatians ephesians philippians colossians thessalonians timothy titus philemon hebrews james peter jude
    revelation quran koran surah sura""".split()
)


def clock_words(hour: str, minute: str, half: bool = False) -> str:
    """ "9", "05" -> "nine oh five"; a full hour is "o'clock" unless A.M. or P.M. follows."""
    value = int(hour)
    spoken = cardinal(str(value))
    if minute == "00":
        if half:
            return spoken
        return f"{spoken} o'clock" if 1 <= value <= 12 else f"{spoken} hundred"
    return f"{spoken} oh {cardinal(minute[1])}" if minute[0] == "0" else f"{spoken} {cardinal(minute)}"


def _letters(written: str) -> str:
    return "A M" if written[0] in "aA" else "P M"


def _half_part(match: re.Match[str], site: Site) -> Part:
    """The span of "a.m.", less a stop that ends the sentence too."""
    return Part(match.start("half"), match.end("half"), _letters(match.group("half")))


def _time(match: re.Match[str], site: Site) -> list[Part] | None:
    hour, minute, second = match.group("hour"), match.group("minute"), match.group("second")
    half = match.group("half")
    if previous_word(site.text, match.start()).lower() in _VERSED:
        return None
    if second:
        count = [(str(int(hour)), "hour"), (str(int(minute)), "minute"), (str(int(second)), "second")]
        said = [f"{cardinal(n)} {name}{'' if n == '1' else 's'}" for n, name in count if n != "0"]
        words = " ".join([*said[:-1], "and", said[-1]]) if len(said) > 1 else (said or ["zero"])[0]
        return [Part(match.start(), match.end("second"), words)]
    if int(hour) > 24 or int(minute) > 59:
        return None
    parts = [Part(match.start(), match.end("minute"), clock_words(hour, minute, bool(half)))]
    if half:
        parts.append(_half_part(match, site))
    return parts


def _hour(match: re.Match[str], site: Site) -> list[Part] | None:
    hour, minute = match.group("hour"), match.group("minute")
    if int(hour) > 24:
        return None
    words = clock_words(hour, minute, half=True) if minute else cardinal(hour)
    return [Part(match.start(), match.end("minute" if minute else "hour"), words), _half_part(match, site)]


def _hours(match: re.Match[str], site: Site) -> list[Part] | None:
    """3-5pm, 9–11:30 a.m."""
    hour, end = int(match.group("hour")), int(match.group("end"))
    if hour > 12 or end > 12:
        return None
    last = (
        clock_words(match.group("end"), match.group("minute"), True)
        if match.group("minute")
        else cardinal(str(end))
    )
    return [
        Part(match.start(), match.end("hour"), cardinal(str(hour))),
        Part(match.start("dash"), match.start("half"), "to " + last),
        _half_part(match, site),
    ]


def _dash(match: re.Match[str], site: Site) -> list[Part] | None:
    """The dash between two times."""
    return [Part(match.start(), match.end(), "to")]


def _ratio(match: re.Match[str], site: Site) -> list[Part] | None:
    first, second = match.group("first"), match.group("second")
    verse = previous_word(site.text, match.start()).lower() in _VERSED
    joint = " " if verse or (first, second) in (("16", "9"), ("4", "3"), ("21", "9")) else " to "
    return [Part(match.start(), match.end(), cardinal(first) + joint + cardinal(second))]


CLOCK_RULES = [
    Rule(
        "time",
        re.compile(
            rf"(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?(?:\s?{_HALF})?(?![\d:]|\w)"
        ),
        _time,
    ),
    Rule(
        "hours",
        re.compile(
            rf"(?P<hour>\d{{1,2}})(?P<dash>\s?[-–—]\s?)(?P<end>\d{{1,2}})(?::(?P<minute>[0-5]\d))?\s?{_HALF}"
        ),
        _hours,
    ),
    Rule("hour", re.compile(rf"(?P<hour>\d{{1,2}})(?:\.(?P<minute>[0-5]\d))?\s?{_HALF}"), _hour),
    Rule("ratio", re.compile(r"(?P<first>\d{1,3}):(?P<second>\d{1,3})(?![\d:]|\w|[.,]\d)"), _ratio),
]
