"""The one exception of the store room, and what a database's own complaint amounts to."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

__all__ = ["StoreError", "explained", "violation"]

Kind = Literal["busy", "full", "unreachable", "damaged", "refused", "newer"]


class StoreError(ValueError):
    """Raised when the database can't do what is asked; says what was wrong and what would be right.

    kind: "busy" another process holds it, "full" no room on the disk, "unreachable" no file or no server,
    "damaged" not a database of ours, "refused" anything else it won't do, "newer" made by a later Duologue.
    """

    def __init__(self, message: str, *, kind: Kind = "refused") -> None:
        super().__init__(message)
        self.kind: Kind = kind

    @property
    def passing(self) -> bool:
        """True where the same may go through later, without anybody changing what was asked."""
        return self.kind in ("busy", "full", "unreachable")


# What SQLite and PostgreSQL say, in lower case, and what to say instead. The first that fits counts.
_SAYINGS: tuple[tuple[tuple[str, ...], Kind, str], ...] = (
    (
        ("database is locked", "database table is locked", "55p03", "40p01", "lock timeout"),
        "busy",
        "is busy: another process is writing and didn't finish in time; try again",
    ),
    (
        ("database or disk is full", "disk i/o error", "53100", "no space left"),
        "full",
        "can't be written: the disk is full or refuses; make room and try again",
    ),
    (
        ("not a database", "malformed", "corrupt"),
        "damaged",
        "is not a database or is damaged; restore it from a backup or name another",
    ),
    (
        ("readonly database", "read-only", "25006"),
        "refused",
        "can't be written: it is read-only for this user; change its owner or name another",
    ),
    (
        (
            "unable to open", "can't create a connection", "connection refused", "network error",
            "server closed", "57p0", "connection reset", "broken pipe", "interfaceerror", "53300",
        ),
        "unreachable",
        "can't be reached; see that it is there, that this user may open it, and that its server runs",
    ),
    (
        ("28p01", "28000", "3d000"),
        "refused",
        "doesn't let us in; see the user, the password and the name of the database in its URL",
    ),
)  # fmt: skip


def explained(error: Exception, place: str) -> StoreError:
    """A database's complaint in our words. place: how the database is called, without its password."""
    if isinstance(error, PoolTimeoutError):
        return StoreError(f"the database {place} is busy: no connection became free; try again", kind="busy")
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = f"{type(cause).__name__} {cause}".lower()
    for signs, kind, message in _SAYINGS:
        if any(sign in said for sign in signs):
            return StoreError(f"the database {place} {message}", kind=kind)
    return StoreError(f"the database {place} refuses: {' '.join(str(cause).split())[:300]}")


def violation(error: Exception) -> IntegrityError | None:
    """The IntegrityError that a complaint is, also where pg8000 calls it something else; None for others."""
    if isinstance(error, IntegrityError) or not isinstance(error, DBAPIError) or error.orig is None:
        return error if isinstance(error, IntegrityError) else None
    fields = error.orig.args[0] if error.orig.args else None
    if isinstance(fields, dict) and str(fields.get("C", "")).startswith("23"):
        return IntegrityError(error.statement, error.params, error.orig)
    return None
