"""/v1/arena: votes and preferences as files, and what the checks hold, to be reviewed.

Design choices
- Votes without words and without hashes are for whoever may use the arena; hashes of voters, words of
  answers, findings and decisions are for the scope `admin`.
- A decision names its reviewer: the key's name, or this machine's user.
- Files are made whole in a thread: a hundred thousand votes are ten megabytes.
"""

from __future__ import annotations

import functools
import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from duologue.arena.errors import ArenaError
from duologue.arena.export import export_votes
from duologue.arena.preferences import preferences
from duologue.arena.quarantine import Case
from duologue.server.access import Who, allowed
from duologue.server.arena import Arena
from duologue.server.errors import ERRORS, refuse
from duologue.server.state import Here

__all__ = ["router"]

router = APIRouter(prefix="/v1/arena", tags=["arena"])
_SOME: dict[int | str, dict[str, Any]] = {k: ERRORS[k] for k in (400, 401, 403, 404)}
_ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_KINDS = {"csv": "text/csv", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}


class Finding(BaseModel):
    """Votes that a check holds, and what was decided about them. state: held, upheld, released."""

    id: str
    created: datetime
    check: str
    subject: str
    reason: str
    state: str
    votes: int
    reviewer: str
    reviewed: datetime | None
    note: str

    @classmethod
    def of(cls, case: Case) -> Finding:
        """As it is sent."""
        return cls(**{name: getattr(case, name) for name in cls.model_fields})


class Findings(BaseModel):
    """Findings, newest first."""

    data: list[Finding]


class Review(BaseModel):
    """A decision: uphold the hold, release the votes, or hold them again."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["uphold", "release", "hold"]
    note: str = Field(default="", max_length=2_000)


def _file(data: bytes, name: str, format: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}.{format}"', "cache-control": "no-store"}
    return Response(data, media_type=_KINDS[format], headers=headers)


@router.get(
    "/votes.{format}",
    response_class=Response,
    responses={200: {"description": "The votes", "content": {k: {} for k in _KINDS.values()}}, **_SOME},
)
async def votes(
    format: Literal["csv", "jsonl", "parquet"],
    here: Here,
    arena: Arena,
    who: Who,
    kind: Literal["", "text", "speech"] = "",
    held: bool = False,
    private: bool = False,
) -> Response:
    """The votes that count (with `held` all of them); with `private` also hashes, for the scope admin."""
    allowed(who, "arena")
    if private or held:
        allowed(who, "admin")
    make = functools.partial(_votes, arena, format, kind, held, private)
    try:
        return _file(await here.bridge.run(make), f"votes-{kind or 'all'}", format)
    except ArenaError as error:
        raise refuse(str(error)) from None


def _votes(arena: Any, format: str, kind: str, held: bool, private: bool) -> bytes:
    return export_votes(arena.ballot.rows(kind=kind, held=held), format, private)


@router.get(
    "/preferences.jsonl",
    response_class=Response,
    responses={200: {"description": "prompt, chosen, rejected", "content": {_KINDS["jsonl"]: {}}}, **_SOME},
)
async def preference_file(here: Here, arena: Arena, who: Who) -> Response:
    """Preferences of text battles whose voters agreed to that use; for the scope admin."""
    allowed(who, "admin")

    def make() -> bytes:
        found = preferences(arena.ballot.rows(kind="text"), arena.words)
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found).encode()

    return _file(await here.bridge.run(make), "preferences", "jsonl")


@router.get("/findings", responses=_SOME)
async def findings(
    here: Here,
    arena: Arena,
    who: Who,
    state: Annotated[Literal["", "held", "upheld", "released"], Query()] = "",
) -> Findings:
    """What the checks have found; for the scope admin."""
    allowed(who, "admin")
    found = await here.bridge.run(lambda: arena.quarantine.cases(state))
    return Findings(data=[Finding.of(case) for case in found])


@router.post("/findings/{id}", responses=_SOME)
async def review(
    id: Annotated[str, Path(pattern=_ULID)], order: Review, here: Here, arena: Arena, who: Who
) -> Finding:
    """Decide about a finding; any decision can be changed later. For the scope admin."""
    allowed(who, "admin")
    decide = functools.partial(
        arena.quarantine.review, id, order.decision, reviewer=who.name or "local", note=order.note
    )
    try:
        return Finding.of(await here.bridge.run(decide))
    except ArenaError as error:
        raise refuse(str(error), 404, code="not_found") from None


@router.post("/examine", responses=_SOME)
async def examine(here: Here, arena: Arena, who: Who) -> Findings:
    """Run the checks now; returns what is new. For the scope admin."""
    allowed(who, "admin")
    return Findings(data=[Finding.of(case) for case in await here.bridge.run(arena.examine)])
