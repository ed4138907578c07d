"""What a sound file says about itself: that the speech is AI-generated, and by which voice and model.

Design choices
- `Tags` is plain text; each container has its own writer: RIFF INFO here, ID3v2.4 here, Vorbis comments
  by libsndfile (which writes ID3 as Latin-1 and so spoils names, hence our own).
- The mark stands where players show it (comment) and, in ID3, in a field of its own that programs find.
- Pure functions from tags to bytes; nothing here touches a file.

ID3v2.4: id3.org/id3v2.4.0-structure. RIFF INFO: Multimedia Programming Interface 1.0 (1991), chapter 2.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from duologue import __version__

__all__ = ["MARK", "Tags"]

MARK = "AI-generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """Provenance of a piece of speech; empty fields are left out of the file."""

    voice: str = ""
    style: str = ""
    model: str = ""
    title: str = ""

    @property
    def artist(self) -> str:
        """Who speaks, with the mark, so that it shows in a player's list."""
        return f"{self.voice} ({MARK} voice)" if self.voice else f"{MARK} voice"

    @property
    def comment(self) -> str:
        """The whole provenance in one line."""
        facts = (("voice", self.voice), ("style", self.style), ("model", self.model))
        said = [f"{name}: {value}" for name, value in facts if value]
        return "; ".join([f"{MARK} speech", *said])

    @property
    def software(self) -> str:
        """What made the file."""
        return f"duologue {__version__}"

    def riff_info(self) -> bytes:
        """A LIST chunk of type INFO, even in length."""
        fields = (
            (b"INAM", self.title),
            (b"IART", self.artist),
            (b"ICMT", self.comment),
            (b"ISFT", self.software),
        )
        body = b"INFO"
        for name, value in fields:
            if value:
                data = value.encode() + b"\0"
                body += name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        return b"LIST" + struct.pack("<I", len(body)) + body

    def id3(self) -> bytes:
        """An ID3v2.4 tag in UTF-8."""
        frames = [
            _frame(b"TIT2", _TEXT + self.title.encode()) if self.title else b"",
            _frame(b"TPE1", _TEXT + self.artist.encode()),
            _frame(b"TSSE", _TEXT + self.software.encode()),
            _frame(b"COMM", _TEXT + b"eng" + b"\0" + self.comment.encode()),
            _frame(b"TXXX", _TEXT + MARK.encode() + b"\0" + b"true"),
        ]
        if self.model:
            frames.append(_frame(b"TXXX", _TEXT + b"model\0" + self.model.encode()))
        body = b"".join(frames)
        return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body


_TEXT = b"\x03"  # the encoding byte: UTF-8


def _syncsafe(size: int) -> bytes:
    """28 bits in four bytes of seven, so that a size never looks like the start of an MPEG frame."""
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _frame(name: bytes, data: bytes) -> bytes:
    return name + _syncsafe(len(data)) + b"\0\0" + data
