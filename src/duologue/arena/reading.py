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
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from duologue.arena.columns import CONTEXT, REQUIRED, votes_from_columns
from duologue.arena.errors import ArenaError
from duologue.arena.votes import Votes

__all__ = ["FORMATS", "parse_votes", "read_votes"]

FORMATS = ("csv", "json", "jsonl", "parquet")
_CHUNK = 1 << 15
_SUFFIXES = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    **dict.fromkeys((".jsonl", ".ndjson"), "jsonl"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    ".json": "json",
}
Columns = dict[str, Sequence[Any]]


def read_votes(path: str | Path, format: str = "", covariates: Sequence[str] | None = None) -> Votes:
    """The votes of a file, `-` for standard input; the format by suffix unless it is given.

    `covariates` keeps to these (None: every pair of columns NAME_a and NAME_b whose values are numbers).
    Raises ArenaError, naming file and row, for what is no votes; OSError where the disk refuses.
    """
    name = "standard input" if str(path) == "-" else str(path)
    data = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
    return parse_votes(data, format or _SUFFIXES.get(Path(path).suffix.lower(), ""), name, covariates)


def parse_votes(
    data: bytes, format: str = "", name: str = "the votes", covariates: Sequence[str] | None = None
) -> Votes:
    """The same for bytes at hand; a format that isn't given is told by how they begin."""
    if format and format not in FORMATS:
        raise ArenaError(f"'{format}' is no format of votes; give {', '.join(FORMATS)}")
    format = format or _sniff(data)
    if format == "parquet":
        columns, places = _parquet(data, name)
    else:
        text = _text(data, name)
        if not text.strip():
            raise ArenaError(f"{name} is empty; give votes with columns {', '.join(REQUIRED)}")
        columns, places = {"csv": _csv, "json": _json, "jsonl": _lines}[format](text, name)
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


def _csv(text: str, name: str) -> tuple[Columns, Callable[[int], str]]:
    csv.field_size_limit(1 << 30)
    lines = iter(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    try:
        header = [cell.strip().lower() for cell in next(lines)]
        wanted = _wanted(header, name)
        parts = [_turn(chunk, header, wanted) for chunk in _chunks(lines)]
    except (csv.Error, IndexError):
        raise ArenaError(_ragged(text, name)) from None
    columns: Columns = {header[k]: [cell for part in parts for cell in part[n]] for n, k in enumerate(wanted)}
    return columns, lambda row: f"{name}, line {_line(text, row)}"


def _delimiter(text: str) -> str:
    """Comma, unless the header has none and has one of the others."""
    header = text[: text.find("\n")] if "\n" in text else text
    return next((mark for mark in ",\t;|" if mark in header), ",")


def _chunks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Rows that aren't blank, in handy numbers."""
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk if all(chunk) else [row for row in chunk if row]


def _turn(chunk: list[list[str]], header: list[str], wanted: list[int]) -> list[Sequence[str]]:
    """Columns of rows. IndexError for a row of another length than the header's."""
    if {*map(len, chunk)} - {len(header)}:
        raise IndexError
    return list(zip(*map(itemgetter(*wanted), chunk), strict=True)) or [()] * len(wanted)


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


def _wanted(header: Sequence[str], name: str) -> list[int]:
    """Places of the columns that are of use; ArenaError where one is missing or there twice."""
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        there = ", ".join(map(str, header))[:120] or "none"
        raise ArenaError(
            f"{name} has no column '{missing[0]}'; its columns are {there}; give {', '.join(REQUIRED)}"
        )
    known = {*REQUIRED, *CONTEXT}
    places = []
    for place, column in enumerate(header):
        pair = column.endswith(("_a", "_b")) and {f"{column[:-2]}_a", f"{column[:-2]}_b"} <= set(header)
        if column in known or pair:
            if column in header[:place]:
                raise ArenaError(f"{name} has two columns '{column}'; give one")
            places.append(place)
    return places


def _json(text: str, name: str) -> tuple[Columns, Callable[[int], str]]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArenaError(f'{name} is no JSON: {error}; give a list of votes or {{"votes": [...]}}') from None
    votes = held.get("votes") if isinstance(held, dict) else held
    if isinstance(votes, dict):  # a table by column
        votes = [dict(zip(votes, row, strict=False)) for row in zip(*votes.values(), strict=False)]
    if not isinstance(votes, list):
        raise ArenaError(f'{name} holds no votes; give a list of objects or {{"votes": [...]}}')
    return _objects(votes, name), lambda row: f"{name}, vote {row + 1}"


def _lines(text: str, name: str) -> tuple[Columns, Callable[[int], str]]:
    votes, numbers = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                votes.append(json.loads(line))
            except (ValueError, RecursionError):
                raise ArenaError(f"{name}, line {number}: no JSON; give one object a line") from None
            numbers.append(number)
    return _objects(votes, name), lambda row: f"{name}, line {numbers[row]}"


def _objects(votes: list[Any], name: str) -> Columns:
    """Columns of a list of objects; a key that an object lacks is None there."""
    for row, vote in enumerate(votes):
        if not isinstance(vote, dict):
            raise ArenaError(f"{name}, vote {row + 1} is no object; give one with {', '.join(REQUIRED)}")
    if not votes:
        return {column: [] for column in REQUIRED}
    keys = list(dict.fromkeys(key for vote in votes for key in vote))
    header = [key.strip().lower() for key in keys]
    return {header[k]: [vote.get(keys[k]) for vote in votes] for k in _wanted(header, name)}


def _parquet(data: bytes, name: str) -> tuple[Columns, Callable[[int], str]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ArenaError(
            "Parquet needs pyarrow: pip install 'duologue[parquet]', or give CSV or JSON"
        ) from None
    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data))
        names: Iterable[str] = file.schema_arrow.names
        header = [column.strip().lower() for column in names]
        wanted = _wanted(header, name)
        table = file.read(columns=[list(names)[k] for k in wanted])
    except pyarrow.ArrowException as error:
        raise ArenaError(f"{name} is no Parquet file: {error}") from None
    return {
        header[k]: table.column(n).to_pylist() for n, k in enumerate(wanted)
    }, lambda row: f"{name}, row {row + 1}"
