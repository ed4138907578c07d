"""Our voice and its peers behind one face: text in, samples out.

Design choices
- The whole way is what counts: from plain text to samples in memory, front end included.
- Kokoro-82M, the teacher, has no front end that is free of espeak and spaCy; it reads ours. Its joined ONNX
  file and voices are found by KOKORO_ONNX and KOKORO_VOICES, or in work/teacher
  (`python -m duologue.voice.train.teacher` fetches them).
- espeak-ng and flite are programs: a run of theirs includes starting the process, a few milliseconds.

`python benchmarks/peers.py NAME TEXT` speaks once and prints the peak of its memory, for voice_speed.py.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["PEERS", "Peer", "peak_memory"]

Audio = NDArray[np.float32]
ROOT = Path(__file__).parent.parent


class Peer(Protocol):
    """A synthesiser that has been loaded."""

    name: str
    version: str

    def speak(self, text: str) -> tuple[Audio, int]:
        """(S,) float32 and the sample rate."""
        ...

    def pieces(self, text: str) -> Iterator[Audio]:
        """The same in pieces, the first as early as this peer can."""
        ...


class Duologue:
    """Ours."""

    def __init__(self, threads: int = 1, voice: str = "heart", style: str = "neutral") -> None:
        from duologue import __version__
        from duologue.voice import Voice

        self.name, self.version = "duologue", __version__
        self._engine = Voice.load(threads=threads)
        self._options = {"voice": voice, "style": style}

    def speak(self, text: str) -> tuple[Audio, int]:
        speech = self._engine.speak(text, **self._options)
        return speech.audio, speech.sample_rate

    def pieces(self, text: str) -> Iterator[Audio]:
        for piece in self._engine.stream(text, **self._options):
            yield piece.audio


class Hibari:
    """hibari-tts, another student of the same teacher."""

    def __init__(self, threads: int = 1) -> None:
        import hibari

        self.name, self.version = "hibari-tts", hibari.__version__
        self._engine = hibari.Hibari(threads=threads)

    def speak(self, text: str) -> tuple[Audio, int]:
        return self._engine(text, seed=0), 24_000

    def pieces(self, text: str) -> Iterator[Audio]:
        yield from self._engine.stream(text, seed=0)


class Kokoro:
    """The teacher, by ONNX Runtime, reading our front end's phonemes."""

    def __init__(self, threads: int = 1, voice: str = "af_heart") -> None:
        import onnxruntime as ort

        from duologue.voice.frontend import Frontend

        self.name, self.version = "Kokoro-82M", "1.0, float32"
        teacher = ROOT / "work" / "teacher"
        model = Path(os.environ.get("KOKORO_ONNX", teacher / "kokoro.onnx"))
        voices = Path(os.environ.get("KOKORO_VOICES", teacher / "voices"))
        if not model.exists():
            raise ModuleNotFoundError(f"{model} is not there; set KOKORO_ONNX and KOKORO_VOICES")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._styles = np.fromfile(voices / f"{voice}.bin", np.float32).reshape(510, 1, 256)
        self._lang = "en-gb" if voice.startswith("b") else "en-us"
        self._frontend = Frontend()

    def pieces(self, text: str) -> Iterator[Audio]:
        from duologue.voice.frontend.alphabet import encode

        for utterance in self._frontend.iter_utterances(text, lang=self._lang):
            ids = [i for i in encode(str(utterance)) if i]
            feed = {
                "input_ids": np.asarray([[0, *ids, 0]], np.int64),
                "style": self._styles[len(ids)],
                "speed": np.ones(1, np.float32),
            }
            yield self._session.run(["waveform"], feed)[0].reshape(-1)

    def speak(self, text: str) -> tuple[Audio, int]:
        return np.concatenate(list(self.pieces(text))), 24_000


class _Program:
    """A synthesiser that is a program writing WAV to standard output."""

    def __init__(self, name: str, command: list[str], version: list[str]) -> None:
        if shutil.which(command[0]) is None:
            raise ModuleNotFoundError(f"{command[0]} is not installed; apt-get install {command[0]}")
        self.name, self.command = name, command
        said = subprocess.run(version, capture_output=True, text=True, check=False)
        lines = [line for line in (said.stdout + said.stderr).splitlines() if line.strip()]
        number = next((line for line in lines if any(c.isdigit() for c in line.split("Copyright")[0])), "")
        words = [w.strip(",") for w in number.replace("-current", "").split()]
        self.version = next((w for w in words if any(c.isdigit() for c in w)), "?").removeprefix("flite-")

    def run(self, text: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "in.txt"), Path(folder, "out.wav")
            source.write_text(text, "utf-8")
            command = [part.format(source=source, target=target) for part in self.command]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return target.read_bytes()

    def speak(self, text: str) -> tuple[Audio, int]:
        import soundfile

        audio, rate = soundfile.read(io.BytesIO(self.run(text)), dtype="float32")
        return audio, rate

    def pieces(self, text: str) -> Iterator[Audio]:
        yield self.speak(text)[0]


def _espeak(threads: int = 1) -> Peer:
    command = ["espeak-ng", "-v", "en-us", "-f", "{source}", "-w", "{target}"]
    return _Program("espeak-ng", command, ["espeak-ng", "--version"])


def _flite(threads: int = 1) -> Peer:
    command = ["flite", "-voice", "slt", "-f", "{source}", "-o", "{target}"]
    return _Program("flite (slt)", command, ["flite", "--version"])


PEERS: dict[str, Any] = {
    "duologue": Duologue,
    "hibari": Hibari,
    "teacher": Kokoro,
    "espeak": _espeak,
    "flite": _flite,
}


def _high_water(pid: int | str) -> float:
    """Megabytes at the peak of a process that runs (0 if it has gone)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((x for x in status.splitlines() if x.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024 / 1e6


def peak_memory(name: str, text: str) -> float:
    """Megabytes that peer `name` takes at most, in a process of its own, to load and to speak `text`."""
    if name in ("espeak", "flite"):
        peer = PEERS[name]()
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "in.txt"), Path(folder, "out.wav")
            source.write_text(text, "utf-8")
            command = [part.format(source=source, target=target) for part in peer.command]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            peak = 0.0
            while process.poll() is None:
                peak = max(peak, _high_water(process.pid))
                time.sleep(0.001)
            return peak
    done = subprocess.run([sys.executable, __file__, name, text], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    PEERS[sys.argv[1]]().speak(sys.argv[2])
    print(_high_water("self"))
