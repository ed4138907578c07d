"""What weights ship: checksum, licence, card.

Design choices
- The folder of weights is the list: what lies there is shown, hashed anew, and compared with the checksum
  that its manifest gives (`sha256sums`, the format of the Unix command).
- Licence and card come from the Markdown card beside the weights; its front matter names the licence.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.resources
import json
from pathlib import Path

from duologue.voice.errors import VoiceError

__all__ = ["add_arguments", "inventory", "run"]

SUFFIXES = (".onnx", ".gguf", ".safetensors", ".npz", ".bin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue models`."""
    parser.add_argument("--json", action="store_true", help="machine readable")
    parser.add_argument("--card", action="store_true", help="print the model cards")


def _front_matter(card: Path, key: str) -> str:
    for line in card.read_text("utf-8").splitlines()[:40]:
        if line.lower().startswith(f"{key}:"):
            return line.split(":", 1)[1].strip()
    return ""


def _expected(folder: Path) -> dict[str, str]:
    sums = folder / "sha256sums"
    if not sums.is_file():
        return {}
    pairs = (line.split(None, 1) for line in sums.read_text("utf-8").splitlines() if line.strip())
    return {name.lstrip("*").strip(): digest for digest, name in pairs}


def inventory(root: Path) -> list[dict[str, str | int]]:
    """The weights under `root`: file, bytes, sha256, whether it is the expected one, licence, card."""
    found: list[dict[str, str | int]] = []
    for path in sorted(p for p in root.rglob("*") if p.suffix in SUFFIXES):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        expected = _expected(path.parent).get(path.name)
        cards = sorted(path.parent.glob("*.md"))
        found.append(
            {
                "file": str(path.relative_to(root)),
                "bytes": path.stat().st_size,
                "sha256": digest,
                "checked": "no checksum" if expected is None else "ok" if expected == digest else "MISMATCH",
                "license": _front_matter(cards[0], "license") if cards else "",
                "card": str(cards[0]) if cards else "",
            }
        )
    return found


def run(args: argparse.Namespace) -> int:
    """List; returns 0, or 1 when a checksum doesn't match."""
    root = Path(str(importlib.resources.files("duologue"))) / "weights"
    weights = inventory(root) if root.is_dir() else []
    if not weights:
        raise VoiceError(f"no weights in {root}; install a release, or train with `duologue train`")
    if args.json:
        print(json.dumps(weights, indent=2))
    elif args.card:
        for card in dict.fromkeys(str(w["card"]) for w in weights if w["card"]):
            print(Path(card).read_text("utf-8"))
    else:
        for w in weights:
            print(f"{w['file']}  {int(w['bytes']) / 1e6:.1f} MB  {w['license'] or 'licence not stated'}")
            print(f"  sha256 {w['sha256']} ({w['checked']})\n  card {w['card'] or 'none'}")
    return int(any(w["checked"] == "MISMATCH" for w in weights))
