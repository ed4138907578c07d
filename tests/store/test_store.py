"""The database: opened by many at once, in both kinds, and what it says when it can't."""

from __future__ import annotations

import importlib
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from duologue.gateway.tables import KeyRow, QualityRow, Tally
from duologue.store import Base, Store, StoreError, new_ulid
from duologue.store.upgrade import head, revisions

SOURCE = Path(importlib.import_module("duologue").__file__ or "").parent


def import_all_tables() -> None:
    """Every room's tables hang on `Base` once their modules are imported."""
    for path in SOURCE.rglob("*.py"):
        if "(Base)" in path.read_text("utf-8"):
            importlib.import_module(".".join(("duologue", *path.relative_to(SOURCE).with_suffix("").parts)))


def quality(task: str = "chat", name: str = "a", value: float = 1.0) -> QualityRow:
    return QualityRow(task=task, deployment=name, quality=value, at=datetime.now(UTC))


def key(name: str = "k", money: Decimal | None = None) -> KeyRow:
    return KeyRow(
        id=new_ulid(), name=name, secret_sha256=bytes(32), scopes="chat", created=datetime.now(UTC),
        money_per_day=money,
    )  # fmt: skip


def test_migrations_and_tables_agree(fresh_database: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    import_all_tables()
    with Store.open(fresh_database) as store, store._reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == head()
    scripts = ScriptDirectory(str(SOURCE / "store" / "migrations"))
    assert scripts.get_heads() == [head()]
    assert sorted(script.revision for script in scripts.walk_revisions()) == revisions()


def _spoiled(store: Store) -> None:
    with store.session() as session:
        session.add(quality(name="lost"))
        session.flush()
        raise RuntimeError("stop")


def test_a_session_commits_at_its_end_and_rolls_back_on_a_fault(database: str) -> None:
    with Store.open(database) as store:
        with store.session() as session:
            session.add(quality(name="kept"))
        with pytest.raises(RuntimeError, match="stop"):
            _spoiled(store)
        with pytest.raises(IntegrityError), store.session() as session:
            session.add(quality(name="kept"))
        with store.reading() as session:
            assert [row.deployment for row in session.scalars(select(QualityRow))] == ["kept"]


def test_times_come_back_in_utc_and_money_to_the_billionth(database: str) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, timezone(timedelta(hours=5)))
    with Store.open(database) as store:
        made = key(money=Decimal("0.1"))
        made.created = at
        with store.session() as session:
            session.add(made)
            session.flush()
            for i, money in enumerate(("0.1", "0.2", "0.000000001", "123456789.987654321")):
                session.add(
                    Tally(key_id=made.id, day=at.date() + timedelta(days=i), requests=1, money=Decimal(money))
                )
        with store.reading() as session:
            found = session.get_one(KeyRow, made.id)
            assert found.created == at
            assert found.created.utcoffset() == timedelta(0)
            assert found.money_per_day == Decimal("0.1")
            assert session.scalar(select(func.sum(Tally.money))) == Decimal("123456790.287654322")


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    row = quality()
    row.at = datetime(2026, 1, 1)
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store, store.session() as session:
        session.add(row)
        with pytest.raises(StatementError, match="without a zone"):
            session.flush()
        session.rollback()


def test_foreign_keys_hold(database: str) -> None:
    with Store.open(database) as store, pytest.raises(IntegrityError), store.session() as session:
        session.add(Tally(key_id=new_ulid(), day=datetime.now(UTC).date(), requests=1))


def test_many_processes_may_open_a_new_database_at_once(fresh_database: str) -> None:
    code = (
        "import sys; from duologue.store import Store\n"
        "with Store.open(sys.argv[1]) as store:\n"
        "    with store.reading() as session:\n"
        "        print(session.connection().exec_driver_sql('SELECT count(*) FROM keys').scalar())"
    )
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code, fresh_database],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]  # fmt: skip
    for process in running:
        out, err = process.communicate(timeout=300)
        assert (out, err) == ("0\n", "")


def test_threads_write_in_turns_and_none_is_lost(database: str) -> None:
    with Store.open(database) as store:
        made = key()
        with store.session() as session:
            session.add(made)
            session.flush()
            session.add(Tally(key_id=made.id, day=datetime.now(UTC).date(), requests=0))

        def work() -> None:
            for i in range(20):
                with store.session(lazy=i % 2 == 0) as session:
                    # Read, then write: only a lock taken at the beginning makes this safe.
                    tally = session.scalars(select(Tally).with_for_update()).one()
                    tally.requests += 1

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.reading() as session:
            assert session.scalars(select(Tally.requests)).one() == 120


def test_a_reader_sees_one_moment_and_writes_nothing(database: str) -> None:
    with Store.open(database) as store, store.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(QualityRow)) == 0
        with store.session() as writing:
            writing.add(quality())
        assert reading.scalar(select(func.count()).select_from(QualityRow)) == 0


def test_sqlite_is_in_wal_mode_and_waits_for_the_disk(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        with store.session() as session:
            connection = session.connection()
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        with store.session(lazy=True) as session:
            assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == 1


def test_a_locked_database_says_so_and_can_still_be_read(tmp_path: Path, migrated: Path) -> None:
    path = shutil.copy(migrated, tmp_path / "a.db")
    with Store.open(f"sqlite:///{path}", wait=0.1) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy") as caught, store.session() as session:
            session.add(quality())
        assert caught.value.kind == "busy"
        assert caught.value.passing
        with store.reading() as session:
            assert session.scalar(select(func.count()).select_from(QualityRow)) == 0
        other.execute("ROLLBACK")
        other.close()
        with store.session() as session:
            session.add(quality())


def test_a_lock_in_postgresql_says_so_too(migrated_postgresql: str) -> None:
    url = migrated_postgresql
    with Store.open(url, wait=0.2) as store, Store.open(url) as other:
        with other.session() as holding:
            holding.add(quality(task="locked"))
            holding.flush()
            waiting = quality(task="locked")
            with pytest.raises(StoreError, match="busy") as caught, store.session() as session:
                session.add(waiting)
        assert caught.value.passing
        with store.session() as session:
            session.execute(delete(QualityRow))


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database, just some words\n" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text().startswith("no database")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://localhost/x", "no database of the kind 'mysql'"),
        ("what is this", "isn't one"),
        ("postgresql://u:sesame@127.0.0.1:1/x", "can't be reached"),
    ],
)
def test_an_impossible_url_is_one_clear_error_without_the_password(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        Store.open(url)
    assert "sesame" not in str(caught.value)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="DUOLOGUE_HOME"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'a.db'}")


def test_the_default_is_in_duologue_home_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUOLOGUE_DATABASE", raising=False)
    monkeypatch.setenv("DUOLOGUE_HOME", str(tmp_path / "home"))
    with Store.open() as store:
        assert store.place == str(tmp_path / "home" / "duologue.db")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("DUOLOGUE_DATABASE", f"sqlite:///{tmp_path / 'other.db'}")
    with Store.open() as store:
        assert store.place == str(tmp_path / "other.db")


def test_a_database_of_a_later_duologue_is_left_alone(fresh_database: str) -> None:
    with Store.open(fresh_database) as store, store.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    with pytest.raises(StoreError, match="later Duologue") as caught:
        Store.open(fresh_database)
    assert caught.value.kind == "newer"


def test_a_checkpoint_brings_what_is_written_ahead_into_the_file(tmp_path: Path, migrated: Path) -> None:
    path = Path(shutil.copy(migrated, tmp_path / "a.db"))
    with Store.open(f"sqlite:///{path}") as store:
        for i in range(50):
            with store.session(lazy=True) as session:
                session.add(quality(name=f"{i}" * 50))
        before = path.stat().st_size
        store.checkpoint()
        assert path.stat().st_size > before
        with store.reading() as session:
            assert session.scalar(select(func.count()).select_from(QualityRow)) == 50
