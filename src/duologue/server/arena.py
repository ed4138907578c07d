"""/v1/arena: battles over HTTP: begin, ask, hear, vote, and only then learn who it was.

Design choices
- Until the vote nothing says who answers: no names, no deployments, no prices, no times in bodies, headers or
  events; faults of a contestant come in words of ours. What names are known is decided in one place
  (`arenabodies.state_of`).
- A battle belongs to the key or the browser that began it; for everybody else it isn't there.
- A vote is answered after it is on the disk. Whether it counts is said with the names.
- Side by side is the same with `left` and `right` in the order: names in sight, and no vote.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import secrets
import threading
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, FastAPI, Path, Request, Response
from starlette.requests import HTTPConnection

from duologue.arena.battle import MOST_TURNS, Battle
from duologue.arena.errors import ArenaError
from duologue.arena.players import GatewayPlayers
from duologue.gateway.errors import GatewayError
from duologue.gateway.protocol import Cancel
from duologue.server.access import Who, allowed
from duologue.server.arenabodies import (
    Ask,
    BattleOrder,
    BattleState,
    Heard,
    Result,
    Revealed,
    VoteOrder,
    state_of,
)
from duologue.server.bridge import Flow
from duologue.server.errors import ERRORS, refuse
from duologue.server.events import event
from duologue.server.hall import Hall, voter_of
from duologue.server.state import Here, State, address
from duologue.server.stream import Stream, gone

__all__ = ["COOKIE", "Arena", "Entrant", "hall_of", "router"]

COOKIE = "duologue_voter"
_YEAR = 365 * 86_400
_ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"


@contextlib.asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    yield
    hall = getattr(app.state, "hall", None)
    if hall is not None:
        await asyncio.to_thread(hall.close)


router = APIRouter(prefix="/v1/arena", tags=["arena"], lifespan=_life)
_making = threading.Lock()


async def hall_of(connection: HTTPConnection, here: Here) -> Hall:
    """The arena of the server, made when it is first asked for."""
    state = connection.app.state

    def make() -> Hall:
        from duologue.store.place import home

        with _making:
            if getattr(state, "hall", None) is None:
                state.hall = Hall(here.store, here.gateway, home() / "arena")
            return cast("Hall", state.hall)

    if getattr(state, "hall", None) is None:
        return await here.bridge.run(make)
    return cast("Hall", state.hall)


class Voter:
    """Who battles: `owner` is a hash; `cookie` is set where the browser had none."""

    def __init__(self, request: Request, who: Any) -> None:
        held = request.cookies.get(COOKIE, "")
        known = re.fullmatch(r"[0-9a-f]{32}", held) is not None
        self.caller = who
        self.cookie = "" if known or who.key_id else secrets.token_hex(16)
        self.owner = voter_of(who, held if known else self.cookie)
        self.address = address(request)
        self.turn = who.key_id or self.address

    def remember(self, request: Request, response: Response) -> None:
        """Give the browser its cookie."""
        if self.cookie:
            response.set_cookie(
                COOKIE,
                self.cookie,
                max_age=_YEAR,
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )


def _voter(request: Request, who: Who) -> Voter:
    return Voter(request, allowed(who, "arena"))


Arena = Annotated[Hall, Depends(hall_of)]
Entrant = Annotated[Voter, Depends(_voter)]
BattleId = Annotated[str, Path(pattern=_ULID)]
SideName = Annotated[Literal["left", "right"], Path()]
_MORE: dict[int | str, dict[str, Any]] = {
    **{k: ERRORS[k] for k in (400, 401, 403, 404, 429, 503)},
    409: {**ERRORS[400], "description": "Not in this state of the battle"},
}


async def _found(id: str, arena: Hall, voter: Voter, here: State) -> Battle:
    """The voter's battle. Raises GatewayError 404 for another's and for none."""
    battle = await here.bridge.run(lambda: arena.battles.get(id, voter.owner))
    if battle is None:
        raise refuse("there is no such battle of yours; begin another one", 404, code="not_found")
    return battle


def _blind(error: GatewayError) -> GatewayError:
    """A contestant's fault in words that don't name it; the caller's own faults stay as they are."""
    if error.status in (401, 403) or error.code in ("insufficient_quota", "quota_exceeded"):
        return error
    return GatewayError(
        "one of the two can't answer this now; try again, or another prompt",
        status=error.status if error.passing else 502,
        code="contestant_unavailable",
        retry_after=error.retry_after,
    )


@router.post("/battles", status_code=201, responses=_MORE)
async def begin(
    order: BattleOrder, request: Request, response: Response, here: Here, arena: Arena, voter: Entrant
) -> BattleState:
    """Begin a battle. Of speech both clips are made before the answer."""
    mode: Literal["blind", "named"] = "named" if order.left or order.right else "blind"
    begin_ = functools.partial(
        arena.battles.begin,
        order.kind,
        order.prompt,
        owner=voter.owner,
        mode=mode,
        left=order.left,
        right=order.right,
    )
    battle = await here.bridge.run(begin_)
    voter.remember(request, response)
    if order.kind == "text":
        return state_of(battle)
    leave = here.bridge.enter(voter.turn)
    players = GatewayPlayers(here.gateway, voter.caller)
    try:
        return state_of(
            await here.bridge.speech.run(lambda: arena.battles.sound(battle, players), voter.turn)
        )
    except GatewayError as error:
        raise _blind(error) from None
    finally:
        leave()


@router.get("/battles/{id}", responses=_MORE)
async def state(id: BattleId, here: Here, arena: Arena, voter: Entrant) -> BattleState:
    """How a battle stands."""
    return state_of(await _found(id, arena, voter, here))


@router.post(
    "/battles/{id}/turns",
    response_class=Response,
    responses={
        200: {"description": "Events: piece, ended, done", "content": {"text/event-stream": {}}},
        **_MORE,
    },
)
async def turn(
    id: BattleId, ask: Ask, request: Request, here: Here, arena: Arena, voter: Entrant
) -> Response:
    """Ask both; the answers come as events `piece` with side and text, `ended` with a side, and `done`."""
    battle = await _found(id, arena, voter, here)
    if battle.winner or len(battle.turns) >= MOST_TURNS:
        raise refuse("this battle takes no more turns; vote, or begin another one", 409, code="conflict")
    players = GatewayPlayers(here.gateway, voter.caller)

    def start(cancel: Cancel) -> Any:
        answering = arena.battles.answer(battle, players, ask.prompt)
        cancel.on(answering.cancel)
        return answering

    left = functools.partial(gone, request.receive)
    flow = await here.bridge.begin(start, voter.turn, here.bridge.text, left)

    async def last(gone_: bool) -> None:
        await flow.close()

    return Stream(_events(flow), "text/event-stream", {"cache-control": "no-store"}, last)


async def _events(flow: Flow[Any]) -> AsyncIterator[bytes]:
    try:
        async for heard in flow:
            if heard.text:
                yield event({"side": heard.side, "text": heard.text}, "piece")
            if heard.ended:
                yield event({"side": heard.side}, "ended")
    except ArenaError as error:
        yield event({"error": {"message": str(error), "type": "invalid_request_error", "code": "broken"}})
        return
    battle = flow.served.battle
    yield event({"turns": len(battle.turns), "most": MOST_TURNS, "votable": battle.mode == "blind"}, "done")


@router.get(
    "/battles/{id}/clips/{side}.wav",
    response_class=Response,
    responses={200: {"description": "The clip", "content": {"audio/wav": {}}}, **_MORE},
)
async def clip(id: BattleId, side: SideName, here: Here, arena: Arena, voter: Entrant) -> Response:
    """A clip of a battle of speech; both are of one format and loudness."""
    battle = await _found(id, arena, voter, here)
    if battle.kind != "speech" or battle.ready is None:
        raise refuse("this battle has no clips", 409, code="conflict")
    try:
        data = await here.bridge.run(lambda: arena.battles.clip(battle, side))
    except ArenaError as error:
        raise refuse(str(error), 404, code="not_found") from None
    return Response(data, media_type="audio/wav", headers={"cache-control": "no-store"})


@router.post("/battles/{id}/heard", responses=_MORE)
async def heard(id: BattleId, order: Heard, here: Here, arena: Arena, voter: Entrant) -> BattleState:
    """Say that a clip has been heard to its end; 409 where that can't be yet."""
    battle = await _found(id, arena, voter, here)
    try:
        return state_of(await here.bridge.run(lambda: arena.battles.hear(battle, order.side)))
    except ArenaError as error:
        raise refuse(str(error), 409, code="conflict") from None


@router.post("/battles/{id}/vote", responses=_MORE)
async def vote(id: BattleId, order: VoteOrder, here: Here, arena: Arena, voter: Entrant) -> Result:
    """Vote, once; the answer comes when the vote is on the disk, with the names."""
    battle = await _found(id, arena, voter, here)
    cast_ = functools.partial(
        arena.vote, battle, order.winner, address=arena.address(voter.address), consent=order.consent
    )
    try:
        told = await here.bridge.run(cast_)
    except ArenaError as error:
        raise refuse(str(error), 409, code="conflict") from None
    left, right = await here.bridge.run(lambda: [arena.fact(told, side) for side in ("left", "right")])
    return Result(
        winner=order.winner,
        counted=not told.leak,
        note="It isn't counted: one of the answers said whose it is." if told.leak else "",
        left=Revealed(name=told.left, fact=left),
        right=Revealed(name=told.right, fact=right),
    )
