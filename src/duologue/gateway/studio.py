"""The gateway as the studio's voice and writer: `Speak` and `Write` of `duologue.studio.protocols`.

Design choices
- The studio caches a turn by the model's name, so a speaker names the deployment that the policy would choose
  now and asks for that one: one episode has one voice, and a fallback in its middle would be heard.
- Each turn and each answer is a request of its own: in the ledger, charged to the caller, with its reason.
- `charges` is what they came to, for the cost in the episode's record.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.gateway.requests import ChatRequest, SpeechPiece, SpeechRequest, SpokenWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from duologue.gateway.gateway import Gateway
    from duologue.gateway.served import Charge

__all__ = ["GatewaySpeaker", "GatewayWriter", "SpokenTurn"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenTurn:
    """What was spoken. audio: (S,) float32; words: their times count from its beginning."""

    audio: NDArray[np.float32]
    sample_rate: int
    words: tuple[SpokenWord, ...]
    notices: tuple[str, ...] = ()


class _Charged:
    """What a speaker or writer has cost so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._charges: list[Charge] = []

    def add(self, charge: Charge) -> None:
        with self._lock:
            self._charges.append(charge)

    @property
    def charges(self) -> list[Charge]:
        """One for each request."""
        with self._lock:
            return list(self._charges)

    @property
    def money(self) -> Decimal:
        """All of them."""
        return sum((charge.money for charge in self.charges), Decimal(0))


class GatewaySpeaker(_Charged):
    """Speaks with one deployment. Made by `Gateway.speaker`."""

    def __init__(self, gateway: Gateway, caller: Caller, deployment: str = "", task: str = "speech") -> None:
        super().__init__()
        self._gateway, self._caller = gateway, caller
        found = gateway.explain(SpeechRequest(text="x", model=deployment, task=task), caller)
        self.deployment = found[0].deployment
        self._task = task

    @functools.cached_property
    def model(self) -> str:
        """The name of the model, the in-house one's with the version of its weights, loaded for that."""
        return self._gateway.model_of(self.deployment)

    def speak(
        self, text: str, *, voice: str = "", style: str = "neutral", speed: float = 1.0, seed: int = 0
    ) -> SpokenTurn:
        """`text` as speech. Raises GatewayError that says what it can't take."""
        request = SpeechRequest(
            text=text, model=self.deployment, voice=voice, style=style, speed=speed, seed=seed,
            task=self._task,
        )  # fmt: skip
        with self._gateway.speak(request, self._caller) as served:
            pieces = list(served)
        self.add(served.charge)
        return _joined(pieces)


class GatewayWriter(_Charged):
    """Writes with one deployment. Made by `Gateway.writer`."""

    def __init__(self, gateway: Gateway, caller: Caller, deployment: str = "", task: str = "chat") -> None:
        super().__init__()
        self._gateway, self._caller, self._task = gateway, caller, task
        hello = ChatRequest(messages=({"role": "user", "content": "x"},), model=deployment, task=task)
        self.deployment = gateway.explain(hello, caller)[0].deployment
        self.model = gateway.config.deployments[self.deployment].model

    def write(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int = 400,
        temperature: float = 0.7,
        seed: int = 0,
        json_schema: dict[str, Any] | None = None,
    ) -> str:
        """The assistant's answer."""
        request = ChatRequest(
            messages=tuple(dict(m) for m in messages), model=self.deployment, max_tokens=max_tokens,
            temperature=temperature, seed=seed, json_schema=json_schema, task=self._task,
        )  # fmt: skip
        with self._gateway.chat(request, self._caller) as served:
            text = "".join(piece.text for piece in served)
        self.add(served.charge)
        return text


def _joined(pieces: Sequence[SpeechPiece]) -> SpokenTurn:
    """The pieces as one, their words' times counted from its beginning."""
    import numpy as np

    if not pieces:
        raise GatewayError("nothing was spoken", status=502, code="empty_answer")
    rate, offset = pieces[0].sample_rate, 0
    words: list[SpokenWord] = []
    for piece in pieces:
        at = offset / rate
        words += [replace(word, start=word.start + at, end=word.end + at) for word in piece.words]
        offset += len(piece.audio)
    return SpokenTurn(
        audio=np.concatenate([piece.audio for piece in pieces]),
        sample_rate=rate,
        words=tuple(words),
        notices=tuple(notice for piece in pieces for notice in piece.notices),
    )
