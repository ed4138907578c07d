"""/v1/chat/completions, in OpenAI's dialect, whole or streamed.

Design choices
- What a model can't do is refused, not passed over: images, audio, several answers at once.
- Names of parameters that change nothing here (user, metadata, store, ...) are taken and ignored, as clients
  send them unasked.
- Usage comes in the last chunk where `stream_options.include_usage` asks for it, and the cost beside it as
  `duologue`.
- A stream that breaks off ends with an error event and without [DONE].
"""

from __future__ import annotations

import functools
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from duologue.gateway.requests import ChatPiece, LogProb
from duologue.server.access import Who
from duologue.server.bridge import Flow
from duologue.server.chatbody import ChatBody
from duologue.server.errors import ERRORS
from duologue.server.events import DONE, event, fault
from duologue.server.speech import bill
from duologue.server.state import Here, State, headers_of
from duologue.server.stream import Stream

__all__ = ["ANSWERS", "Gathered", "gathered", "router", "usage_of"]

router = APIRouter(tags=["text"])

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with stream, events",
        "content": {"application/json": {}, "text/event-stream": {}},
    },
    **ERRORS,
}


class Gathered:
    """The pieces of an answer, joined."""

    def __init__(self) -> None:
        self.text = ""
        self.calls: dict[int, dict[str, Any]] = {}
        self.logprobs: list[LogProb] = []
        self.finish = "stop"

    def add(self, piece: ChatPiece) -> None:
        """Take one more."""
        self.text += piece.text
        self.logprobs += piece.logprobs
        for call in piece.tool_calls:
            known = self.calls.setdefault(
                call.index, {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            )
            known["id"] = known["id"] or call.id
            known["function"]["name"] += call.name
            known["function"]["arguments"] += call.arguments
        self.finish = piece.finish_reason or self.finish

    @property
    def tool_calls(self) -> list[dict[str, Any]]:
        """In order."""
        return [self.calls[index] for index in sorted(self.calls)]


async def gathered(flow: Flow[ChatPiece], request: Request, here: State) -> tuple[Gathered, Any]:
    """The whole answer, and its charge."""
    answer, left = Gathered(), True
    try:
        async for piece in flow:
            answer.add(piece)
        left = False
    finally:
        charge = await here.ended(flow, request, left)
    return answer, charge


def usage_of(charge: Any) -> dict[str, Any]:
    """OpenAI's usage object."""
    return {
        "prompt_tokens": charge.prompt_tokens,
        "completion_tokens": charge.completion_tokens,
        "total_tokens": charge.prompt_tokens + charge.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": charge.cached_tokens},
    }


def logprobs_of(tokens: list[LogProb] | tuple[LogProb, ...]) -> list[dict[str, Any]]:
    """OpenAI's list of tokens with their log probabilities."""

    def one(token: LogProb) -> dict[str, Any]:
        return {
            "token": token.text,
            "logprob": token.logprob,
            "bytes": list(token.text.encode("utf-8", "replace")),
        }

    return [{**one(token), "top_logprobs": [one(other) for other in token.top]} for token in tokens]


@router.post("/v1/chat/completions", response_class=JSONResponse, responses=ANSWERS)
async def chat(body: ChatBody, request: Request, here: Here, who: Who) -> Response:
    """Answer a conversation."""
    begun = time.perf_counter()
    flow = await here.chat(body.asked(), who, request)
    here.metrics.first.labels("chat").observe(time.perf_counter() - begun)
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        chunks = _chunks(flow, body, usage, request, here)
        return Stream(
            chunks,
            "text/event-stream",
            {**headers_of(flow), "cache-control": "no-store"},
            functools.partial(_last, flow, request, here),
        )
    answer, charge = await gathered(flow, request, here)
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None, "refusal": None}
    if answer.calls:
        message["tool_calls"] = answer.tool_calls
    elif not answer.text:
        message["content"] = ""
    choice = {
        "index": 0,
        "message": message,
        "finish_reason": answer.finish,
        "logprobs": {"content": logprobs_of(answer.logprobs), "refusal": None} if body.logprobs else None,
    }
    made = {
        **_head(flow, "chat.completion"),
        "choices": [choice],
        "usage": usage_of(charge),
        "duologue": bill(flow, charge),
    }
    return JSONResponse(made, headers=headers_of(flow, charge))


async def _last(flow: Flow[Any], request: Request, here: State, left: bool) -> None:
    await here.ended(flow, request, left)


def _head(flow: Flow[Any], kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{flow.served.id}",
        "object": kind,
        "created": int(time.time()),
        "model": flow.served.choice.deployment,
        "system_fingerprint": flow.served.choice.model,
    }


async def _chunks(
    flow: Flow[ChatPiece], body: ChatBody, usage: bool, request: Request, here: State
) -> AsyncIterator[bytes]:
    head = _head(flow, "chat.completion.chunk")
    nothing: dict[str, Any] = {"usage": None} if usage else {}

    def chunk(delta: dict[str, Any], finish: str | None = None, logprobs: Any = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        return event({**head, "choices": [choice], **nothing})

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    finish = "stop"
    begun: set[int] = set()
    try:
        async for piece in flow:
            finish = piece.finish_reason or finish
            delta: dict[str, Any] = {"content": piece.text} if piece.text else {}
            if piece.tool_calls:
                delta["tool_calls"] = [_call(call, begun) for call in piece.tool_calls]
            if delta or piece.logprobs:
                found = {"content": logprobs_of(piece.logprobs), "refusal": None} if body.logprobs else None
                yield chunk(delta, None, found)
    except Exception as error:
        yield fault(error)
        return
    charge = await here.ended(flow, request)
    yield chunk({}, finish)
    if usage:
        yield event({**head, "choices": [], "usage": usage_of(charge), "duologue": bill(flow, charge)})
    yield DONE


def _call(call: Any, begun: set[int]) -> dict[str, Any]:
    """A tool call's part; its id and type come with its first one."""
    function: dict[str, Any] = {"arguments": call.arguments}
    made: dict[str, Any] = {"index": call.index, "function": function}
    if call.index not in begun:
        begun.add(call.index)
        made |= {"id": call.id, "type": "function"}
        function["name"] = call.name
    return made
