"""What the studio asks of the models: something that speaks and something that writes.

Design choices
- Protocols only: the studio imports no model, so a test hands in whatever has these methods, and a gateway
  may put any backend behind them.
- `duologue.voice.Voice` is a `Speak` as it stands. `duologue.text.Text` is made a `Write` at the edge.
- `model` names what spoke or wrote: it goes into the hash of a cached turn and into the cost of an episode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Message", "Speak", "Spoken", "SpokenWord", "Write"]

Message = Mapping[str, str]
"""{"role": "system" | "user" | "assistant", "content": ...}"""


class SpokenWord(Protocol):
    """A word heard in [start, end) seconds, at [char_start, char_end) of the text."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def char_start(self) -> int: ...
    @property
    def char_end(self) -> int: ...


class Spoken(Protocol):
    """audio: (S,) float32 in [-1, 1] at `sample_rate` Hz; words in order of time."""

    @property
    def audio(self) -> NDArray[np.float32]: ...
    @property
    def sample_rate(self) -> int: ...
    @property
    def words(self) -> Sequence[SpokenWord]: ...


class Speak(Protocol):
    """Text in, speech out. The same arguments give the same samples."""

    @property
    def model(self) -> str:
        """The name of the model, another one for other weights."""
        ...

    def speak(
        self, text: str, *, voice: str = ..., style: str = ..., speed: float = ..., seed: int = ...
    ) -> Spoken:
        """`text` as speech. Raises a ValueError that says what it can't take."""
        ...


class Write(Protocol):
    """Messages in, text out."""

    @property
    def model(self) -> str:
        """The name of the model."""
        ...

    def write(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = ...,
        temperature: float = ...,
        seed: int = ...,
        json_schema: dict[str, Any] | None = None,
    ) -> str:
        """The assistant's answer; JSON that fits `json_schema` where one is given."""
        ...
