"""Preferences for tuning a text model: the same prompt, the answer that people chose and the one they didn't.

Design choices
- Only of votes with a winner whose voter agreed to this use, by what is said of consent now, and that no
  finding holds.
- Only of battles of one turn: later turns answer what each side itself said before, so there is no common
  prompt.
- Lines are what `duologue train text prefer` reads (`messages`, `chosen`, `rejected`), and `prompt` beside
  them for other tools; who gave which answer and the vote's number are there too.

Source: R. Rafailov et al., Direct preference optimization (2023), for what such pairs are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duologue.store.store import Store

__all__ = ["Words", "battle_words", "preferences"]

Words = Callable[[str], tuple[str, str, str] | None]
"""From a battle's id: prompt, left and right answer; None where they aren't known, or not a pair."""


def battle_words(store: Store) -> Words:
    """The words of the battles that a store keeps."""
    from duologue.arena.battletable import BattleRow

    def words(battle: str) -> tuple[str, str, str] | None:
        with store.reading() as session:
            row = session.get(BattleRow, battle)
            if row is None or len(row.turns) != 1:
                return None
            (turn,) = row.turns
            return turn["prompt"], turn["left"], turn["right"]

    return words


def preferences(rows: Iterable[Mapping[str, Any]], words: Words) -> Iterator[dict[str, Any]]:
    """Pairs of a ballot's rows (`Ballot.rows`), one mapping each."""
    for row in rows:
        if row["winner"] not in ("model_a", "model_b") or not row["consent"] or row["battle"] is None:
            continue
        found = words(row["battle"]) if row["kind"] in ("", "text") else None
        if found is None:
            continue
        prompt, left, right = found
        answers = [(left, row["model_a"]), (right, row["model_b"])]
        if row["winner"] == "model_b":
            answers.reverse()
        (chosen, winner), (rejected, loser) = answers
        if chosen.strip() and chosen != rejected:
            yield {
                "messages": [{"role": "user", "content": prompt}],
                "prompt": prompt,
                "chosen": chosen,
                "rejected": rejected,
                "chosen_model": winner,
                "rejected_model": loser,
                "vote": row["number"],
            }
