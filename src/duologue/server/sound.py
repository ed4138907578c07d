"""The sound formats that go over HTTP: OpenAI's names and ElevenLabs', as encoders that are fed piece by
piece.

Design choices
- wav, flac, mp3, opus and ogg are those of `duologue.voice.encode`; raw samples are written here; AAC (ADTS)
  is ffmpeg's, a program of its own, where the machine has it, and a refusal naming the rest where it hasn't.
- A name may carry a rate ("pcm_16000", "ulaw_8000", "mp3_44100_128"). Raw samples are resampled to it, as
  nothing in them says their rate; MP3 and Opus say it themselves and stay at the voice's own, at our bitrate.
- Streamed bytes are a valid file for a reader that can't seek; `whole` also puts lengths into the header.

ADTS: ISO/IEC 13818-7. G.711: ITU-T G.711 (1988).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from duologue.server.errors import refuse
from duologue.voice.encode import FORMATS, encoder
from duologue.voice.tags import Tags

if TYPE_CHECKING:
    from duologue.server.resample import Resampler

__all__ = ["KINDS", "Encodes", "Sound", "sound_named", "whole"]

Audio = NDArray[np.float32]
_NAME = re.compile(r"(?P<codec>[a-z0-9]+)(?:_(?P<rate>\d{4,6}))?(?:_(?P<kbps>\d{2,3}))?")
_RAW = {"pcm": "audio/pcm", "ulaw": "audio/basic", "alaw": "audio/x-alaw-basic"}
KINDS = tuple(sorted({f.mime.split(";")[0] for f in FORMATS.values()} | {*_RAW.values(), "audio/aac"}))
"""All media types that a sound may have, without parameters."""
_RATES = (8000, 16000, 22050, 24000, 32000, 44100, 48000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A format as asked for. rate: Hz to be resampled to, None for the voice's own."""

    name: str
    codec: str
    mime: str
    rate: int | None = None

    @property
    def light(self) -> bool:
        """Whether encoding costs less than handing it to a thread."""
        return self.codec == "wav" or (self.codec in _RAW and self.rate is None)

    def encoder(self, sample_rate: int, tags: Tags | None = None, live: bool = False) -> Encodes:
        """An encoder of audio at `sample_rate` Hz, one channel; live: sent while it is made."""
        resampler = None
        if self.rate is not None and self.rate != sample_rate:
            from duologue.server.resample import Resampler

            resampler = Resampler(sample_rate, self.rate)
        if self.codec in _RAW:
            return _Raw(self.codec, resampler)
        if self.codec == "aac":
            return _Aac(sample_rate)
        return encoder(self.codec, sample_rate, tags, live=live)


class Encodes(Protocol):
    """Takes audio (S,) float32 in [-1, 1] in pieces and gives bytes back; `finish` gives the rest."""

    def feed(self, audio: Audio) -> bytes: ...
    def finish(self) -> bytes: ...


def sound_named(name: str, param: str = "response_format") -> Sound:
    """The format `name` asks for. Raises GatewayError 400 naming those there are."""
    match = _NAME.fullmatch(name.strip().lower())
    codec = match["codec"] if match else ""
    rate = int(match["rate"]) if match and match["rate"] else None
    if codec in _RAW:
        rate = rate or (8000 if codec != "pcm" else None)
        if rate is not None and rate not in _RATES:
            known = ", ".join(map(str, _RATES))
            raise refuse(f"{rate} Hz is no rate that {codec} is made at; there are {known}", param=param)
        return Sound(name=name, codec=codec, mime=_RAW[codec] + (f";rate={rate}" if rate else ""), rate=rate)
    if codec == "aac":
        if shutil.which("ffmpeg") is None:
            raise refuse(
                f"aac needs ffmpeg, which this machine doesn't have; there are {_known()}", param=param
            )
        return Sound(name=name, codec="aac", mime="audio/aac")
    if codec in FORMATS:
        return Sound(name=name, codec=codec, mime=FORMATS[codec].mime)
    raise refuse(
        f"unknown sound format '{name[:40]}'; there are {_known()}", param=param, code="invalid_value"
    )


def _known() -> str:
    return ", ".join([*FORMATS, *_RAW, *(["aac"] if shutil.which("ffmpeg") else [])])


def whole(made: Encodes, parts: list[bytes]) -> bytes:
    """The file of an encoder that has finished, with what it corrects in its header."""
    data = bytearray(b"".join(parts))
    for offset, patch in getattr(made, "patches", []):
        data[offset : offset + len(patch)] = patch
    return bytes(data)


def _checked(audio: Audio) -> Audio:
    return np.clip(np.nan_to_num(np.asarray(audio, np.float32)), -1.0, 1.0)


class _Raw:
    """Samples without a header: 16 bits little endian, or G.711."""

    def __init__(self, codec: str, resampler: Resampler | None) -> None:
        self._codec, self._resampler = codec, resampler

    def _bytes(self, audio: Audio) -> bytes:
        pcm = np.rint(_checked(audio) * 32767).astype("<i2")
        if self._codec == "pcm":
            return pcm.tobytes()
        return (_ulaw(pcm) if self._codec == "ulaw" else _alaw(pcm)).tobytes()

    def feed(self, audio: Audio) -> bytes:
        return self._bytes(self._resampler.feed(audio) if self._resampler else audio)

    def finish(self) -> bytes:
        return self._bytes(self._resampler.finish()) if self._resampler else b""


def _ulaw(pcm: NDArray[np.int16]) -> NDArray[np.uint8]:
    """G.711 mu-law of 16-bit samples."""
    sign = np.where(pcm < 0, 0x80, 0)
    size = np.minimum(np.abs(pcm.astype(np.int32)) + 132, 32767)
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 0x0F
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)


def _alaw(pcm: NDArray[np.int16]) -> NDArray[np.uint8]:
    """G.711 A-law of 16-bit samples."""
    wide = pcm.astype(np.int32)
    sign = np.where(wide < 0, 0, 0x80)
    size = np.where(wide < 0, -wide - 1, wide) >> 3
    size = np.minimum(size, 4095)
    exponent = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 4, 0)
    mantissa = np.where(exponent > 0, size >> np.maximum(exponent, 1), size >> 1) & 0x0F
    return ((sign | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8)


class _Aac:
    """ADTS frames from ffmpeg, which runs beside us and is fed samples."""

    def __init__(self, sample_rate: int) -> None:
        command = ["ffmpeg", "-v", "error", "-nostdin", "-f", "s16le", "-ar", str(sample_rate), "-ac", "1"]
        command += [
            "-i",
            "pipe:0",
            "-c:a",
            "aac",
            "-b:a",
            "64k",
            "-f",
            "adts",
            "-flush_packets",
            "1",
            "pipe:1",
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._made = bytearray()
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, name="duologue-aac", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        out: Any = self._process.stdout
        while part := out.read1(65536):
            with self._lock:
                self._made += part

    def _take(self) -> bytes:
        with self._lock:
            part = bytes(self._made)
            self._made.clear()
        return part

    def feed(self, audio: Audio) -> bytes:
        into: Any = self._process.stdin
        into.write(np.rint(_checked(audio) * 32767).astype("<i2").tobytes())
        into.flush()
        return self._take()

    def finish(self) -> bytes:
        into: Any = self._process.stdin
        into.close()
        self._reader.join(30)
        self._process.wait(30)
        return self._take()

    def close(self) -> None:
        """End the program, whatever it was doing."""
        if self._process.poll() is None:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed and pipe is not self._process.stdout:
                pipe.close()
        self._reader.join(5)
        self._process.wait(5)
        if self._process.stdout is not None:
            self._process.stdout.close()
