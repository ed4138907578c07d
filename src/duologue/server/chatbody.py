"""What is asked of /v1/chat/completions: OpenAI's parameters, and how they are asked of the gateway.

Names of parameters that change nothing here (user, metadata, store, ...) are passed over, as clients send
them unasked.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from duologue.gateway.requests import ChatRequest
from duologue.server.bodies import Body, Whole
from duologue.server.errors import refuse

__all__ = ["ANY_OBJECT", "ChatBody", "Stop", "StreamOptions", "seed_of", "stops_of"]

ANY_OBJECT: dict[str, Any] = {"type": "object"}
Stop = Annotated[str, Field(min_length=1, max_length=500)]


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
