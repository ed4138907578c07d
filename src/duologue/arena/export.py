"""Votes out of the ballot, as CSV, JSON lines or Parquet, and into it again.

Design choices
- One flat table in every format: the columns that `duologue arena rank` reads, and style as `NAME_a`,
  `NAME_b`. An export ranks, and imports and exports again as the same votes.
- Hashes of voters, addresses, prompts and battles leave only when asked for (`private`), words of answers
  never (preferences.py exports those, with consent).
- An import is one transaction: all of it or nothing. Votes on battles that are there already are skipped and
  counted, so an import can be repeated.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from duologue.arena.ballot import Ballot, Cast
from duologue.arena.errors import ArenaError
from duologue.arena.votes import OUTCOMES, Category, Votes

__all__ = ["EXPORTS", "casts", "export_votes", "import_votes", "table"]

EXPORTS = ("csv", "jsonl", "parquet")
PUBLIC = (
    *("number", "time", "model_a", "model_b", "winner", "count"),
    *("kind", "task", "language", "length", "seconds", "consent", "source"),
)
PRIVATE = ("battle", "voter", "address", "prompt", "hash")


def table(rows: Iterable[Mapping[str, Any]], private: bool = False) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of a ballot's votes."""
    held = list(rows)
    styles = sorted({name for row in held for name in row["style"]})
    plain = [*PUBLIC, *(PRIVATE if private else ())]
    header = [("length_class" if name == "length" else name) for name in plain]
    header += [f"{name}_{side}" for name in styles for side in "ab"]
    lines = []
    for row in held:
        known = {**row, "time": row["at"].astimezone(UTC).isoformat(timespec="microseconds")}
        line = [known[name] for name in plain]
        for name in styles:
            line += list(row["style"].get(name, (None, None)))
        lines.append(line)
    return header, lines


def export_votes(rows: Iterable[Mapping[str, Any]], format: str, private: bool = False) -> bytes:
    """The votes as a file of `format`: csv, jsonl or parquet."""
    if format not in EXPORTS:
        raise ArenaError(f"'{format}' is no format of exports; give {', '.join(EXPORTS)}")
    header, lines = table(rows, private)
    if format == "csv":
        held = io.StringIO()
        writer = csv.writer(held, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)
        return held.getvalue().encode()
    if format == "jsonl":
        return "".join(
            json.dumps(dict(zip(header, line, strict=True)), ensure_ascii=False) + "\n" for line in lines
        ).encode()
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ArenaError(
            "Parquet needs pyarrow: pip install 'duologue[parquet]', or give csv or jsonl"
        ) from None
    columns = list(zip(*lines, strict=True)) or [()] * len(header)
    sink = pyarrow.BufferOutputStream()
    made = {name: list(column) for name, column in zip(header, columns, strict=True)}
    pyarrow.parquet.write_table(pyarrow.table(made), sink)
    return sink.getvalue().to_pybytes()


def casts(votes: Votes, source: str, kind: str = "") -> Iterator[Cast]:
    """Votes that were read from a file, as they are cast; rows with a count of zero are left out."""
    now = datetime.now(UTC)

    def word(category: Category | None, row: int) -> str:
        return (
            category.names[category.codes[row]] if category is not None and category.codes[row] >= 0 else ""
        )

    for row in map(int, np.flatnonzero(votes.count > 0)):
        label = {name: word(column, row) for name, column in votes.labels.items()}
        time = None if votes.time is None or np.isnan(votes.time[row]) else float(votes.time[row])
        seconds = None if votes.seconds is None or np.isnan(votes.seconds[row]) else float(votes.seconds[row])
        style = {
            name: [None if np.isnan(x) else float(x) for x in sides[:, row]]
            for name, sides in votes.covariates.items()
        }
        yield Cast(
            model_a=votes.names[votes.a[row]],
            model_b=votes.names[votes.b[row]],
            winner=OUTCOMES[votes.outcome[row]],
            battle=word(votes.battle, row) or None,
            at=now if time is None else datetime.fromtimestamp(time, UTC),
            count=int(votes.count[row]),
            voter=word(votes.voter, row),
            address=word(votes.address, row),
            prompt=word(votes.prompt, row),
            seconds=seconds,
            kind=kind or label.get("kind", "")[:8],
            task=label.get("task", "")[:40],
            language=label.get("language", "")[:8],
            length=label.get("length_class", "")[:8],
            consent=label.get("consent", "").lower() in ("true", "1", "yes"),
            style={name: sides for name, sides in style.items() if sides != [None, None]},
            source=source,
        )


def import_votes(ballot: Ballot, votes: Votes, source: str, kind: str = "") -> tuple[int, int]:
    """Cast what was read: (rows cast, rows skipped because their battle has a vote). All or nothing."""
    judges = votes.labels.get("judge")
    if judges is not None and (judges.codes >= 0).any():
        raise ArenaError(
            f"these are verdicts of a program ('{judges.names[0]}'), kept apart from people's votes; "
            "`duologue arena rank` ranks them as they are"
        )
    made = list(casts(votes, source[:200], kind))
    there = ballot.voted([cast.battle for cast in made if cast.battle is not None])
    new, seen = [], set(there)
    for cast in made:
        if cast.battle is None or cast.battle not in seen:
            new.append(cast)
            if cast.battle is not None:
                seen.add(cast.battle)
    if new:
        ballot.cast_all(new)
    return len(new), len(made) - len(new)
