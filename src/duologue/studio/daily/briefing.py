"""The daily briefing: articles in, an episode and the report of its grounding out.

    edition = brief(articles, Listener(minutes=5), memory=Memory.load("memory.json"))
    edition.episode.save("episode/episode.json")

Design choices
- Pure: no network, no disk, no model; what is read, remembered and spoken is handed in and out.
- `Briefing` keeps what doesn't depend on the pace, so an edition can be composed again when the voice turned
  out slower or faster than thought, without reading anything twice.
- Every sentence goes through the grounding, those taken from the sources too: one rule for all, and the
  report is the proof.
- What isn't told, and why, is in `notes`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from duologue.studio.daily.compose import choose, section_order
from duologue.studio.daily.listener import Listener
from duologue.studio.daily.material import Material, prepare
from duologue.studio.daily.memory import Memory
from duologue.studio.daily.ranking import rank
from duologue.studio.daily.script import NARRATOR, Lines, Script, write_script
from duologue.studio.daily.stories import Story, merge
from duologue.studio.daily.writer import Rewriter
from duologue.studio.dates import spoken_date
from duologue.studio.episode import Chapter, Episode, Source, Speaker, Step, Turn
from duologue.studio.evidence import context_source
from duologue.studio.grounding import Grounding
from duologue.studio.pace import Pace
from duologue.studio.protocols import Write
from duologue.studio.sources.article import Article
from duologue.studio.verdicts import Report

__all__ = ["Briefing", "Edition", "brief"]

_MOST = 60  # stories that are read closely


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """seconds: as estimated; everything: the sources hold no more; stories: those told, for the memory;
    notes: what was left out and why."""

    episode: Episode
    report: Report
    seconds: float
    everything: bool
    stories: tuple[Story, ...]
    notes: tuple[str, ...]


class Briefing:
    """Articles ranked and read for a listener on a day; `compose` makes the edition at a pace."""

    def __init__(
        self,
        articles: Sequence[Article],
        listener: Listener,
        *,
        day: date | None = None,
        memory: Memory | None = None,
        lines: Lines | None = None,
        write: Write | None = None,
    ) -> None:
        begun = time.perf_counter()
        self.listener, self.day = listener, day or datetime.now().date()
        self._lines = lines or Lines()
        self._rewriter = Rewriter(write, listener.style) if write is not None else None
        stories = merge(articles)
        ranked = rank(stories, listener)
        memory = memory or Memory()
        self._materials: list[Material] = []
        known = 0
        for one in ranked:
            if len(self._materials) >= _MOST:
                break
            before = memory.recall(one.story, self.day)
            material = prepare(one, before)
            if material is None:
                known += 1
            else:
                self._materials.append(material)
        self._newest = max((s.published.date() for s in stories if s.published), default=None)
        self._about = (
            f"{len(articles)} articles, {len(stories)} stories, {len(ranked)} worth telling"
            + (f", {known} told before without anything new" if known else "")
        )  # fmt: skip
        self._read = time.perf_counter() - begun

    def compose(self, pace: Pace | None = None) -> Edition:
        """The edition, its length counted at `pace`."""
        begun = time.perf_counter()
        wrote = self._rewriter.seconds if self._rewriter is not None else 0.0
        pace = pace or Pace()
        listener = self.listener

        def script(told: dict[Material, set[int]]) -> Script:
            return write_script(
                told,
                listener,
                self.day,
                self._lines,
                sections=section_order(list(told), listener),
                newest=self._newest,
                verbatim=self._rewriter is None,
            )

        @cache
        def spoken(text: str) -> float:
            return pace.factor * pace.turn(Turn(id="t", text=f"{text} ", style="neutral"))

        told = choose(self._materials, listener, script, pace.seconds, spoken)
        made = script(told)
        turns, report, sources = self._ground(told, made)
        seconds = pace.seconds(turns)
        return Edition(
            episode=self._episode(
                turns, made.chapters, sources, time.perf_counter() - begun - self._since(wrote)
            ),
            report=report,
            seconds=seconds,
            everything=seconds < 0.9 * 60 * listener.minutes,
            stories=tuple(m.ranked.story for m in told),
            notes=tuple(self._notes(told, seconds)),
        )

    def _since(self, wrote: float) -> float:
        """Seconds of writing since it had taken `wrote`, which a step of its own tells."""
        return self._rewriter.seconds - wrote if self._rewriter is not None else 0.0

    def _ground(
        self, told: dict[Material, set[int]], made: Script
    ) -> tuple[tuple[Turn, ...], Report, list[Source]]:
        """The turns, told anew where there is a writer, held to their sources."""
        names: dict[tuple[Material, int], str] = {}
        sources: list[Source] = []
        for material in told:
            for place in sorted({material.owner[i] for i in told[material]}):
                names[material, place] = f"s{len(sources) + 1}"
                sources.append(material.articles[place].source(names[material, place]))
        sources += self._own_sources(told)
        phrases = list(made.phrases)
        turns = [self._told_anew(turn, made, told) for turn in made.turns]
        among: dict[str, tuple[str, ...]] = {t: (names[rests],) for t, rests in made.among.items()}
        kept, report = Grounding(sources, phrases).ground(turns, among)
        return kept, report, sources

    def _told_anew(self, turn: Turn, made: Script, told: dict[Material, set[int]]) -> Turn:
        if self._rewriter is None or turn.id not in made.among:
            return turn
        material, place = made.among[turn.id]
        own = [material.text(i) for i in sorted(told[material]) if material.owner[i] == place]
        text = self._rewriter.tell(material.ranked.story.title, own)
        phrase = turn.text[: turn.text.find(own[0])] if own else ""
        return turn.model_copy(update={"text": phrase + text}) if text else turn

    def _own_sources(self, told: dict[Material, set[int]]) -> list[Source]:
        """What the edition knows by itself: its date, its listener, older headlines, the listener's files."""
        listener = self.listener
        days = {self.day, *(m.before.day for m in told if m.before)}
        days |= {a.published.date() for m in told for a in m.articles if a.published}
        if self._newest:
            days.add(self._newest)
        facts = [
            f"{listener.title}, {spoken_date(self.day, listener.date_language, year=True)}.",
            f"It is made for {listener.name}." if listener.name else "",
            *(f"{spoken_date(d, year=True)}." for d in sorted(days)),
            *(f"{m.before.title.rstrip('.')}." for m in told if m.before),
        ]
        sources = [context_source("\n".join(f for f in facts if f))]
        if self._lines.weather:
            sources.append(Source(id="weather", title="Weather", text=self._lines.weather))
        if self._lines.calendar:
            sources.append(Source(id="calendar", title="Calendar", text="\n".join(self._lines.calendar)))
        return sources

    def _episode(
        self, turns: tuple[Turn, ...], chapters: Sequence[Chapter], sources: Sequence[Source], seconds: float
    ) -> Episode:
        listener = self.listener
        first = {t.chapter: t.id for t in reversed(turns)}
        kept = [c.model_copy(update={"turn": first[c.id]}) for c in chapters if c.id in first]
        steps = [Step(step="compose", backend="duologue", seconds=round(self._read + seconds, 3))]
        if self._rewriter is not None:
            steps.append(self._rewriter.step())
        heads = [c.title for c in kept if c.title not in ("Opening", "Closing", "Weather", "Calendar")]
        return Episode(
            kind="daily",
            title=f"{listener.title}, {spoken_date(self.day, listener.date_language, year=True)}"[:200],
            description="; ".join(heads)[:3900],
            speakers=(Speaker(name=NARRATOR, role="narrator", voice=listener.voice),),
            chapters=tuple(kept),
            turns=turns,
            sources=tuple(sources),
            cost=tuple(steps),
        )

    def _notes(self, told: dict[Material, set[int]], seconds: float) -> list[str]:
        notes = [f"{self._about}, {len(told)} told"]
        if seconds < 0.9 * 60 * self.listener.minutes:
            notes.append(
                f"the sources hold {seconds / 60:.1f} of the {self.listener.minutes:g} minutes asked for;"
                " nothing was stretched"
            )
        return notes


def brief(articles: Sequence[Article], listener: Listener, **options: object) -> Edition:
    """The edition of `articles` in one go; options as of `Briefing`."""
    return Briefing(articles, listener, **options).compose()  # type: ignore[arg-type]
