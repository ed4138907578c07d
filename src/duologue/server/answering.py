"""One answer of a realtime session: written, and spoken while it is being written.

Design choices
- Two tasks: one takes the text model's pieces and cuts them into sentences, the other speaks the sentences in
  order. The voice is about a hundred times as fast as speech, so it waits for text, never the other way
  round.
- Sound goes out in fifths of a second. `stop` says nothing more at once, whatever the models are still doing;
  they are cancelled in the same moment and tidied up behind.
- Events are OpenAI's present names; `words` beside the sound, with times from the answer's beginning, is
  ours.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from duologue.gateway.errors import GatewayError
from duologue.gateway.requests import ChatRequest, SpeechPiece, SpeechRequest
from duologue.server.conversation import Conversation, Item, Session
from duologue.server.errors import told
from duologue.server.sentences import Sentences
from duologue.store.ulid import new_ulid

if TYPE_CHECKING:
    from duologue.gateway.caller import Caller
    from duologue.server.state import State

__all__ = ["Answering"]

CHUNK = 4_800
"""Samples in one event: a fifth of a second."""
RATE = 24_000

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Answering:
    """An answer under way. `start` it; `stop` it to break in."""

    def __init__(
        self, session: Session, conversation: Conversation, send: Send, here: State, who: Caller, turn: str
    ) -> None:
        self.id = f"resp_{new_ulid()}"
        self._session, self._conversation, self._out = session, conversation, send
        self._here, self._who, self._turn = here, who, turn
        self.spoken = session.modalities == ("audio",)
        self.item = Item(
            id=f"item_{new_ulid()}",
            kind="message",
            role="assistant",
            status="in_progress",
            spoken=self.spoken,
        )
        self._calls: dict[int, Item] = {}
        self._sentences: asyncio.Queue[tuple[int, str] | None] = asyncio.Queue()
        self._at = 0.0
        self._finish = "stop"
        self._usage: dict[str, int] = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
        self._open = False
        self._silent = False
        self.task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._silent and self.task is not None and not self.task.done()

    def start(self) -> None:
        """Begin."""
        self.task = asyncio.ensure_future(self._run())

    async def stop(self, reason: str) -> None:
        if not self.running:
            return
        assert self.task is not None
        self._silent = True
        self.task.cancel()
        self.item.status = "incomplete"
        await self._out({"type": "response.done", "response": self._shape("cancelled", reason)})

    async def _send(self, kind: str, **facts: Any) -> None:
        if not self._silent:
            await self._out({"type": kind, "response_id": self.id, **facts})

    def _place(self) -> dict[str, Any]:
        return {"item_id": self.item.id, "output_index": 0, "content_index": 0}

    def _shape(
        self, status: str, reason: str | None = None, error: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        items = ([self.item] if self._open else []) + list(self._calls.values())
        details: dict[str, Any] | None = None
        if status not in ("in_progress", "completed"):
            details = {"type": status, "reason": reason, "error": error}
        return {
            "id": self.id,
            "object": "realtime.response",
            "status": status,
            "status_details": details,
            "output": [item.shape() for item in items],
            "output_modalities": list(self._session.modalities),
            "usage": None if status == "in_progress" else self._usage,
        }

    async def _run(self) -> None:
        await self._out({"type": "response.created", "response": self._shape("in_progress")})
        speaking = asyncio.ensure_future(self._speak()) if self.spoken else None
        try:
            await self._write()
            if speaking is not None:
                await speaking
            await self._end()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            code = error.code if isinstance(error, GatewayError) else "internal_error"
            self.item.status = "incomplete"
            fault = {"type": "server_error", "code": code, "message": told(error)}
            await self._out({"type": "response.done", "response": self._shape("failed", None, fault)})
        finally:
            if speaking is not None and not speaking.done():
                speaking.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await speaking

    async def _write(self) -> None:
        """The text model's part: deltas to the client, sentences to the voice."""
        session = self._session
        asked = ChatRequest(
            messages=tuple(self._conversation.messages(session.instructions)),
            model=session.model,
            max_tokens=session.max_tokens,
            temperature=session.temperature,
            tools=session.tools,
            tool_choice=session.tool_choice,
        )
        bridge, gateway = self._here.bridge, self._here.gateway
        call_it = functools.partial(gateway.chat, asked, self._who)
        flow = await bridge.begin(call_it, self._turn, bridge.text)
        kind = "response.output_audio_transcript.delta" if self.spoken else "response.output_text.delta"
        cutter, said = Sentences(), 0
        try:
            async for piece in flow:
                self._finish = piece.finish_reason or self._finish
                for call in piece.tool_calls:
                    await self._call(call)
                if not piece.text:
                    continue
                await self._begin_item()
                self.item.text += piece.text
                await self._send(kind, **self._place(), delta=piece.text)
                for sentence in cutter.feed(piece.text):
                    said = self._hand_over(sentence, said)
        finally:
            charge = await flow.close()
            self._here.metrics.charge(flow.served.choice.deployment, charge)
            read, written = charge.prompt_tokens, charge.completion_tokens
            self._usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
        for sentence in cutter.finish():
            said = self._hand_over(sentence, said)
        self._sentences.put_nowait(None)

    def _hand_over(self, sentence: str, said: int) -> int:
        """Queue a sentence with its place in the text; returns where it ends."""
        at = self.item.text.find(sentence[:40], said)
        at = said if at < 0 else at
        if any(c.isalnum() for c in sentence):
            self._sentences.put_nowait((at, sentence))
        return at + len(sentence)

    async def _begin_item(self) -> None:
        if self._open:
            return
        self._open = True
        before = self._conversation.add(self.item)
        await self._send("response.output_item.added", output_index=0, item=self.item.shape())
        await self._out_item("conversation.item.added", self.item, before)
        part = {"type": "audio", "transcript": ""} if self.spoken else {"type": "text", "text": ""}
        await self._send("response.content_part.added", **self._place(), part=part)

    async def _out_item(self, kind: str, item: Item, before: str | None = None) -> None:
        if not self._silent:
            await self._out({"type": kind, "previous_item_id": before, "item": item.shape()})

    async def _call(self, call: Any) -> None:
        item = self._calls.get(call.index)
        index = call.index + 1 if self._open else call.index
        if item is None:
            item = Item(
                id=f"item_{new_ulid()}",
                kind="function_call",
                name=call.name,
                call_id=call.id,
                status="in_progress",
            )
            self._calls[call.index] = item
            before = self._conversation.add(item)
            await self._send("response.output_item.added", output_index=index, item=item.shape())
            await self._out_item("conversation.item.added", item, before)
        if call.arguments:
            item.text += call.arguments
            await self._send(
                "response.function_call_arguments.delta",
                item_id=item.id, output_index=index, call_id=item.call_id, delta=call.arguments,
            )  # fmt: skip

    async def _speak(self) -> None:
        """The voice's part: sentences to sound."""
        session, bridge, gateway = self._session, self._here.bridge, self._here.gateway
        while (sentence := await self._sentences.get()) is not None:
            offset, text = sentence
            asked = SpeechRequest(
                text=text,
                model=session.speech_model,
                voice=session.voice,
                style=session.style,
                speed=session.speed,
            )
            call = functools.partial(gateway.speak, asked, self._who)
            flow = await bridge.begin(
                call, self._turn, bridge.speech, leave=lambda: None
            )  # the text has the place
            try:
                async for piece in flow:
                    await self._sound(piece, offset)
            finally:
                charge = await flow.close()
                self._here.metrics.charge(flow.served.choice.deployment, charge)

    async def _sound(self, piece: SpeechPiece, offset: int) -> None:
        if piece.sample_rate != RATE:
            raise GatewayError(f"the voice speaks at {piece.sample_rate} Hz; {RATE} is needed", status=502)
        pcm = np.rint(np.clip(piece.audio, -1, 1) * 32767).astype("<i2")
        words: list[dict[str, Any]] = []
        for word in piece.words:
            end = offset + word.char_end
            self.item.heard.append((self._at + word.end, end))
            words.append(
                {
                    "text": word.text,
                    "start": round(self._at + word.start, 4),
                    "end": round(self._at + word.end, 4),
                    "char_start": offset + word.char_start,
                    "char_end": end,
                }
            )
        self._at += len(pcm) / RATE
        for start in range(0, len(pcm), CHUNK):
            delta = base64.b64encode(pcm[start : start + CHUNK].tobytes()).decode()
            extra: dict[str, Any] = {"words": words} if start == 0 else {}
            await self._send("response.output_audio.delta", **self._place(), delta=delta, **extra)
            await asyncio.sleep(0)  # let a break-in through

    async def _end(self) -> None:
        """All is said: close what is open."""
        whole = self._finish != "length"
        if self._open:
            self.item.status = "completed" if whole else "incomplete"
            place, text = self._place(), self.item.text
            if self.spoken:
                await self._send("response.output_audio.done", **place)
                await self._send("response.output_audio_transcript.done", **place, transcript=text)
                part = {"type": "audio", "transcript": text}
            else:
                await self._send("response.output_text.done", **place, text=text)
                part = {"type": "text", "text": text}
            await self._send("response.content_part.done", **place, part=part)
            await self._send("response.output_item.done", output_index=0, item=self.item.shape())
            await self._out_item("conversation.item.done", self.item)
        for index, item in self._calls.items():
            at = index + 1 if self._open else index
            item.status = "completed" if whole else "incomplete"
            await self._send(
                "response.function_call_arguments.done",
                item_id=item.id, output_index=at, call_id=item.call_id,
                name=item.name, arguments=item.text,
            )  # fmt: skip
            await self._send("response.output_item.done", output_index=at, item=item.shape())
            await self._out_item("conversation.item.done", item)
        status = "completed" if whole else "incomplete"
        reason = None if whole else "max_output_tokens"
        self._silent = True
        await self._out({"type": "response.done", "response": self._shape(status, reason)})
