"""List the voices and styles, or hear them all."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

__all__ = ["add_arguments", "run"]

PREVIEW = "Hello, I am {name}. This is how I sound when I read to you."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue voices`."""
    parser.add_argument("--preview", metavar="DIR", help="write a sample of each voice into this folder")
    parser.add_argument("--json", action="store_true", help="machine readable")


def _facts(voice: Any) -> dict[str, Any]:
    """A voice as a mapping, its name first."""
    return asdict(voice) if is_dataclass(voice) and not isinstance(voice, type) else {"name": str(voice)}


def run(args: argparse.Namespace) -> int:
    """List; returns the exit code."""
    from duologue.voice import Voice

    engine = Voice.load()
    voices = [_facts(v) for v in engine.voices()]
    styles = list(engine.styles())
    if args.json:
        print(
            json.dumps({"voices": voices, "styles": [str(s) for s in styles]}, indent=2, ensure_ascii=False)
        )
    else:
        keys = list(dict.fromkeys(key for v in voices for key in v))
        rows = [keys, *([str(v.get(key, "")) for key in keys] for v in voices)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(keys))]
        for row in rows:
            print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        print(f"\nstyles: {', '.join(map(str, styles))}")
        print("blends: --voice 'a(2)+b(1)' is two parts of a and one of b")
    if args.preview:
        _preview(engine, [str(v["name"]) for v in voices], Path(args.preview))
    return 0


def _preview(engine: Any, names: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    seconds = 0.0
    for name in names:
        speech = engine.speak(PREVIEW.format(name=name.capitalize()), voice=name)
        seconds += speech.duration
        speech.save(folder / f"{name}.mp3")
    took = time.perf_counter() - begun
    print(
        f"{len(names)} previews in {folder}: {seconds:.1f} s of speech in {took:.2f} s; cost 0",
        file=sys.stderr,
    )
