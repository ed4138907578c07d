"""Look at an episode, edit it, render it, or export files from it.

An episode is a folder with its record in episode.json; every other file is made from the record.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.cli.made import announce
from duologue.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from duologue.studio.episode import Episode
    from duologue.studio.produce import Produced
    from duologue.studio.watch import Watch
    from duologue.voice import Voice

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
examples:
  duologue episode show tuesday
  duologue episode edit tuesday --turn t12 --text "It rained all day." --render
  duologue episode render tuesday --formats mp3,opus --music calm --stereo
  duologue episode export tuesday --formats srt,flac -o out

Only turns that changed are spoken again; the others come from the cache.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue episode`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="print what an episode is made of")
    show.add_argument("path", metavar="EPISODE", nargs="?", help="an episode's folder or its episode.json")
    show.add_argument("--json", action="store_true", help="the record as it is")
    show.add_argument("--schema", action="store_true", help="the JSON schema of records")
    show.add_argument("--transcript", action="store_true", help="what is said, to read")

    edit = actions.add_parser("edit", help="change the record")
    edit.add_argument("path", metavar="EPISODE")
    edit.add_argument("--title", help="the title of the episode")
    edit.add_argument("--turn", metavar="ID", help="which turn; see `duologue episode show`")
    edit.add_argument("--text", help="its new words, or those of the turn that --add adds")
    edit.add_argument("--speaker")
    edit.add_argument("--voice")
    edit.add_argument("--style")
    edit.add_argument("--speed", type=float)
    edit.add_argument("--pause", type=float, metavar="SECONDS", help="silence after it")
    edit.add_argument("--add", action="store_true", help="a new turn after --turn")
    edit.add_argument("--remove", action="store_true", help="take --turn out")
    edit.add_argument("--move-after", metavar="ID", help="take --turn to the place after this one")
    edit.add_argument("--render", action="store_true", help="render afterwards, in the formats there are")

    render = actions.add_parser("render", help="speak, mix and write everything into the episode's folder")
    render.add_argument("path", metavar="EPISODE")
    render.add_argument("-o", "--output", metavar="DIR", help="another folder")
    render.add_argument("--formats", metavar="LIST", help="wav, flac, mp3, opus, ogg, m4a; as before, or mp3")
    render.add_argument("--music", metavar="MOOD|FILE", help="calm, warm, bright, serious, a file, or none")
    render.add_argument("--bed", choices=["ends", "throughout"], help="where the music is heard (ends)")
    render.add_argument("--stings", metavar="MOOD|FILE", help="between chapters; as --music")
    render.add_argument("--stereo", action="store_true", default=None, help="two channels at -16 LUFS")
    render.add_argument("--mono", action="store_true", default=None, help="one channel at -19 LUFS")
    render.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads (1)")

    export = actions.add_parser("export", help="write chosen files from a rendered episode")
    export.add_argument("path", metavar="EPISODE")
    export.add_argument(
        "--formats", required=True, metavar="LIST",
        help="sounds as for render; vtt, srt, txt, json, chapters, html, cover",
    )  # fmt: skip
    export.add_argument("-o", "--output", metavar="DIR", default=".", help="where to (here)")
    export.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads (1)")


def run(args: argparse.Namespace) -> int:
    """Do it; returns the exit code."""
    return {"show": _show, "edit": _edit, "render": _render, "export": _export}[args.action](args)


def _folder(path: str) -> Path:
    """The folder of an episode that is named by folder or record."""
    given = Path(path)
    return given.parent if given.suffix == ".json" else given


def _load(path: str) -> Episode:
    from duologue.studio.revision import load_episode

    return load_episode(path)


def _show(args: argparse.Namespace) -> int:
    from duologue.studio.episode import schema
    from duologue.studio.errors import StudioError

    if args.schema:
        print(json.dumps(schema(), indent=2))
        return 0
    if not args.path:
        raise StudioError("name the episode: its folder or its episode.json")
    episode = _load(args.path)
    if args.json:
        print(episode.json_text(), end="")
        return 0
    if args.transcript:
        from duologue.studio.transcript import plain

        print(plain(episode), end="")
        return 0
    print(f"{episode.title}\n{episode.kind}, {episode.created:%Y-%m-%d %H:%M} UTC, {episode.id}")
    mastering = episode.mastering
    if mastering.seconds is not None:
        lufs = "silent" if mastering.lufs is None else f"{mastering.lufs:.1f} LUFS"
        print(f"{mastering.seconds:.1f} s, {lufs}, true peak {mastering.true_peak_dbtp} dBTP")
    else:
        print("not rendered")
    heads = {c.turn: c.title for c in episode.chapters}
    for turn in episode.turns:
        if turn.id in heads:
            print(f"\n# {heads[turn.id]}")
        at = "      -" if turn.start is None else f"{turn.start:7.1f}"
        words = " ".join(turn.text.split())
        words = words if len(words) <= 72 else words[:71] + "…"
        manner = f"{episode.voice_of(turn)}, {episode.style_of(turn)}"
        print(f"{at}  {turn.id:<6} {turn.speaker or '-'} ({manner}): {words}")
    for source in episode.sources:
        print(f"source {source.id}: {source.title or source.url}")
    for step in episode.cost:
        facts = f"{step.seconds:.2f} s, ${step.money:.4f}, {step.tokens} tokens"
        print(f"cost {step.step} ({step.backend}): {facts}")
    return 0


def _edit(args: argparse.Namespace) -> int:
    from duologue.studio.errors import StudioError
    from duologue.studio.revision import edit_turns

    names = ("text", "speaker", "voice", "style", "speed")
    parts: dict[str, object] = {n: value for n in names if (value := getattr(args, n)) is not None}
    if args.pause is not None:
        parts["pause_after"] = args.pause
    if args.move_after:
        parts["move_after"] = args.move_after
    if (parts or args.add or args.remove) and not args.turn:
        raise StudioError("say which turn with --turn ID; `duologue episode show` lists them")
    if args.add and "text" not in parts:
        raise StudioError("a new turn needs words: --text")
    edits: list[dict[str, object]] = [{"title": args.title}] if args.title else []
    if args.remove:
        edits.append({"turn": args.turn, "remove": True})
    elif args.add:
        edits.append({"add_after": args.turn, **parts})
    elif parts:
        edits.append({"turn": args.turn, **parts})
    if args.render:
        return _watched(lambda voice, watch: edit_turns(args.path, edits, voice, watch=watch), 1)
    edit_turns(args.path, edits)
    print(_folder(args.path) / "episode.json")
    print("edited; `duologue episode render` makes the sound anew", file=sys.stderr)
    return 0


def _formats(text: str) -> list[str]:
    return [name.strip().lower() for name in text.split(",") if name.strip()]


def _render(args: argparse.Namespace) -> int:
    from duologue.studio.errors import StudioError
    from duologue.studio.revision import render_episode

    episode = _load(args.path)
    if args.stereo and args.mono:
        raise StudioError("--stereo and --mono exclude each other; give one")
    asked: dict[str, object] = {}
    if args.stereo or args.mono:
        asked["channels"] = 2 if args.stereo else 1
    for name in ("music", "stings"):
        if (value := getattr(args, name)) is not None:
            asked[name] = "" if value == "none" else value
    if args.bed:
        asked["bed"] = args.bed
    mastering = episode.mastering.model_copy(update=asked) if asked else None
    formats = _formats(args.formats) if args.formats else None
    return _watched(
        lambda voice, watch: render_episode(
            args.path, voice, output=args.output, mastering=mastering, formats=formats, watch=watch
        ),
        args.threads,
    )


def _watched(work: Callable[[Voice, Watch], Produced | Episode], threads: int) -> int:
    """Do what makes sound, with a bar, and say what came of it."""
    from duologue.studio.produce import Produced
    from duologue.studio.watch import Watch
    from duologue.voice import Voice

    progress = Progress(1)
    with closing(progress):
        done = work(Voice.load(threads=threads), Watch(progress.stage))
    assert isinstance(done, Produced)
    announce(done)
    return 0


def _export(args: argparse.Namespace) -> int:
    begun = time.perf_counter()
    from duologue.studio.encode import FORMATS
    from duologue.studio.errors import StudioError
    from duologue.studio.files import write_whole
    from duologue.studio.produce import KINDS, derive, mixed

    episode = _load(args.path)
    kinds = _formats(args.formats)
    unknown = [k for k in kinds if k not in KINDS]
    if unknown or not kinds:
        raise StudioError(f"unknown format '{', '.join(unknown)}'; known are {', '.join(KINDS)}")
    mix = None
    if any(k in FORMATS for k in kinds):
        from duologue.voice import Voice

        mix, _, _ = mixed(episode, Voice.load(threads=args.threads))
        episode = mix.episode
    for name, data in derive(episode, mix, kinds).items():
        print(write_whole(Path(args.output) / name, data))
    print(f"exported in {time.perf_counter() - begun:.2f} s; cost 0", file=sys.stderr)
    return 0
