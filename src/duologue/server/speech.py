"""/v1/audio/speech: text in, sound out as it is made, in OpenAI's dialect.

Design choices
- Sent as it is spoken unless `stream` is false; then the file has exact lengths in its header and the cost in
  its headers.
- With `stream_format` "sse" the same bytes come as events, with word times beside them, and usage at the end.
- "vtt" and "srt" are formats too: captions of the very speech that the other formats hold.
- Usage counts a character as an input token and 50 ms of sound as an output token; OpenAI's own count isn't
  known.
"""

from __future__ import annotations

import base64
import functools
import math
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from duologue.gateway.requests import SpeechPiece, SpeechRequest
from duologue.server.access import Who
from duologue.server.bodies import SOUNDS, Body, Seed
from duologue.server.bridge import Flow
from duologue.server.errors import ERRORS, refuse
from duologue.server.events import event
from duologue.server.live import LiveEncoder
from duologue.server.sound import KINDS, Sound, sound_named, whole
from duologue.server.state import Here, State, headers_of
from duologue.server.stream import Stream
from duologue.voice.tags import Tags

__all__ = ["router"]

router = APIRouter(tags=["speech"])

Captions = Literal["vtt", "srt"]


class VoiceName(Body):
    """A voice by its id, as OpenAI's newer clients send it."""

    id: str = Field(min_length=1, max_length=200)


class SpeechBody(Body):
    """OpenAI's parameters, and below them ours."""

    input: str = Field(
        min_length=1, description="The text. OpenAI takes 4096 characters; here it is a setting."
    )
    model: str = Field(
        default="", max_length=200, description="A deployment, a group, or empty for the policy's choice."
    )
    voice: Annotated[str, Field(max_length=200)] | VoiceName = Field(
        default="", description="A voice, a blend such as 'heart(2)+emma(1)', or one of OpenAI's names."
    )
    instructions: str = Field(default="", max_length=4096, description="How to speak, in words.")
    response_format: str = Field(
        default="mp3",
        max_length=40,
        json_schema_extra={"pattern": SOUNDS.replace("alaw)", "alaw|vtt|srt)")},
        description="mp3, opus, aac, flac, wav, pcm; ogg, ulaw, alaw, vtt, srt.",
    )
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    stream_format: Literal["audio", "sse"] = "audio"
    style: str = Field(default="", max_length=40, description="A style by its name; wins over instructions.")
    pitch: float = Field(default=0.0, ge=-12, le=12, description="Semitones.")
    seed: Seed = 0
    ssml: bool = Field(default=False, description="Whether the input is SSML 1.1.")
    lexicon: dict[str, str] = Field(
        default={}, max_length=1000, description="Words to /ipa/ or a respelling."
    )
    stream: bool = Field(default=True, description="False: the whole file at once, with exact lengths.")

    def asked(self, here: State) -> SpeechRequest:
        """What the gateway is asked. Raises GatewayError for a text that is too long."""
        check_length(self.input, here)
        return SpeechRequest(
            text=self.input,
            model=self.model,
            voice=self.voice if isinstance(self.voice, str) else self.voice.id,
            style=self.style,
            instructions=self.instructions,
            speed=self.speed,
            pitch=self.pitch,
            seed=self.seed,
            ssml=self.ssml,
            lexicon=self.lexicon,
        )


def check_length(text: str, here: State, param: str = "input") -> None:
    """Raises GatewayError 400 for a text past the limit."""
    if len(text) > here.settings.max_input:
        raise refuse(
            f"the text has {len(text)} characters and at most {here.settings.max_input} are taken at once; "
            "send it in parts",
            code="string_above_max_length",
            param=param,
        )


def tags_of(flow: Flow[SpeechPiece], asked: SpeechRequest) -> Tags:
    """What the sound file says of itself."""
    return Tags(voice=asked.voice, style=asked.style or "neutral", model=flow.served.choice.model)


async def encoded(
    flow: Flow[SpeechPiece], sound: Sound, tags: Tags, here: State
) -> AsyncIterator[tuple[bytes, SpeechPiece | None]]:
    """(bytes, the piece that begins with them) in order; the last bytes begin none."""
    live = LiveEncoder(sound, tags, here.bridge.encode)
    try:
        async for piece in flow:
            begins: SpeechPiece | None = piece
            async for data in live.feed(piece):
                yield data, begins
                flow.ahead()
                begins = None
        yield await live.finish(), None
    finally:
        await live.close()


@router.post(
    "/v1/audio/speech",
    response_class=Response,
    responses={
        200: {
            "description": "The sound; with stream_format sse, events",
            "content": {
                kind: {} for kind in (*KINDS, "text/event-stream", "text/vtt", "application/x-subrip")
            },
        },
        **ERRORS,
    },
)
async def speech(body: SpeechBody, request: Request, here: Here, who: Who) -> Response:
    """Speak."""
    begun = time.perf_counter()
    asked = body.asked(here)
    name = body.response_format.strip().lower()
    if name in ("vtt", "srt"):
        return await _captions(asked, "srt" if name == "srt" else "vtt", request, here, who)
    sound = sound_named(name)
    flow = await here.speak(asked, who, request)
    here.metrics.first.labels("speech").observe(time.perf_counter() - begun)
    parts = encoded(flow, sound, tags_of(flow, asked), here)
    if body.stream_format == "sse":
        events = _events(parts, flow, request, here)
        return Stream(
            events,
            "text/event-stream",
            {**headers_of(flow), "cache-control": "no-store"},
            functools.partial(_last, flow, request, here),
        )
    if not body.stream:
        return await _whole(flow, sound, tags_of(flow, asked), request, here)
    return Stream(
        (data async for data, _ in parts),
        sound.mime,
        headers_of(flow),
        functools.partial(_last, flow, request, here),
    )


async def _last(flow: Flow[Any], request: Request, here: State, left: bool) -> None:
    await here.ended(flow, request, left)


async def _events(
    parts: AsyncIterator[tuple[bytes, SpeechPiece | None]],
    flow: Flow[SpeechPiece],
    request: Request,
    here: State,
) -> AsyncIterator[bytes]:
    """OpenAI's speech events; `words` and `duologue` are ours."""
    at = 0.0
    async for data, piece in parts:
        delta: dict[str, Any] = {"type": "speech.audio.delta", "audio": base64.b64encode(data).decode()}
        if piece is not None:
            delta["words"] = [
                {
                    "text": w.text,
                    "start": round(at + w.start, 4),
                    "end": round(at + w.end, 4),
                    "char_start": w.char_start,
                    "char_end": w.char_end,
                }
                for w in piece.words
            ]
            if piece.notices:
                delta["notices"] = list(piece.notices)
            at += len(piece.audio) / piece.sample_rate
        if data or piece is not None:
            yield event(delta)
    charge = await here.ended(flow, request)
    read, made = charge.characters, math.ceil(charge.audio_seconds * 20)
    yield event(
        {
            "type": "speech.audio.done",
            "usage": {"input_tokens": read, "output_tokens": made, "total_tokens": read + made},
            "duologue": bill(flow, charge),
        }
    )


def bill(flow: Flow[Any], charge: Any) -> dict[str, Any]:
    """What an answer's last event says of its cost."""
    return {
        "id": flow.served.id,
        "deployment": flow.served.choice.deployment,
        "reason": flow.served.choice.reason,
        "cost": str(charge.money),
        "currency": charge.currency,
        "audio_seconds": round(charge.audio_seconds, 4),
        "estimated": charge.estimated,
    }


async def _whole(
    flow: Flow[SpeechPiece], sound: Sound, tags: Tags, request: Request, here: State
) -> Response:
    left = True
    try:
        pieces = [piece async for piece in flow]
        left = False

        def make() -> bytes:
            made = sound.encoder(pieces[0].sample_rate, tags)
            return whole(made, [*(made.feed(piece.audio) for piece in pieces), made.finish()])

        data = await here.bridge.encode.run(make)
    finally:
        charge = await here.ended(flow, request, left)
    return Response(data, media_type=sound.mime, headers=headers_of(flow, charge))


async def _captions(
    asked: SpeechRequest, kind: Captions, request: Request, here: State, who: Who
) -> Response:
    flow = await here.speak(asked, who, request)
    try:
        words, _ = await words_of(flow)
    finally:
        charge = await here.ended(flow, request)
    text = captions(words, asked.text, kind)
    return Response(
        text,
        media_type="text/vtt" if kind == "vtt" else "application/x-subrip",
        headers=headers_of(flow, charge),
    )


async def words_of(flow: Flow[SpeechPiece]) -> tuple[list[Any], float]:
    """The words of the whole on one clock, and its length in seconds."""
    from duologue.voice.speech import Word

    words: list[Any] = []
    at = 0.0
    async for piece in flow:
        words += [Word(w.text, at + w.start, at + w.end, w.char_start, w.char_end) for w in piece.words]
        at += len(piece.audio) / piece.sample_rate
    return words, at


def captions(words: list[Any], text: str, kind: Captions) -> str:
    """WebVTT or SRT."""
    from duologue.voice.captions import cues, srt, webvtt

    return (webvtt if kind == "vtt" else srt)(cues(words, text))
