"""Bring a database to the newest revision, however many processes start at once.

Design choices
- All of it happens in one transaction under a lock: SQLite's write lock, an advisory lock on PostgreSQL. Who
  comes second finds the work done; who is killed leaves the old revision whole.
- Revisions are linear and named like their files, so a database that is up to date is known by one SELECT;
  Alembic is imported only when there is something to do.
- Revisions go up only: what a downgrade drops is gone, so the way back is a backup.
- A database of a later Duologue is refused: its tables may mean something else.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from duologue.store.errors import StoreError

__all__ = ["head", "upgrade"]

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_LOCK = 0x6475_6F6C_6F67  # "duolog", for pg_advisory_xact_lock


def revisions() -> list[str]:
    """The names of all revisions, the first one first."""
    return sorted(path.stem for path in _VERSIONS.glob("[0-9]*.py"))


def head() -> str:
    """The newest revision."""
    return revisions()[-1]


def current(connection: Connection) -> str | None:
    """The revision of the database, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection, place: str) -> None:
    """Bring the database to `head()`, inside the transaction that `connection` is in.

    Raises StoreError where a later Duologue has made the database.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    found = current(connection)
    if found == head():
        return
    if found is not None and found not in revisions():
        raise StoreError(
            f"the database {place} is of a later Duologue (revision {found}, this one knows {head()}); "
            "update Duologue or name another database",
            kind="newer",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_VERSIONS.parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
