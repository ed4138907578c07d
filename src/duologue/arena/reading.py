"""Votes from files: CSV, JSON, JSON lines, Parquet.

Design choices
- Columns `model_a, model_b, winner` (model_a, model_b, tie, both_bad), optional `count`; `NAME_a` and
  `NAME_b` with numbers are the covariate NAME; `voter, address, prompt, battle, time, seconds` are known;
  others are ignored.
- A million rows of CSV cost two seconds of Python: the csv module splits, whole columns are turned at once,
  and every distinct word is looked at once. Parquet is read by column.
- Forgiving where nothing is lost by it: a byte-order mark, CRLF, semicolons or tabs, quoted commas, UTF-16,
  any order of columns, letter case of header and winner. Names are compared in Unicode's NFC.
- Strict where a guess would change ratings: the first bad row is named, with what would be right.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from duologue.arena.columns import ANSWER, CONTEXT, REQUIRED, votes_from_columns
from duologue.arena.errors import ArenaError
from duologue.arena.votes import Votes

__all__ = ["FORMATS", "parse_votes", "read_votes"]

FORMATS = ("csv", "json", "jsonl", "parquet")
_CHUNK = 512  # rows that die young cost the collector nothing
_SUFFIXES = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    **dict.fromkeys((".jsonl", ".ndjson"), "jsonl"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    ".json": "json",
}
Columns = dict[str, Sequence[Any]]


def read_votes(
    path: str | Path,
    format: str = "",
    covariates: Sequence[str] | None = None,
    context: Sequence[str] = CONTEXT,
) -> Votes:
    """The votes of a file, `-` for standard input; the format by suffix unless it is given.

    `covariates` keeps to these (None: every pair of columns NAME_a and NAME_b whose values are numbers, and
    the style of the texts `answer_a` and `answer_b`); `context` to these of voter, time and so on. Raises
    ArenaError, naming file and row, for what is no votes; OSError where the disk refuses.
    """
    name = "standard input" if str(path) == "-" else str(path)
    data = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
    return parse_votes(
        data, format or _SUFFIXES.get(Path(path).suffix.lower(), ""), name, covariates, context
    )


def parse_votes(
    data: bytes,
    format: str = "",
    name: str = "the votes",
    covariates: Sequence[str] | None = None,
    context: Sequence[str] = CONTEXT,
) -> Votes:
    """The same for bytes at hand; a format that isn't given is told by how they begin."""
    if format and format not in FORMATS:
        raise ArenaError(f"'{format}' is no format of votes; give {', '.join(FORMATS)}")
    format = format or _sniff(data)
    wanted = _Wanted(name, covariates, context)
    if format == "parquet":
        columns, places = _parquet(data, name, wanted)
    else:
        text = _text(data, name)
        if not text.strip():
            raise ArenaError(f"{name} is empty; give votes with columns {', '.join(REQUIRED)}")
        columns, places = {"csv": _csv, "json": _json, "jsonl": _lines}[format](text, name, wanted)
    return votes_from_columns(columns, name, places, covariates)


def _sniff(data: bytes) -> str:
    if data[:4] == b"PAR1":
        return "parquet"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"[":
        return "json"
    if head[:1] != b"{":
        return "csv"
    first = head.split(b"\n", 1)[0]
    try:
        return "jsonl" if "votes" not in json.loads(first) else "json"
    except ValueError:
        return "json"


def _text(data: bytes, name: str) -> str:
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(coding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ArenaError(f"{name}, line {line}: not UTF-8; save the file as UTF-8") from None


def _csv(text: str, name: str, wanted: _Wanted) -> tuple[Columns, Callable[[int], str]]:
    csv.field_size_limit(1 << 30)
    lines = iter(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    try:
        header = [cell.strip().lower() for cell in next(lines)]
        places = wanted.places(header)
        parts = [_turn(chunk, header, places) for chunk in _chunks(lines)]
    except (csv.Error, IndexError):
        raise ArenaError(_ragged(text, name)) from None
    columns: Columns = {header[k]: [cell for part in parts for cell in part[n]] for n, k in enumerate(places)}
    return columns, lambda row: f"{name}, line {_line(text, row)}"


def _delimiter(text: str) -> str:
    """Comma, unless the header has none and has one of the others."""
    header = text[: text.find("\n")] if "\n" in text else text
    return next((mark for mark in ",\t;|" if mark in header), ",")


def _chunks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Rows that aren't blank, in handy numbers."""
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk if all(chunk) else [row for row in chunk if row]


def _turn(chunk: list[list[str]], header: list[str], places: list[int]) -> list[Sequence[str]]:
    """Columns of rows. IndexError for a row of another length than the header's."""
    if {*map(len, chunk)} - {len(header)}:
        raise IndexError
    return list(zip(*map(itemgetter(*places), chunk), strict=True)) or [()] * len(places)


def _ragged(text: str, name: str) -> str:
    """What is wrong with a CSV that can't be split into rows of one length."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        width = len(next(reader))
        for row in reader:
            if row and len(row) != width:
                return f"{name}, line {reader.line_num}: {len(row)} cells; the header has {width}"
    except csv.Error as error:
        return f"{name}, line {reader.line_num}: {error}; give CSV with quotes in pairs"
    return f"{name} is no CSV; give columns {', '.join(REQUIRED)}"


def _line(text: str, row: int) -> int:
    """The line on which row 0, 1, ... of the data ends; a row with a quoted line break has several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    filled = (line for line in reader if line)
    for _ in range(row + 2):
        next(filled)
    return reader.line_num


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which columns are of use; the others are never looked at."""

    name: str
    covariates: Sequence[str] | None
    context: Sequence[str]

    def places(self, header: Sequence[str]) -> list[int]:
        """Places of these columns; ArenaError where one is missing or there twice."""
        missing = [column for column in REQUIRED if column not in header]
        if missing:
            there = ", ".join(map(str, header))[:120] or "none"
            right = ", ".join(REQUIRED)
            raise ArenaError(f"{self.name} has no column '{missing[0]}' but {there}; give {right}")
        found = []
        for place, column in enumerate(header):
            if column in REQUIRED or column in self.context or self._paired(column, header):
                if column in header[:place]:
                    raise ArenaError(f"{self.name} has two columns '{column}'; give one")
                found.append(place)
        return found

    def _paired(self, column: str, header: Sequence[str]) -> bool:
        stem = column[:-2]
        if not column.endswith(("_a", "_b")) or not {f"{stem}_a", f"{stem}_b"} <= set(header):
            return False
        return (
            self.covariates is None or stem in self.covariates or (stem == ANSWER and bool(self.covariates))
        )


def _json(text: str, name: str, wanted: _Wanted) -> tuple[Columns, Callable[[int], str]]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArenaError(f'{name} is no JSON: {error}; give a list of votes or {{"votes": [...]}}') from None
    votes = held.get("votes") if isinstance(held, dict) else held
    if isinstance(votes, dict):  # a table by column
        votes = [dict(zip(votes, row, strict=False)) for row in zip(*votes.values(), strict=False)]
    if not isinstance(votes, list):
        raise ArenaError(f'{name} holds no votes; give a list of objects or {{"votes": [...]}}')
    return _objects(votes, name, wanted), lambda row: f"{name}, vote {row + 1}"


def _lines(text: str, name: str, wanted: _Wanted) -> tuple[Columns, Callable[[int], str]]:
    votes, numbers = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                votes.append(json.loads(line))
            except (ValueError, RecursionError):
                raise ArenaError(f"{name}, line {number}: no JSON; give one object a line") from None
            numbers.append(number)
    return _objects(votes, name, wanted), lambda row: f"{name}, line {numbers[row]}"


def _objects(votes: list[Any], name: str, wanted: _Wanted) -> Columns:
    """Columns of a list of objects; a key that an object lacks is None there."""
    for row, vote in enumerate(votes):
        if not isinstance(vote, dict):
            raise ArenaError(f"{name}, vote {row + 1} is no object; give one with {', '.join(REQUIRED)}")
    if not votes:
        return {column: [] for column in REQUIRED}
    keys = list(dict.fromkeys(key for vote in votes for key in vote))
    header = [key.strip().lower() for key in keys]
    return {header[k]: [vote.get(keys[k]) for vote in votes] for k in wanted.places(header)}


def _parquet(data: bytes, name: str, wanted: _Wanted) -> tuple[Columns, Callable[[int], str]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ArenaError(
            "Parquet needs pyarrow: pip install 'duologue[parquet]', or give CSV or JSON"
        ) from None
    broken = (pyarrow.ArrowException, OSError, UnicodeError, OverflowError)
    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data))
        names: Iterable[str] = file.schema_arrow.names
        header = [column.strip().lower() for column in names]
        places = wanted.places(header)
        table = file.read(columns=[list(names)[k] for k in places])
        columns: Columns = {header[k]: table.column(n).to_pylist() for n, k in enumerate(places)}
    except broken as error:
        raise ArenaError(f"{name} is no Parquet file that can be read: {str(error)[:160]}") from None
    return columns, lambda row: f"{name}, row {row + 1}"
