"""What comes back: an answer, or the pieces it is made of.

Design choices
- An answer is its pieces joined; there is no second way to make one.
- The last piece is empty and says why it ended, how many tokens it took, how long, and with which seed.
- Log probabilities are the model's own, before temperature and the other samplers touch them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from duologue.text.errors import TextError

__all__ = ["Answer", "Finish", "Piece", "Token", "Usage"]

Finish = Literal["stop", "length"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A token that was chosen.

    logprob: its natural log probability. top: the likeliest at its place, best first. Where a character is
    spread over several tokens, there is one entry for it, with its last token's figures.
    """

    text: str
    id: int
    logprob: float
    top: tuple[Token, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens and seconds. cached: those of the prompt that an earlier request had left computed."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0

    @property
    def total_tokens(self) -> int:
        """Prompt and completion."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def tokens_per_second(self) -> float:
        """Pace of the completion; its first token belongs to the prefill."""
        return max(self.completion_tokens - 1, 0) / self.decode_seconds if self.decode_seconds else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of an answer; `finish_reason`, `usage` and `seed` are on the last one, whose text is empty."""

    text: str = ""
    logprobs: tuple[Token, ...] = ()
    finish_reason: Finish | None = None
    usage: Usage | None = None
    seed: int | None = None
    model: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A whole answer.

    finish_reason: "stop" where the model ended it or a stop text came, "length" where max_tokens or the
    context did. logprobs: one entry for each piece, None unless asked for. seed: gives the same answer again.
    """

    text: str
    finish_reason: Finish
    usage: Usage
    logprobs: tuple[Token, ...] | None = None
    seed: int = 0
    model: str = ""

    @classmethod
    def join(cls, pieces: Iterable[Piece]) -> Answer:
        """The answer that `pieces` are. Raises TextError where the last one is missing."""
        texts: list[str] = []
        logprobs: list[Token] = []
        last = Piece()
        for last in pieces:
            texts.append(last.text)
            logprobs += last.logprobs
        if last.finish_reason is None or last.usage is None:
            raise TextError("the stream was cut before its last piece")
        return cls(
            text="".join(texts),
            finish_reason=last.finish_reason,
            usage=last.usage,
            logprobs=tuple(logprobs) or None,
            seed=last.seed or 0,
            model=last.model,
        )

    def json(self) -> Any:
        """The text read as JSON. Raises TextError where it isn't, as when max_tokens cut it."""
        try:
            return json.loads(self.text)
        except ValueError:
            why = "it was cut by max_tokens" if self.finish_reason == "length" else "ask with a json_schema"
            raise TextError(f"the answer is not JSON; {why}") from None

    def __str__(self) -> str:
        return self.text
