"""What weights ship: checksum, licence, card; and the text model in other forms.

`duologue models` lists; `duologue models export --format hf -o DIR` writes the text model as transformers,
vLLM and SGLang read it, `--format gguf` as llama.cpp does.

Design choices
- The folder of weights is the list: what lies there is shown, hashed anew, and compared with the checksum
  that its manifest gives (`sha256sums`, the format of the Unix command).
- Export works from the GGUF that ships and needs nothing more; `--type` writes the numbers anew, in f32, f16
  or q8_0, and needs the package gguf. q8_0 has lost what it has lost: its float32 is not the one of training.
- Licence and card come from the Markdown card beside the weights; its front matter names the licence.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.resources
import json
import shutil
import sys
import time
from pathlib import Path

from duologue.text.errors import TextError
from duologue.voice.errors import VoiceError

__all__ = ["add_arguments", "inventory", "run"]

SUFFIXES = (".onnx", ".gguf", ".safetensors", ".npz", ".bin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue models`."""
    parser.add_argument("action", nargs="?", choices=["list", "export"], default="list", help="(list)")
    parser.add_argument("--json", action="store_true", help="machine readable")
    parser.add_argument("--card", action="store_true", help="print the model cards")
    export = parser.add_argument_group("export")
    export.add_argument("--format", choices=["hf", "gguf"], help="Hugging Face, or GGUF")
    export.add_argument("-o", "--output", metavar="DIR", help="the folder to write into")
    export.add_argument(
        "--model", metavar="FILE", help="a GGUF of ours or a folder of `train text`; else ours"
    )
    export.add_argument(
        "--type", choices=["f32", "f16", "q8_0"], help="of the numbers in a GGUF (as they are)"
    )


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


def _export(args: argparse.Namespace) -> int:
    """Write the text model in another form, and say where."""
    if not args.format or not args.output:
        raise TextError("export needs --format hf or gguf, and -o DIR")
    if args.type and args.format == "hf":
        raise TextError("--type is of a GGUF; the Hugging Face form is float32")
    from duologue.text.export import export
    from duologue.text.weights import find

    begun = time.perf_counter()
    source = Path(args.model) if args.model else find().path
    out = Path(args.output)
    if args.format == "hf":
        written = export(source, out, "hf")
    elif args.type or source.is_dir():
        kind = args.type or "q8_0"
        stem = source.stem.removesuffix("-q8_0") if source.is_file() else source.name
        written = export(source, out / f"{stem}-{kind}.gguf", "gguf", kind)
    else:
        written = [out / find(source).path.name]
        out.mkdir(parents=True, exist_ok=True)
        beside = written[0].with_suffix(".part")
        shutil.copyfile(source, beside)
        beside.replace(written[0])
    size = sum(path.stat().st_size for path in written) / 1e6
    print(f"{out}: {', '.join(path.name for path in written)}")
    print(f"{size:.1f} MB in {time.perf_counter() - begun:.2f} s; cost 0", file=sys.stderr)
    return 0


def run(args: argparse.Namespace) -> int:
    """List or export; returns 0, or 1 when a checksum doesn't match."""
    if args.action == "export":
        return _export(args)
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
