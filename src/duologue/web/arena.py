"""The pages of the arena: battles of text and speech, side by side, the leaderboard, the method.

Design choices
- The leaderboard is a form that asks by address: it works without a script, a filter can be linked to, and
  the plots are SVG in the page.
- The pages of battles hold the prompts that are offered; all else they do through /v1/arena.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from duologue.arena.battles import MOST_PROMPT, MOST_SPOKEN
from duologue.arena.board import Board, View
from duologue.arena.categories import LENGTHS, SPEECH_TASKS, TEXT_TASKS
from duologue.arena.contestants import Kind
from duologue.arena.matchmaking import Pairing
from duologue.arena.prompts import offered
from duologue.gateway.errors import GatewayError
from duologue.server.arena import Arena
from duologue.server.arenaboard import view_of
from duologue.server.hall import Hall
from duologue.server.state import Here
from duologue.web.charts import battles_chart, ratings_chart, shares_chart
from duologue.web.pages import refused
from duologue.web.templating import render
from duologue.web.visitor import Visitor, form_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
MOST_IN_MATRIX = 30
"""Contestants that the matrices show: the best ones."""
MOST_CASES = 200
"""Findings that the page of reviews shows: the newest."""
_TITLES = {"": "All", "und": "Undetermined"}


def _page(request: Request, name: str, who: Any, **context: Any) -> Response:
    return render(request, name, here="arena", admin=who.may("admin"), **context)


@router.get("/arena")
async def text(request: Request, arena: Arena, who: Visitor) -> Response:
    """A battle of texts."""
    if not who.may("arena"):
        return refused(request, "the arena", "arena")
    return _page(
        request, "arena_text.html", who, contestants=len(arena.roster.active("text")), most=MOST_PROMPT,
        offers=[p.prompt for p in offered("text")],
    )  # fmt: skip


@router.get("/arena/speech")
async def speech(request: Request, arena: Arena, who: Visitor) -> Response:
    """A battle of speech."""
    if not who.may("arena"):
        return refused(request, "the arena", "arena")
    groups: dict[str, list[str]] = {}
    for prompt in offered("speech"):
        groups.setdefault(prompt.task.capitalize(), []).append(prompt.prompt)
    return _page(
        request, "arena_speech.html", who, contestants=len(arena.roster.active("speech")), most=MOST_SPOKEN,
        offers=list(groups.items()),
    )  # fmt: skip


@router.get("/arena/side-by-side")
async def side_by_side(request: Request, arena: Arena, who: Visitor, kind: str = "text") -> Response:
    """Two contestants of one's choice."""
    if not who.may("arena"):
        return refused(request, "the arena", "arena")
    chosen: Kind = "speech" if kind == "speech" else "text"
    return _page(
        request, "arena_side.html", who, kind=chosen, names=[c.name for c in arena.roster.active(chosen)],
        most=MOST_PROMPT if chosen == "text" else MOST_SPOKEN, sample=offered(chosen)[0].prompt,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """A contestant as the table shows it."""

    rank: str
    name: str
    rating: str
    interval: str
    battles: int
    won: str
    retired: bool


def _rows(board: Board, gone: frozenset[str]) -> list[_Row]:
    def end(x: float) -> str:
        return "−∞" if x == float("-inf") else "∞" if x == float("inf") else f"{x:.0f}"

    rows = []
    for s in board.leaderboard.contestants:
        score = s.wins + (s.ties + s.both_bad) / 2
        rows.append(
            _Row(
                rank="–" if s.rank is None else str(s.rank),
                name=s.name,
                rating="–" if s.rank is None else f"{s.rating:.0f}",
                interval="–" if s.rank is None else f"{end(s.lower)} to {end(s.upper)}",
                battles=s.battles,
                won=f"{100 * score / s.battles:.0f} %" if s.battles else "–",
                retired=s.name in gone,
            )
        )
    return rows


def _charts(board: Board, gone: frozenset[str]) -> dict[str, Any]:
    """What the leaderboard draws, best first."""
    shares, met = board.tally.matrices()
    ranked = [s.name for s in board.leaderboard.contestants if s.rank is not None][:MOST_IN_MATRIX]
    order = [board.tally.names.index(name) for name in ranked]
    shares, met = shares[order][:, order], met[order][:, order]
    return {
        "ratings": ratings_chart(board.leaderboard.contestants, board.leaderboard.confidence, gone),
        "shares": shares_chart(ranked, shares, met) if len(ranked) > 1 else None,
        "pairs": battles_chart(ranked, met) if len(ranked) > 1 else None,
    }


def _made(arena: Hall, view: View) -> dict[str, Any]:
    """What the page of a view shows."""
    board, gone = arena.boards.of(view), arena.retired()
    seen = board.tally.names if board else ()
    return {
        "board": board.leaderboard if board else None,
        "rows": _rows(board, gone) if board else [],
        "waiting": [c.name for c in arena.roster.active(view.kind) if c.name not in seen],
        "charts": _charts(board, gone) if board else {},
        "judges": arena.jury.agreements(arena.ballot, view.kind),
        "absent": arena.jury.absent,
        "held": arena.ballot.held(),
        "languages": arena.languages(view.kind),
    }  # fmt: skip


@router.get("/arena/leaderboard")
async def leaderboard(
    request: Request,
    here: Here,
    arena: Arena,
    who: Visitor,
    kind: Annotated[str, Query(max_length=10)] = "text",
    task: Annotated[str, Query(max_length=40)] = "",
    language: Annotated[str, Query(max_length=8)] = "",
    length: Annotated[str, Query(max_length=8)] = "",
    style: str = "",
) -> Response:
    """Who leads, by how much, and how sure that is."""
    if not who.may("arena"):
        return refused(request, "the arena", "arena")
    try:
        view = view_of(kind, task, language, length, style in ("on", "true", "1"))
    except GatewayError:
        view = View(kind="speech" if kind == "speech" else "text")
    made = await here.bridge.run(lambda: _made(arena, view))
    return _page(
        request, "arena_board.html", who, view=view, titles=_TITLES, lengths=LENGTHS,
        tasks=TEXT_TASKS if view.kind == "text" else SPEECH_TASKS, **made,
    )  # fmt: skip


@router.get("/arena/method")
async def method(request: Request, here: Here, arena: Arena, who: Visitor) -> Response:
    """How battles, ratings and checks work here."""
    if not who.may("arena"):
        return refused(request, "the arena", "arena")
    counts = await here.bridge.run(arena.counts)
    return _page(request, "arena_method.html", who, pairing=Pairing(), counts=counts, judges=arena.jury.names,
                 absent=arena.jury.absent)  # fmt: skip


@router.get("/arena/review")
async def review(request: Request, here: Here, arena: Arena, who: Visitor) -> Response:
    """What the checks hold, for whoever may decide about it."""
    if not who.may("admin"):
        return refused(request, "reviewing votes", "arena")
    cases = (await here.bridge.run(arena.quarantine.cases))[:MOST_CASES]
    counts = await here.bridge.run(arena.counts)
    return _page(request, "arena_review.html", who, cases=cases, counts=counts)


@router.post("/arena/review")
async def decide(request: Request, here: Here, arena: Arena, who: Visitor) -> Response:
    """Take a decision, or run the checks, and show the page again."""
    if not who.may("admin"):
        return refused(request, "reviewing votes", "arena")
    form = await form_of(request)
    id, decision, note = (form.get(name, [""])[0] for name in ("id", "decision", "note"))

    def act() -> None:
        if decision == "examine":
            arena.examine()
        else:
            arena.quarantine.review(id, decision, reviewer=who.name or "local", note=note[:2000])  # type: ignore[arg-type]

    await here.bridge.run(act)
    return RedirectResponse("/arena/review", 303)
