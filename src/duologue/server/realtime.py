"""/v1/realtime: a conversation over a WebSocket. Text goes in; text and sound come out while they are being
made.

Design choices
- OpenAI's events by their present names; what needs a recogniser (input_audio_buffer) is refused in words.
- One answer at a time. A new user's item, or `response.cancel`, breaks into it: not one more sound goes out.
- The caller is known as everywhere else; a browser, which can't set headers, sends its key as the subprotocol
  `openai-insecure-api-key.KEY`, or its session's cookie.

platform.openai.com/docs/api-reference/realtime-server-events.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from duologue.gateway.errors import GatewayError
from duologue.server.access import allowed, caller_of
from duologue.server.answering import Answering
from duologue.server.conversation import Conversation, Item, Session
from duologue.server.errors import refuse
from duologue.server.state import State, address

__all__ = ["router"]

router = APIRouter()

MOST_SOCKETS = 256


@router.websocket("/v1/realtime")
async def realtime(socket: WebSocket, model: str = "") -> None:
    """Speak with the models."""
    here: State = socket.app.state.duologue
    try:
        who = allowed(allowed(await caller_of(socket, here), "chat"), "speech")
    except GatewayError as error:
        await socket.close(1008, str(error)[:120])
        return
    if here.sockets >= MOST_SOCKETS or here.draining:
        await socket.close(1013, "too many conversations; try again")
        return
    offered = socket.scope.get("subprotocols", [])
    await socket.accept("realtime" if "realtime" in offered else None)
    here.sockets += 1
    talk = _Socket(socket, here, who, model)
    try:
        await talk.run()
    except WebSocketDisconnect:
        pass
    finally:
        here.sockets -= 1
        await talk.close()


class _Socket:
    """One connection."""

    def __init__(self, socket: WebSocket, here: State, who: Any, model: str) -> None:
        self._socket, self._here, self._who = socket, here, who
        self._session = Session(model="" if model.startswith("gpt-") else model[:200])
        self._conversation = Conversation()
        self._answer: Answering | None = None
        self._lock = asyncio.Lock()
        self._numbers = 0

    async def send(self, event: dict[str, Any]) -> None:
        """One event to the client."""
        self._numbers += 1
        async with self._lock:
            await self._socket.send_text(
                json.dumps({"event_id": f"event_{self._numbers}", **event}, ensure_ascii=False)
            )

    async def run(self) -> None:
        """Until the client leaves."""
        await self.send({"type": "session.created", "session": self._session.shape()})
        while True:
            text = await self._socket.receive_text()
            event: Any = None
            try:
                event = json.loads(text)
                if not isinstance(event, dict):
                    raise refuse("an event is a JSON object with a type")
                await self._take(event)
            except GatewayError as error:
                await self._error(error, event)
            except (ValueError, RecursionError):
                await self._error(refuse("an event is a JSON object with a type", code="invalid_json"), None)

    async def _error(self, error: GatewayError, event: Any) -> None:
        named = event.get("event_id") if isinstance(event, dict) else None
        kind = "server_error" if error.status >= 500 else "invalid_request_error"
        fault = {
            "type": kind,
            "code": error.code,
            "message": str(error),
            "param": error.param,
            "event_id": named,
        }
        await self.send({"type": "error", "error": fault})

    async def _take(self, event: dict[str, Any]) -> None:
        kind = event.get("type")
        if kind == "session.update":
            wanted = copy.copy(self._session)
            wanted.update(_object(event, "session"))
            self._session = wanted  # whole or not at all
            await self.send({"type": "session.updated", "session": self._session.shape()})
        elif kind == "conversation.item.create":
            await self._add(Item.of(event.get("item")), event.get("previous_item_id"))
        elif kind == "conversation.item.retrieve":
            item = self._conversation.get(str(event.get("item_id")))
            await self.send({"type": "conversation.item.retrieved", "item": item.shape()})
        elif kind == "conversation.item.delete":
            self._conversation.delete(str(event.get("item_id")))
            await self.send({"type": "conversation.item.deleted", "item_id": str(event.get("item_id"))})
        elif kind == "conversation.item.truncate":
            await self._truncate(event)
        elif kind == "response.create":
            await self._respond(_object(event, "response"))
        elif kind in ("response.cancel", "output_audio_buffer.clear"):
            if self._answer is None or not self._answer.running:
                raise refuse("there is no answer under way", code="response_cancel_not_active")
            await self._answer.stop("client_cancelled")
        elif isinstance(kind, str) and kind.startswith("input_audio_buffer."):
            raise refuse("there is no recogniser here; send text by conversation.item.create", param="type")
        else:
            raise refuse(f"unknown event '{str(kind)[:60]}'", param="type")

    async def _add(self, item: Item, after: Any) -> None:
        if item.role == "user" and self._answer is not None and self._answer.running:
            await self._answer.stop("turn_detected")
        before = self._conversation.add(item, str(after) if after is not None else None)
        for kind in ("conversation.item.added", "conversation.item.done"):
            await self.send({"type": kind, "previous_item_id": before, "item": item.shape()})

    async def _truncate(self, event: dict[str, Any]) -> None:
        item, end = self._conversation.get(str(event.get("item_id"))), event.get("audio_end_ms")
        if isinstance(end, bool) or not isinstance(end, int) or end < 0:
            raise refuse("audio_end_ms is a whole number of milliseconds", param="audio_end_ms")
        item.truncate(end)
        told = {"item_id": item.id, "content_index": 0, "audio_end_ms": end}
        await self.send({"type": "conversation.item.truncated", **told})

    async def _respond(self, wanted: dict[str, Any]) -> None:
        if self._answer is not None and self._answer.running:
            raise refuse(
                "an answer is under way; cancel it first", code="conversation_already_has_active_response"
            )
        session, conversation = copy.copy(self._session), self._conversation
        session.update(wanted)
        if isinstance(wanted.get("input"), list):  # an answer beside the conversation
            conversation = Conversation()
            for given in wanted["input"]:
                conversation.add(Item.of(given))
        if not conversation.items and not session.instructions:
            raise refuse("there is nothing to answer; create an item first")
        turn = self._who.key_id or address(self._socket)
        self._answer = Answering(session, conversation, self.send, self._here, self._who, turn)
        self._answer.start()

    async def close(self) -> None:
        """Free what is under way."""
        if self._answer is not None and self._answer.task is not None:
            self._answer.task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._answer.task


def _object(event: dict[str, Any], name: str) -> dict[str, Any]:
    found = event.get(name)
    if found is None and name == "response":
        return {}
    if not isinstance(found, dict):
        raise refuse(f"{name} is an object", param=name)
    return found
