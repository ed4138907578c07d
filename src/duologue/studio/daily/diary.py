"""The listener's own lines: the weather and the day's appointments, from files they give.

Design choices
- Weather is a text file (its first lines are read as they are) or JSON with "text". The program knows no
  forecast of its own and asks nobody.
- A calendar is iCalendar (`.ics`), read as far as a briefing needs: VEVENT with DTSTART, DTEND, SUMMARY,
  LOCATION and a daily, weekly or yearly RRULE; or a text file with a line per appointment, said as it is.
- Times are said as they stand in the file; one in UTC is moved to the zone of this machine.
- Both become sources of the episode, so their sentences are grounded like any other.

RFC 5545.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from duologue.studio.errors import StudioError
from duologue.studio.sources.cleaning import squeeze
from duologue.studio.sources.decoding import decode

__all__ = ["Event", "appointments", "events", "weather"]

_LONGEST = 600
_BIGGEST = 4 * 1024 * 1024
_STEPS: dict[str, Callable[[date, date], bool]] = {
    "DAILY": lambda first, day: True,
    "WEEKLY": lambda first, day: first.weekday() == day.weekday(),
    "YEARLY": lambda first, day: (first.month, first.day) == (day.month, day.day),
}


@dataclass(frozen=True, slots=True)
class Event:
    """An appointment of a day. at: its local time, empty for the whole day."""

    at: str
    summary: str
    place: str = ""

    @property
    def sentence(self) -> str:
        """As it is said."""
        where = f", {self.place}" if self.place else ""
        return f"At {self.at}, {self.summary}{where}." if self.at else f"All day, {self.summary}{where}."


def _load(path: str | Path) -> str:
    path = Path(path)
    if not path.is_file():
        raise StudioError(f"there is no file '{path}'")
    if path.stat().st_size > _BIGGEST:
        raise StudioError(f"'{path}' is larger than {_BIGGEST // 1024 // 1024} MiB")
    return decode(path.read_bytes())


def weather(path: str | Path) -> str:
    """The weather line of a file, one paragraph. Raises StudioError for a file without one."""
    text = _load(path)
    if text.lstrip().startswith("{"):
        try:
            text = str(json.loads(text).get("text") or "")
        except ValueError:
            raise StudioError(f"the weather file '{path}' is not well-formed JSON") from None
    text = squeeze(text)
    if not text:
        raise StudioError(f"the weather file '{path}' has no text")
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rsplit(". ", 1)[0]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _time(value: str, parameters: str) -> tuple[date, str]:
    """Day and local time ("10:15", or empty) of a DTSTART value."""
    if len(value) == 8 or "VALUE=DATE" in parameters.upper().replace("DATE-TIME", ""):
        return datetime.strptime(value[:8], "%Y%m%d").date(), ""
    when = datetime.strptime(value[:15], "%Y%m%dT%H%M%S")
    if value.endswith("Z"):
        when = when.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)
    return when.date(), f"{when.hour}:{when.minute:02d}"


def _plain(value: str) -> str:
    return squeeze(value.replace("\\n", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\"))


def events(text: str, day: date) -> list[Event]:
    """The events of iCalendar `text` on `day`, in order of time. What isn't understood is passed over."""
    found = []
    unfolded = re.sub(r"\n[ \t]", "", text)
    for block in re.findall(r"BEGIN:VEVENT\n(.*?)\nEND:VEVENT", unfolded, re.DOTALL):
        known: dict[str, tuple[str, str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            key, _, parameters = name.partition(";")
            known.setdefault(key.upper(), (value.strip(), parameters))
        if "DTSTART" not in known or known.get("STATUS", ("",))[0] == "CANCELLED":
            continue
        try:
            start, at = _time(*known["DTSTART"])
            end = _time(*known["DTEND"])[0] if "DTEND" in known else start
            if _falls(start, end, at, known.get("RRULE", ("", ""))[0], day):
                summary = _plain(known.get("SUMMARY", ("",))[0]) or "an appointment"
                found.append(Event(at, summary[:200], _plain(known.get("LOCATION", ("",))[0])[:100]))
        except ValueError:
            continue
    return sorted(found, key=lambda e: (e.at != "", e.at.zfill(5)))


def _falls(start: date, end: date, at: str, rule: str, day: date) -> bool:
    if start <= day <= (end if at else max(start, end - timedelta(days=1))):
        return True
    parts = dict(p.split("=", 1) for p in rule.upper().split(";") if "=" in p)
    step = _STEPS.get(parts.get("FREQ", ""))
    if step is None or day < start or set(parts) - {"FREQ", "UNTIL", "WKST"}:
        return False
    until = parts.get("UNTIL", "99991231")[:8]
    return step(start, day) and day.strftime("%Y%m%d") <= until


def appointments(path: str | Path, day: date) -> list[str]:
    """What the calendar file says of `day`, a sentence each. Raises StudioError for a file that is none."""
    text = _load(path)
    if "BEGIN:VCALENDAR" in text[:4096]:
        return [e.sentence for e in events(text, day)]
    lines = [squeeze(line)[:200] for line in text.split("\n") if line.strip()]
    if not lines:
        raise StudioError(f"the calendar file '{path}' is empty")
    return [line if line.endswith((".", "!", "?")) else f"{line}." for line in lines[:12]]
