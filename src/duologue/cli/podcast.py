"""Turn documents into a conversation: outline, script, performance.

Design choices
- SOURCE is a file (text, Markdown, PDF, EPUB, a saved page), a folder, an address, or - for standard input.
- The length is checked against the finished sound: if it is off by more than 4 %, the script is made once
  more with the pace that was measured; turns that didn't change come from the cache.
- `--draft` writes the script and stops; edit it and give it back with `--script`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.cli.progress import Progress

if TYPE_CHECKING:
    from duologue.studio.episode import Episode, Source
    from duologue.studio.podcast import Persona

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
formats: interview, deep dive, debate, round table, monologue, critique

examples:
  duologue podcast article.txt --minutes 3 -o episode/
  duologue podcast report.pdf --format debate --speakers 3 --minutes 6 -o debate/
  duologue podcast article.txt --speaker "Ada,voice=emma" --speaker "Ben,voice=fenrir,share=2" -o episode/
  duologue podcast article.txt --draft -o episode/ && $EDITOR episode/script.md
  duologue podcast --script episode/script.md -o episode/
"""
_CLOSE = 0.04


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue podcast`."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="files, folders, addresses, or -")
    parser.add_argument("-o", "--output", metavar="DIR", default="episode", help="folder to write (episode)")
    parser.add_argument("--format", default="interview", help="see below (interview)")
    parser.add_argument("--speakers", type=int, metavar="N", help="1 to 4 (what the format usually has)")
    parser.add_argument(
        "--speaker",
        action="append",
        default=[],
        metavar="PERSONA",
        help="name,role=,voice=,style=,speed=,quirks=,share=; repeatable",
    )
    parser.add_argument("--personas", metavar="FILE", help="TOML with [[speaker]] tables")
    parser.add_argument("--minutes", type=float, default=3.0, help="length, 0.5 to 60 (3)")
    parser.add_argument("--title", default="", help="else the source's own")
    parser.add_argument("--script", metavar="FILE", help="speak this script instead of writing one")
    parser.add_argument(
        "--draft", action="store_true", help="write script.md and episode.json, speak nothing"
    )
    parser.add_argument("--writer", default="none", help="none, ours, smollm2 or a GGUF file (none)")
    parser.add_argument("--seed", type=int, help="of the choice of phrases")
    parser.add_argument("--audio", default="mp3", metavar="LIST", help="mp3, opus, m4a, wav, flac, ogg (mp3)")
    parser.add_argument("--music", default="", help="a bed: calm, bright, warm, or a sound file")


def _sources(names: list[str]) -> list[Source]:
    from duologue.studio.errors import StudioError
    from duologue.studio.sources.fetch import Fetcher
    from duologue.studio.sources.gather import gather

    online = any(name.lower().startswith(("http://", "https://")) for name in names)
    found = gather(names, Fetcher() if online else None)
    for problem in found.problems:
        print(f"notice: {problem}", file=sys.stderr)
    if not found.articles:
        reason = str(found.problems[0]) if found.problems else "give a file or an address"
        raise StudioError(f"there is no source to talk about ({reason})")
    return [article.source(f"s{number}") for number, article in enumerate(found.articles, 1)]


def _personas(args: argparse.Namespace) -> list[Persona]:
    from duologue.studio.podcast.personas import load_personas, parse_persona

    people = load_personas(args.personas) if args.personas else []
    return people + [parse_persona(text, len(people) + at) for at, text in enumerate(args.speaker)]


def _given(args: argparse.Namespace, people: list[Persona]) -> Episode:
    """The episode of a script; spans are those of the episode that lies beside it, or of SOURCE."""
    from duologue.cli.source import read_text
    from duologue.studio.episode import Episode
    from duologue.studio.podcast import read_script

    path = Path(args.script)
    text = (
        sys.stdin.read()
        if args.script == "-"
        else read_text([str(path)])
        if path.is_file()
        else path.read_text()
    )
    beside = path.parent / "episode.json"
    sources = (
        _sources(args.sources)
        if args.sources
        else list(Episode.load(beside).sources)
        if beside.is_file()
        else []
    )
    return read_script(text, sources=sources, personas=people, title=args.title)


def run(args: argparse.Namespace) -> int:
    """Make the podcast; returns the exit code."""
    from duologue.cli.writing import writer_named
    from duologue.studio.podcast import compose, write_script
    from duologue.studio.podcast.pace import Pace
    from duologue.studio.podcast.report import podcast_report

    begun = time.perf_counter()
    people = _personas(args)
    if args.script:
        episode = _given(args, people)
        return _finish(episode, args, begun, podcast_report(episode) if episode.sources else "")
    sources = _sources(args.sources)
    write = writer_named(args.writer)
    pace = Pace()
    for attempt in range(3):
        made = compose(
            sources,
            minutes=args.minutes,
            format=args.format,
            speakers=args.speakers,
            personas=people,
            title=args.title,
            write=write,
            seed=args.seed,
            pace=pace,
        )
        if args.draft or attempt == 2:
            break
        true = _measured(made.episode)
        off = true / (args.minutes * 60)
        if abs(off - 1) <= _CLOSE or (made.notes and "everything in them" in made.notes[0]):
            break
        pace = Pace(factor=pace.factor * true / made.seconds)
    for note in made.notes:
        print(f"notice: {note}", file=sys.stderr)
    if args.draft:
        folder = Path(args.output)
        from duologue.studio.files import write_whole

        made.episode.save(folder / "episode.json")
        path = write_whole(folder / "script.md", write_script(made.episode))
        print(f"{path}: {len(made.episode.turns)} turns, about {made.seconds:.0f} s; cost 0", file=sys.stderr)
        return 0
    return _finish(made.episode, args, begun, podcast_report(made.episode))


def _measured(episode: Episode) -> float:
    """Seconds of the episode as it will sound."""
    from duologue.studio.render import render
    from duologue.voice import Voice

    rendering = render(episode, Voice.load())
    return rendering.samples / rendering.sample_rate


def _finish(episode: Episode, args: argparse.Namespace, begun: float, report: str) -> int:
    """Speak, mix, write the folder, and say where it is."""
    from duologue.studio.podcast import write_script
    from duologue.studio.produce import produce
    from duologue.voice import Voice

    if args.music:
        episode = episode.replace(mastering=episode.mastering.model_copy(update={"music": args.music}))
    progress = Progress(len(episode.turns), "speaking")
    extra = {"script.md": write_script(episode), **({"grounding.json": report} if report else {})}
    formats = [f.strip() for f in args.audio.split(",") if f.strip()]
    made = produce(
        episode,
        Voice.load(),
        args.output,
        formats=formats,
        extra=extra,
        progress=lambda done, total: progress.update(done),
    )
    progress.close()
    for notice in made.notices:
        print(f"notice: {notice}", file=sys.stderr)
    money = sum(step.money for step in made.episode.cost)
    print(
        f"{made.folder}: {made.episode.seconds or 0:.0f} s, {len(made.episode.turns)} turns "
        f"({made.cached} from the cache) in {time.perf_counter() - begun:.1f} s; cost {money:g}",
        file=sys.stderr,
    )
    return 0
