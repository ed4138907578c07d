"""The events of OpenAI's responses dialect, made from the pieces of an answer.

The whole answer is the one that the last event holds, so a stream and an answer at once say the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from duologue.gateway.requests import ChatPiece
from duologue.server.bridge import Flow
from duologue.server.errors import told
from duologue.server.speech import bill

__all__ = ["Writer"]


class Writer:
    """Turns the pieces of an answer into events; `response` is the answer so far."""

    def __init__(self, flow: Flow[ChatPiece], echo: Mapping[str, Any]) -> None:
        self._flow, self._number = flow, 0
        self._items: list[dict[str, Any]] = []
        self._calls: dict[int, dict[str, Any]] = {}
        self._text: dict[str, Any] | None = None
        self._finish = "stop"
        self.response: dict[str, Any] = {
            "id": f"resp_{flow.served.id}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "in_progress",
            "error": None,
            "incomplete_details": None,
            "model": flow.served.choice.deployment,
            "output": [],
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "truncation": "disabled",
            "usage": None,
            "store": False,
            **echo,
        }

    def event(self, kind: str, **facts: Any) -> dict[str, Any]:
        """The next event."""
        made = {"type": kind, "sequence_number": self._number, **facts}
        self._number += 1
        return made

    def begin(self) -> list[dict[str, Any]]:
        """Before the first piece."""
        return [
            self.event("response.created", response=dict(self.response)),
            self.event("response.in_progress", response=dict(self.response)),
        ]

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        self._items.append(item)
        return self.event("response.output_item.added", output_index=len(self._items) - 1, item={**item})

    def piece(self, piece: ChatPiece) -> list[dict[str, Any]]:
        """The events of one piece."""
        made: list[dict[str, Any]] = []
        self._finish = piece.finish_reason or self._finish
        if piece.text:
            if self._text is None:
                self._text = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
                item: dict[str, Any] = {
                    "id": f"msg_{self._flow.served.id}",
                    "type": "message",
                    "role": "assistant",
                    "status": "in_progress",
                    "content": [],
                }
                made.append(self._item(item))
                made.append(self.event("response.content_part.added", **self._place(), part=dict(self._text)))
            self._text["text"] += piece.text
            made.append(
                self.event("response.output_text.delta", **self._place(), delta=piece.text, logprobs=[])
            )
        for call in piece.tool_calls:
            item = self._calls.get(call.index, {})
            if not item:
                item = {
                    "id": f"fc_{self._flow.served.id}_{call.index}",
                    "type": "function_call",
                    "name": call.name,
                    "call_id": call.id,
                    "arguments": "",
                    "status": "in_progress",
                }
                self._calls[call.index] = item
                made.append(self._item(item))
            if call.arguments:
                item["arguments"] += call.arguments
                made.append(
                    self.event(
                        "response.function_call_arguments.delta",
                        item_id=item["id"],
                        output_index=self._items.index(item),
                        delta=call.arguments,
                    )
                )
        return made

    def _place(self) -> dict[str, Any]:
        index = next(n for n, item in enumerate(self._items) if item["type"] == "message")
        return {"item_id": self._items[index]["id"], "output_index": index, "content_index": 0}

    def end(self, charge: Any) -> list[dict[str, Any]]:
        """After the last piece."""
        made: list[dict[str, Any]] = []
        whole = self._finish != "length"
        for index, item in enumerate(self._items):
            if item["type"] == "message" and self._text is not None:
                text = self._text["text"]
                made.append(self.event("response.output_text.done", **self._place(), text=text, logprobs=[]))
                made.append(self.event("response.content_part.done", **self._place(), part=dict(self._text)))
                item["content"] = [self._text]
            else:
                made.append(
                    self.event(
                        "response.function_call_arguments.done",
                        item_id=item["id"],
                        output_index=index,
                        name=item["name"],
                        arguments=item["arguments"],
                    )
                )
            item["status"] = "completed" if whole else "incomplete"
            made.append(self.event("response.output_item.done", output_index=index, item=item))
        self.response |= {
            "status": "completed" if whole else "incomplete",
            "incomplete_details": None if whole else {"reason": "max_output_tokens"},
            "output": self._items,
            "usage": {
                "input_tokens": charge.prompt_tokens,
                "input_tokens_details": {"cached_tokens": charge.cached_tokens, "cache_write_tokens": 0},
                "output_tokens": charge.completion_tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": charge.prompt_tokens + charge.completion_tokens,
            },
            "duologue": bill(self._flow, charge),
        }
        made.append(
            self.event("response.completed" if whole else "response.incomplete", response=self.response)
        )
        return made

    def broke(self, error: Exception) -> dict[str, Any]:
        """Instead of the end, where the answer broke off."""
        self.response |= {"status": "failed", "error": {"code": "server_error", "message": told(error)}}
        return self.event("response.failed", response=self.response)
