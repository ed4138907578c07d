"""Kills and full disks: what was acknowledged is there, and what can't be written says so."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from duologue.gateway.tables import QualityRow
from duologue.store import Store, StoreError

WRITER = """
import sys
from datetime import UTC, datetime
from duologue.gateway.tables import QualityRow
from duologue.store import Store
store = Store.open(sys.argv[1])
lazy = sys.argv[2] == "lazy"
for i in range(100_000):
    with store.session(lazy=lazy) as session:
        session.add(QualityRow(task=f"{i}", deployment="x" * 90, quality=i, at=datetime.now(UTC)))
    sys.stdout.write(f"{i}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("lazy", ["lazy", "durable"])
def test_kill_9_loses_nothing_that_was_acknowledged(database: str, lazy: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, database, lazy], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    acknowledged = [process.stdout.readline() for _ in range(60)]
    time.sleep(0.02)  # in the middle of something
    os.kill(process.pid, signal.SIGKILL)
    acknowledged += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    told = {line.strip() for line in acknowledged if line.endswith("\n")}
    with Store.open(database) as store:
        with store.reading() as session:
            kept = set(session.scalars(select(QualityRow.task)))
        assert len(told) >= 60
        assert told <= kept
        assert len(kept - told) <= 1  # the one that was committed and not yet told
        with store.session() as session:  # and no lock is left
            session.add(QualityRow(task="after", deployment="x", quality=0, at=_now()))
        if database.startswith("sqlite"):
            connection = sqlite3.connect(store.place)
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            connection.close()


def _now() -> object:
    from datetime import UTC, datetime

    return datetime.now(UTC)


FILLER = """
import resource, sys
from datetime import UTC, datetime
from sqlalchemy import func, select
from duologue.gateway.tables import QualityRow
from duologue.store import Store, StoreError
store = Store.open(sys.argv[1])
if sys.argv[2] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
kept = 0
try:
    for i in range(100_000):
        with store.session() as session:
            session.add(QualityRow(task=f"{i}" * 20, deployment="x" * 90, quality=i, at=datetime.now(UTC)))
        kept += 1
except StoreError as error:
    print(error.kind, error.passing)
    print(error)
with store.reading() as session:
    print(kept == session.scalar(select(func.count()).select_from(QualityRow)))
if sys.argv[2] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with store.session() as session:
        session.add(QualityRow(task="after", deployment="x", quality=0, at=datetime.now(UTC)))
    print("after")
store.close()
"""


def fill(place: Path, limit: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FILLER, f"sqlite:///{place}", str(limit)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_file_that_may_grow_no_more(tmp_path: Path) -> None:
    lines = fill(tmp_path / "a.db", 600_000)
    assert lines[0] == "full True"
    assert "disk is full" in lines[1]
    assert lines[2:] == ["True", "after"]


def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can't be mounted here; the limit on a file's size stands in for it")
    try:
        lines = fill(disk / "a.db", 0)
        assert lines[0] == "full True"
        assert "disk is full" in lines[1]
        assert lines[2] == "True"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_database_that_may_only_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store.open(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        if os.access(path, os.W_OK):
            pytest.skip("this user may write everything")
        with pytest.raises(StoreError, match=r"read-only|can't be"):
            Store.open(f"sqlite:///{path}")
    finally:
        tmp_path.chmod(0o755)
