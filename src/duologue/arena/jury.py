"""The automatic judges of an arena: what they said of its battles, and how far they agree with its voters.

Design choices
- A judge hears a battle after its vote, so that it delays nobody; its verdict is kept by battle and judge.
- A judge whose packages aren't there is left out and said so once; the others go on.
- Speech is judged from the clips that people heard, equally loud, as long as they lie on the shelf.
- Agreement counts votes that count: those of held voters and of leaked battles are left out.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from duologue.arena.agreement import Agreement, agreement
from duologue.arena.battle import Battle
from duologue.arena.battletable import BattleRow, JudgementRow
from duologue.arena.clips import RATE, Shelf
from duologue.arena.duet import SIDES, Side
from duologue.arena.errors import ArenaError
from duologue.arena.judging import JUDGES, Exhibit, Judge, Judgement, judge, judge_named

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from duologue.arena.ballot import Ballot
    from duologue.arena.contestants import Kind
    from duologue.store.store import Store

__all__ = ["Jury"]


class Jury:
    """Judges by name over the battles of a store. Raises ArenaError for a name that no judge has."""

    def __init__(self, store: Store, shelf: Shelf, names: Sequence[str] = ("checks",)) -> None:
        self._store, self._shelf = store, shelf
        self._judges: list[Judge] = []
        self.absent: dict[str, str] = {}
        for name in dict.fromkeys(names):
            if name not in JUDGES:
                raise ArenaError(f"no judge '{name}'; there are {', '.join(JUDGES)}")
            try:
                self._judges.append(judge_named(name))
            except ArenaError as error:
                self.absent[name] = str(error)

    @property
    def names(self) -> list[str]:
        """Those who judge."""
        return [j.name for j in self._judges]

    def hear(self, battle: Battle) -> list[Judgement]:
        """Have all judges of its kind judge a battle, and keep what they say; what can't be judged is left
        out."""
        made = []
        for by in self._judges:
            if by.kind != battle.kind:
                continue
            try:
                made.append(judge(by, *(self._exhibit(battle, side) for side in SIDES)))
            except ArenaError:
                continue
        with self._store.session(lazy=True) as session:
            for found in made:
                session.merge(
                    JudgementRow(
                        battle=battle.id,
                        judge=found.judge,
                        created=datetime.now(UTC),
                        winner=found.winner,
                        left=found.left.value,
                        right=found.right.value,
                        detail={"left": list(found.left.reasons), "right": list(found.right.reasons)},
                    )
                )
        return made

    def pending(self, kind: Kind, most: int = 200) -> list[Battle]:
        """Battles with a vote that a judge of their kind hasn't heard, the newest first."""
        found: dict[str, Battle] = {}
        with self._store.reading() as session:
            for by in self._judges:
                if by.kind != kind:
                    continue
                heard = select(JudgementRow.battle).where(JudgementRow.judge == by.name)
                rows = session.scalars(
                    select(BattleRow)
                    .where(BattleRow.kind == kind, BattleRow.winner != "", BattleRow.leak == "")
                    .where(BattleRow.id.not_in(heard))
                    .order_by(BattleRow.id.desc())
                    .limit(most)
                )
                found |= {row.id: row.battle() for row in rows}
        return list(found.values())

    def agreements(self, ballot: Ballot, kind: Kind) -> dict[str, Agreement]:
        """By judge that has judged any battle of this kind with a vote that counts."""
        voted = {row["battle"]: row["winner"] for row in ballot.rows(kind=kind) if row["battle"]}
        pairs: dict[str, list[tuple[str, str]]] = {}
        with self._store.reading() as session:
            for battle, name, winner in session.execute(
                select(JudgementRow.battle, JudgementRow.judge, JudgementRow.winner)
            ):
                if battle in voted:
                    pairs.setdefault(name, []).append((voted[battle], winner))
        return {name: agreement(found) for name, found in sorted(pairs.items())}

    def _exhibit(self, battle: Battle, side: Side) -> Exhibit:
        if battle.kind == "speech":
            return Exhibit(
                prompt=battle.prompt,
                task=battle.task,
                audio=_samples(self._shelf.get(battle.id, side)),
                rate=RATE,
            )
        last = battle.turns[-1]
        # Later turns are talk about an earlier one: they are judged as such.
        task = battle.task if len(battle.turns) == 1 else "chat"
        return Exhibit(prompt=last.prompt, task=task, answer=last.answer(side))


def _samples(data: bytes) -> NDArray[np.float32]:
    """A clip of the shelf as (S,) float32."""
    import numpy as np

    with wave.open(io.BytesIO(data)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return samples.astype(np.float32) / np.float32(32768)
