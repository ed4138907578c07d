"""OpenAI's chat completions, as a client sees them: the request's body, the events' pieces.

Design choices
- Always streamed, usage included; a server that answers whole all the same is read as one event.
- Pieces without anything in them (a role, a keep-alive) are passed over: the first piece is the first word.
- The end is held back until the stream's end, as usage comes after the finish. A stream without a finish was
  cut.
- An event that isn't JSON, a line that never ends, an error inside the stream: 502.

platform.openai.com/docs/api-reference/chat; server-sent events: html.spec.whatwg.org, section 9.2.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from duologue.gateway.backends.partner_stream import Head, PartnerStream
from duologue.gateway.config import DeploymentConfig
from duologue.gateway.errors import GatewayError
from duologue.gateway.protocol import Cancel
from duologue.gateway.requests import ChatPiece, ChatRequest, ChatUsage, Finish, LogProb, ToolCall

__all__ = ["chat_body", "chat_pieces"]

_LONGEST_EVENT = 4_000_000
_FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


def chat_body(request: ChatRequest, config: DeploymentConfig) -> dict[str, Any]:
    """The body of `POST /chat/completions`."""
    body: dict[str, Any] = {
        "model": config.model,
        "messages": [dict(message) for message in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    optional = {
        config.max_tokens_field: request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "presence_penalty": request.presence_penalty,
        "frequency_penalty": request.frequency_penalty,
        "seed": request.seed,
        "stop": list(request.stop) or None,
    }
    body |= {name: value for name, value in optional.items() if value is not None}
    if request.logprobs is not None:
        body |= {"logprobs": True, "top_logprobs": request.logprobs}
    if request.json_schema is True:
        body["response_format"] = {"type": "json_object"}
    elif isinstance(request.json_schema, Mapping):
        schema = {"name": "answer", "schema": dict(request.json_schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.tools:
        body["tools"] = [dict(tool) for tool in request.tools]
        choice: Any = request.tool_choice
        if choice not in ("auto", "none", "required"):
            choice = {"type": "function", "function": {"name": choice}}
        body["tool_choice"] = choice
    return body


def chat_pieces(
    stream: PartnerStream, head: Head, config: DeploymentConfig, cancel: Cancel
) -> Iterator[ChatPiece]:
    """The pieces of an answer. Raises GatewayError as the head of this file says."""
    finish: Finish | None = None
    usage: ChatUsage | None = None
    whole = "json" in head.headers.get("content-type", "")
    for event in _events(stream, config, whole, cancel):
        if event == "[DONE]":
            finish = finish or "stop"
            break
        found = _read(event, config.name)
        usage = _usage(found.get("usage")) or usage
        for choice in found.get("choices") or ():
            reason = choice.get("finish_reason")
            finish = _FINISHES.get(str(reason), "stop") if reason else finish
            piece = _piece(choice, config.name)
            if piece.text or piece.tool_calls:
                yield piece
    if cancel:
        return
    if finish is None:
        raise GatewayError(f"'{config.name}' broke off its answer", status=502, code="partner_error")
    yield ChatPiece(finish_reason=finish, usage=usage)


def _events(stream: PartnerStream, config: DeploymentConfig, whole: bool, cancel: Cancel) -> Iterator[str]:
    """The data of the events, each within its time."""
    times = config.timeouts
    until, first = time.monotonic() + times.first, True
    held = b""
    while (chunk := stream.chunk(until)) is not None:
        held += chunk
        if len(held) > _LONGEST_EVENT:
            raise _garbage(config.name, "an event that doesn't end")
        if whole:
            continue
        *lines, held = held.replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                until = max(until if first else 0.0, time.monotonic() + times.between)
                first = False
                yield line[5:].strip().decode("utf-8", "replace")
            elif line.strip() and not line.startswith((b":", b"event:", b"id:", b"retry:")):
                raise _garbage(config.name, "no server-sent events")
    if held.strip() and not cancel:
        yield held.strip().removeprefix(b"data:").strip().decode("utf-8", "replace")


def _read(event: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(event)
    except (ValueError, RecursionError):
        raise _garbage(name, f"'{event[:60]}', which isn't JSON") from None
    if not isinstance(found, dict):
        raise _garbage(name, "JSON that is no object")
    if error := found.get("error"):
        message = error.get("message", error) if isinstance(error, dict) else error
        raise GatewayError(
            f"'{name}' failed: {' '.join(str(message).split())[:300]}", status=502, code="partner_error"
        )
    if not all(isinstance(choice, dict) for choice in found.get("choices") or ()):
        raise _garbage(name, "choices that are none")
    return found


def _piece(choice: dict[str, Any], name: str) -> ChatPiece:
    try:
        said = choice.get("delta") or choice.get("message") or {}
        calls = tuple(
            ToolCall(
                index=int(call.get("index", place)),
                id=str(call.get("id") or ""),
                name=str((call.get("function") or {}).get("name") or ""),
                arguments=str((call.get("function") or {}).get("arguments") or ""),
            )
            for place, call in enumerate(said.get("tool_calls") or ())
        )
        listed = (choice.get("logprobs") or {}).get("content") or ()
        return ChatPiece(
            text=str(said.get("content") or ""), tool_calls=calls, logprobs=tuple(map(_logprob, listed))
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _garbage(name, "a choice of an unknown shape") from None


def _logprob(found: dict[str, Any]) -> LogProb:
    return LogProb(
        text=str(found["token"]),
        logprob=float(found["logprob"]),
        top=tuple(map(_logprob, found.get("top_logprobs") or ())),
    )


def _usage(found: object) -> ChatUsage | None:
    if not isinstance(found, dict):
        return None
    try:
        details = found.get("prompt_tokens_details") or {}
        return ChatUsage(
            prompt_tokens=max(0, int(found["prompt_tokens"])),
            completion_tokens=max(0, int(found["completion_tokens"])),
            cached_tokens=max(0, int(details.get("cached_tokens") or 0)),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # then it is estimated, and marked so


def _garbage(name: str, what: str) -> GatewayError:
    return GatewayError(f"'{name}' answers nonsense: {what}", status=502, code="partner_error")
