"""Turn documents into a conversation: outline, script, performance.

Design choices
- SOURCE is a file (text, Markdown, PDF, EPUB, a saved page), a folder, an address, or - for standard input.
- `--draft` writes the script and stops; edit it and give it back with `--script`.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.cli.made import announce
from duologue.cli.progress import Progress

if TYPE_CHECKING:
    from duologue.studio.episode import Episode, Mastering, Source
    from duologue.studio.podcast import Persona
    from duologue.studio.protocols import Write

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
formats: interview, deep dive, debate, round table, monologue, summary (two minutes), critique

examples:
  duologue podcast article.txt --minutes 3 -o episode/
  duologue podcast report.pdf --format debate --speakers 3 --minutes 6 -o debate/
  duologue podcast article.txt --speaker "Ada,voice=emma" --speaker "Ben,voice=fenrir,share=2" -o episode/
  duologue podcast article.txt --format summary -o summary/
  duologue podcast article.txt --draft -o episode/ && $EDITOR episode/script.md
  duologue podcast --script episode/script.md -o episode/
"""


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
    parser.add_argument("--minutes", type=float, help="length, 0.5 to 60 (3, a summary 2)")
    parser.add_argument("--title", default="", help="else the source's own")
    parser.add_argument("--script", metavar="FILE", help="speak this script instead of writing one")
    parser.add_argument(
        "--draft", action="store_true", help="write script.md and episode.json, speak nothing"
    )
    parser.add_argument("--writer", default="none", help="none, ours, smollm2 or a GGUF file (none)")
    parser.add_argument("--seed", type=int, help="of the choice of phrases")
    parser.add_argument("--audio", default="mp3", metavar="LIST", help="mp3, opus, m4a, wav, flac, ogg (mp3)")
    parser.add_argument("--music", default="", help="a bed: calm, bright, warm, or a sound file")
    parser.add_argument("--stereo", action="store_true", help="the voices a little apart, at -16 LUFS")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads of the voice (1)")


def _sources(names: list[str]) -> list[Source]:
    from duologue.studio.sources.fetch import Fetcher
    from duologue.studio.sources.gather import gather

    online = any(name.lower().startswith(("http://", "https://")) for name in names)
    found = gather(names, Fetcher() if online else None)
    for problem in found.problems if found.articles else ():
        print(f"left out: {problem}", file=sys.stderr)
    return found.sources()


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
    from duologue.studio.podcast.making import draft_podcast, make_podcast, perform
    from duologue.studio.watch import Watch
    from duologue.voice import Voice

    people = _personas(args)
    formats = [f.strip() for f in args.audio.split(",") if f.strip()]
    script = _given(args, people) if args.script else None
    sources = [] if script is not None else _sources(args.sources)
    asked = {
        "minutes": args.minutes, "format": args.format, "speakers": args.speakers, "personas": people,
        "title": args.title, "seed": args.seed,
    }  # fmt: skip
    if args.draft and script is None:
        draft = draft_podcast(sources, args.output, write=_writer(args), **asked)
        for note in draft.notes:
            print(f"notice: {note}", file=sys.stderr)
        print(
            f"{Path(args.output) / 'script.md'}: {len(draft.episode.turns)} turns,"
            f" about {draft.seconds:.0f} s; cost 0",
            file=sys.stderr,
        )
        return 0
    progress = Progress(1)
    watch = Watch(progress.stage)
    with contextlib.closing(progress):
        if script is not None:
            if args.music:
                script = script.replace(mastering=_mastering(args))
            made = perform(
                script, Voice.load(threads=args.threads), args.output, formats=formats, watch=watch
            )
        else:
            made = make_podcast(
                sources, Voice.load(threads=args.threads), args.output, write=_writer(args),
                mastering=_mastering(args), formats=formats, watch=watch, **asked,
            )  # fmt: skip
    announce(made)
    return 0


def _mastering(args: argparse.Namespace) -> Mastering:
    from duologue.studio.episode import Mastering

    return Mastering(music=args.music, channels=2 if args.music or args.stereo else 1)


def _writer(args: argparse.Namespace) -> Write | None:
    from duologue.cli.writing import writer_named

    return writer_named(args.writer)
