"""What every handler of one server shares: settings, gateway, store, bridge, figures.

A handler asks for it by type: `async def route(here: Here)`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from duologue.server.bridge import Bridge, Flow, Lane
from duologue.server.journal import note
from duologue.server.metrics import Metrics
from duologue.server.settings import Settings
from duologue.server.stream import gone

if TYPE_CHECKING:
    from starlette.requests import Request

    from duologue.gateway.caller import Caller
    from duologue.gateway.gateway import Gateway
    from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest
    from duologue.server.access import Keys
    from duologue.store import Store

__all__ = ["Here", "State", "address", "headers_of"]


def address(connection: HTTPConnection) -> str:
    """The client's address, for taking turns and limits."""
    return connection.client.host if connection.client else "local"


@dataclass(slots=True)
class State:
    """One server. draining: it has been told to stop. sockets: open conversations. wyoming_port: where
    Wyoming listens."""

    settings: Settings
    gateway: Gateway
    store: Store
    keys: Keys
    bridge: Bridge
    metrics: Metrics
    ready: bool = False
    draining: bool = False
    sockets: int = 0
    wyoming_port: int | None = None

    async def speak(
        self,
        asked: SpeechRequest,
        who: Caller,
        request: Request,
        leave: Callable[[], None] | None = None,
    ) -> Flow[SpeechPiece]:
        """`asked` by the gateway, when its first piece is there. leave: see `Bridge.begin`. Raises
        GatewayError.
        """
        return await self._begin(self.gateway.speak, asked, who, request, self.bridge.speech, leave)

    async def chat(self, asked: ChatRequest, who: Caller, request: Request) -> Flow[ChatPiece]:
        """`asked` by the gateway, when its first piece is there. Raises GatewayError."""
        return await self._begin(self.gateway.chat, asked, who, request, self.bridge.text)

    async def _begin(
        self,
        method: Callable[..., Any],
        asked: Any,
        who: Caller,
        request: Request,
        lane: Lane,
        leave: Callable[[], None] | None = None,
    ) -> Flow[Any]:
        turn = who.key_id or address(request)
        call = functools.partial(method, asked, caller=who)
        left = functools.partial(gone, request.receive)
        flow = await self.bridge.begin(lambda cancel: call(cancel=cancel), turn, lane, left, leave)
        choice = flow.served.choice
        note(request.scope, id=flow.served.id, deployment=choice.deployment, reason=choice.reason)
        return flow

    async def ended(self, flow: Flow[Any], request: Request, left: bool = False) -> Any:
        charge = await flow.close()
        self.metrics.charge(flow.served.choice.deployment, charge)
        if left:
            self.metrics.cancelled.inc()
            note(request.scope, gone=True)
        return charge


def headers_of(flow: Flow[Any], charge: Any = None) -> dict[str, str]:
    """What every model answer says in its headers; the cost where it is known."""
    served = flow.served
    headers = {
        "x-request-id": served.id,
        "x-duologue-deployment": _plain(served.choice.deployment),
        "x-duologue-reason": _plain(served.choice.reason),
    }
    if charge is not None:
        headers["x-duologue-cost"] = f"{charge.money} {charge.currency}"
    return headers


def _plain(text: str) -> str:
    """As a header can carry it."""
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:300]


async def _state(connection: HTTPConnection) -> State:  # a plain function would cost a thread a request
    return cast("State", connection.app.state.duologue)


Here = Annotated[State, Depends(_state)]
