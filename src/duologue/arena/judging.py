"""Automatic judges: programs that say which of two answers is better, beside the votes of people.

Design choices
- A judge scores each answer by itself, more is better, and a difference below its `margin` is a tie: so it
  knows no sides, can't be swayed by order, and its scores can be shown. Two answers below `floor` are both
  bad.
- Judges are found by name and loaded when first asked; one whose packages aren't there says how to get them.
- A judge never votes: its verdicts are another table, another column of a file, another line on a page, and
  how far they agree with people is measured (agreement.py).

The judges: `checks` (text, the programmatic checks of `duologue.text.checks`), `distillmos` and `wer`
(speech).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from duologue.arena.contestants import Kind
from duologue.arena.errors import ArenaError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["JUDGES", "Exhibit", "Judge", "Judgement", "Score", "judge", "judge_named", "judges_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exhibit:
    """What is judged: an answer to a prompt.

    source: what a program can hold the answer to (see `duologue.text.checks`): {"text": ...}, constraints, a
    schema. audio: (S,) float32 in [-1, 1] at `rate` Hz, for speech; `prompt` is the text that it speaks.
    """

    prompt: str
    task: str
    answer: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    audio: NDArray[np.float32] | None = None
    rate: int = 24_000


@dataclass(frozen=True, slots=True)
class Score:
    """How good: more is better. reasons: what was found, in words."""

    value: float
    reasons: tuple[str, ...] = ()


class Judge(Protocol):
    """One judge. margin: differences below it are ties. floor: two answers below it are both bad."""

    name: str
    kind: Kind
    margin: float
    floor: float

    def score(self, exhibit: Exhibit) -> Score:
        """How good an answer is. Raises ArenaError for what it can't judge."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What a judge made of a battle; winner: a word of OUTCOMES, left being model_a."""

    judge: str
    winner: str
    left: Score
    right: Score


def judge(by: Judge, left: Exhibit, right: Exhibit) -> Judgement:
    """Compare two answers. Raises ArenaError for what the judge can't judge."""
    scores = by.score(left), by.score(right)
    difference = scores[0].value - scores[1].value
    if abs(difference) < by.margin:
        winner = "both_bad" if max(s.value for s in scores) < by.floor else "tie"
    else:
        winner = "model_a" if difference > 0 else "model_b"
    return Judgement(judge=by.name, winner=winner, left=scores[0], right=scores[1])


def _checks() -> Judge:
    from duologue.arena.checkjudge import CheckJudge

    return CheckJudge()


def _distillmos() -> Judge:
    from duologue.arena.hearingjudges import DistillMosJudge

    return DistillMosJudge()


def _wer() -> Judge:
    from duologue.arena.hearingjudges import WerJudge

    return WerJudge()


JUDGES: Mapping[str, tuple[Kind, Callable[[], Judge]]] = {
    "checks": ("text", _checks),
    "distillmos": ("speech", _distillmos),
    "wer": ("speech", _wer),
}
"""By name: what they judge, and how they are made."""


def judge_named(name: str) -> Judge:
    """The judge of that name. Raises ArenaError for an unknown one, or where its packages are missing."""
    if name not in JUDGES:
        raise ArenaError(f"no judge '{name}'; there are {', '.join(JUDGES)}")
    return JUDGES[name][1]()


def judges_of(kind: Kind) -> list[str]:
    """The names of those who judge this kind."""
    return [name for name, (what, _) in JUDGES.items() if what == kind]
