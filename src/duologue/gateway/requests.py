"""What is asked of a model and what comes back, the same for every backend.

Design choices
- Plain frozen records: no backend's own types leave its file, so the policy, the ledger and the HTTP faces
  know nothing of llama.cpp, ONNX or a partner's JSON.
- Answers are pieces; the last one of a chat says why it ended and what it used. A batch answer is its pieces
  joined; there is no second way to make one.
- `model` is what the caller named: a deployment, a group, or "" for what the policy picks.
- Usage that a backend can't tell is None and then estimated by the gateway, marked as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ChatPiece",
    "ChatRequest",
    "ChatUsage",
    "Finish",
    "LogProb",
    "SpeechPiece",
    "SpeechRequest",
    "SpokenWord",
    "ToolCall",
]

Finish = Literal["stop", "length", "tool_calls", "content_filter"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatRequest:
    """A conversation to be gone on with.

    messages: OpenAI's shape; `content` is text, and an assistant's message may have `tool_calls`, a "tool"
    message a `tool_call_id`. temperature, top_p, penalties: None is the deployment's default. logprobs: how
    many alternatives to report per token, None for no report. json_schema: the answer is JSON that satisfies
    it; True is any JSON object. tools: OpenAI's shape. tool_choice: "auto", "none", "required" or a
    function's name. task: what the policy and the arena's ratings go by ("chat", "summary", "headline", ...).
    """

    messages: tuple[Mapping[str, Any], ...]
    model: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: int | None = None
    json_schema: Mapping[str, Any] | bool | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    tool_choice: str = "auto"
    task: str = "chat"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatUsage:
    """Tokens. cached: those of the prompt that had been computed before. estimated: counted by us."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LogProb:
    """A token, its natural log probability, and the likeliest at its place, best first."""

    text: str
    logprob: float
    top: tuple[LogProb, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolCall:
    """A call the model wants made. index: its place among them. In a stream `arguments` come in parts."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatPiece:
    """A piece of an answer; the last one has `finish_reason` and, where the backend tells it, `usage`."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[LogProb, ...] = ()
    finish_reason: Finish | None = None
    usage: ChatUsage | None = None
    seed: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechRequest:
    """A text to be spoken.

    voice: a name or a blend, "" for the deployment's default. style: of `duologue.voice.styles`. speed: 0.25
    to 4. pitch: semitones. instructions: free words on manner; in-house they are mapped to a style where
    `style` is "". ssml: whether `text` is SSML. lexicon: word to ipa or respelling. task: see `ChatRequest`.
    """

    text: str
    model: str = ""
    voice: str = ""
    style: str = ""
    instructions: str = ""
    speed: float = 1.0
    pitch: float = 0.0
    seed: int = 0
    ssml: bool = False
    lexicon: Mapping[str, str] = field(default_factory=dict)
    task: str = "speech"


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenWord:
    """A word heard in [start, end) seconds of its piece; [char_start, char_end) of the request's text."""

    text: str
    start: float
    end: float
    char_start: int
    char_end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechPiece:
    """A piece of speech. audio: (S,) float32 in [-1, 1] at `sample_rate` Hz, the same rate in every piece."""

    audio: NDArray[np.float32]
    sample_rate: int
    words: tuple[SpokenWord, ...] = ()
    notices: tuple[str, ...] = ()
