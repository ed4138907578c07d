"""The script of an edition: what was chosen, put into turns and chapters with the phrases between.

Design choices
- One turn per story and publisher, so an edit renders a story anew and no more; one chapter per story, titled
  as the story and linked to it.
- Every phrase is kept in `Script.phrases`, which is what the grounding needs to know them by.
- Nothing is chosen here: the same choice gives the same script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from duologue.studio.daily.listener import Listener
from duologue.studio.daily.material import Material
from duologue.studio.daily.phrases import Phrases
from duologue.studio.episode import Chapter, Turn
from duologue.studio.sentences import sentences

__all__ = ["SPOKEN_STYLES", "Lines", "Script", "write_script"]

SPOKEN_STYLES = {"crisp": "news", "warm": "neutral", "in depth": "neutral"}
NARRATOR = "Narrator"
_DEICTIC = re.compile(
    r"\b(today|yesterday|tomorrow|tonight|this (morning|afternoon|evening|week)|last night)\b", re.IGNORECASE
)
_HEADLINES = 3
_FROM_SECONDS = 150.0  # shorter editions have no headlines
_STALE = 6  # days after which a weekday alone misleads


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The listener's own lines. calendar None: there is no calendar; empty: a free day."""

    weather: str = ""
    calendar: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """turns and chapters; among: for each turn the (story, article) places it rests on; phrases: our own
    sentences."""

    turns: list[Turn] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    among: dict[str, tuple[Material, int]] = field(default_factory=dict)
    phrases: list[str] = field(default_factory=list)


class _Scribe:
    """Writes a script turn by turn."""

    def __init__(self, style: str) -> None:
        self.script = Script()
        self._style = style

    def chapter(self, title: str, url: str = "") -> None:
        name = f"c{len(self.script.chapters) + 1}"
        turn = f"t{len(self.script.turns) + 1}"
        self.script.chapters.append(Chapter(id=name, title=title, turn=turn, url=url))

    def say(self, phrase: str, told: Sequence[str] = (), rests: tuple[Material, int] | None = None) -> None:
        """A turn in the present chapter: a phrase of ours, then sentences of a source."""
        name = f"t{len(self.script.turns) + 1}"
        text = " ".join(filter(None, (phrase, *told)))
        chapter = self.script.chapters[-1].id
        self.script.turns.append(
            Turn(id=name, speaker=NARRATOR, style=self._style, text=text, chapter=chapter)
        )
        self.script.phrases.extend(s.text for s in sentences(phrase))
        if rests:
            self.script.among[name] = rests


def _segments(material: Material, told: set[int]) -> list[tuple[int, list[int]]]:
    """The chosen sentences of each article, in order."""
    places = sorted({material.owner[i] for i in told})
    return [(p, sorted(i for i in told if material.owner[i] == p)) for p in places]


def _dated(material: Material, place: int, texts: Sequence[str], day: date) -> date | None:
    """The day to say with the credit, where the words need it."""
    when = material.articles[place].published
    if when is None or when.date() >= day:
        return None
    deictic = any(_DEICTIC.search(t) for t in texts)
    return when.date() if deictic or (day - when.date()).days > _STALE else None


def write_script(
    told: Mapping[Material, set[int]],
    listener: Listener,
    day: date,
    lines: Lines,
    *,
    sections: Sequence[str],
    newest: date | None,
    verbatim: bool = True,
) -> Script:
    """The script that tells `told`, section by section in the order of `sections`."""
    phrases = Phrases(listener, day)
    scribe = _Scribe(SPOKEN_STYLES[listener.style])
    stories = sorted(told, key=lambda m: (sections.index(m.ranked.section), -m.ranked.score))
    scribe.chapter("Opening")
    opening = phrases.opening(newest)
    if not stories:
        opening += " " + phrases.nothing()
    scribe.say(opening)
    best = sorted(told, key=lambda m: -m.ranked.score)[:_HEADLINES]
    if len(stories) > _HEADLINES and listener.minutes * 60 >= _FROM_SECONDS and best:
        titles = [m.ranked.story.title.rstrip(" .") + "." for m in sorted(best, key=stories.index)]
        scribe.say(" ".join([phrases.headlines(), *titles]))
    order = list(dict.fromkeys(m.ranked.section for m in stories))
    before = publisher = ""
    for number, material in enumerate(stories):
        story = material.ranked.story
        scribe.chapter(story.title, story.first.url)
        intro = []
        if material.ranked.section != before:
            before = material.ranked.section
            if len(stories) > 1:
                intro.append(phrases.section(before, order.index(before), len(order)))
        if material.before is not None:
            intro.append(phrases.update(material.before.day, material.before.title))
        for part, (place, indices) in enumerate(_segments(material, told[material])):
            texts = [material.text(i) for i in indices]
            by = material.articles[place].publisher
            dated = _dated(material, place, texts, day)
            if part:
                intro = [phrases.addition(by, number)] if by else []
            elif by and (by != publisher or dated):
                intro.append(phrases.credit(by, number, dated))
            elif number and not intro and phrases.another(number):
                intro.append(phrases.another(number))
            publisher = by or publisher
            scribe.say(" ".join(intro), texts, (material, place))
    _own_lines(scribe, phrases, lines)
    scribe.chapter("Closing")
    heard = [p for m in stories for p in (m.articles[o].publisher for o in sorted(_owners(m, told[m]))) if p]
    scribe.say(phrases.closing(list(dict.fromkeys(heard)), verbatim=verbatim))
    return scribe.script


def _owners(material: Material, told: set[int]) -> set[int]:
    return {material.owner[i] for i in told}


def _own_lines(scribe: _Scribe, phrases: Phrases, lines: Lines) -> None:
    if lines.weather:
        scribe.chapter("Weather")
        scribe.say(phrases.lines("weather"), [lines.weather])
    if lines.calendar is not None:
        scribe.chapter("Calendar")
        if lines.calendar:
            scribe.say(phrases.lines("calendar"), lines.calendar)
        else:
            scribe.say(phrases.lines("free"))
