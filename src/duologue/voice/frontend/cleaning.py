"""Characters made uniform before anything is read: one kind of apostrophe, of space, of letter.

Design choices
- What is one character for one character (quotes, spaces, full-width forms, control characters) is
  translated in place and needs no map.
- What changes the length (zero-width characters, soft hyphens, ligatures, decomposed accents, ornamental
  alphabets) is replaced through an `Aligned`, so spans stay those of the original.
- ASCII text without control characters passes through untouched after one check.
"""

from __future__ import annotations

import re
import unicodedata

from duologue.voice.frontend.aligned import Aligned, AlignedBuilder

__all__ = ["clean", "fold"]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_APOSTROPHES = "’‘ʼʹ＇`´ʻ‛"
_TABLE: dict[int, str] = dict.fromkeys(map(ord, _APOSTROPHES), "'")
_TABLE |= dict.fromkeys([*range(0x09), *range(0x0B, 0x20), 0x7F, *range(0x80, 0xA0)], " ")
_TABLE |= dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x0B, 0x0C], " ")
_TABLE |= {0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0x0D: "\n", 0x09: " "}
_TABLE |= dict.fromkeys(map(ord, "‐‑⁃­"), "-") | dict.fromkeys(map(ord, "‒"), "–")
_TABLE |= dict.fromkeys(map(ord, "„‟〝〞＂«»"), '"')
_TABLE |= {ord("⁄"): "/", ord("∕"): "/", ord("μ"): "µ", ord("º"): "°", 0x2126: "Ω", 0x212A: "K", 0x212B: "Å"}
_TABLE |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code not in (0xFF07, 0xFF02)}

_ZEROS = "٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐"
_TABLE |= {ord(zero) + n: str(n) for zero in _ZEROS for n in range(10)}

_CHANGED = re.compile(
    "(?P<hidden>[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef\ud800-\udfff]+)"
    "|(?P<composed>[^\\W\\d_][\u0300-\u036f]+)|(?P<mark>[\u0300-\u036f\u20d0-\u20ff]+)"
    "|(?P<flag>[\U0001f1e6-\U0001f1ff]{2})"
    "|(?P<form>[\ufb00-\ufb06\u2460-\u24ff\u2100-\u2111\u2113\u2115\u2118-\u2121\u2124\u2126\u212a-\u212d\u2133\u3300-\u33ff"
    "\U0001d400-\U0001d7ff\U0001f100-\U0001f16f]+)"
)


def _replacement(match: re.Match[str]) -> str:
    written = match.group()
    if match.lastgroup == "composed":
        return unicodedata.normalize("NFC", written)[:1]
    if match.lastgroup == "form":
        return unicodedata.normalize("NFKC", written).replace("⁄", "/")
    if match.lastgroup == "flag":
        letters = "".join(chr(ord(c) - 0x1F1E6 + 65) for c in written)
        return f" flag of {letters} "
    return ""


def fold(text: str) -> str:
    """The text with quotes, spaces and full-width forms made plain, character for character."""
    if text.isascii() and not _CONTROL.search(text) and "`" not in text and "\t" not in text:
        return text
    return text.translate(_TABLE)


def clean(aligned: Aligned) -> Aligned:
    """The aligned text folded, and without hidden characters, ligatures and ornamental letters."""
    text = aligned.text
    if text.isascii() or not _CHANGED.search(text):
        folded = fold(text)
        return aligned if folded is text else aligned.replaced(folded)
    builder = AlignedBuilder()
    last = 0
    for match in _CHANGED.finditer(text):
        if match.start() > last:
            _copy(builder, aligned, last, match.start())
        if spoken := _replacement(match):
            builder.replace(spoken, *aligned.span(*match.span()))
        last = match.end()
    _copy(builder, aligned, last, len(text))
    built = builder.build()
    return built.replaced(fold(built.text))


def _copy(builder: AlignedBuilder, aligned: Aligned, start: int, end: int) -> None:
    if aligned.identical:
        builder.copy(aligned.text[start:end], start)
        return
    for position in range(start, end):
        builder.replace(aligned.text[position], *aligned.span(position, position + 1))
