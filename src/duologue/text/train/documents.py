"""The text that the model is trained and measured on: documents of ../shared/data/text, by split.

Design choices
- The held-out split is fixed: the last 500 documents of wiki-3 and of books-2. Nothing of it is ever
  trained on.
- Files are read as they lie (xz) or, where a run has unpacked them beside its other work, as plain text.
- Cleaning is small and visible: broken white space, empty sections, and documents that are mostly tables.
"""

from __future__ import annotations

import lzma
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TextIO, cast

from duologue.text.errors import TextError

__all__ = ["END", "HELD_OUT", "SOURCES", "clean", "documents"]

END = "<|endoftext|>"
HELD_OUT = 500  # documents at the end of the last file of each source
SOURCES = {"wiki": 4, "books": 3}  # files of each
Split = Literal["train", "held-out"]
Source = Literal["wiki", "books"]

_SPACE = re.compile(r"[ \t\u00a0]*[\t\u00a0][ \t\u00a0]*| {2,}")  # a single space needs no work
_EMPTY_SECTION = re.compile(r"(?m)^## [^\n]*\n+(?=## |\Z)")
_LINES = re.compile(r"\n{3,}")


def data_folder() -> Path:
    """Where the data lies: $DUOLOGUE_DATA, else `shared/data` beside the project."""
    named = os.environ.get("DUOLOGUE_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[5] / "shared" / "data"
    if not folder.is_dir():
        raise TextError(
            f"no training data at {folder}; set DUOLOGUE_DATA to the folder that holds text/ and instruct/"
        )
    return folder


def _lines(name: str) -> TextIO:
    unpacked = Path(__file__).resolve().parents[4] / "work" / "text" / "raw" / f"{name}.txt"
    if unpacked.is_file():
        return unpacked.open(encoding="utf-8")
    return cast(TextIO, lzma.open(data_folder() / "text" / f"{name}.txt.xz", "rt", encoding="utf-8"))


def _raw(name: str) -> Iterator[str]:
    lines: list[str] = []
    with _lines(name) as file:
        for line in file:
            if line.rstrip("\n") == END:
                yield "".join(lines)
                lines.clear()
            else:
                lines.append(line)
    if lines:
        yield "".join(lines)


def clean(text: str) -> str:
    """One document without stray white space and sections that hold nothing."""
    text = _SPACE.sub(" ", text.replace("\r", ""))
    text = "\n".join(line.strip() for line in text.split("\n"))
    while (shorter := _EMPTY_SECTION.sub("", text)) != text:
        text = shorter
    return _LINES.sub("\n\n", text).strip()


def documents(split: Split, source: Source) -> Iterator[str]:
    """The cleaned documents of one source, in the files' order.

    Raises TextError where the data is not there or the split or source is unknown.
    """
    if source not in SOURCES or split not in ("train", "held-out"):
        raise TextError(
            f"no documents '{split}' of '{source}'; splits: train, held-out; sources: {', '.join(SOURCES)}"
        )
    last = SOURCES[source] - 1
    for i in range(SOURCES[source]):
        if split == "held-out" and i < last:
            continue
        if i < last:
            for text in _raw(f"{source}-{i}"):
                if cleaned := clean(text):
                    yield cleaned
            continue
        whole = list(_raw(f"{source}-{i}"))
        for text in whole[-HELD_OUT:] if split == "held-out" else whole[:-HELD_OUT]:
            if cleaned := clean(text):
                yield cleaned
