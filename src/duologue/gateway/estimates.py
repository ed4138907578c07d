"""How much a request will be, before it is: for quotas, for the cheapest, for `duologue plan`.

Design choices
- Rough on purpose and without a model: speech is fifteen characters a second at normal speed, a token is four
  bytes, an answer without a limit 256 tokens.
- Only estimates: what is charged is what was done.
"""

from __future__ import annotations

import json

from duologue.gateway.prices import Amounts
from duologue.gateway.requests import ChatRequest, SpeechRequest
from duologue.gateway.served import guessed_tokens

__all__ = ["answer_estimate", "prompt_amounts"]

CHARACTERS_PER_SECOND = 15.0
GUESSED_ANSWER = 256


def prompt_amounts(request: ChatRequest | SpeechRequest) -> Amounts:
    """What is sent: characters to be spoken, or tokens to be read."""
    if isinstance(request, SpeechRequest):
        return Amounts(characters=len(request.text))
    words = [str(m.get("role", "")) + _said(m.get("content")) for m in request.messages]
    tools = json.dumps(list(request.tools), default=str) if request.tools else ""
    return Amounts(prompt_tokens=guessed_tokens("".join(words) + tools) + 4 * len(words), estimated=True)


def _said(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, (list, tuple)):
        return "".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
    return ""


def answer_estimate(request: ChatRequest | SpeechRequest) -> Amounts:
    """What is sent, and about what will come back."""
    sent = prompt_amounts(request)
    if isinstance(request, SpeechRequest):
        seconds = len(request.text) / CHARACTERS_PER_SECOND / max(request.speed, 0.25)
        return Amounts(characters=sent.characters, audio_seconds=seconds, estimated=True)
    answer = GUESSED_ANSWER if request.max_tokens is None else request.max_tokens
    return Amounts(prompt_tokens=sent.prompt_tokens, completion_tokens=answer, estimated=True)
