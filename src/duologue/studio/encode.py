"""A finished mix to bytes: wav, flac, mp3, opus, ogg through libsndfile; m4a where ffmpeg is at hand.

Design choices
- 16 bits, rounded to the nearest, where nothing is lost; floats where a codec decides.
- Lossy rates are those of good podcasts: MP3 at a constant 64 kbit/s mono and 112 stereo (players seek in it
  without an index), Opus at about 32 per channel.
- AAC has no encoder that we may ship; ffmpeg is called where the machine has one.

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

__all__ = ["FORMATS", "Format", "encoded", "format_named"]

_BLOCK = 1 << 14  # samples in one call; libsndfile's Vorbis encoder keeps a whole call on the stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """container, codec and level (mono, stereo) are libsndfile's; m4a has none."""

    name: str
    mime: str
    container: str = ""
    codec: str = ""
    level: tuple[float, float] | None = None


FORMATS = {
    "wav": Format(name="wav", mime="audio/wav", container="WAV", codec="PCM_16"),
    "flac": Format(name="flac", mime="audio/flac", container="FLAC", codec="PCM_16"),
    "mp3": Format(name="mp3", mime="audio/mpeg", container="MP3", codec="MPEG_LAYER_III", level=(0.63, 0.31)),
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


def encoded(audio: NDArray[np.float32], rate: int, name: str, labels: Labels) -> bytes:
    """audio (S, C) float32 in [-1, 1] as a file of format `name`, labelled.

    Raises StudioError for a format that is unknown or can't be made here, and for what is no sound.
    """
    form = format_named(name)
    if audio.ndim != 2 or audio.shape[1] not in (1, 2) or not np.isfinite(audio).all():
        raise StudioError(f"audio must be finite samples of one or two channels, not {audio.shape}")
    if form.name == "m4a":
        return _m4a(encoded(audio, rate, "wav", labels), labels, audio.shape[1])
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
        exact = form.codec == "PCM_16"
        for start in range(0, len(audio), _BLOCK):
            part = np.clip(audio[start : start + _BLOCK], -1, 1)
            # libsndfile's MP3 comes out 3 dB too loud of 16-bit stereo, so lossy formats are given floats.
            file.write(np.rint(part * 32767).astype(np.int16) if exact else part.astype(np.float32))
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
