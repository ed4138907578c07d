"""The ballot: votes on disk, each one durable before it is acknowledged, in one chain.

    ballot = Ballot(store)
    receipt = ballot.cast(Cast(battle=..., model_a=..., model_b=..., winner="tie", voter=..., ...))
    votes = ballot.votes(kind="text")                  # columns for `rate`, without what is held
    ballot.audit()

Design choices
- `cast` returns after the commit, and the store commits with synchronous=FULL: a vote with a receipt survives
  kill -9 and a power cut. Reading the chain's head and appending are one transaction, so writers of many
  processes take turns and the chain has no forks.
- `cast_all` puts many into one transaction, all or none: what an import and a busy server use.
- One vote per battle is a constraint of the table, not a check before the insert.
- The record that is hashed is everything in the row but the hash (`record_of`).
"""

from __future__ import annotations

import math
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Table, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from duologue.arena import chain
from duologue.arena.ballottable import ConsentRow, FindingRow, HeldRow, VoteRow
from duologue.arena.errors import ArenaError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from duologue.arena.votes import Votes
    from duologue.store.store import Store

__all__ = ["Ballot", "Cast", "Receipt", "record_of"]

WORDS = ("model_a", "model_b", "tie", "both_bad")
STANDING = ("held", "upheld")
_TABLE = typing.cast(Table, VoteRow.__table__)
_LOCK = 0x6261_6C6C_6F74  # "ballot", for pg_advisory_xact_lock
_LONGEST = {
    **dict.fromkeys(("battle", "voter", "address", "prompt"), 64),
    **dict.fromkeys(("model_a", "model_b", "source"), 200),
    **dict.fromkeys(("kind", "language", "length"), 8),
    "task": 40,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """A vote to be cast.

    model_a stood left. winner: model_a, model_b, tie, both_bad. voter, address, prompt: hashes, "" for
    unknown. battle: its id, None for imported votes without one. seconds: how long the voter took. style: (a,
    b) by covariate. at: aware, now if None. count: how many equal votes an imported row stands for.
    """

    model_a: str
    model_b: str
    winner: str
    battle: str | None = None
    at: datetime | None = None
    count: int = 1
    voter: str = ""
    address: str = ""
    prompt: str = ""
    seconds: float | None = None
    kind: str = ""
    task: str = ""
    language: str = ""
    length: str = ""
    consent: bool = False
    style: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    source: str = ""

    def __post_init__(self) -> None:
        if self.winner not in WORDS:
            raise ArenaError(f"winner is '{self.winner[:40]}'; give model_a, model_b, tie or both_bad")
        if not self.model_a or not self.model_b or self.model_a == self.model_b:
            raise ArenaError(
                f"'{self.model_a[:60]}' against '{self.model_b[:60]}' is no battle; give two contestants"
            )
        if self.count < 1:
            raise ArenaError(f"count is {self.count}; give 1 or more")
        if self.seconds is not None and not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise ArenaError(f"seconds is {self.seconds}; give 0 or more")
        if self.at is not None and self.at.tzinfo is None:
            raise ArenaError("the time of a vote has no zone; give an aware one, such as datetime.now(UTC)")
        for name, longest in _LONGEST.items():
            value = getattr(self, name)
            if value is not None and (len(value) > longest or "\x00" in value):
                raise ArenaError(f"{name} '{value[:40]}...' is too long; give at most {longest} characters")
        for name, sides in self.style.items():
            if len(sides) != 2 or any(x is not None and not math.isfinite(x) for x in sides):
                raise ArenaError(f"style '{name}' is {list(sides)}; give two numbers, None for unknown")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Number of a vote in the chain, and its hash."""

    number: int
    hash: str


_COLUMNS = tuple(f.name for f in fields(Cast))


def record_of(number: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is hashed of a vote: all of its columns but the hash, its time as ISO 8601 with microseconds."""
    record = {name: values[name] for name in _COLUMNS}
    record["at"] = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    record["style"] = {name: list(sides) for name, sides in values["style"].items()}
    return {"number": number, **record}


class Ballot:
    """The votes of a store. Raises ArenaError for what can't be done, StoreError where the store can't."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cast(self, vote: Cast) -> Receipt:
        """Keep one vote; it is on the disk when this returns. ArenaError where its battle has one already."""
        return self.cast_all([vote])[0]

    def cast_all(self, votes: Sequence[Cast]) -> list[Receipt]:
        """Keep all of them or none, in this order."""
        try:
            with self._store.session() as session:
                return self.append(session, votes)
        except IntegrityError:
            raise ArenaError("this battle has been voted on; begin another one") from None

    def append(self, session: Session, votes: Sequence[Cast]) -> list[Receipt]:
        """The same inside a transaction of the caller's, who commits. IntegrityError for a second vote."""
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        last = session.execute(
            select(VoteRow.number, VoteRow.hash).order_by(VoteRow.number.desc()).limit(1)
        ).first()
        number, before = (0, chain.FIRST) if last is None else (last.number, last.hash)
        rows, receipts = [], []
        for vote in votes:
            number += 1
            values = {name: getattr(vote, name) for name in _COLUMNS}
            values["at"] = vote.at or datetime.now(UTC)
            values["style"] = {name: list(sides) for name, sides in vote.style.items()}
            before = chain.link(before, record_of(number, values))
            rows.append({"number": number, **values, "hash": before})
            receipts.append(Receipt(number, before))
        if rows:
            session.execute(insert(_TABLE), rows)
        return receipts

    def head(self) -> Receipt:
        """The last vote's receipt; number 0 where there is none."""
        with self._store.reading() as session:
            last = session.execute(
                select(VoteRow.number, VoteRow.hash).order_by(VoteRow.number.desc()).limit(1)
            ).first()
        return Receipt(0, chain.FIRST) if last is None else Receipt(last.number, last.hash)

    def audit(self, noted: Receipt | None = None) -> chain.Audit:
        """Check every hash from the first vote on; `noted`: a head that must still be in the chain."""
        with self._store.reading() as session:
            rows = session.execute(select(_TABLE).order_by(VoteRow.number)).yield_per(2_000)
            walked = ((row.number, record_of(row.number, row._asdict()), row.hash) for row in rows)
            return chain.audit(walked, None if noted is None else (noted.number, noted.hash))

    def voted(self, battles: Iterable[str]) -> set[str]:
        """Which of these battles have a vote."""
        asked = list(battles)
        found: set[str | None] = set()
        with self._store.reading() as session:
            for start in range(0, len(asked), 500):
                part = asked[start : start + 500]
                found.update(session.scalars(select(VoteRow.battle).where(VoteRow.battle.in_(part))))
        return {battle for battle in found if battle is not None}

    def consent(self, number: int, given: bool, at: datetime | None = None) -> None:
        """Take consent to export back, or give it again."""
        with self._store.session() as session:
            if session.get(VoteRow, number) is None:
                raise ArenaError(f"there is no vote {number}")
            session.add(ConsentRow(vote=number, at=at or datetime.now(UTC), given=given))

    def rows(self, *, held: bool = False, **where: Any) -> Iterator[dict[str, Any]]:
        """Votes as mappings of their columns, the first one first, `consent` as it is now.

        where: kind, task, language, length, voter, source as they must be; since, until: times. held: also
        those that a standing finding holds.
        """
        with self._store.reading() as session:
            latest = _latest(session)
            for row in session.execute(_query(held, where)).yield_per(2_000):
                values = row._asdict()
                values["consent"] = latest.get(row.number, row.consent)
                yield values

    def votes(self, *, held: bool = False, **where: Any) -> Votes:
        """The same as columns, for `rate` and the checks."""
        return self.numbered(held=held, **where)[1]

    def numbered(self, *, held: bool = False, **where: Any) -> tuple[list[int], Votes]:
        """Their numbers, and the same as columns."""
        from duologue.arena.columns import votes_from_rows

        rows = list(self.rows(held=held, **where))
        return [row["number"] for row in rows], votes_from_rows(rows)

    def kinds(self) -> list[str]:
        """The kinds that there are votes of."""
        with self._store.reading() as session:
            return sorted(session.scalars(select(VoteRow.kind).distinct()))

    def held(self) -> int:
        """How many votes a standing finding holds."""
        with self._store.reading() as session:
            query = select(func.count(func.distinct(HeldRow.vote))).join(FindingRow)
            return session.scalar(query.where(FindingRow.state.in_(STANDING))) or 0


def _query(held: bool, where: Mapping[str, Any]) -> Select[Any]:
    query = select(_TABLE).order_by(VoteRow.number)
    for name, value in where.items():
        if value in (None, ""):
            continue
        if name == "since":
            query = query.where(VoteRow.at >= value)
        elif name == "until":
            query = query.where(VoteRow.at < value)
        elif name in ("kind", "task", "language", "length", "voter", "source"):
            query = query.where(getattr(VoteRow, name) == value)
        else:
            raise ArenaError(
                f"votes can't be chosen by '{name}'; give kind, task, language, length, voter or source"
            )
    if not held:
        standing = select(HeldRow.vote).join(FindingRow).where(FindingRow.state.in_(STANDING))
        query = query.where(VoteRow.number.not_in(standing))
    return query


def _latest(session: Session) -> dict[int, bool]:
    """What was said last of those votes whose consent was spoken of after they were cast."""
    query = select(ConsentRow.vote, ConsentRow.given).order_by(ConsentRow.at)
    return {row.vote: row.given for row in session.execute(query)}
