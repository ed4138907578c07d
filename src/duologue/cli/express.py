"""Read a text with expression: as it stands, with the mood of its sentences, or as a story with its
characters.

Design choices
- The wording is kept in all modes unless `--rewrite` asks for another, and there is no cap on the length.
- A story's cast is printed, so that a wrong voice is seen at once; `duologue episode edit` changes it.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from duologue.cli.made import announce
from duologue.cli.progress import Progress
from duologue.cli.source import read_text

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
modes: scripted (one voice), emotive (the style follows each sentence), story (narrator and characters)

examples:
  duologue express poem.txt -o poem/ --voice emma
  duologue express letter.txt --mode emotive -o letter/
  duologue express chapter.txt --mode story -o chapter/
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue express`."""
    parser.add_argument("file", metavar="FILE", help="a text file, or - for standard input")
    parser.add_argument("--mode", default="scripted", help="scripted, emotive or story (scripted)")
    parser.add_argument("-o", "--output", metavar="DIR", default="episode", help="folder to write (episode)")
    parser.add_argument("--voice", default="", help="of the reader or narrator (heart; fable for a story)")
    parser.add_argument("--style", default="", help="of the reader or narrator (neutral; story for a story)")
    parser.add_argument("--speed", type=float, default=1.0, help="0.25 to 4 (1)")
    parser.add_argument(
        "--rewrite", default="none", metavar="MODEL", help="tell it anew with ours, smollm2 or a GGUF file"
    )
    parser.add_argument("--title", default="", help="else the first line")
    parser.add_argument("--audio", default="mp3", metavar="LIST", help="mp3, opus, m4a, wav, flac, ogg (mp3)")
    parser.add_argument("--music", default="", help="a bed: calm, bright, warm, or a sound file")
    parser.add_argument("--stereo", action="store_true", help="the voices a little apart, at -16 LUFS")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads of the voice (1)")


def run(args: argparse.Namespace) -> int:
    """Make the expression; returns the exit code."""
    from duologue.cli.writing import writer_named
    from duologue.studio.episode import Mastering
    from duologue.studio.errors import StudioError
    from duologue.studio.expressions.making import make_expression
    from duologue.studio.watch import Watch
    from duologue.voice import Voice

    if args.file != "-" and not Path(args.file).is_file():
        raise StudioError(f"there is no file '{args.file[:200]}'")
    if not 0.25 <= args.speed <= 4:
        raise StudioError(f"speed {args.speed:g} can't be spoken; give 0.25 to 4")
    progress = Progress(1)
    with contextlib.closing(progress):
        made = make_expression(
            read_text([args.file]),
            Voice.load(threads=args.threads),
            args.output,
            mode=args.mode,
            voice=args.voice,
            style=args.style,
            speed=args.speed,
            title=args.title,
            write=writer_named(args.rewrite),
            mastering=Mastering(music=args.music, channels=2 if args.music or args.stereo else 1),
            formats=[f.strip() for f in args.audio.split(",") if f.strip()],
            watch=Watch(progress.stage),
        )
    if args.mode == "story":
        print("; ".join(f"{s.name}: {s.voice}" for s in made.episode.speakers), file=sys.stderr)
    announce(made)
    return 0
