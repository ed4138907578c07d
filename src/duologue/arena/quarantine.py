"""The quarantine: votes that findings hold, reviewed and let go again; nothing is ever deleted.

    quarantine = Quarantine(store)
    quarantine.examine()                         # run the checks, hold what they find
    quarantine.review(id, "release", reviewer="mira", note="a class of pupils")

Design choices
- A finding is `held` when a check makes it, `upheld` or `released` when a person has looked. Votes of a held
  or upheld finding don't count. Any decision can be changed later; each one goes to the gateway's audit log,
  which is a chain.
- What was released stays released: the same check may hold the same subject again only with votes that
  weren't part of the released finding.
- Checks see all votes of a kind that nobody has let go, so that running them again finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select

from duologue.arena.ballot import Ballot
from duologue.arena.ballottable import FindingRow, HeldRow
from duologue.arena.errors import ArenaError
from duologue.gateway.audit import record
from duologue.store.ulid import new_ulid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from duologue.arena.integrity.examine import Checks
    from duologue.arena.integrity.finding import Finding
    from duologue.store.store import Store

__all__ = ["Case", "Decision", "Quarantine"]

Decision = Literal["uphold", "release", "hold"]
_STATES = {"uphold": "upheld", "release": "released", "hold": "held"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A finding as it stands, and how many votes it is about."""

    id: str
    created: datetime
    check: str
    subject: str
    reason: str
    state: str
    votes: int
    reviewer: str = ""
    reviewed: datetime | None = None
    note: str = ""


class Quarantine:
    """The findings of a store. Raises ArenaError for what can't be done, StoreError where the store can't."""

    def __init__(self, store: Store) -> None:
        self._store, self._ballot = store, Ballot(store)

    def examine(
        self, checks: Checks | None = None, *, kind: str | None = None, actor: str = "checks"
    ) -> list[Case]:
        """Run the checks over the votes of a kind, or of each kind by itself, and hold what they find.

        Returns the new cases. Imported rows that stand for several votes are left alone: nobody knows whose
        they were.
        """
        from duologue.arena.columns import votes_from_rows
        from duologue.arena.integrity.examine import examine

        found = []
        for one in self._ballot.kinds() if kind is None else [kind]:
            rows = [r for r in self._ballot.rows(held=True, kind=one) if r["kind"] == one and r["count"] == 1]
            for finding in examine(votes_from_rows(rows), checks):
                found.append((finding, [int(rows[row]["number"]) for row in finding.rows]))
        return self.hold(found, actor=actor)

    def hold(self, findings: Iterable[tuple[Finding, Sequence[int]]], *, actor: str) -> list[Case]:
        """Hold votes by number for these findings, those apart that stand already or were released."""
        now = datetime.now(UTC)
        made = []
        with self._store.session() as session:
            for finding, numbers in findings:
                known = self._known(session, finding.check, finding.subject[:200])
                new = [number for number in dict.fromkeys(numbers) if number not in known]
                if not new:
                    continue
                row = FindingRow(
                    id=new_ulid(),
                    created=now,
                    check=finding.check,
                    subject=finding.subject[:200],
                    reason=finding.reason,
                    state="held",
                    reviewer="",
                    reviewed=None,
                    note="",
                )
                session.add(row)
                session.flush()
                session.add_all(HeldRow(finding=row.id, vote=number) for number in new)
                detail = {"check": row.check, "subject": row.subject, "votes": len(new), "reason": row.reason}
                record(session, actor, "arena.hold", row.id, detail, now)
                made.append(_case(row, len(new)))
        return made

    @staticmethod
    def _known(session: Session, check: str, subject: str) -> set[int]:
        """Votes that a finding of this check and subject is about, whatever was decided."""
        query = select(HeldRow.vote).join(FindingRow)
        return set(session.scalars(query.where(FindingRow.check == check, FindingRow.subject == subject)))

    def review(self, id: str, decision: Decision, *, reviewer: str, note: str = "") -> Case:
        """Uphold a finding, release its votes, or hold them again."""
        if decision not in _STATES:
            raise ArenaError(f"'{decision}' is no decision; give uphold, release or hold")
        if not reviewer.strip():
            raise ArenaError("a review has a reviewer; say who decides")
        now = datetime.now(UTC)
        with self._store.session() as session:
            row = session.get(FindingRow, id)
            if row is None:
                raise ArenaError(f"there is no finding '{id[:40]}'")
            before, row.state = row.state, _STATES[decision]
            row.reviewer, row.reviewed, row.note = reviewer[:200], now, note
            detail = {"from": before, "to": row.state, "note": note}
            record(session, reviewer[:200], f"arena.{decision}", id, detail, now)
            count = session.scalar(select(func.count()).where(HeldRow.finding == id)) or 0
            return _case(row, count)

    def cases(self, state: str = "") -> list[Case]:
        """All findings, or those in a state (held, upheld, released), the newest first."""
        if state and state not in _STATES.values():
            raise ArenaError(f"'{state}' is no state; give held, upheld or released")
        query = (
            select(FindingRow, func.count(HeldRow.vote))
            .join(HeldRow, isouter=True)
            .group_by(FindingRow.id)
            .order_by(FindingRow.id.desc())
        )
        if state:
            query = query.where(FindingRow.state == state)
        with self._store.reading() as session:
            return [_case(row, count) for row, count in session.execute(query)]

    def numbers(self, id: str) -> list[int]:
        """The votes that a finding is about."""
        with self._store.reading() as session:
            query = select(HeldRow.vote).where(HeldRow.finding == id).order_by(HeldRow.vote)
            return list(session.scalars(query))


def _case(row: FindingRow, votes: int) -> Case:
    return Case(
        id=row.id,
        created=row.created,
        check=row.check,
        subject=row.subject,
        reason=row.reason,
        state=row.state,
        votes=votes,
        reviewer=row.reviewer,
        reviewed=row.reviewed,
        note=row.note,
    )
