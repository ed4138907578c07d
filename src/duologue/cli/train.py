"""Train a voice or a text model of your own (needs the [train] extra).

`duologue train voice STAGE ...` and `duologue train text STAGE ...` run a stage; the recipes in runs/ show
them in order.

Design choices
- The stages are the modules of the room's train/ that have a `main()`, and the packages there that can be
  run; their list and what they say they do are read from the source, without importing PyTorch.
- Arguments go to the stage untouched; `duologue train voice STAGE --help` is the stage's own help.
"""

from __future__ import annotations

import argparse
import ast
import importlib.resources
import runpy
import sys
from pathlib import Path

from duologue.text.errors import TextError
from duologue.voice.errors import VoiceError

__all__ = ["EPILOG", "add_arguments", "run", "stages"]


_ERRORS = {"voice": VoiceError, "text": TextError}


def stages(room: str = "voice") -> dict[str, str]:
    """The stages of a room and the first sentence of what each says of itself."""
    folder = Path(str(importlib.resources.files("duologue"))) / room / "train"
    found: dict[str, str] = {}
    for path in sorted([*folder.glob("*.py"), *folder.glob("*/__main__.py")]):
        tree = ast.parse(path.read_text("utf-8"))
        package = path.name == "__main__.py"
        if package or any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
            name = path.parent.name if package else path.stem
            found[name] = (ast.get_docstring(tree) or "").split("\n", 1)[0]
    return dict(sorted(found.items()))


def _listing(room: str) -> str:
    found = stages(room)
    width = max(map(len, found), default=0)
    lines = [f"  {name:<{width}}  {what}" for name, what in found.items()]
    return "\n".join([f"stages of `duologue train {room}`:", *lines])


EPILOG = "\n\n".join(map(_listing, _ERRORS))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue train`."""
    parser.add_argument("room", choices=list(_ERRORS), help="what to train")
    parser.add_argument("stage", nargs="?", help="which stage; without it they are listed")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="go to the stage")


def run(args: argparse.Namespace) -> int:
    """Run the stage in this process; returns the exit code."""
    if args.stage is None:
        print(_listing(args.room))
        return 0
    known = stages(args.room)
    if args.stage not in known:
        raise _ERRORS[args.room](f"there is no stage '{args.stage}'; there are {', '.join(known)}")
    module = f"duologue.{args.room}.train.{args.stage}"
    argv = sys.argv
    sys.argv = [f"duologue train {args.room} {args.stage}", *args.arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=False)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("duologue"):
            raise
        raise _ERRORS[args.room](
            f"training needs '{error.name}', which isn't installed: pip install 'duologue[train]'"
        ) from None
    finally:
        sys.argv = argv
    return 0
