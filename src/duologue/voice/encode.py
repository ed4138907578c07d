"""Audio to bytes: encoders for WAV, FLAC, MP3, Opus and Ogg Vorbis that can be fed piece by piece.

Design choices
- Pure: an encoder turns samples into bytes and touches no file and no socket, so the same code writes
  files, standard output and HTTP streams.
- What `feed` and `finish` return, joined, is a valid file for a reader that can't seek. A sink that can
  seek applies `patches` afterwards and gets exact lengths in the header as well.
- WAV is written here in a page of code; a stream of unknown length carries 0xFFFFFFFF as its sizes, which
  readers take as "until the end". The rest is libsndfile's, through soundfile, imported when needed.
- 16 bits, rounded to the nearest, no dither: joined pieces equal the whole, sample for sample.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from duologue.voice.errors import VoiceError
from duologue.voice.tags import Tags

__all__ = ["FORMATS", "Encoder", "Format", "encoder", "format_of"]

Audio = NDArray[np.float32]
_UNKNOWN = 0xFFFF_FFFF
_PAGE = 50.0
"""Milliseconds in an Ogg page of live Opus."""
_SET_OGG_PAGE_LATENCY_MS = 0x1302  # sndfile.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of sound file. `container`, `codec` and `level` are libsndfile's."""

    name: str
    mime: str
    container: str = ""
    codec: str = ""
    level: float | None = None
    constant: bool = False


FORMATS: dict[str, Format] = {
    "wav": Format(name="wav", mime="audio/wav"),
    "flac": Format(name="flac", mime="audio/flac", container="FLAC", codec="PCM_16"),
    # 64 kbit/s at a constant rate: players find their place in it without an index.
    "mp3": Format(
        name="mp3", mime="audio/mpeg", container="MP3", codec="MPEG_LAYER_III", level=0.63, constant=True
    ),
    "opus": Format(name="opus", mime="audio/ogg; codecs=opus", container="OGG", codec="OPUS", level=0.85),
    "ogg": Format(name="ogg", mime="audio/ogg", container="OGG", codec="VORBIS", level=0.5),
}


class Encoder(Protocol):
    """Takes audio (S,) float32 in [-1, 1] in pieces and gives bytes back."""

    def feed(self, audio: Audio) -> bytes:
        """The bytes that are ready after this piece; may be none."""
        ...

    def finish(self) -> bytes:
        """The rest; nothing may be fed after it."""
        ...

    @property
    def patches(self) -> list[tuple[int, bytes]]:
        """After `finish`: (offset, bytes) to overwrite in a sink that can seek."""
        ...


def format_of(path: str | PurePath) -> Format:
    """The format by the suffix of `path`. Raises VoiceError for a suffix that is not known."""
    suffix = PurePath(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        known = ", ".join("." + name for name in FORMATS)
        what = f"'.{suffix}' is no sound format" if suffix else f"'{path}' has no suffix"
        raise VoiceError(f"{what} that can be written; end the name in one of {known}")
    return FORMATS[suffix]


def encoder(
    name: str, sample_rate: int, tags: Tags | None = None, samples: int | None = None, live: bool = False
) -> Encoder:
    """An encoder for format `name` (a key of FORMATS), one channel.

    samples: the length if it is known beforehand, for headers that are right from the start. live: somebody
    listens while it is made; Opus then comes in pages of 50 ms, not of a second, for 8 % more bytes.
    Raises VoiceError for a name that is not known.
    """
    if name not in FORMATS:
        raise VoiceError(f"unknown sound format '{name}'; known are {', '.join(FORMATS)}")
    tags = tags or Tags()
    if name == "wav":
        return _Wav(sample_rate, tags, samples)
    return _Sndfile(FORMATS[name], sample_rate, tags, live)


def _pcm16(audio: Audio) -> NDArray[np.int16]:
    """audio: (S,) -> (S,) int16, clipped. Raises VoiceError for what is no sound."""
    audio = np.asarray(audio)
    if audio.ndim != 1 or audio.dtype.kind != "f":
        raise VoiceError(f"audio must be (S,) of floats, not {audio.shape} of {audio.dtype}")
    if not np.isfinite(audio).all():
        raise VoiceError("audio holds values that are not finite; nothing was written")
    return np.rint(np.clip(audio, -1.0, 1.0) * 32767).astype("<i2")


class _Wav:
    """RIFF WAVE, 16 bits: the header goes out with the first piece."""

    def __init__(self, sample_rate: int, tags: Tags, samples: int | None) -> None:
        self._rate, self._info, self._samples = sample_rate, tags.riff_info(), samples
        self._written = 0
        self._begun = False

    def _header(self, samples: int | None) -> bytes:
        data = _UNKNOWN if samples is None else min(2 * samples, _UNKNOWN)
        riff = min(4 + 24 + len(self._info) + 8 + data, _UNKNOWN)
        fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, self._rate, 2 * self._rate, 2, 16)
        return (
            struct.pack("<4sI4s", b"RIFF", riff, b"WAVE")
            + fmt
            + self._info
            + struct.pack("<4sI", b"data", data)
        )

    def feed(self, audio: Audio) -> bytes:
        pcm = _pcm16(audio)
        self._written += len(pcm)
        head = b"" if self._begun else self._header(self._samples)
        self._begun = True
        return head + pcm.tobytes()

    def finish(self) -> bytes:
        return b"" if self._begun else self.feed(np.zeros(0, np.float32))

    @property
    def patches(self) -> list[tuple[int, bytes]]:
        return [] if self._samples == self._written else [(0, self._header(self._written))]


class _Sink:
    """What libsndfile writes to: keeps what is new, and apart from it what it corrects further up."""

    def __init__(self) -> None:
        self.pending = bytearray()
        self.taken = 0  # bytes already handed out
        self.patches: list[tuple[int, bytes]] = []
        self._at = 0

    def write(self, data: bytes) -> int:
        data = bytes(data)
        before = data[: max(0, self.taken - self._at)]
        if before:
            self.patches.append((self._at, before))
        begin = max(0, self._at - self.taken)
        new = data[len(before) :]
        self.pending[begin : begin + len(new)] = new
        self._at += len(data)
        return len(data)

    def read(self, count: int = -1) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self.taken + len(self.pending))[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data = bytes(self.pending)
        self.pending.clear()
        self.taken += len(data)
        return data


class _Sndfile:
    """Everything that libsndfile encodes."""

    _BLOCK = 1 << 14  # samples in one call; its Vorbis encoder keeps a whole call on the stack

    def __init__(self, form: Format, sample_rate: int, tags: Tags, live: bool) -> None:
        import soundfile

        self._sink = _Sink()
        self._prefix = tags.id3() if form.name == "mp3" else b""
        self._offset = len(self._prefix)
        self._file = soundfile.SoundFile(
            self._sink, "w", sample_rate, 1, form.codec, format=form.container,
            compression_level=form.level, bitrate_mode="CONSTANT" if form.constant else None,
        )  # fmt: skip
        if form.name != "mp3":
            self._file.artist, self._file.comment = tags.artist, tags.comment
            self._file.software = tags.software
            if tags.title:
                self._file.title = tags.title
        if live and form.name == "opus":
            # soundfile has no name for it, so libsndfile is asked through the handle inside.
            latency = soundfile._ffi.new("double *", _PAGE)
            soundfile._snd.sf_command(
                self._file._file, _SET_OGG_PAGE_LATENCY_MS, latency, soundfile._ffi.sizeof("double")
            )

    def _take(self) -> bytes:
        head, self._prefix = self._prefix, b""
        return head + self._sink.take()

    def feed(self, audio: Audio) -> bytes:
        pcm = _pcm16(audio)
        for start in range(0, len(pcm), self._BLOCK):
            self._file.write(pcm[start : start + self._BLOCK])
        return self._take()

    def finish(self) -> bytes:
        self._file.close()
        return self._take()

    @property
    def patches(self) -> list[tuple[int, bytes]]:
        return [(self._offset + at, data) for at, data in self._sink.patches]
