"""Home Assistant's protocol: text to speech over a socket, whole or while the text is still being written.

Design choices
- `describe`, `synthesize`, and the streaming `synthesize-start`, `-chunk`, `-stop`, whose sentences are
  spoken as they become whole; the plain `synthesize` that clients send in between for older servers is passed
  over, as they expect.
- The events are the library's; reading them is ours, with bounds, as lengths come from the other side.
- The protocol knows no keys: it listens on loopback unless a host of its own is given, and whoever reaches it
  may speak, with the same turns and limits as everybody.

github.com/OHF-Voice/wyoming.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import numpy as np

from duologue import __version__
from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.gateway.requests import SpeechRequest
from duologue.server.errors import refuse, told
from duologue.server.sentences import Sentences

if TYPE_CHECKING:
    from fastapi import FastAPI
    from wyoming.event import Event, Eventable

    from duologue.server.state import State

__all__ = ["wyoming"]

log = logging.getLogger("duologue.server")

LARGEST = 1_000_000
"""Bytes of one event."""
CHUNK = 2_400
"""Samples of one audio-chunk: a tenth of a second."""
IDLE = 300.0
"""Seconds that a connection may say nothing."""
MOST = 64
"""Connections at once."""


@contextlib.asynccontextmanager
async def wyoming(app: FastAPI) -> AsyncIterator[None]:
    """Listens while the application lives, where its settings say so; the port is kept in
    `state.wyoming_port`.
    """
    here: State = app.state.duologue
    settings = here.settings
    if settings.wyoming_port is None:
        yield
        return
    host = settings.wyoming_host
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.workers > 1:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((host, settings.wyoming_port))
    here.wyoming_port = bound.getsockname()[1]
    talks: set[asyncio.Task[Any]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(talks) >= MOST:
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await _Talk(reader, writer, here).run()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the other side went away, or slept
        except Exception:
            log.exception("a Wyoming connection failed")
        finally:
            talks.discard(task)
            writer.close()

    server = await asyncio.start_server(take, sock=bound)
    try:
        yield
    finally:
        server.close()
        for task in list(talks):
            task.cancel()


class _Talk:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, here: State) -> None:
        self._reader, self._writer, self._here = reader, writer, here
        name = writer.get_extra_info("peername")
        self._turn = f"wyoming {name[0] if name else 'local'}"
        self._cutter: Sentences | None = None
        self._voice, self._begun, self._ssml = "", False, False

    async def run(self) -> None:
        """Until the other side leaves, or says what can't be read."""
        while (event := await self._read()) is not None:
            try:
                await self._take(event)
            except GatewayError as error:
                from wyoming.error import Error

                self._cutter = None
                await self._write(Error(text=told(error), code=error.code))

    async def _read(self) -> Event | None:
        from wyoming.event import Event

        async with asyncio.timeout(IDLE):
            try:
                line = await self._reader.readline()
                if not line:
                    return None
                head = json.loads(line)
                sizes = [head.get("data_length") or 0, head.get("payload_length") or 0]
                if any(isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= LARGEST for n in sizes):
                    return None
                data = dict(head.get("data") or {})
                if sizes[0]:
                    data |= json.loads(await self._reader.readexactly(sizes[0]))
                payload = await self._reader.readexactly(sizes[1]) if sizes[1] else None
                return Event(type=str(head["type"]), data=data, payload=payload)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                return None  # not this protocol

    async def _write(self, event: Eventable) -> None:
        from wyoming.event import async_write_event

        async with asyncio.timeout(self._here.settings.stall_seconds):
            await async_write_event(event.event(), self._writer)

    async def _take(self, event: Event) -> None:
        from wyoming.info import Describe
        from wyoming.ping import Ping, Pong
        from wyoming.tts import (
            Synthesize,
            SynthesizeChunk,
            SynthesizeStart,
            SynthesizeStop,
            SynthesizeStopped,
        )

        if Describe.is_type(event.type):
            await self._write(await self._here.bridge.run(self._info))
        elif Ping.is_type(event.type):
            await self._write(Pong(text=Ping.from_event(event).text))
        elif Synthesize.is_type(event.type):
            if self._cutter is None:
                self._settle(event)
                await self._speak(_text(event))
                await self._stop()
        elif SynthesizeStart.is_type(event.type):
            self._settle(event)
            self._cutter = Sentences()
        elif SynthesizeChunk.is_type(event.type) and self._cutter is not None:
            for sentence in self._cutter.feed(_text(event)):
                await self._speak(sentence)
        elif SynthesizeStop.is_type(event.type) and self._cutter is not None:
            cutter, self._cutter = self._cutter, None
            for sentence in cutter.finish():
                await self._speak(sentence)
            await self._stop()
            await self._write(SynthesizeStopped())

    def _settle(self, event: Event) -> None:
        """The voice and the kind of text that a request names."""
        voice = event.data.get("voice") or {}
        named = voice.get("speaker") or voice.get("name") or "" if isinstance(voice, dict) else ""
        language = voice.get("language") if isinstance(voice, dict) else None
        if not named and isinstance(language, str) and language.lower().replace("_", "-") == "en-gb":
            named = next((v.name for v in self._here.gateway.voices() if v.language == "en-gb"), "")
        self._voice = str(named)[:200]
        self._ssml = event.data.get("text_format") == "ssml"
        self._begun = False

    async def _speak(self, text: str) -> None:
        from wyoming.audio import AudioChunk, AudioStart

        if not any(c.isalnum() for c in text):
            return
        if len(text) > self._here.settings.max_input:
            raise refuse(
                f"the text has {len(text)} characters; at most {self._here.settings.max_input} are taken"
            )
        asked = SpeechRequest(text=text, voice=self._voice, ssml=self._ssml)
        bridge = self._here.bridge
        call = functools.partial(self._here.gateway.speak, asked, Caller.local())
        flow = await bridge.begin(call, self._turn, bridge.speech)
        try:
            async for piece in flow:
                pcm = np.rint(np.clip(piece.audio, -1, 1) * 32767).astype("<i2")
                shape = {"rate": piece.sample_rate, "width": 2, "channels": 1}
                if not self._begun:
                    self._begun = True
                    await self._write(AudioStart(**shape))
                for start in range(0, len(pcm), CHUNK):
                    if self._writer.is_closing():
                        raise ConnectionResetError
                    await self._write(AudioChunk(audio=pcm[start : start + CHUNK].tobytes(), **shape))
        finally:
            charge = await flow.close()
            self._here.metrics.charge(flow.served.choice.deployment, charge)

    async def _stop(self) -> None:
        from wyoming.audio import AudioStart, AudioStop

        if not self._begun:
            await self._write(AudioStart(rate=24_000, width=2, channels=1))
        self._begun = False
        await self._write(AudioStop())

    def _info(self) -> Any:
        from wyoming.info import Attribution, Info, TtsProgram, TtsVoice

        by = Attribution(name="Duologue", url="https://pypi.org/project/duologue/")
        voices = [
            TtsVoice(
                name=v.name, attribution=by, installed=True, description=v.description or v.name,
                version=__version__, languages=[v.language or "en"],
            )
            for v in self._here.gateway.voices()
        ]  # fmt: skip
        program = TtsProgram(
            name="duologue", attribution=by, installed=True, description="Speech of Duologue",
            version=__version__, voices=voices, supports_synthesize_streaming=True,
        )  # fmt: skip
        return Info(tts=[program])


def _text(event: Event) -> str:
    text = event.data.get("text")
    if not isinstance(text, str):
        raise refuse("text is missing")
    return text
