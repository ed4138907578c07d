"""Tools for models that have none of their own: the answer is held to a grammar of calls.

Design choices
- "required", or a function's name: the model can write nothing but one call whose arguments fit the
  function's schema. "auto": it writes either such a call or {"answer": text}; which of the two is the model's
  own doing.
- The grammar makes calls well-formed, not wise: a small model calls what it shouldn't. Where that matters,
  `tools = "none"` in the deployment's configuration sends such requests to another.
- One call at a time, given out when it is whole; an answer under "auto" is given out when it is whole too.
- Earlier calls and their results are told to the model as plain turns, since it knows no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from duologue.gateway.errors import GatewayError
from duologue.gateway.requests import ChatPiece, ChatRequest, ToolCall
from duologue.store.ulid import new_ulid

__all__ = ["ToolGrammar", "plain_messages"]


def plain_messages(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """OpenAI's messages as system, user and assistant turns of text.

    Raises GatewayError for content that is no text: pictures, sound, files.
    """
    plain = []
    for number, message in enumerate(messages, 1):
        role, content = message.get("role"), _text(message.get("content"), number)
        if role == "developer":
            role = "system"
        elif role in ("tool", "function"):
            role, content = "user", f"Result of the function: {content}"
        elif role == "assistant" and message.get("tool_calls"):
            calls = [call.get("function", {}) for call in message["tool_calls"]]
            content = content or "\n".join(
                json.dumps({"function": c.get("name"), "arguments": _read(c.get("arguments"))}) for c in calls
            )
        plain.append({"role": str(role), "content": content})
    return plain


def _read(arguments: object) -> object:
    try:
        return json.loads(str(arguments))
    except ValueError:
        return arguments


def _text(content: object, number: int) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, (list, tuple)):
        raise GatewayError(f"the content of message {number} is no text", param=f"messages[{number - 1}]")
    texts = []
    for part in content:
        if not isinstance(part, Mapping) or part.get("type") not in ("text", "input_text", "output_text"):
            kind = part.get("type") if isinstance(part, Mapping) else type(part).__name__
            raise GatewayError(
                f"message {number} has a part of the kind '{kind}'; this model reads text only",
                param=f"messages[{number - 1}].content",
            )
        texts.append(str(part.get("text", "")))
    return "".join(texts)


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolGrammar:
    """The functions of a request, and the schema that the answer is held to."""

    functions: tuple[Mapping[str, Any], ...]
    must_call: bool

    @classmethod
    def of(cls, request: ChatRequest) -> ToolGrammar | None:
        """Of the tools of a request; None where there are none to be called.

        Raises GatewayError for tools that are none, and for a function that isn't there.
        """
        if not request.tools or request.tool_choice == "none":
            return None
        functions = [tool.get("function") for tool in request.tools if tool.get("type") == "function"]
        if len(functions) < len(request.tools) or not all(f and f.get("name") for f in functions):
            raise GatewayError("a tool is {'type': 'function', 'function': {'name': ...}}", param="tools")
        known = tuple(f for f in functions if f)
        if request.tool_choice not in ("auto", "required"):
            known = tuple(f for f in known if f["name"] == request.tool_choice)
            if not known:
                raise GatewayError(
                    f"tool_choice names '{request.tool_choice}', which is none of the tools",
                    param="tool_choice",
                )
        if request.json_schema is not None and request.tool_choice == "auto":
            raise GatewayError(
                "this model takes tools or a response_format, not both; set tool_choice to 'none'",
                param="response_format",
            )
        return cls(functions=known, must_call=request.tool_choice != "auto")

    @property
    def schema(self) -> dict[str, Any]:
        """Of one call, or of an answer where that is allowed."""
        options = [
            {
                "type": "object",
                "properties": {
                    "function": {"const": function["name"]},
                    "arguments": function.get("parameters") or {"type": "object"},
                },
                "required": ["function", "arguments"],
                "additionalProperties": False,
            }
            for function in self.functions
        ]
        if not self.must_call:
            options.append(
                {
                    "type": "object",
                    "properties": {"answer": {"type": "string"}},
                    "required": ["answer"],
                    "additionalProperties": False,
                }
            )
        return options[0] if len(options) == 1 else {"anyOf": options}

    def told(self, messages: list[dict[str, str]]) -> list[dict[str, str]]:
        """The messages, with the functions told to the model at their head."""
        lines = [
            json.dumps(
                {
                    "function": f["name"],
                    "for": f.get("description", ""),
                    "arguments": f.get("parameters", {}),
                },
                ensure_ascii=False,
            )
            for f in self.functions
        ]
        head = "Answer with a call of one of these functions, as JSON:\n" + "\n".join(lines)
        if not self.must_call:
            head += '\nor, where none of them helps, with {"answer": "..."}.'
        if messages and messages[0]["role"] == "system":
            first = {"role": "system", "content": f"{messages[0]['content']}\n\n{head}"}
            return [first, *messages[1:]]
        return [{"role": "system", "content": head}, *messages]

    def read(self, pieces: Iterator[ChatPiece]) -> Iterator[ChatPiece]:
        """The pieces of the JSON as a call or an answer, in one piece, and the last."""
        parts = []
        for piece in pieces:
            parts.append(piece.text)
            if piece.finish_reason is None:
                continue
            if piece.finish_reason == "length":
                # Half a call helps nobody; say it as OpenAI does: no call, and "length".
                yield piece
                return
            made = json.loads("".join(parts))
            if "answer" in made:
                yield ChatPiece(text=made["answer"])
                yield piece
                return
            arguments = json.dumps(made["arguments"], ensure_ascii=False)
            call = ToolCall(index=0, id=f"call_{new_ulid()}", name=made["function"], arguments=arguments)
            yield ChatPiece(tool_calls=(call,))
            yield replace(piece, finish_reason="tool_calls")
