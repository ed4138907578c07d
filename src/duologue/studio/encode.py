"""A finished mix to bytes: wav, flac, mp3, opus, ogg through libsndfile; m4a where ffmpeg is at hand.

Design choices
- 16 bits, rounded to the nearest, where nothing is lost; floats where a codec decides.
- Lossy rates are those of good podcasts: MP3 at a constant 64 kbit/s mono and 112 stereo (players seek in it
  without an index), Opus at about 32 per channel.
- AAC has no encoder that we may ship; ffmpeg is called where the machine has one.
- What a lossy codec made is decoded and its true peak measured: codecs add up to a decibel. Where it passes
  the ceiling, the mix is turned down around those peaks and encoded again; the loudness stays.
- LAME at a constant rate turns everything down to 0.95; it is given so much more.

ffmetadata: ffmpeg.org/ffmpeg-formats.html#Metadata-2.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duologue.studio.errors import StudioError
from duologue.studio.id3 import id3
from duologue.studio.labels import MARK, SOFTWARE, Labels
from duologue.studio.limiter import limit
from duologue.voice.loudness import true_peak

__all__ = ["FORMATS", "Format", "encoded", "format_named"]

Samples = NDArray[np.float32]
_AGAIN, _AROUND = 6, 2  # times that it is tried, and that only what is around the peaks goes down
_UNDER, _WIDE = 0.15, 0.3  # dB
_BLOCK = 1 << 14  # samples in one call; libsndfile's Vorbis encoder keeps a whole call on the stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """container, codec and level (mono, stereo) are libsndfile's, m4a has none; gain undoes the codec's."""

    name: str
    mime: str
    container: str = ""
    codec: str = ""
    level: tuple[float, float] | None = None
    gain: float = 1.0

    @property
    def lossy(self) -> bool:
        """Whether what is decoded differs from what was encoded."""
        return self.codec != "PCM_16"


FORMATS = {
    "wav": Format(name="wav", mime="audio/wav", container="WAV", codec="PCM_16"),
    "flac": Format(name="flac", mime="audio/flac", container="FLAC", codec="PCM_16"),
    "mp3": Format(
        name="mp3",
        mime="audio/mpeg",
        container="MP3",
        codec="MPEG_LAYER_III",
        level=(0.63, 0.31),
        gain=1 / 0.95,
    ),
    "opus": Format(name="opus", mime="audio/ogg", container="OGG", codec="OPUS", level=(0.85, 0.85)),
    "ogg": Format(name="ogg", mime="audio/ogg", container="OGG", codec="VORBIS", level=(0.5, 0.5)),
    "m4a": Format(name="m4a", mime="audio/mp4"),
}
"""The formats by suffix."""


def format_named(name: str) -> Format:
    """The format of that suffix. Raises StudioError naming those there are."""
    found = FORMATS.get(name.lower().removeprefix("."))
    if found is None:
        raise StudioError(f"unknown sound format '{name}'; known are {', '.join(FORMATS)}")
    if found.name == "m4a" and shutil.which("ffmpeg") is None:
        raise StudioError("m4a needs ffmpeg, which this machine doesn't have; mp3 plays everywhere")
    return found


def encoded(audio: Samples, rate: int, name: str, labels: Labels, *, ceiling: float | None = None) -> bytes:
    """audio (S, C) float32 in [-1, 1] as a file of format `name`, labelled.

    ceiling: dBTP that the decoded file stays below; None: not measured. Raises StudioError for a format that
    is unknown or can't be made here, and for what is no sound.
    """
    form = format_named(name)
    if audio.ndim != 2 or audio.shape[1] not in (1, 2) or not np.isfinite(audio).all():
        raise StudioError(f"audio must be finite samples of one or two channels, not {audio.shape}")
    data = _file(audio, rate, form, labels)
    if ceiling is None or not form.lossy:
        return data
    for again in range(_AGAIN):
        heard, heard_rate = _decoded(data, form)
        over = true_peak(heard, heard_rate) - ceiling
        if over <= 0:
            break
        if heard_rate == rate and again < _AROUND:
            audio = limit(audio, rate, ceiling - _UNDER, heard=heard)
        else:  # peaks everywhere: all of it goes down
            audio = audio * np.float32(10 ** (-(over + _WIDE) / 20))
        data = _file(audio, rate, form, labels)
    return data


def _decoded(data: bytes, form: Format) -> tuple[Samples, int]:
    """What a player will hear: ((S, C), rate)."""
    import soundfile

    if form.name == "m4a":
        command = ["ffmpeg", "-v", "error", "-nostdin", "-i", "pipe:0", "-vn", "-f", "wav", "pipe:1"]
        with tempfile.TemporaryDirectory(prefix="duologue-") as place:
            path = Path(place) / "in.m4a"  # the index of what was made for streaming may lie anywhere
            path.write_bytes(data)
            command[5] = str(path)
            data = subprocess.run(command, capture_output=True, timeout=1800, check=True).stdout
    audio, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return audio, int(rate)


def _file(audio: Samples, rate: int, form: Format, labels: Labels) -> bytes:
    if form.name == "m4a":
        return _m4a(_file(audio, rate, FORMATS["wav"], labels), labels, audio.shape[1])
    import soundfile

    sink = io.BytesIO()
    level = form.level[audio.shape[1] - 1] if form.level else None
    with soundfile.SoundFile(
        sink, "w", rate, audio.shape[1], form.codec, format=form.container,
        compression_level=level, bitrate_mode="CONSTANT" if form.name == "mp3" else None,
    ) as file:  # fmt: skip
        if form.name != "mp3":
            facts = {"title": labels.title, "artist": labels.artist, "comment": labels.comment}
            facts |= {"album": labels.album, "date": labels.date, "software": SOFTWARE}
            for name_, value in facts.items():
                if value:  # libsndfile refuses an empty one
                    setattr(file, name_, value)
        for start in range(0, len(audio), _BLOCK):
            part = np.clip(audio[start : start + _BLOCK], -1, 1) * np.float32(form.gain)
            # libsndfile's MP3 comes out 3 dB too loud of 16-bit stereo, so lossy formats are given floats.
            file.write(np.rint(part * 32767).astype(np.int16) if not form.lossy else part)
    return (id3(labels) if form.name == "mp3" else b"") + sink.getvalue()


def _escaped(text: str) -> str:
    return "".join("\\" + c if c in "=;#\\\n" else c for c in text)


def _metadata(labels: Labels) -> str:
    """The labels and chapters as ffmpeg reads them."""
    facts = {
        "title": labels.title,
        "artist": labels.artist,
        "album": labels.album,
        "date": labels.date,
        "genre": "Podcast",
        "comment": labels.comment,
        "description": f"{MARK} speech",
        "encoded_by": SOFTWARE,
    }
    lines = [";FFMETADATA1", *(f"{key}={_escaped(value)}" for key, value in facts.items() if value)]
    ends = [*(c.start or 0.0 for c in labels.chapters[1:]), labels.seconds]
    for chapter, end in zip(labels.chapters, ends, strict=False):
        start = round((chapter.start or 0.0) * 1000)
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={round(end * 1000)}"]
        lines.append(f"title={_escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def _m4a(wav: bytes, labels: Labels, channels: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="duologue-") as place:
        folder = Path(place)
        (folder / "in.wav").write_bytes(wav)
        (folder / "labels.txt").write_text(_metadata(labels), "utf-8")
        command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", "in.wav", "-f", "ffmetadata"]
        command += ["-i", "labels.txt"]
        if labels.cover:
            (folder / "cover.jpg").write_bytes(labels.cover)
            command += ["-i", "cover.jpg", "-map", "2", "-c:v", "copy", "-disposition:v", "attached_pic"]
        command += ["-map", "0:a", "-map_metadata", "1", "-map_chapters", "1"]
        command += [
            "-c:a",
            "aac",
            "-b:a",
            f"{48 + 48 * (channels - 1)}k",
            "-movflags",
            "+faststart",
            "out.m4a",
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=1800)
        if done.returncode:
            last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
            raise StudioError(f"ffmpeg could not make the m4a: {last}")
        return (folder / "out.m4a").read_bytes()
