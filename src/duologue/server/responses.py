"""/v1/responses in its basic form: text in, text or function calls out, whole or as events.

Design choices
- Nothing is kept: `previous_response_id`, `conversation` and `background` are refused, as an answer that
  forgot what it refers to would be wrong.
- Messages, function calls and their outputs are read; other kinds of items are refused by name.

platform.openai.com/docs/api-reference/responses-streaming.
"""

from __future__ import annotations

import functools
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from duologue.gateway.requests import ChatPiece, ChatRequest
from duologue.server.access import Who
from duologue.server.bodies import Body, Whole
from duologue.server.bridge import Flow
from duologue.server.chat import ANSWERS
from duologue.server.chatbody import ANY_OBJECT
from duologue.server.errors import refuse
from duologue.server.events import event
from duologue.server.responsewriter import Writer
from duologue.server.state import Here, State, headers_of
from duologue.server.stream import Stream

__all__ = ["router"]

router = APIRouter(tags=["text"])
_TEXTS = ("input_text", "output_text", "text")


class Tool(Body):
    """A function that can be called."""

    type: Literal["function"]
    name: str = Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Chosen(Body):
    """The function that must be called."""

    type: Literal["function"]
    name: str


class Format(Body):
    """How the answer is to look."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    name: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class TextOptions(Body):
    """text.format"""

    format: Format | None = None


class ResponseBody(Body):
    """OpenAI's parameters."""

    input: Annotated[str, Field(min_length=1)] | Annotated[list[dict[str, Any]], Field(min_length=1)]
    model: str = Field(default="", max_length=200)
    instructions: str | None = None
    max_output_tokens: Whole | None = Field(default=None, ge=1, le=1_000_000)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    text: TextOptions | None = None
    tools: list[Tool] | None = Field(default=None, max_length=128)
    tool_choice: Literal["none", "auto", "required"] | Chosen | None = None
    stream: bool | None = None
    metadata: dict[str, str] | None = None
    previous_response_id: str | None = None
    conversation: str | dict[str, Any] | None = None
    background: bool | None = None

    def echo(self) -> dict[str, Any]:
        """What of the request the answer repeats."""
        wanted = self.text.format if self.text else None
        chosen = self.tool_choice.model_dump() if isinstance(self.tool_choice, Chosen) else self.tool_choice
        return {
            "instructions": self.instructions,
            "max_output_tokens": self.max_output_tokens,
            "metadata": self.metadata or {},
            "temperature": self.temperature,
            "text": {
                "format": wanted.model_dump(by_alias=True, exclude_none=True) if wanted else {"type": "text"}
            },
            "tool_choice": chosen or "auto",
            "tools": [tool.model_dump() for tool in self.tools or ()],
            "top_p": self.top_p,
        }

    def asked(self) -> ChatRequest:
        """What the gateway is asked. Raises GatewayError for what can't be."""
        for name in ("previous_response_id", "conversation", "background"):
            if getattr(self, name):
                raise refuse(
                    f"{name} isn't possible, as nothing is kept; send the whole conversation", param=name
                )
        messages: list[dict[str, Any]] = []
        if self.instructions:
            messages.append({"role": "system", "content": self.instructions})
        if isinstance(self.input, str):
            messages.append({"role": "user", "content": self.input})
        else:
            for number, item in enumerate(self.input):
                _add(messages, number, item)
        wanted = self.text.format if self.text else None
        schema: Any = None
        if wanted is not None and wanted.type != "text":
            schema = wanted.schema_ if wanted.type == "json_schema" else None
            schema = ANY_OBJECT if schema is None else schema
        choice = self.tool_choice.name if isinstance(self.tool_choice, Chosen) else self.tool_choice or "auto"
        return ChatRequest(
            messages=tuple(messages),
            model=self.model,
            max_tokens=self.max_output_tokens,
            temperature=self.temperature,
            top_p=max(self.top_p, 0.001) if self.top_p is not None else None,
            json_schema=schema,
            tools=tuple(
                {"type": "function", "function": tool.model_dump(exclude_none=True, exclude={"type"})}
                for tool in self.tools or ()
            ),
            tool_choice=choice,
        )


def _add(messages: list[dict[str, Any]], number: int, item: dict[str, Any]) -> None:
    """One item of the input, as a message."""
    kind, param = item.get("type", "message"), f"input.{number}"
    if kind == "message":
        role, content = item.get("role"), item.get("content")
        if role not in ("system", "developer", "user", "assistant"):
            raise refuse(f"item {number} has no role that is known", param=param)
        if isinstance(content, list):
            parts = [part for part in content if isinstance(part, dict)]
            if len(parts) != len(content) or any(part.get("type") not in _TEXTS for part in parts):
                raise refuse(f"item {number} holds more than text; only text is read", param=param)
            content = "".join(str(part.get("text", "")) for part in parts)
        if not isinstance(content, str):
            raise refuse(f"item {number} has no content", param=param)
        messages.append({"role": role, "content": content})
    elif kind == "function_call":
        function = {"name": str(item.get("name", "")), "arguments": str(item.get("arguments", ""))}
        call = {"id": str(item.get("call_id", "")), "type": "function", "function": function}
        if messages and messages[-1].get("tool_calls"):
            messages[-1]["tool_calls"].append(call)
        else:
            messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
    elif kind == "function_call_output":
        output = item.get("output", "")
        called = str(item.get("call_id", ""))
        messages.append(
            {
                "role": "tool",
                "content": output if isinstance(output, str) else str(output),
                "tool_call_id": called,
            }
        )
    else:
        raise refuse(
            f"item {number} is of type '{str(kind)[:40]}'; messages and function calls are read", param=param
        )


@router.post("/v1/responses", response_class=JSONResponse, responses=ANSWERS)
async def respond(body: ResponseBody, request: Request, here: Here, who: Who) -> Response:
    """Answer, whole or as events."""
    begun = time.perf_counter()
    flow = await here.chat(body.asked(), who, request)
    here.metrics.first.labels("chat").observe(time.perf_counter() - begun)
    writer = Writer(flow, body.echo())
    if body.stream:
        headers = {**headers_of(flow), "cache-control": "no-store"}
        return Stream(
            _events(flow, writer, request, here),
            "text/event-stream",
            headers,
            functools.partial(_last, flow, request, here),
        )
    left = True
    try:
        async for piece in flow:
            writer.piece(piece)
        left = False
    finally:
        charge = await here.ended(flow, request, left)
    writer.end(charge)
    return JSONResponse(writer.response, headers=headers_of(flow, charge))


async def _last(flow: Flow[Any], request: Request, here: State, left: bool) -> None:
    await here.ended(flow, request, left)


async def _events(
    flow: Flow[ChatPiece], writer: Writer, request: Request, here: State
) -> AsyncIterator[bytes]:
    for made in writer.begin():
        yield event(made, made["type"])
    try:
        async for piece in flow:
            for made in writer.piece(piece):
                yield event(made, made["type"])
    except Exception as error:
        made = writer.broke(error)
        yield event(made, made["type"])
        return
    charge = await here.ended(flow, request)
    for made in writer.end(charge):
        yield event(made, made["type"])
