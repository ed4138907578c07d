"""Make a daily briefing of feeds, pages and files: a finished, chaptered episode in a folder.

Design choices
- What is wrong with a source is told at the end, one line each, and the briefing is made of the others; exit
  code 2 only where nothing at all could be read.
- The memory of what was told lies with the user's state, not in the episode; `--no-memory` leaves it alone.
  It is written after the episode is in place, so a killed run forgets nothing and repeats nothing.
- Without `--write` no text model is loaded: sentences are the sources' own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duologue.cli.progress import Progress

if TYPE_CHECKING:
    from duologue.studio.daily.briefing import Edition
    from duologue.studio.daily.listener import Listener
    from duologue.studio.daily.script import Lines
    from duologue.studio.sources.article import Article, Problem

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
A feed is an address or a file of RSS, Atom or JSON Feed; pages, PDF, EPUB, Markdown, text, folders and - for
standard input are taken as well. Settings may stand in a TOML file, see examples/feeds/listener.toml.

examples:
  duologue daily --feed examples/feeds/*.xml --minutes 5 -o episode/
  duologue daily --config examples/feeds/listener.toml -o episode/
  duologue daily --feed https://example.org/news.xml --style crisp --more science -o today/
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue daily`."""
    add = parser.add_argument
    add("--feed", nargs="+", action="extend", default=[], metavar="URL|FILE", help="what to read; repeatable")
    add("--config", metavar="FILE", help="the listener: feeds, interests, length and manner, as TOML")
    add("-o", "--output", default="episode", metavar="FOLDER", help="where the episode goes (episode)")
    add("--minutes", type=float, metavar="N", help="length, 0.5 to 120 (5)")
    add("--style", metavar="STYLE", help="crisp, warm or 'in depth' (warm)")
    add("--voice", metavar="NAME", help="who reads (heart)")
    add("--name", metavar="NAME", help="the listener's name")
    add("--more", action="append", metavar="TOPIC", help="what the listener likes to hear of; repeatable")
    add("--less", action="append", metavar="TOPIC", help="what they'd rather hear less of; repeatable")
    add("--never", action="append", metavar="TOPIC", help="what is left out; repeatable")
    add("--weather", metavar="FILE", help='the weather, as text or JSON with "text"')
    add("--calendar", metavar="FILE", help="the calendar, as .ics or a line per appointment")
    add("--date", metavar="YYYY-MM-DD", help="the day of the edition (today)")
    add("--date-language", metavar="LANG", help="en, en-US, de, fr, es, it, pt, nl, sv (en)")
    add("--write", default="none", metavar="MODEL", help="tell it anew with ours, smollm2 or a GGUF file")
    add("--format", action="append", metavar="KIND", help="wav, flac, mp3, opus, ogg, m4a; repeatable (mp3)")
    add("--music", default="", metavar="MOOD|FILE", help="calm, bright, warm, or a sound file")
    add("--memory", metavar="FILE", help="what was told before (~/.local/state/duologue/daily.json)")
    add("--no-memory", action="store_true", help="neither use nor keep a memory")
    add("--no-pages", action="store_true", help="don't fetch the pages behind short entries")
    add("--offline", action="store_true", help="no network at all")
    add("--allow-private", action="store_true", help="let addresses be loopback, private or link-local")
    add("--ignore-robots", action="store_true", help="for feeds of your own: don't ask robots.txt")
    add("--threads", type=int, default=1, metavar="N", help="CPU threads of the voice (1)")


def _day(text: str | None) -> date:
    from duologue.studio.errors import StudioError

    if text is None:
        return datetime.now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudioError(f"'{text}' is no date; write it as 2026-11-22") from None


def _listener(args: argparse.Namespace) -> Listener:
    from duologue.studio.daily.listener import Listener
    from duologue.studio.errors import StudioError

    listener = Listener.load(args.config) if args.config else Listener()
    listener = listener.with_options(
        feeds=tuple(args.feed) or None,
        minutes=args.minutes,
        style=args.style,
        voice=args.voice,
        name=args.name,
        more=tuple(args.more) if args.more else None,
        less=tuple(args.less) if args.less else None,
        never=tuple(args.never) if args.never else None,
        weather=args.weather,
        calendar=args.calendar,
        date_language=args.date_language,
        full_pages=False if args.no_pages else None,
    )
    if not listener.feeds:
        raise StudioError("there is nothing to read; give --feed URL or FILE, or a --config with feeds")
    return listener


def _home(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default) / "duologue"


def _gather(args: argparse.Namespace, listener: Listener, problems: list[Problem]) -> list[Article]:
    from duologue.studio.errors import StudioError
    from duologue.studio.sources.fetch import Fetcher, Limits
    from duologue.studio.sources.gather import complete, gather
    from duologue.studio.sources.webcache import WebCache

    fetcher = None
    if not args.offline:
        place = os.environ.get("DUOLOGUE_CACHE")
        cache = Path(place) if place else _home("XDG_CACHE_HOME", ".cache")
        limits = Limits(private=args.allow_private, robots=not args.ignore_robots)
        fetcher = Fetcher(limits, WebCache(cache / "web"))
    found = gather(listener.feeds, fetcher)
    problems += found.problems
    articles = list(found.articles)
    if fetcher is not None and listener.full_pages:
        remote = [a for a in articles if a.origin.startswith(("http://", "https://"))]
        fuller = complete(remote[:40], fetcher)
        problems += fuller.problems
        by_key = dict(zip(map(id, remote[:40]), fuller.articles, strict=True))
        articles = [by_key.get(id(a), a) for a in articles]
    if not articles:
        reasons = "; ".join(str(p) for p in problems[:3])
        raise StudioError(f"none of the sources could be read: {reasons}")
    return articles


def _lines(listener: Listener, day: date, problems: list[Problem]) -> Lines:
    """The listener's own lines; a file that can't be read is reported, and the briefing goes on."""
    from duologue.studio.daily import diary
    from duologue.studio.daily.script import Lines
    from duologue.studio.errors import StudioError
    from duologue.studio.sources.article import Problem

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


def run(args: argparse.Namespace) -> int:
    """Make the briefing; returns the exit code."""
    begun = time.perf_counter()
    listener, day = _listener(args), _day(args.date)
    from duologue.studio.daily.memory import Memory

    path = Path(args.memory) if args.memory else _home("XDG_STATE_HOME", ".local/state") / "daily.json"
    memory = Memory() if args.no_memory else Memory.load(path)
    problems: list[Problem] = []
    articles = _gather(args, listener, problems)
    lines = _lines(listener, day, problems)
    read = time.perf_counter() - begun

    from duologue.cli.writing import writer_named
    from duologue.studio.daily.briefing import Briefing
    from duologue.studio.daily.fit import fit
    from duologue.studio.episode import Mastering, Step
    from duologue.studio.produce import produce
    from duologue.voice import Voice

    briefing = Briefing(
        articles, listener, day=day, memory=memory, lines=lines, write=writer_named(args.write)
    )
    speak = Voice.load(threads=args.threads)
    progress = Progress(1, "speaking")
    with contextlib.closing(progress):
        fitted = fit(
            briefing,
            speak,
            mastering=Mastering(music=args.music, channels=2 if args.music else 1),
            progress=lambda done, total: progress.update(done / total),
        )
    edition = fitted.edition
    step = Step(step="read", backend="duologue", seconds=round(read, 3))
    made = produce(
        edition.episode.with_cost(step),
        speak,
        args.output,
        formats=args.format or ["mp3"],
        extra={"grounding.json": edition.report.json_text()},
        voice=listener.voice,
        show=listener.title,
    )
    if not args.no_memory:
        memory.remember(list(edition.stories), day).save(path)
    for problem in problems:
        print(f"left out: {problem}", file=sys.stderr)
    for notice in made.notices:
        print(f"notice: {notice}", file=sys.stderr)
    _report(edition, made, listener, time.perf_counter() - begun)
    return 0


def _report(edition: Edition, made: Any, listener: Listener, seconds: float) -> None:
    for note in edition.notes:
        print(note, file=sys.stderr)
    report = edition.report
    figures = report.figures
    print(
        f"grounding: {report.supported:.0%} of {sum(v.kind != 'phrase' for v in report.verdicts)} sentences"
        f" supported, {figures['numbers_found']} of {figures['numbers']} numbers and"
        f" {figures['names_found']} of {figures['names']} names found in the sources",
        file=sys.stderr,
    )
    money = sum(s.money for s in made.episode.cost)
    long, asked = made.episode.seconds or 0.0, 60 * listener.minutes
    print(
        f"{made.folder}: {long:.1f} s for {asked:.0f} s asked, {len(edition.stories)} stories,"
        f" in {seconds:.1f} s; cost {money:g}",
        file=sys.stderr,
    )
    print(made.folder)
