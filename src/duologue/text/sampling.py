"""How an answer is drawn: the options of a request, checked, and what llama.cpp calls them.

Design choices
- A fixed order: penalties, the floor (cheap, and it leaves little to sort), the nucleus, then temperature;
  none of llama.cpp's own defaults acts unseen (its top 40 and the like are off).
- A seed that is given makes the answer reproducible: such a request takes nothing from the cache, because a
  cached prefix is computed in other batches, and rounding then differs.
- Without a seed one is drawn and reported.
- Phrases count as repeated within the last 96 tokens: over a whole context, copying from the prompt, which is
  what grounded answers are made of, would be punished too. Our own small model has that penalty unless a
  request says otherwise (`OURS`): left alone it falls into loops.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict

from duologue.text.errors import TextError
from duologue.text.grammar import grammar

__all__ = ["OURS", "Options", "Sampling"]

MAX_LOGPROBS = 100
OURS = {"dry": 0.8, "repeat_penalty": 1.1, "frequency_penalty": 0.6}
"""Options of the weights that are ours, where a request doesn't give them."""


class Options(TypedDict, total=False):
    """The options of `Text.chat` and `Text.stream`; `Sampling` says what they mean."""

    max_tokens: int | None
    temperature: float
    top_p: float
    min_p: float
    repeat_penalty: float
    presence_penalty: float
    frequency_penalty: float
    dry: float
    seed: int | None
    stop: str | list[str] | tuple[str, ...]
    logprobs: int | bool | None
    json_schema: Mapping[str, Any] | bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampling:
    """max_tokens: of the answer; None is up to the context. temperature: 0 takes the likeliest token.
    top_p: the smallest set of tokens with this share. min_p: at least this share of the likeliest one's.
    repeat_penalty: divides the odds of the last 64 tokens, 1 is off; presence_penalty and
    frequency_penalty: as OpenAI has them; dry: weight of the penalty on repeating phrases
    of the last 96 tokens, 0 is off; unless given, our own weights have 0.8, with a
    repeat_penalty of 1.1 and a frequency_penalty of 0.6.
    seed: 0 to 2**32 - 2. stop: texts that end the answer and are not part of it. logprobs: how many
    alternatives to report at each place, None or False reports nothing. json_schema: the answer is JSON
    that satisfies it.

    Raises TextError for values that are none.
    """

    max_tokens: int | None = None
    temperature: float = 0.7
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    dry: float = 0.0
    seed: int | None = None
    stop: str | list[str] | tuple[str, ...] = ()
    logprobs: int | bool | None = None
    json_schema: Mapping[str, Any] | bool | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Sampling:
        """From keywords. Raises TextError for a name that is none."""
        names = [f.name for f in fields(cls)]
        for name in options:
            if name not in names:
                raise TextError(f"there is no option {name!r}; there are {', '.join(names)}")
        return cls(**options)

    def __post_init__(self) -> None:
        if self.max_tokens is not None:
            _whole("max_tokens", self.max_tokens, 1, 2**31 - 1)
        _within("temperature", self.temperature, 0.0, 5.0)
        _within("top_p", self.top_p, 0.001, 1.0)
        _within("min_p", self.min_p, 0.0, 1.0)
        _within("repeat_penalty", self.repeat_penalty, 0.1, 10.0)
        _within("presence_penalty", self.presence_penalty, -2.0, 2.0)
        _within("frequency_penalty", self.frequency_penalty, -2.0, 2.0)
        _within("dry", self.dry, 0.0, 10.0)
        if self.seed is not None:
            _whole("seed", self.seed, 0, 2**32 - 2)
        if self.logprobs is not None and not isinstance(self.logprobs, bool):
            _whole("logprobs", self.logprobs, 0, MAX_LOGPROBS)
        for stop in self.stops:
            if not isinstance(stop, str) or not stop:
                raise TextError(f"stop has {stop!r:.40}; give texts of at least one character")
        if len(self.stops) > 16:
            raise TextError(f"stop has {len(self.stops)} texts; give at most 16")

    @property
    def stops(self) -> list[str]:
        """The stop texts as a list."""
        if isinstance(self.stop, str):
            return [self.stop]
        if not isinstance(self.stop, (list, tuple)):
            raise TextError(f"stop is {self.stop!r:.40}; give a text or a list of texts")
        return list(self.stop)

    @property
    def alternatives(self) -> int | None:
        """How many tokens to report at each place; None without log probabilities."""
        return (
            None
            if self.logprobs is None or self.logprobs is False
            else int(self.logprobs is not True and self.logprobs)
        )

    def request(self) -> dict[str, Any]:
        """The fields of llama.cpp's completion request. Raises TextError for an impossible schema."""
        made: dict[str, Any] = {
            "samplers": ["penalties", "dry", "min_p", "top_p", "temperature"],
            "temperature": float(self.temperature),
            "top_p": float(self.top_p),
            "min_p": float(self.min_p),
            "repeat_penalty": float(self.repeat_penalty),
            "repeat_last_n": 64,
            "presence_penalty": float(self.presence_penalty),
            "frequency_penalty": float(self.frequency_penalty),
            "dry_multiplier": float(self.dry),
            "dry_allowed_length": 4,
            "dry_penalty_last_n": 96,
            "seed": secrets.randbelow(2**32 - 1) if self.seed is None else self.seed,
            "cache_prompt": self.seed is None,
            "stop": self.stops,
        }
        if self.alternatives is not None:
            made["logprobs"] = made["n_probs"] = max(self.alternatives, 1)
        if self.json_schema is not None:
            made["grammar"] = grammar(self.json_schema)
        return made


def _within(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TextError(f"{name} is {value!r:.40}; give a number from {low:g} to {high:g}")
    if not low <= value <= high:
        raise TextError(f"{name} is {value:g}; give {low:g} to {high:g}")


def _whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TextError(f"{name} is {value!r:.40}; give a whole number")
    if not low <= value <= high:
        raise TextError(f"{name} is {value}; give {low} to {high}")
