"""Dates as they are said, in the listener's language.

Design choices
- A small table per language instead of the system's locales, which a server rarely has installed.
- British order for `en` and `en-GB`, American for `en-US`.
- The year is said only where asked for; a briefing is of this year.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from duologue.studio.errors import StudioError

__all__ = ["LANGUAGES", "ago", "spoken_date", "spoken_parts"]

_TABLE = {
    "en": (
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "January February March April May June July August September October November December",
        "{weekday} {day} {month}",
        "{weekday} {day} {month} {year}",
    ),
    "de": (
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "{weekday}, {day}. {month}",
        "{weekday}, {day}. {month} {year}",
    ),
    "fr": (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "{weekday} {day} {month}",
        "{weekday} {day} {month} {year}",
    ),
    "es": (
        "lunes martes miércoles jueves viernes sábado domingo",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "{weekday} {day} de {month}",
        "{weekday} {day} de {month} de {year}",
    ),
    "it": (
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "{weekday} {day} {month}",
        "{weekday} {day} {month} {year}",
    ),
    "pt": (
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "{weekday}, {day} de {month}",
        "{weekday}, {day} de {month} de {year}",
    ),
    "nl": (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "{weekday} {day} {month}",
        "{weekday} {day} {month} {year}",
    ),
    "sv": (
        "måndag tisdag onsdag torsdag fredag lördag söndag",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "{weekday} {day} {month}",
        "{weekday} {day} {month} {year}",
    ),
}
_TABLE["en-us"] = (*_TABLE["en"][:2], "{weekday}, {month} {day}", "{weekday}, {month} {day}, {year}")
LANGUAGES = tuple(_TABLE)


def spoken_date(day: date, language: str = "en", *, year: bool = False) -> str:
    """`day` with its weekday: "Sunday 22 November". Raises StudioError for a language without a table."""
    key = language.lower().replace("_", "-")
    row = _TABLE.get(key) or _TABLE.get(key.split("-")[0])
    if row is None:
        raise StudioError(f"dates are not known in '{language}'; known are {', '.join(LANGUAGES)}")
    weekdays, months, short, long = row
    form = long if year else short
    return form.format(
        weekday=weekdays.split()[day.weekday()],
        month=months.split()[day.month - 1],
        day=day.day,
        year=day.year,
    )


def spoken_parts(when: datetime) -> str:
    """The words of an English date that a sentence about it may use."""
    return spoken_date(when.date(), year=True)


def ago(when: date, today: date) -> str:
    """ "today", "yesterday", "on Thursday" within a week, else "on 3 November"."""
    days = (today - when).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    spoken = spoken_date(when)
    if timedelta(0) < today - when < timedelta(days=7):
        return f"on {spoken.split()[0]}"
    return f"on {spoken.split(' ', 1)[1]}"
