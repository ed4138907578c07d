"""Make a daily briefing of feeds, pages and files: a finished, chaptered episode in a folder.

Design choices
- What is wrong with a source is told at the end, one line each, and the briefing is made of the others; exit
  code 2 only where nothing at all could be read.
- The memory of what was told lies with the user's state, not in the episode; `--no-memory` leaves it alone.
- Without `--write` no text model is loaded: sentences are the sources' own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.cli.progress import Progress

if TYPE_CHECKING:
    from duologue.studio.daily.listener import Listener
    from duologue.studio.daily.making import Briefed
    from duologue.studio.sources.fetch import Fetcher

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


def _fetcher(args: argparse.Namespace) -> Fetcher | None:
    from duologue.studio.sources.fetch import Fetcher, Limits
    from duologue.studio.sources.webcache import WebCache

    if args.offline:
        return None
    place = os.environ.get("DUOLOGUE_CACHE")
    cache = Path(place) if place else _home("XDG_CACHE_HOME", ".cache")
    return Fetcher(Limits(private=args.allow_private, robots=not args.ignore_robots), WebCache(cache / "web"))


def run(args: argparse.Namespace) -> int:
    """Make the briefing; returns the exit code."""
    listener, day = _listener(args), _day(args.date)
    from duologue.cli.writing import writer_named
    from duologue.studio.daily.making import make_daily
    from duologue.studio.encode import format_named
    from duologue.studio.episode import Mastering
    from duologue.studio.watch import Watch
    from duologue.voice import Voice

    for name in args.format or ():
        format_named(name)  # before anything is read
    memory = Path(args.memory) if args.memory else _home("XDG_STATE_HOME", ".local/state") / "daily.json"
    progress = Progress(1)
    with contextlib.closing(progress):
        made = make_daily(
            listener,
            Voice.load(threads=args.threads),
            args.output,
            write=writer_named(args.write),
            day=day,
            memory=None if args.no_memory else memory,
            fetcher=_fetcher(args),
            mastering=Mastering(music=args.music, channels=2 if args.music else 1),
            formats=args.format or ["mp3"],
            watch=Watch(progress.stage),
        )
    for problem in made.problems:
        print(f"left out: {problem}", file=sys.stderr)
    for notice in (*made.notices, *made.edition.notes):
        print(f"notice: {notice}", file=sys.stderr)
    _report(made, listener)
    return 0


def _report(made: Briefed, listener: Listener) -> None:
    report = made.edition.report
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
        f"{made.folder}: {long:.1f} s for {asked:.0f} s asked, {len(made.edition.stories)} stories,"
        f" in {made.seconds:.1f} s; cost {money:g}",
        file=sys.stderr,
    )
    print(made.folder)
