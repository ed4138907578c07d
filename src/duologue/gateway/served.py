"""An answer under way: its pieces, what it has cost so far, how to stop it.

    with gateway.speak(request, caller=caller) as served:
        for piece in served:
            ...
    served.charge.money

Design choices
- It exists once the first piece is there: whatever could fail over has done so.
- It ends once: at its last piece, at a fault, or at `close`, whichever comes first; then what was sent is
  charged, the turn is given back and the ledger told.
- `close` from another thread wakes what waits and returns when the work has stopped.
- Amounts a backend doesn't tell are estimated from what passed through: a quarter of the bytes of a text are
  about its tokens.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Generic, Literal, TypeVar

from duologue.gateway.attempt import Begun
from duologue.gateway.deployment import Deployment
from duologue.gateway.errors import GatewayError
from duologue.gateway.prices import Amounts
from duologue.gateway.protocol import Cancel, Kind
from duologue.gateway.requests import ChatPiece, ChatUsage, SpeechPiece

__all__ = ["Charge", "Choice", "Served", "State", "guessed_tokens"]

State = Literal["running", "done", "cancelled", "broken"]
PieceT = TypeVar("PieceT", ChatPiece, SpeechPiece)


def guessed_tokens(text: str) -> int:
    """About how many tokens a text is: a quarter of its bytes, at least one where there is any."""
    return -(-len(text.encode("utf-8", "replace")) // 4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Who serves a request and why. tried: what was asked before and couldn't, with its reason."""

    deployment: str
    model: str
    kind: Kind
    reason: str
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """What an answer cost, so far or at last.

    seconds: from the request on; first_seconds: to its first piece; compute_seconds: the share of the
    machine. estimated: whether any amount is our guess.
    """

    money: Decimal
    currency: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    characters: int
    audio_seconds: float
    seconds: float
    first_seconds: float
    compute_seconds: float
    estimated: bool


class Served(Generic[PieceT]):
    """The pieces of an answer; made by `Gateway.chat` and `Gateway.speak`."""

    def __init__(
        self,
        *,
        id: str,
        choice: Choice,
        deployment: Deployment,
        start: Begun[PieceT],
        cancel: Cancel,
        begun: float,
        sent: Amounts,
        currency: str,
        settle: Callable[[Served[PieceT], GatewayError | None], None],
    ) -> None:
        self.id = id
        self.choice = choice
        self.cancel = cancel
        self.state: State = "running"
        self.texts: list[str] = []
        self._deployment = deployment
        self._pieces: Iterator[PieceT] = start.pieces
        self._next: PieceT | None = start.first
        self._begun, self._compute, self._sent, self._currency = begun, start.compute, sent, currency
        self._settle: Callable[[Served[PieceT], GatewayError | None], None] = settle
        self._first_seconds = time.perf_counter() - begun
        self._ended: float | None = None
        self._usage: ChatUsage | None = None
        self._samples, self._rate = 0, 1
        self._bytes = 0
        self._pulling = threading.Lock()

    def __iter__(self) -> Iterator[PieceT]:
        return self

    def __next__(self) -> PieceT:
        with self._pulling:
            if self.state != "running":
                raise StopIteration
            piece, self._next = self._next, None
            if piece is None:
                piece = self._pull()
            self._note(piece)
            return piece

    def _pull(self) -> PieceT:
        since = self._deployment.enter()
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._compute += self._deployment.leave(since)
            self._end("cancelled" if self.cancel else "done")
            raise
        except BaseException as error:
            self._compute += self._deployment.leave(since)
            if self.cancel:
                self._end("cancelled")
                raise StopIteration from None
            fault = error if isinstance(error, GatewayError) else _as_fault(error)
            self._end("broken", fault)
            if fault is error or not isinstance(error, Exception):
                raise
            raise fault from error
        self._compute += self._deployment.leave(since)
        return piece

    def _note(self, piece: PieceT) -> None:
        if isinstance(piece, SpeechPiece):
            self._samples += len(piece.audio)
            self._rate = piece.sample_rate
            return
        self.texts.append(piece.text)
        self._bytes += len(piece.text.encode("utf-8", "replace"))
        self._bytes += sum(len(call.arguments) + len(call.name) for call in piece.tool_calls)
        self._usage = piece.usage or self._usage

    def _end(self, state: State, fault: GatewayError | None = None) -> None:
        if self.state != "running":
            return
        self.state = state
        self._ended = time.perf_counter()
        close = getattr(self._pieces, "close", None)
        try:
            if close is not None:
                close()
        finally:
            self._deployment.give_back()
            self._settle(self, fault)

    def close(self) -> None:
        """Stop it where it still runs, and charge what was sent. From any thread; once is enough.

        Returns when the work has stopped, which `cancel` alone doesn't wait for.
        """
        if self.state == "running":
            self.cancel()
        with self._pulling:
            self._end("cancelled")

    @property
    def amounts(self) -> Amounts:
        """How much has been done so far."""
        usage, sent = self._usage, self._sent
        audio = self._samples / self._rate
        if usage is not None:
            return Amounts(
                prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens,
                cached_tokens=usage.cached_tokens, characters=sent.characters, audio_seconds=audio,
                compute_seconds=self._compute, estimated=usage.estimated,
            )  # fmt: skip
        written = -(-self._bytes // 4)
        return Amounts(
            prompt_tokens=sent.prompt_tokens, completion_tokens=written, characters=sent.characters,
            audio_seconds=audio, compute_seconds=self._compute, estimated=bool(sent.prompt_tokens),
        )  # fmt: skip

    @property
    def charge(self) -> Charge:
        """What it has cost so far; final once `state` is no longer "running"."""
        amounts = self.amounts
        ended = self._ended or time.perf_counter()
        return Charge(
            money=self._deployment.config.prices.of(amounts), currency=self._currency,
            prompt_tokens=amounts.prompt_tokens, completion_tokens=amounts.completion_tokens,
            cached_tokens=amounts.cached_tokens, characters=amounts.characters,
            audio_seconds=amounts.audio_seconds, seconds=ended - self._begun,
            first_seconds=self._first_seconds, compute_seconds=amounts.compute_seconds,
            estimated=amounts.estimated,
        )  # fmt: skip

    @property
    def price_so_far(self) -> Decimal:
        """The money alone."""
        return self.charge.money

    def __enter__(self) -> Served[PieceT]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "state", "done") == "running":
            self.close()


def _as_fault(error: BaseException) -> GatewayError:
    return GatewayError(f"{type(error).__name__}: {error}", status=500, code="internal_error")
