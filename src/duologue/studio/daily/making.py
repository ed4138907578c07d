"""A briefing made: gathered, composed, fitted to its length, spoken, put in place, remembered.

    made = make_daily(Listener(feeds=("feed.xml",)), Voice.load(), "today", fetcher=Fetcher())

Design choices
- What the command and a server share; neither holds a step of its own.
- What is wrong with a source is a `Problem`, and the briefing is made of the others; StudioError only where
  nothing at all could be read.
- The memory is written after the episode is in place, so a killed run forgets nothing and repeats nothing.
  One that can't be read is moved aside, reported, and begun anew.
- files=False is for hosts whose listeners are strangers: names of files and folders are refused then.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from duologue.studio.cache import TurnCache
from duologue.studio.daily import diary
from duologue.studio.daily.briefing import Briefing, Edition
from duologue.studio.daily.listener import Listener
from duologue.studio.daily.memory import Memory
from duologue.studio.daily.script import Lines
from duologue.studio.episode import Mastering, Step
from duologue.studio.errors import StudioError
from duologue.studio.fitting import fitted
from duologue.studio.produce import Produced, produce
from duologue.studio.protocols import Speak, Write
from duologue.studio.sources.article import Article, Problem
from duologue.studio.sources.fetch import Fetcher
from duologue.studio.sources.gather import complete, gather
from duologue.studio.watch import Watch

__all__ = ["Briefed", "make_daily"]

_COMPLETED = 40
"""Articles whose pages are fetched, the first of the feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefed(Produced):
    """A finished briefing, with what was told, how it is grounded, and what could not be read."""

    edition: Edition
    problems: tuple[Problem, ...] = ()


def make_daily(
    listener: Listener,
    speak: Speak,
    folder: str | Path,
    *,
    write: Write | None = None,
    day: date | None = None,
    memory: str | Path | None = None,
    fetcher: Fetcher | None = None,
    files: bool = True,
    lines: Lines | None = None,
    articles: Sequence[Article] = (),
    mastering: Mastering | None = None,
    formats: Sequence[str] = ("mp3",),
    cache: TurnCache | None = None,
    watch: Watch | None = None,
) -> Briefed:
    """The briefing of `listener` on `day` (today) in `folder`.

    memory: the file of what was told before, None for none; fetcher None: offline; files: whether feeds,
    weather and calendar may be files of this machine; lines: the listener's own, instead of those files;
    articles: more of them, read already. Raises StudioError where nothing could be read or it can't be
    spoken, Cancelled when told to stop, OSError as the disk does.
    """
    begun, watch, day = time.perf_counter(), watch or Watch(), day or datetime.now().date()
    problems: list[Problem] = []
    watch.at("reading")
    known = _recalled(memory, problems)
    found = [*articles, *_gathered(listener, fetcher, files, problems)]
    if not found:
        reasons = "; ".join(str(p) for p in problems[:3])
        raise StudioError(f"none of the sources could be read: {reasons or 'there are none'}")
    if lines is None:
        lines = _lines(listener, day, problems) if files else Lines()
    read = Step(step="read", backend="duologue", seconds=round(time.perf_counter() - begun, 3))
    watch.at("writing")
    briefing = Briefing(found, listener, day=day, memory=known, lines=lines, write=write)
    fit = fitted(
        briefing.compose,
        speak,
        60 * listener.minutes,
        mastering=mastering,
        cache=cache,
        progress=watch.turns,
        voice=listener.voice,
    )
    edition = fit.draft
    episode = fit.rendering.episode.with_cost(read)
    made = produce(
        episode,
        speak,
        folder,
        formats=formats,
        cache=cache,
        watch=watch,
        extra={"grounding.json": edition.report.json_text()},
        show=listener.title,
        rendering=replace(fit.rendering, episode=episode),
    )
    if memory is not None:
        known.remember(list(edition.stories), day).save(memory)
    return Briefed(
        episode=made.episode, folder=made.folder, files=made.files, made=made.made, cached=made.cached,
        seconds=time.perf_counter() - begun, notices=made.notices, edition=edition, problems=tuple(problems),
    )  # fmt: skip


def _recalled(path: str | Path | None, problems: list[Problem]) -> Memory:
    if path is None:
        return Memory()
    try:
        return Memory.load(path)
    except StudioError:
        aside = Path(path).with_name(f"{Path(path).name}.broken")
        Path(path).replace(aside)
        problems.append(Problem(str(path), f"this memory can't be read; begun anew, the old one is {aside}"))
        return Memory()


def _gathered(
    listener: Listener, fetcher: Fetcher | None, files: bool, problems: list[Problem]
) -> list[Article]:
    found = gather(listener.feeds, fetcher, files=files)
    problems += found.problems
    articles = list(found.articles)
    if fetcher is None or not listener.full_pages:
        return articles
    remote = [a for a in articles if a.origin.startswith(("http://", "https://"))][:_COMPLETED]
    fuller = complete(remote, fetcher)
    problems += fuller.problems
    better = dict(zip(map(id, remote), fuller.articles, strict=True))
    return [better.get(id(a), a) for a in articles]


def _lines(listener: Listener, day: date, problems: list[Problem]) -> Lines:
    """The listener's own lines; a file that can't be read is reported, and the briefing goes on."""
    weather, calendar = "", None
    if listener.weather:
        try:
            weather = diary.weather(listener.weather)
        except (StudioError, OSError) as error:
            problems.append(Problem(listener.weather, str(error)))
    if listener.calendar:
        try:
            calendar = tuple(diary.appointments(listener.calendar, day))
        except (StudioError, OSError) as error:
            problems.append(Problem(listener.calendar, str(error)))
    return Lines(weather=weather, calendar=calendar)
