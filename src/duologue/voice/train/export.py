"""Checkpoints to the folder of weights that ships.

Design choices
- The averaged weights of both checkpoints go out twice: as ONNX graphs with 8-bit matrices, which the
  CPU runs, and in half precision as one safetensors file, for the GPU and for training on.
- Sizes are read off the tensors (sizes.py), so a checkpoint needs no config beside it.
- Each voice's level and mean pitch are measured with the exported graphs themselves, on the sentences
  below; the level becomes a gain that brings every voice to `LEVEL`.
- Files are written into a folder beside and renamed one by one, the list of checksums last.

    python -m duologue.voice.train.export --prosody work/runs/prosody/checkpoint.pt \\
        --decoder work/runs/match/checkpoint.pt --voices af_heart,am_fenrir,bf_emma,bm_fable
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from duologue.voice.frontend.tensors import write
from duologue.voice.spectrum import SAMPLE_RATE
from duologue.voice.train.graphs import contour_graph, decoder_graph, encoder_graph
from duologue.voice.train.norms import norm_map
from duologue.voice.train.sizes import config_of
from duologue.voice.train.start import weights_from
from duologue.voice.train.teacher import ENGLISH_VOICES
from duologue.voice.weights import (
    CONTOUR,
    DECODER,
    ENCODER,
    MANIFEST,
    NETWORK,
    NORMS,
    SUMS,
    VOICES,
    checksum,
)

__all__ = ["export"]

Weights = dict[str, NDArray[np.float32]]

LEVEL = -20.0
"""dBFS: root mean square of speech, pauses left out."""
SENTENCES = (
    "The ferry leaves the harbour at half past six, so we should be on the pier by six.",
    "Nobody knew why the old clock had stopped, but everyone had a theory.",
    "Would you like tea, or is coffee what you need this morning?",
    "She laughed, closed the book, and said that the ending had been worth the wait.",
    "Large waves broke over the wall and covered the road with stones and sand.",
    "In the end, the committee agreed to publish the whole report.",
)
_DESCRIPTIONS = {
    "heart": "warm and close, with a smile in it",
    "fenrir": "deep and lively",
    "emma": "clear and composed",
    "fable": "easy-going, a born narrator",
}


def _fact(voice: str, number: int) -> dict[str, Any]:
    accent, name = voice.split("_")
    british, female = accent[0] == "b", accent[1] == "f"
    whose = f"{'British' if british else 'American'} {'woman' if female else 'man'}"
    manner = _DESCRIPTIONS.get(name)
    return {
        "name": name,
        "language": "en-gb" if british else "en-us",
        "sex": "female" if female else "male",
        "description": f"{whose}, {manner}" if manner else whose,
        "teacher": voice,
        "number": number,
        "gain": 1.0,
        "pitch": 5.2,
    }


def _write_voices(folder: Path, facts: list[dict[str, Any]], prosody: Weights, decoder: Weights) -> None:
    arrays: dict[str, NDArray[Any]] = {}
    for fact in facts:
        arrays[f"{fact['name']}.prosody"] = prosody["voices.weight"][fact["number"]]
        arrays[f"{fact['name']}.decoder"] = decoder["voices.weight"][fact["number"]]
    write(folder / VOICES, arrays, {"voices": json.dumps(facts)})


def _write_norms(folder: Path, prosody: Weights, decoder: Weights) -> None:
    arrays = {}
    for graph, weights in (("encoder", prosody), ("contour", prosody), ("decoder", decoder)):
        arrays[f"{graph}.matrix"], arrays[f"{graph}.base"] = norm_map(weights, graph)
    write(folder / NORMS, arrays, {})


def _write_sums(folder: Path) -> None:
    names = (CONTOUR, DECODER, ENCODER, MANIFEST, NETWORK, NORMS, VOICES)
    lines = [f"{checksum((folder / name).read_bytes())}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def _measure(folder: Path, facts: list[dict[str, Any]]) -> None:
    """Put each voice's gain and mean pitch into its facts."""
    from duologue.voice.engine import Voice
    from duologue.voice.measure import active_level, mean_pitch

    voice = Voice.load(folder)
    for fact in facts:
        sound = [voice.speak(s, voice=fact["name"]).audio for s in SENTENCES]
        fact["gain"] = 10 ** ((LEVEL - active_level(np.concatenate(sound))) / 20)
        fact["pitch"] = mean_pitch(voice, fact["name"], SENTENCES)


def export(
    prosody: Weights,
    decoder: Weights,
    voices: list[str],
    out: Path,
    *,
    name: str,
    integer: bool = True,
    integer_basis: bool = True,
) -> dict[str, Any]:
    """Write the folder `out`; returns what the manifest says.

    integer: 8-bit matrices (float32 otherwise); integer_basis: those of the last layer too.
    Raises ValueError for a voice the checkpoints don't have.
    """  # fmt: skip
    unknown = [v for v in voices if v not in ENGLISH_VOICES]
    if unknown or not voices:
        raise ValueError(f"no voice {', '.join(unknown)}; there are {', '.join(ENGLISH_VOICES)}")
    facts = [_fact(v, ENGLISH_VOICES.index(v)) for v in voices]
    config = config_of(prosody, decoder)
    manifest = {
        "name": name,
        "sample_rate": SAMPLE_RATE,
        "matrices": ("int8" if integer_basis else "int8, last float32") if integer else "float32",
        "parameters": sum(w.size for weights in (prosody, decoder) for w in weights.values()),
        "config": config.to_dict(),
    }
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export") as temporary:
        folder = Path(temporary)
        graphs = {
            ENCODER: encoder_graph(prosody, integer=integer),
            CONTOUR: contour_graph(prosody, integer=integer),
            DECODER: decoder_graph(decoder, integer=integer, integer_basis=integer and integer_basis),
        }
        for file, graph in graphs.items():
            (folder / file).write_bytes(graph.SerializeToString())
        halves = {f"prosody.{k}": v.astype(np.float16) for k, v in prosody.items()}
        halves |= {f"decoder.{k}": v.astype(np.float16) for k, v in decoder.items()}
        write(folder / NETWORK, halves, {"config": json.dumps(config.to_dict())})
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        _write_norms(folder, prosody, decoder)
        _write_voices(folder, facts, prosody, decoder)
        _write_sums(folder)
        _measure(folder, facts)
        _write_voices(folder, facts, prosody, decoder)
        _write_sums(folder)
        for path in sorted(folder.iterdir(), key=lambda p: p.name == SUMS):
            shutil.move(path, out / path.name)
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the weights that ship.")
    parser.add_argument("--prosody", type=Path, required=True, help="its checkpoint, or network.safetensors")
    parser.add_argument("--decoder", type=Path, required=True, help="its checkpoint, or network.safetensors")
    parser.add_argument("--voices", default="af_heart", help="teacher names, the default voice first")
    parser.add_argument("--out", type=Path, default=Path("src/duologue/weights/voice"))
    parser.add_argument("--name", default="duologue-voice-0.1")
    parser.add_argument("--float", action="store_true", help="float32 matrices instead of 8-bit ones")
    parser.add_argument("--float-basis", action="store_true", help="float32 for the last layer only")
    args = parser.parse_args()
    torch.set_num_threads(1)
    manifest = export(
        weights_from(args.prosody, "prosody"), weights_from(args.decoder, "decoder"), args.voices.split(","),
        args.out, name=args.name, integer=not args.float, integer_basis=not args.float_basis,
    )  # fmt: skip
    for path in sorted(args.out.iterdir()):
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
    print(f"{manifest['name']}: {manifest['parameters'] / 1e6:.2f} M parameters, {manifest['matrices']}")


if __name__ == "__main__":
    main()
