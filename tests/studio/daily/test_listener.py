"""The listener's settings, weather and calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duologue.studio.daily.diary import appointments, events, weather
from duologue.studio.daily.listener import Listener
from duologue.studio.errors import StudioError

EXAMPLES = Path(__file__).parents[3] / "examples/feeds"


def test_the_example_is_read_with_paths_beside_it() -> None:
    listener = Listener.load(EXAMPLES / "listener.toml")
    assert listener.name == "Ada"
    assert all(Path(f).is_file() for f in listener.feeds)
    assert "showers" in weather(listener.weather)
    assert appointments(listener.calendar, date(2026, 11, 22)) == [
        "At 10:15, Walk with Tomas at the lighthouse.",
        "At 19:30, Choir rehearsal, St Brannock's Hall.",
    ]
    assert appointments(listener.calendar, date(2026, 11, 24)) == ["All day, Library books due."]
    assert appointments(listener.calendar, date(2026, 11, 25)) == []
    assert listener.with_options(minutes=2.0, style=None).minutes == 2.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("minuets = 3", "did you mean 'minutes'"),
        ("minutes = 'five'", "give a number"),
        ("minutes = 900", "0.5 to 120"),
        ("style = 'loud'", "known are crisp"),
        ("feeds = 'a.xml'", "give a list of texts"),
        ("date_language = 'xx'", "dates are not known"),
        ("= 3", "is not TOML"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "l.toml"
    path.write_text(text)
    with pytest.raises(StudioError, match=says):
        Listener.load(path)
    with pytest.raises(StudioError, match="no configuration file"):
        Listener.load(tmp_path / "none.toml")


def event(*lines: str) -> str:
    return "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + "\n".join(lines) + "\nEND:VEVENT\nEND:VCALENDAR"


@pytest.mark.parametrize(
    ("lines", "day", "there"),
    [
        (("DTSTART:20261122T090000", "SUMMARY:A"), date(2026, 11, 22), True),
        (("DTSTART:20261122T090000", "SUMMARY:A"), date(2026, 11, 23), False),
        (("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261123", "SUMMARY:A"), date(2026, 11, 22), True),
        (
            ("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261122", "SUMMARY:A"),
            date(2026, 11, 22),
            False,
        ),
        (("DTSTART:20261115T090000", "RRULE:FREQ=WEEKLY", "SUMMARY:A"), date(2026, 11, 22), True),
        (
            ("DTSTART:20261115T090000", "RRULE:FREQ=WEEKLY;UNTIL=20261120", "SUMMARY:A"),
            date(2026, 11, 22),
            False,
        ),
        (("DTSTART:20261122T090000", "STATUS:CANCELLED", "SUMMARY:A"), date(2026, 11, 22), False),
        (("DTSTART:rubbish", "SUMMARY:A"), date(2026, 11, 22), False),
    ],
)
def test_which_day_an_event_falls_on(lines: tuple[str, ...], day: date, there: bool) -> None:
    assert bool(events(event(*lines), day)) is there


def test_folded_and_escaped_lines() -> None:
    (found,) = events(
        event("DTSTART:20261122T090000", "SUMMARY:Tea\\, cake", "  and books"), date(2026, 11, 22)
    )
    assert found.sentence == "At 9:00, Tea, cake and books."


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="no file"):
        weather(tmp_path / "none")
    broken = tmp_path / "w.json"
    broken.write_text('{"text": ')
    with pytest.raises(StudioError, match="JSON"):
        weather(broken)
    broken.write_text('{"text": "Rain"}')
    assert weather(broken) == "Rain."
    lines = tmp_path / "c.txt"
    lines.write_text("Dentist at nine\nCall Ann.\n")
    assert appointments(lines, date(2026, 11, 22)) == ["Dentist at nine.", "Call Ann."]
