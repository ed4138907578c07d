"""The database, opened: SQLite in a file, or PostgreSQL.

    store = Store.open()
    with store.session() as session:
        session.add(...)

Design choices
- Migrations run at opening (see `upgrade`), so there is no second command to forget.
- SQLite in WAL mode with `synchronous=FULL`: a commit that returned survives a kill and a power cut; readers
  and the one writer don't wait for each other.
- A writing session begins with BEGIN IMMEDIATE: it waits for its turn at its beginning and never fails in the
  middle for having read first. `reading` takes no lock.
- `lazy=True` commits without waiting for the disk: such a commit survives a kill of the process, and a power
  cut may take the last ones back (never half of one). For counters and logs that nobody was promised.
- A database's own exceptions leave as StoreError; IntegrityError passes, as it answers the caller's question.

SQLite: sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous. The events that make pysqlite begin
when told: docs.sqlalchemy.org, "Serializable isolation / Savepoints / Transactional DDL".
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from duologue.store.errors import StoreError, explained, violation
from duologue.store.place import resolve, shown
from duologue.store.upgrade import current, head, upgrade

__all__ = ["Store"]

WAIT = 5.0
"""Seconds to wait for another writer."""
AHEAD = 8000
"""Pages (32 MB) that SQLite writes ahead before a commit has to bring them into the file itself, which takes
as long as the disk does. `checkpoint`, called by the ledger's thread, keeps it from coming to that."""
OPENING_WAIT = 30.0
"""The same while opening: another process may be migrating."""


class Store:
    """An open database. Made by `Store.open`; a context manager, or `close` it. One serves many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(begin="IMMEDIATE")
        self._lazy = engine.execution_options(begin="IMMEDIATE", durable=False)
        self._reading = engine.execution_options(begin="DEFERRED", read_only=True)
        self.url = engine.url.render_as_string(hide_password=False)
        self.place = shown(engine.url)

    @classmethod
    def open(cls, url: str | None = None, *, wait: float = WAIT) -> Store:
        """The database at `url`, brought to the newest revision; the default one without.

        url: "sqlite:////path.db" or "postgresql+pg8000://user:password@host/name"; see `place` for the
        default. wait: seconds to wait for another writer. Raises StoreError where it can't be opened.
        """
        engine = _engine(resolve(url), wait)
        store = cls(engine)
        try:
            store._prepare()
        except SQLAlchemyError as error:
            engine.dispose()
            raise explained(error, store.place) from error
        except BaseException:
            engine.dispose()
            raise
        return store

    def _prepare(self) -> None:
        if self._engine.dialect.name == "sqlite":
            _write_ahead(Path(str(self._engine.url.database)))
        with self._reading.connect() as connection, connection.begin():
            if current(connection) == head():
                return
        with self._writing.connect() as connection:
            if connection.dialect.name == "sqlite":
                # On the driver's own connection: any statement of SQLAlchemy's would begin and wait already.
                driver: Any = connection.connection.dbapi_connection
                driver.execute(f"PRAGMA busy_timeout = {int(OPENING_WAIT * 1000)}")
            with connection.begin():
                upgrade(connection, self.place)
            connection.invalidate()  # it has another time to wait

    @contextmanager
    def session(self, *, lazy: bool = False) -> Iterator[Session]:
        """A session that may write: commits at the end, rolls back on an exception.

        lazy: see the head of this file. Raises StoreError where the database can't, IntegrityError as it is.
        """
        with self._open(self._lazy if lazy else self._writing) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads: one moment's view, no lock. Raises StoreError where the database
        can't.
        """
        with self._open(self._reading) as session:
            yield session

    @contextmanager
    def _open(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session:
                yield session
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise violation(error) or explained(error, self.place) from error

    def checkpoint(self) -> None:
        """Bring what SQLite has written ahead into its file, as far as no reader is in the way.

        Nothing happens on PostgreSQL, which does that by itself. Raises StoreError where the disk can't.
        """
        if self._engine.dialect.name != "sqlite":
            return
        connection = self._engine.raw_connection()
        try:
            driver: Any = connection.dbapi_connection
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            raise explained(error, self.place) from error
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections; the store opens new ones if it is used again."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self.place}>"


def _engine(url: Any, wait: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=8, max_overflow=24, pool_timeout=wait)
        event.listen(engine, "connect", lambda connection, _: _set_up(connection, wait))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(url, pool_size=8, max_overflow=24, pool_timeout=wait, pool_pre_ping=True)
    except ImportError:
        raise StoreError("PostgreSQL needs a driver: pip install 'duologue[serve]'") from None
    event.listen(engine, "begin", lambda connection: _begin_postgresql(connection, wait))
    return engine


def _set_up(connection: sqlite3.Connection, wait: float) -> None:
    """A new SQLite connection. Python's own BEGINs are off: `_begin_sqlite` says them."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {int(wait * 1000)}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {AHEAD}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    durable = "FULL" if options.get("durable", True) else "NORMAL"
    # Only outside a transaction can this be set, and the connection may come from the other kind of session.
    connection.exec_driver_sql(f"PRAGMA synchronous = {durable}")
    connection.exec_driver_sql(f"BEGIN {options.get('begin', 'DEFERRED')}")


def _begin_postgresql(connection: Connection, wait: float) -> None:
    options = connection.get_execution_options()
    if options.get("read_only"):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        return
    connection.execute(text(f"SET LOCAL lock_timeout = {int(wait * 1000)}"))
    if not options.get("durable", True):
        connection.execute(text("SET LOCAL synchronous_commit = off"))


def _write_ahead(path: Path) -> None:
    """Turn WAL mode on, once per file. SQLite doesn't wait for others while it changes the mode; this
    does.
    """
    until = time.monotonic() + OPENING_WAIT
    while True:
        connection, mode = None, "unknown"
        try:
            connection = sqlite3.connect(path, timeout=OPENING_WAIT, isolation_level=None)
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            if mode != "wal":
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            if mode == "wal":
                return
        except sqlite3.Error as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise explained(error, str(path)) from error
        finally:
            if connection is not None:
                connection.close()
        if time.monotonic() > until:
            raise StoreError(f"the database {path} can't be put into WAL mode (it is '{mode}')", kind="busy")
        time.sleep(0.02)
