"""Where the text comes from: the argument itself, a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from duologue.voice.errors import VoiceError

__all__ = ["read_text"]


def _decode(data: bytes, name: str) -> str:
    """UTF-8, with or without a byte order mark; UTF-16 only with one."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise VoiceError(
            f"{name} is not UTF-8 text (byte {error.start} is {data[error.start : error.start + 1]!r})"
        ) from None


def read_text(words: list[str]) -> str:
    """The text meant by the arguments of a command.

    One argument `-` is standard input, one that names an existing file is that file's text, anything else
    is the text itself, several arguments being joined with spaces. Raises VoiceError for what isn't text.
    """
    if words == ["-"]:
        return _decode(sys.stdin.buffer.read(), "standard input")
    if len(words) == 1 and len(words[0]) < 4096 and "\0" not in words[0]:
        path = Path(words[0])
        try:
            is_file = path.is_file()
        except OSError:  # too long for a name, or not ours to look at
            is_file = False
        if is_file:
            return _decode(path.read_bytes(), f"the file '{path}'")
    text = " ".join(words)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise VoiceError("the text is not UTF-8; check the terminal's encoding") from None
    return text
