"""Result files: Markdown tables with the date, the machine and the versions, written and read back.

Design choices
- One file per benchmark in benchmarks/results, written whole; rows keep the day they were measured, so a
  run that measures only some rows keeps the others with their own dates.
- The tables are the data: `readme.py` reads them back, so what README shows can't differ from them.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

__all__ = ["RESULTS", "machine", "merge", "read", "table", "today", "write"]

RESULTS = Path(__file__).parent / "results"
Row = dict[str, str]


def today() -> str:
    """The date, UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def machine(packages: Iterable[str] = ("numpy", "onnxruntime")) -> list[str]:
    """Lines that name the machine, Python and the versions of `packages`."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists() and (match := re.search(r"model name\s*:\s*(.+)", info.read_text())):
        cpu = match[1]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    versions = []
    for package in packages:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{package} not installed")
    return [
        f"- date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC",
        f"- machine: {cpu}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}",
        f"- load average when written (1, 5, 15 minutes): {load}",
        f"- versions: Python {platform.python_version()}, {', '.join(versions)}",
    ]


def table(rows: Sequence[Row]) -> str:
    """A Markdown table; the columns are those of the first row."""
    columns = list(rows[0])
    lines = [columns, ["---"] * len(columns), *([row.get(c, "") for c in columns] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def read(name: str) -> list[Row]:
    """Rows of the first table of results/`name`.md; none if there is no such file."""
    path = RESULTS / f"{name}.md"
    if not path.exists():
        return []
    rows: list[list[str]] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return [dict(zip(rows[0], cells, strict=True)) for cells in rows[2:]] if rows else []


def merge(name: str, rows: Sequence[Row], key: Sequence[str]) -> list[Row]:
    """`rows`, with those rows of the file that have another key kept in their places."""
    if not rows:
        return read(name)
    fresh = {tuple(row[k] for k in key): row for row in rows}
    merged: list[Row] = []
    for old in read(name):
        if set(old) != set(rows[0]):
            continue  # measured by an older version of the script
        merged.append(fresh.pop(tuple(old[k] for k in key), old))
    return [*merged, *fresh.values()]


def write(
    name: str, title: str, about: str, tables: Sequence[tuple[str, Sequence[Row]]], facts: list[str]
) -> Path:
    """results/`name`.md: title, facts, what it is about, then (heading, rows) tables."""
    parts = [f"# {title}", "\n".join(facts), about]
    for heading, rows in tables:
        parts += ([f"## {heading}"] if heading else []) + [table(rows)]
    path = RESULTS / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n", "utf-8")
    return path
