"""An ID3v2.4 tag with chapters, a table of contents and a cover.

Design choices
- Written here rather than through a package: the well-known one is under the GPL, and the part of ID3 that a
  podcast needs is a page of code. The tests read it with that package.
- CHAP holds milliseconds and its title as a frame inside; CTOC lists them once, top level and ordered.
- Text is UTF-8; sizes are syncsafe, also of frames, as 2.4 has it.

id3.org/id3v2.4.0-structure, id3.org/id3v2.4.0-frames, id3.org/id3v2-chapters-1.0.
"""

from __future__ import annotations

import struct

from duologue.studio.labels import MARK, SOFTWARE, Labels

__all__ = ["id3"]

_UTF8 = b"\x03"
_NO_OFFSET = 0xFFFF_FFFF
_MOST = 255  # entries that a CTOC can count


def _syncsafe(size: int) -> bytes:
    """28 bits in four bytes of seven, so that a size never looks like the start of an MPEG frame."""
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _frame(name: bytes, data: bytes) -> bytes:
    return name + _syncsafe(len(data)) + b"\0\0" + data


def _text(name: bytes, text: str) -> bytes:
    return _frame(name, _UTF8 + text.replace("\0", " ").encode()) if text else b""


def _said(description: str, text: str) -> bytes:
    return _frame(b"TXXX", _UTF8 + description.encode() + b"\0" + text.encode())


def id3(labels: Labels) -> bytes:
    """The bytes of the tag, to stand before the first MPEG frame."""
    frames = [
        _text(b"TIT2", labels.title),
        _text(b"TPE1", labels.artist),
        _text(b"TALB", labels.album),
        _text(b"TCON", "Podcast"),
        _text(b"TDRC", labels.date),
        _text(b"TLEN", str(round(labels.seconds * 1000))),
        _text(b"TSSE", SOFTWARE),
        _frame(b"COMM", _UTF8 + b"eng\0" + labels.comment.encode()),
        _said(MARK, "true"),
    ]
    if labels.identity:
        frames.append(_frame(b"UFID", b"duologue\0" + labels.identity.encode()))
    if labels.cover:
        frames.append(_frame(b"APIC", _UTF8 + b"image/jpeg\0" + b"\x03" + b"Cover\0" + labels.cover))
    chapters = labels.chapters[:_MOST]
    if chapters:
        names = [f"chp{i}".encode() for i in range(len(chapters))]
        frames.append(
            _frame(b"CTOC", b"toc\0\x03" + bytes([len(names)]) + b"".join(n + b"\0" for n in names))
        )
        ends = [*(c.start or 0.0 for c in chapters[1:]), labels.seconds]
        for name, chapter, end in zip(names, chapters, ends, strict=True):
            start = chapter.start or 0.0
            times = struct.pack(">IIII", round(start * 1000), round(end * 1000), _NO_OFFSET, _NO_OFFSET)
            inside = _text(b"TIT2", chapter.title)
            if chapter.url:
                inside += _frame(b"WXXX", _UTF8 + b"\0" + chapter.url.encode("latin-1", "ignore"))
            frames.append(_frame(b"CHAP", name + b"\0" + times + inside))
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body
