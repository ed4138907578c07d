"""The written phrases that link the stories of a briefing: opening, sections, credits, closing.

Design choices
- Written by hand, several of each, chosen by the day: two editions of one day are equal, two days aren't.
- They claim nothing of the world. Names, dates and counts in them come from the sources and the edition, and
  the grounding checks them like all others.
- Attribution is spoken where the publisher changes, so a listener always knows whose words they hear.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from duologue.studio.daily.listener import Listener
from duologue.studio.dates import ago, spoken_date

__all__ = ["Phrases", "joined", "short_name"]

_LABELS = {
    "local": "news from close to home",
    "world": "the world",
    "politics": "politics",
    "business": "business",
    "science": "science",
    "health": "health",
    "technology": "technology",
    "culture": "the arts",
    "sport": "sport",
    "more": "some other news",
}
_TEXTS: dict[str, dict[str, tuple[str, ...]]] = {
    "warm": {
        "hello": (
            "Hello{name}. It's {date}, and here is your briefing.",
            "Hello{name}, and welcome. It's {date}.",
            "Good to have you here{name}. It's {date}, and this is your briefing.",
        ),
        "ahead": ("Here is what's ahead.", "Coming up.", "These are the headlines."),
        "first": ("We start with {section}.", "Let's begin with {section}.", "First, {section}."),
        "next": ("Now to {section}.", "Next, {section}.", "On to {section}."),
        "last": ("And finally, {section}.", "To finish, {section}."),
        "from": ("{who} reports.", "This is from {who}.", "From {who}."),
        "more": ("{who} adds this.", "There is more from {who}.", "{who} has this to add."),
        "also": ("Another story.", "Also in the news.", "Next."),
        "weather": ("Now the weather.", "A look at the weather."),
        "calendar": ("And this is in your calendar today.", "In your calendar today."),
        "free": ("Your calendar is free today.",),
        "bye": ("That's your briefing for {weekday}.", "That was your briefing for {weekday}."),
        "wish": ("Have a good day.", "Take care.", "Until next time."),
    },
    "crisp": {
        "hello": ("{date}. Your briefing.",),
        "ahead": ("Headlines.",),
        "first": ("First, {section}.",),
        "next": ("{Section}.",),
        "last": ("{Section}.",),
        "from": ("From {who}.",),
        "more": ("{who} adds.",),
        "also": ("",),
        "weather": ("Weather.",),
        "calendar": ("Your calendar.",),
        "free": ("Your calendar is free.",),
        "bye": ("That's the briefing.",),
        "wish": ("",),
    },
    "in depth": {
        "hello": (
            "Welcome{name}. This is your briefing for {date}, with time for the details.",
            "Welcome{name} to your briefing for {date}. We take our time today.",
        ),
        "ahead": ("These are the stories we look at.", "The main stories."),
        "first": ("We begin with {section}.", "First, {section}."),
        "next": ("We turn to {section}.", "Next, {section}."),
        "last": ("Finally, {section}.", "Our last subject is {section}."),
        "from": ("{who} reports in detail.", "The account comes from {who}.", "This is from {who}."),
        "more": ("{who} adds to this.", "A second account comes from {who}.", "More from {who}."),
        "also": ("Another story.", "Also in the news."),
        "weather": ("Now the weather.",),
        "calendar": ("And this is in your calendar today.",),
        "free": ("Your calendar is free today.",),
        "bye": ("That was your briefing for {date}.",),
        "wish": ("Thank you for listening.", "Until next time."),
    },
}

_SHORT = 1.5
"""Minutes up to which the closing is one sentence: the credits were spoken with the stories."""


def short_name(publisher: str) -> str:
    """A publisher's name as it is said: without its subtitle."""
    for mark in (": ", " - ", " – ", " — ", " | ", " » "):
        publisher = publisher.split(mark)[0]
    return publisher.strip(" .")


def joined(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


class Phrases:
    """The phrases of one edition, by `listener.style`, the day's choice."""

    def __init__(self, listener: Listener, day: date) -> None:
        self._texts = _TEXTS[listener.style]
        self._listener, self._day = listener, day
        self._date = spoken_date(day, listener.date_language)
        self._dice = random.Random(day.toordinal())
        self._offset = {key: self._dice.randrange(8) for key in sorted(self._texts)}

    def _pick(self, key: str, turn: int, **known: str) -> str:
        texts = self._texts[key]
        return texts[(self._offset[key] + turn) % len(texts)].format(**known)

    def opening(self, newest: date | None) -> str:
        """The greeting with the day, and a word where the news is old."""
        name = f", {self._listener.name}" if self._listener.name else ""
        text = self._pick("hello", 0, name=name, date=self._date)
        if newest is not None and (self._day - newest).days > 2:
            text += f" The newest story in your feeds is from {spoken_date(newest, year=True)}."
        return text

    def headlines(self) -> str:
        """What comes before the headlines."""
        return self._pick("ahead", 0)

    def section(self, name: str, place: int, count: int) -> str:
        """The way into section `place` of `count`, from 0."""
        label = _LABELS[name]
        key = "first" if place == 0 else "last" if place == count - 1 else "next"
        return self._pick(key, place, section=label, Section=label[:1].upper() + label[1:])

    def credit(self, publisher: str, turn: int, published: date | None = None) -> str:
        """Whose words follow; with the day where the words themselves are about "today"."""
        who = short_name(publisher)
        if published is not None:
            return _capital(f"{who} reported this {ago(published, self._day)}.")
        return _capital(self._pick("from", turn, who=who))

    def addition(self, publisher: str, turn: int) -> str:
        """Before what a second publisher adds."""
        return _capital(self._pick("more", turn, who=short_name(publisher)))

    def update(self, told: date, title: str) -> str:
        """Before what is new in a story of an earlier day."""
        return (
            f"There is news on a story from {ago(told, self._day).removeprefix('on ')}: {title.rstrip('.')}."
        )

    def another(self, turn: int) -> str:
        """Before the next story of the same section and publisher."""
        return self._pick("also", turn)

    def lines(self, kind: str) -> str:
        """Before the weather or the calendar, or instead of an empty calendar ("free")."""
        return self._pick(kind, 0)

    def nothing(self) -> str:
        """Where there is no story to tell."""
        return "There is nothing new in your feeds."

    def closing(self, publishers: Sequence[str], *, verbatim: bool) -> str:
        """The end, with the sources and how it was made."""
        weekday = self._date.split(",")[0].split()[0]
        parts = [self._pick("bye", 0, weekday=weekday, date=self._date)]
        names = list(dict.fromkeys(map(short_name, publishers)))
        if self._listener.minutes <= _SHORT:
            return parts[0]
        if names:
            shown = names if len(names) <= 6 else [*names[:5], "others"]
            parts.append(f"The stories came from {joined(shown)}.")
        how = "in the words of its sources" if verbatim else "and checked against its sources"
        parts.append(f"It was put together and read by a computer, {how}.")
        parts.append(self._pick("wish", 0))
        return " ".join(p for p in parts if p)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
