"""Bytes to text, whatever they claim to be.

Design choices
- A byte order mark is believed first, then UTF-8 if it fits without a fault, then what was declared, then
  Windows-1252, which reads every Western text; UTF-8 that fits by chance is as good as impossible.
- Control characters and lone surrogates are taken out; they are never text.
"""

from __future__ import annotations

import codecs
import re

from duologue.studio.errors import StudioError

__all__ = ["decode", "tidy"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u200b-\u200f\u2028-\u202e\u2066-\u2069]"
)


def tidy(text: str) -> str:
    """`text` with lines ended by one line feed and without control and invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n").replace("\u2028", "\n")
    return _CONTROL.sub("", text)


def decode(data: bytes, declared: str = "") -> str:
    """The text of `data`. declared: an encoding a header named. Raises StudioError for what is no text."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return tidy(data.decode(name, "replace"))
    if b"\0" in data[:4096]:
        raise StudioError("this is no text (it has zero bytes)")
    try:
        return tidy(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        known = codecs.lookup(declared.strip("\"' ")).name if declared else ""
    except LookupError:
        known = ""
    if known and known not in ("utf-8", "ascii") and codecs.lookup(known)._is_text_encoding:
        return tidy(data.decode(known, "replace"))
    return tidy(data.decode("cp1252", "replace"))
