"""How contestants are asked: the protocol that battles know, and the gateway behind it.

Design choices
- Battles know `Players` only, so a test hands in a few lines; the server and the command line hand in the
  gateway.
- A contestant is asked by the name of its deployment and nobody else may answer: where the gateway fell back
  on another one, the answer is refused, since the vote would go to the wrong name.
- All contestants of text get the same limit of tokens, so that none is cut off sooner than another, unless
  its own settings say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from duologue.arena.contestants import Contestant
from duologue.arena.errors import ArenaError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MOST_TOKENS", "GatewayPlayers", "Players"]

MOST_TOKENS = 320
"""Of an answer in a battle: about 240 words."""


class Players(Protocol):
    """Whoever can have a contestant answer. Both raise a ValueError that says why it can't."""

    def write(
        self, contestant: Contestant, messages: Sequence[Mapping[str, Any]], *, seed: int, task: str
    ) -> tuple[Iterator[str], Callable[[], None]]:
        """The pieces of an answer, and what cancels it from another thread."""
        ...

    def speak(self, contestant: Contestant, text: str, *, seed: int) -> tuple[NDArray[np.float32], int]:
        """audio (S,) of the whole text and its rate in Hz."""
        ...


class GatewayPlayers:
    """Contestants as deployments of a gateway, asked on behalf of `caller`."""

    def __init__(self, gateway: Any, caller: Any) -> None:
        self._gateway, self._caller = gateway, caller

    def write(
        self, contestant: Contestant, messages: Sequence[Mapping[str, Any]], *, seed: int, task: str
    ) -> tuple[Iterator[str], Callable[[], None]]:
        """See Players. Raises GatewayError as the gateway does, ArenaError where another one answered."""
        from duologue.gateway.requests import ChatRequest

        served = self._gateway.chat(
            ChatRequest(
                messages=tuple(messages),
                model=contestant.deployment,
                max_tokens=contestant.max_tokens or MOST_TOKENS,
                temperature=contestant.temperature,
                top_p=contestant.top_p,
                seed=seed,
                task=task,
            ),
            caller=self._caller,
        )
        _same(served, contestant)

        def pieces() -> Iterator[str]:
            with served:
                for piece in served:
                    if piece.text:
                        yield piece.text

        return pieces(), served.cancel

    def speak(self, contestant: Contestant, text: str, *, seed: int) -> tuple[NDArray[np.float32], int]:
        """See Players. Raises GatewayError as the gateway does, ArenaError where another one answered."""
        import numpy as np

        from duologue.gateway.requests import SpeechRequest

        served = self._gateway.speak(
            SpeechRequest(
                text=text,
                model=contestant.deployment,
                voice=contestant.voice,
                style=contestant.style,
                speed=contestant.speed,
                seed=seed,
            ),
            caller=self._caller,
        )
        _same(served, contestant)
        with served:
            pieces = list(served)
        if not pieces:
            raise ArenaError("a contestant said nothing")
        return np.concatenate([p.audio for p in pieces]), pieces[0].sample_rate


def _same(served: Any, contestant: Contestant) -> None:
    answered = served.choice.deployment
    if answered != contestant.deployment:
        served.close()
        raise ArenaError(
            f"'{answered}' answered for '{contestant.deployment}', which doesn't count in a battle"
        )
