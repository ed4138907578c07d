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
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from duologue.gateway.requests import ChatPiece, ChatRequest, LogProb
from duologue.server.access import Who
from duologue.server.bodies import Body, Whole
from duologue.server.bridge import Flow
from duologue.server.errors import ERRORS, refuse
from duologue.server.events import DONE, event, fault
from duologue.server.speech import bill
from duologue.server.state import Here, State, headers_of
from duologue.server.stream import Stream

__all__ = [
    "ANSWERS",
    "ANY_OBJECT",
    "Function",
    "Gathered",
    "Stop",
    "StreamOptions",
    "TextFormat",
    "Tool",
    "chosen_tool",
    "gathered",
    "router",
    "schema_of",
]

router = APIRouter(tags=["text"])

ANY_OBJECT: dict[str, Any] = {"type": "object"}
Stop = Annotated[str, Field(min_length=1, max_length=500)]


ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with stream, events",
        "content": {"application/json": {}, "text/event-stream": {}},
    },
    **ERRORS,
}


class Part(Body):
    """A part of a message's content; of the kinds there are only text is read."""

    type: str = Field(json_schema_extra={"enum": ["text"]})
    text: str | None = None


class FunctionCall(Body):
    """A call that the assistant made."""

    name: str = Field(max_length=200)
    arguments: str = ""


class Call(Body):
    """The same with its id."""

    id: str = Field(max_length=200)
    type: Literal["function"] = "function"
    function: FunctionCall


class Message(Body):
    """One turn of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None
    name: str | None = None
    tool_calls: list[Call] | None = None
    tool_call_id: str | None = None

    def plain(self, number: int) -> dict[str, Any]:
        """As the gateway takes it."""
        content = self.content
        if isinstance(content, list):
            if other := next((part.type for part in content if part.type != "text"), None):
                raise refuse(
                    f"message {number} has a part of type '{other[:40]}'; only text is read", param="messages"
                )
            content = "".join(part.text or "" for part in content)
        made: dict[str, Any] = {"role": self.role, "content": content or ""}
        if self.role == "assistant" and self.tool_calls:
            made["tool_calls"] = [call.model_dump() for call in self.tool_calls]
        if self.role == "tool":
            made["tool_call_id"] = self.tool_call_id or ""
        return made


class Function(Body):
    """What can be called."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Body):
    """A tool; functions are the only kind."""

    type: Literal["function"]
    function: Function


class ChosenFunction(Body):
    """The name of a tool."""

    name: str


class ChosenTool(Body):
    """The tool that must be called."""

    type: Literal["function"]
    function: ChosenFunction


class JsonSchema(Body):
    """A schema with its name."""

    name: str = ""
    description: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class TextFormat(Body):
    """How the answer is to look."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class StreamOptions(Body):
    """include_usage: a last chunk with the usage."""

    include_usage: bool = False


class ChatBody(Body):
    """OpenAI's parameters."""

    messages: list[Message] = Field(min_length=1, max_length=2000)
    model: str = Field(default="", max_length=200)
    max_tokens: Whole | None = Field(default=None, ge=1, le=1_000_000)
    max_completion_tokens: Whole | None = Field(default=None, ge=1, le=1_000_000)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    seed: Whole | None = None
    stop: Stop | list[Stop] | None = Field(default=None)
    n: Whole | None = Field(default=None, ge=1, le=1, description="One answer at a time.")
    logprobs: bool | None = None
    top_logprobs: Whole | None = Field(default=None, ge=0, le=20)
    response_format: TextFormat | None = None
    tools: list[Tool] | None = Field(default=None, max_length=128)
    tool_choice: Literal["none", "auto", "required"] | ChosenTool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    task: str = Field(default="chat", max_length=40, description="What the policy goes by; ours.")

    def asked(self) -> ChatRequest:
        """What the gateway is asked."""
        return ChatRequest(
            messages=tuple(message.plain(n) for n, message in enumerate(self.messages)),
            model=self.model,
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=max(self.top_p, 0.001) if self.top_p is not None else None,
            presence_penalty=self.presence_penalty,
            frequency_penalty=self.frequency_penalty,
            seed=seed_of(self.seed),
            stop=stops_of(self.stop),
            logprobs=(self.top_logprobs or 0) if self.logprobs else None,
            json_schema=schema_of(self.response_format),
            tools=tuple(tool.model_dump(exclude_none=True) for tool in self.tools or ()),
            tool_choice=chosen_tool(self.tool_choice),
            task=self.task,
        )


def seed_of(seed: int | None) -> int | None:
    """Any whole number as a seed of ours, 0 to 2**32 - 2; the same for the same."""
    return None if seed is None else seed % (2**32 - 1)


def stops_of(stop: str | list[str] | None) -> tuple[str, ...]:
    """Stop texts. Raises GatewayError for more than four."""
    stops = (stop,) if isinstance(stop, str) else tuple(stop or ())
    if len(stops) > 4:
        raise refuse(f"stop has {len(stops)} texts; give at most 4", param="stop")
    return stops


def schema_of(wanted: TextFormat | None) -> dict[str, Any] | None:
    """The JSON schema of a response format."""
    if wanted is None or wanted.type == "text":
        return None
    if wanted.type == "json_object":
        return ANY_OBJECT
    if wanted.json_schema is None:
        raise refuse("json_schema is missing", param="response_format.json_schema")
    return wanted.json_schema.schema_ if wanted.json_schema.schema_ is not None else ANY_OBJECT


def chosen_tool(choice: str | ChosenTool | None) -> str:
    """ "auto", "none", "required" or a function's name."""
    return choice.function.name if isinstance(choice, ChosenTool) else choice or "auto"


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
