"""/v1/arena/leaderboard: ratings, pairs, judges, as JSON; the page draws from the same.

Design choices
- A view is a kind and filters; what is no task or length is an error that lists the right ones, not an empty
  board.
- An interval without an end is null, since JSON has no infinity.
- Whoever has the scope `arena` sees all of it: battles per contestant and per pair are published, and so is
  how many votes are held.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from duologue.arena.agreement import Agreement
from duologue.arena.board import Board, View
from duologue.arena.categories import LENGTHS, SPEECH_TASKS, TEXT_TASKS
from duologue.server.access import Who, allowed
from duologue.server.arena import Arena
from duologue.server.errors import ERRORS, refuse
from duologue.server.state import Here

__all__ = ["router", "view_of"]

router = APIRouter(prefix="/v1/arena", tags=["arena"])
_SOME: dict[int | str, dict[str, Any]] = {k: ERRORS[k] for k in (400, 401, 403)}


class Place(BaseModel):
    """A contestant. lower, upper: null where the votes set no bound; rank: null where nothing links it."""

    name: str
    rating: float
    lower: float | None
    upper: float | None
    rank: int | None
    battles: int
    wins: int
    losses: int
    ties: int
    both_bad: int
    retired: bool


class StyleEffect(BaseModel):
    """Points for a difference in style of one root mean square."""

    name: str
    points: float
    lower: float | None
    upper: float | None


class PairCount(BaseModel):
    """How often two have met; share: won by the first, ties as half."""

    first: str
    second: str
    battles: int
    share: float


class JudgeAgreement(BaseModel):
    """How far a program agrees with the votes; see `duologue.arena.agreement`."""

    judge: str
    battles: int
    share: float | None
    lower: float
    upper: float
    kappa: float | None
    kappa_lower: float | None
    kappa_upper: float | None
    decided: int
    decided_share: float | None
    decided_lower: float
    decided_upper: float


class Leaders(BaseModel):
    """A leaderboard: who leads, by how many votes, and what is known beside it."""

    kind: str
    task: str
    language: str
    length: str
    style: bool
    votes: int
    held: int
    confidence: float
    contestants: list[Place]
    effects: list[StyleEffect]
    pairs: list[PairCount]
    judges: list[JudgeAgreement]
    notices: list[str]


def finite(x: float) -> float | None:
    """`x` where JSON can hold it."""
    return round(x, 4) if math.isfinite(x) else None


def view_of(kind: str, task: str, language: str, length: str, style: bool) -> View:
    """The view asked for. Raises GatewayError 400 for a task or length there isn't."""
    tasks = TEXT_TASKS if kind == "text" else SPEECH_TASKS
    if kind not in ("text", "speech"):
        raise refuse(f"kind is '{kind[:40]}'; give text or speech", param="kind")
    if task and task not in tasks:
        raise refuse(f"task is '{task[:40]}'; give one of {', '.join(tasks)}", param="task")
    if length and length not in LENGTHS:
        raise refuse(f"length is '{length[:40]}'; give one of {', '.join(LENGTHS)}", param="length")
    return View(kind=kind, task=task, language=language[:8], length=length, style=style)  # type: ignore[arg-type]


def _agreement(name: str, found: Agreement) -> JudgeAgreement:
    return JudgeAgreement(
        judge=name,
        battles=found.battles,
        share=finite(found.share),
        lower=round(found.lower, 4),
        upper=round(found.upper, 4),
        kappa=finite(found.kappa),
        kappa_lower=finite(found.kappa_lower),
        kappa_upper=finite(found.kappa_upper),
        decided=found.decided,
        decided_share=finite(found.decided_share),
        decided_lower=round(found.decided_lower, 4),
        decided_upper=round(found.decided_upper, 4),
    )


def leaders(
    view: View, board: Board | None, held: int, retired: frozenset[str], judges: dict[str, Agreement]
) -> Leaders:
    """The board as it is sent."""
    standings = board.leaderboard.contestants if board is not None else ()
    return Leaders(
        kind=view.kind,
        task=view.task,
        language=view.language,
        length=view.length,
        style=view.style,
        votes=board.leaderboard.votes if board is not None else 0,
        held=held,
        confidence=board.leaderboard.confidence if board is not None else 0.95,
        contestants=[
            Place(
                name=s.name,
                rating=round(s.rating, 2),
                lower=finite(s.lower),
                upper=finite(s.upper),
                rank=s.rank,
                battles=s.battles,
                wins=s.wins,
                losses=s.losses,
                ties=s.ties,
                both_bad=s.both_bad,
                retired=s.name in retired,
            )
            for s in standings
        ],
        effects=[
            StyleEffect(name=e.name, points=round(e.points, 2), lower=finite(e.lower), upper=finite(e.upper))
            for e in (board.leaderboard.effects if board is not None else ())
        ],
        pairs=[
            PairCount(first=a, second=b, battles=met.battles, share=round(met.share, 4))
            for (a, b), met in (board.pairs() if board is not None else {}).items()
        ],
        judges=[_agreement(name, found) for name, found in judges.items()],
        notices=list(board.leaderboard.notices) if board is not None else [],
    )


@router.get("/leaderboard", responses=_SOME)
async def leaderboard(
    here: Here,
    arena: Arena,
    who: Who,
    kind: Literal["text", "speech"] = "text",
    task: Annotated[str, Query(max_length=40)] = "",
    language: Annotated[str, Query(max_length=8)] = "",
    length: Annotated[str, Query(max_length=8)] = "",
    style: bool = False,
) -> Leaders:
    """The leaderboard of a kind, a task, a language, a length; with style control if asked for."""
    allowed(who, "arena")
    view = view_of(kind, task, language, length, style)

    def make() -> Leaders:
        board = arena.boards.of(view)
        judges = arena.jury.agreements(arena.ballot, view.kind)
        return leaders(view, board, arena.ballot.held(), arena.retired(), judges)

    return await here.bridge.run(make)
