"""Turns of several voices, spoken one after the other as one stream of pieces.

Design choices
- One place in the queue for the whole talk, so that it is never refused in its middle; a request to the
  gateway and a row of the ledger for each turn.
- Every turn is looked at before anything is spoken: a wrong name or style in the last one, or a text with
  nothing to say, is told at once, not by a broken stream.
- All turns must come at one sample rate; a partner that changes it breaks the talk off.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from duologue.gateway.errors import GatewayError
from duologue.gateway.requests import SpeechPiece, SpeechRequest
from duologue.server.access import allowed
from duologue.server.bridge import Flow
from duologue.server.state import State, address

if TYPE_CHECKING:
    from starlette.requests import Request

    from duologue.gateway.caller import Caller

__all__ = ["Talk", "Turn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says. pause: seconds of silence after it."""

    asked: SpeechRequest
    pause: float = 0.3


@dataclass(slots=True)
class Talk:
    """The turns under way; `open` it, iterate over it, `close` it in any case."""

    turns: Sequence[Turn]
    who: Caller
    request: Request
    here: State
    charges: list[Any] = field(default_factory=list)
    flow: Flow[SpeechPiece] | None = None
    _leave: Any = None

    async def open(self) -> Flow[SpeechPiece]:
        """Begin with the first turn; its faults are raised here."""
        allowed(self.who, "speech")
        self._leave = self.here.bridge.enter(self.who.key_id or address(self.request))
        try:
            if len(self.turns) > 1:
                await self.here.bridge.run(self._check)
            self.flow = await self._begin(self.turns[0])
        except BaseException:
            self._leave()
            raise
        return self.flow

    def _check(self) -> None:
        for number, turn in enumerate(self.turns):
            try:
                self.here.gateway.check(turn.asked)
            except GatewayError as error:
                if error.status != 400:
                    raise
                raise GatewayError(
                    f"turn {number}: {error}", code=error.code, param=f"inputs.{number}"
                ) from error

    async def _begin(self, turn: Turn) -> Flow[SpeechPiece]:
        return await self.here.speak(turn.asked, self.who, self.request, leave=lambda: None)

    async def pieces(self) -> AsyncIterator[tuple[int, SpeechPiece]]:
        """(number of the turn, piece), pauses as pieces without words."""
        rate = 0
        for number, turn in enumerate(self.turns):
            if number:
                self.flow = await self._begin(turn)
            assert self.flow is not None
            async for piece in self.flow:
                if rate and piece.sample_rate != rate:
                    raise GatewayError(
                        f"turn {number} came at {piece.sample_rate} Hz, those before at {rate} Hz", status=502
                    )
                rate = piece.sample_rate
                yield number, piece
            self.charges.append(await self.here.ended(self.flow, self.request))
            if number + 1 < len(self.turns) and turn.pause:
                yield (
                    number,
                    SpeechPiece(audio=np.zeros(round(turn.pause * rate), np.float32), sample_rate=rate),
                )

    async def close(self, left: bool) -> None:
        """Stop what is under way and give the place back."""
        try:
            if self.flow is not None and len(self.charges) < len(self.turns):
                self.charges.append(await self.here.ended(self.flow, self.request, left))
        finally:
            if self._leave is not None:
                self._leave()

    @property
    def cost(self) -> str:
        """Money of all turns so far."""
        money = sum((charge.money for charge in self.charges), Decimal(0))
        return f"{money} {self.charges[0].currency}" if self.charges else "0"
