"""Wyoming, spoken by the library's own client."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from runningserver import Running


@pytest.fixture
def home(running: Any) -> Running:
    server: Running = running(wyoming_port=0)
    return server


async def _until(client: AsyncTcpClient, kind: str) -> list[Event]:
    events: list[Event] = []
    while not events or events[-1].type not in (kind, "error"):
        event = await asyncio.wait_for(client.read_event(), 60)
        assert event is not None
        events.append(event)
    return events


def test_a_home_asks_who_speaks_and_hears_it(home: Running) -> None:
    async def talk() -> None:
        async with AsyncTcpClient("127.0.0.1", home.state.wyoming_port) as client:
            await client.write_event(Describe().event())
            info = Info.from_event((await _until(client, "info"))[-1])
            program = info.tts[0]
            assert program.supports_synthesize_streaming
            assert [v.name for v in program.voices] == ["heart", "fenrir", "emma", "fable"]
            await client.write_event(
                Synthesize(text="Hello there.", voice=SynthesizeVoice(name="emma")).event()
            )
            events = await _until(client, "audio-stop")
            assert AudioStart.from_event(events[0]).rate == 24_000
            sound = b"".join(AudioChunk.from_event(e).audio for e in events[1:-1])
            assert AudioStop.is_type(events[-1].type)
            assert sound == _expected(home, "Hello there.", "emma")
            await client.write_event(Synthesize(text="Hi.", voice=SynthesizeVoice(name="nobody")).event())
            assert "unknown voice" in Error.from_event((await _until(client, "audio-stop"))[-1]).text
            await client.write_event(Synthesize(text="Hi.").event())  # the connection goes on
            assert len(await _until(client, "audio-stop")) > 2

    asyncio.run(talk())
    assert home.idle()


def _expected(server: Running, text: str, voice: str) -> bytes:
    import numpy as np

    from duologue.gateway.requests import SpeechRequest

    with server.gateway.speak(SpeechRequest(text=text, voice=voice)) as served:
        pieces = [np.rint(np.clip(p.audio, -1, 1) * 32767).astype("<i2").tobytes() for p in served]
    return b"".join(pieces)


def test_speech_begins_while_the_text_is_being_written(home: Running) -> None:
    async def talk() -> None:
        async with AsyncTcpClient("127.0.0.1", home.state.wyoming_port) as client:
            await client.write_event(SynthesizeStart(voice=SynthesizeVoice(name="fable")).event())
            for part in ("It rains. ", "Take an umb"):
                await client.write_event(SynthesizeChunk(text=part).event())
            first = await asyncio.wait_for(client.read_event(), 60)  # before the text is whole
            assert first is not None
            assert AudioStart.is_type(first.type)
            await client.write_event(
                Synthesize(text="It rains. Take an umbrella.").event()
            )  # for older servers
            await client.write_event(SynthesizeChunk(text="rella.").event())
            await client.write_event(SynthesizeStop().event())
            events = await _until(client, "synthesize-stopped")
            assert [e.type for e in events if e.type != "audio-chunk"] == ["audio-stop", "synthesize-stopped"]
            assert SynthesizeStopped.is_type(events[-1].type)
            sound = b"".join(AudioChunk.from_event(e).audio for e in events if e.type == "audio-chunk")
            assert sound == _expected(home, "It rains.", "fable") + _expected(
                home, "Take an umbrella.", "fable"
            )

    asyncio.run(talk())


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"{}\n",
        b'{"type": "describe", "data_length": 99999999999}\n',
        b'{"type": "x", "payload_length": -1}\n',
        b'{"type": "x", "data_length": true}\n',
        b"[" * 50_000 + b"\n",
        b"x" * 200_000,
    ],
)
def test_what_isnt_the_protocol_is_let_go(home: Running, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", home.state.wyoming_port), timeout=10) as raw:
        try:
            raw.sendall(said)
            assert raw.recv(100) == b""
        except ConnectionError:
            pass
    assert home.idle()
