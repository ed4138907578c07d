"""One deployment's attempts at a request, up to its first piece.

Design choices
- A failure that may pass is tried again at once in the same deployment, after a short wait with jitter so
  that many callers don't come back together; a `Retry-After` of more than a second isn't waited for, another
  is asked.
- Being busy is no failure: the deployment isn't cooled for it.
- A 400 that may be this deployment's alone (too long for its context, no tools) sends the request on as well.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from duologue.gateway.deployment import Deployment
from duologue.gateway.errors import GatewayError
from duologue.gateway.protocol import Cancel
from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest

__all__ = ["Begun", "attempt", "gone"]

ELSEWHERE = ("context_length_exceeded", "refused", "unsupported")
"""Codes of a 400 that another deployment may not give."""
PATIENCE = 1.0
"""Seconds that are waited for a retry in the same deployment."""

PieceT = TypeVar("PieceT", ChatPiece, SpeechPiece)


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun(Generic[PieceT]):
    """The pieces after the first, the first, and the machine's seconds it took."""

    pieces: Iterator[PieceT]
    first: PieceT
    compute: float


def gone() -> GatewayError:
    """The caller has gone away."""
    return GatewayError("the caller went away before the first piece", status=499, code="cancelled")


def attempt(
    deployment: Deployment, request: ChatRequest | SpeechRequest, cancel: Cancel
) -> Begun[Any] | GatewayError:
    """The answer's beginning, with a turn taken; or why another deployment should be asked, with none.

    Raises GatewayError for what no other could do better.
    """
    for left in range(deployment.config.retries, -1, -1):
        if cancel:
            raise gone()
        try:
            deployment.take_turn()
        except GatewayError as busy:
            return busy
        try:
            return _first(deployment, request, cancel)
        except GatewayError as error:
            deployment.give_back()
            if cancel:
                raise gone() from None
            if not error.passing:
                if error.code in ELSEWHERE:
                    return error
                raise
            deployment.failed(error.retry_after)
            wait = random.uniform(0.05, 0.25) if error.retry_after is None else error.retry_after
            if not left or wait > PATIENCE:
                return error
            cancel.wait(wait)
        except BaseException:
            deployment.give_back()
            raise
    raise AssertionError("unreachable")


def _first(deployment: Deployment, request: ChatRequest | SpeechRequest, cancel: Cancel) -> Begun[Any]:
    since = deployment.enter()
    took: float | None = None
    try:
        pieces = _asked(deployment, request, cancel)
        first = next(pieces)
        took = deployment.leave(since)
        return Begun(pieces=pieces, first=first, compute=took)
    except StopIteration:
        raise GatewayError(f"'{deployment.name}' answered nothing", status=502, code="empty_answer") from None
    except (GatewayError, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        raise GatewayError(
            f"'{deployment.name}' failed: {type(error).__name__}: {error}", status=502, code="internal_error"
        ) from error
    finally:
        if took is None:
            deployment.leave(since)


def _asked(deployment: Deployment, request: ChatRequest | SpeechRequest, cancel: Cancel) -> Iterator[Any]:
    if isinstance(request, ChatRequest):
        return iter(deployment.backend.chat(request, cancel))
    return iter(deployment.backend.speak(request, cancel))
