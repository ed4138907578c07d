"""Where the database is when nobody says, and how it is called in messages.

Design choices
- `DUOLOGUE_DATABASE` is a URL; without it there is a file in `DUOLOGUE_HOME`, by default the user's data
  folder (XDG). The folder is made for its owner alone: it holds hashes of keys.
- A password never reaches a message or a log.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from duologue.store.errors import StoreError

__all__ = ["home", "resolve", "shown"]

_FORMS = "give sqlite:////absolute/path.db or postgresql+pg8000://user:password@host/name"


def home() -> Path:
    """The folder of Duologue's own data: `DUOLOGUE_HOME`, or `duologue` in the user's data folder."""
    if named := os.environ.get("DUOLOGUE_HOME"):
        return Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "duologue"


def resolve(url: str | None) -> URL:
    """The database's URL, the default where none is given; a file's folder is made.

    Raises StoreError for a URL that is none, another kind of database, a folder that can't be made.
    """
    given = url or os.environ.get("DUOLOGUE_DATABASE") or f"sqlite:///{home().absolute() / 'duologue.db'}"
    try:
        parsed = make_url(given)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise StoreError(f"the database URL isn't one; {_FORMS}") from None
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+pg8000")
    if backend != "sqlite":
        raise StoreError(f"no database of the kind '{backend}'; {_FORMS}")
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise StoreError(f"SQLite needs a file, which other processes can open too; {_FORMS}")
    path = Path(parsed.database).absolute()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder {path.parent} can't be made: {error.strerror}; "
            "set DUOLOGUE_HOME or DUOLOGUE_DATABASE",
            kind="unreachable",
        ) from None
    return parsed.set(drivername="sqlite", database=str(path))


def shown(url: URL) -> str:
    """How a database is called in a message: a file's path, or a URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(password=None).render_as_string()
