"""ElevenLabs' dialect: text to speech, with and without times, and dialogue, whole or streamed.

Design choices
- What says how to speak is honoured: voice, speed, seed, output format, and our own style and pause. What
  tunes their models (stability, similarity, ...) is taken and changes nothing here.
- Everything is a talk: text to speech is one of one turn.
- Streams with times are lines of JSON: sound, and with the first sound of an utterance the alignment of all
  of it, times from the very beginning; the last line holds the rest of the text and of the encoder.
- MP3 and Opus come at the voice's own 24 kHz whatever their name says, which the file itself tells every
  player.

elevenlabs.io/docs/api-reference/text-to-speech, .../text-to-dialogue.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from duologue.gateway.requests import SpeechPiece
from duologue.server.access import Who
from duologue.server.alignment import Aligner, Alignment
from duologue.server.bodies import SOUNDS
from duologue.server.elevenbodies import DialogueBody, TextBody, Timed
from duologue.server.errors import ERRORS
from duologue.server.live import LiveEncoder
from duologue.server.sound import KINDS, Sound, sound_named, whole
from duologue.server.speech import captions, check_length
from duologue.server.state import Here, State, headers_of
from duologue.server.stream import Stream
from duologue.server.talk import Talk, Turn
from duologue.voice.tags import Tags

__all__ = ["router"]

router = APIRouter(tags=["speech, ElevenLabs' way"], responses=ERRORS)

VoiceId = Annotated[str, Path(min_length=1, max_length=200, description="A voice or a blend")]
Output = Annotated[
    str,
    Query(
        max_length=40,
        json_schema_extra={"pattern": SOUNDS},
        description="mp3_44100_128, pcm_16000, ulaw_8000, opus, wav, ...",
    ),
]
SOUND: dict[int | str, dict[str, Any]] = {
    200: {"description": "The sound", "content": {kind: {} for kind in KINDS}}
}
LINES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Lines of JSON", "content": {"application/x-ndjson": {}}}
}


@router.post("/v1/text-to-speech/{voice_id}", response_class=Response, responses=SOUND)
@router.post("/v1/text-to-speech/{voice_id}/stream", response_class=Response, responses=SOUND)
async def convert(
    voice_id: VoiceId,
    body: TextBody,
    request: Request,
    here: Here,
    who: Who,
    output_format: Output = "mp3_44100_128",
) -> Response:
    """Speak; sent as it is made."""
    return await _sound([body.turn(voice_id)], output_format, request, here, who)


@router.post("/v1/text-to-speech/{voice_id}/with-timestamps", response_model=Timed)
async def convert_timed(
    voice_id: VoiceId,
    body: TextBody,
    request: Request,
    here: Here,
    who: Who,
    output_format: Output = "mp3_44100_128",
) -> Response:
    """Speak, with the times of all characters."""
    return await _timed([body.turn(voice_id)], output_format, body.captions, False, request, here, who)


@router.post("/v1/text-to-speech/{voice_id}/stream/with-timestamps", response_class=Response, responses=LINES)
async def stream_timed(
    voice_id: VoiceId,
    body: TextBody,
    request: Request,
    here: Here,
    who: Who,
    output_format: Output = "mp3_44100_128",
) -> Response:
    """The same in lines of JSON, as it is spoken."""
    return await _lines([body.turn(voice_id)], output_format, False, request, here, who)


@router.post("/v1/text-to-dialogue", response_class=Response, responses=SOUND)
@router.post("/v1/text-to-dialogue/stream", response_class=Response, responses=SOUND)
async def dialogue(
    body: DialogueBody, request: Request, here: Here, who: Who, output_format: Output = "mp3_44100_128"
) -> Response:
    """Speak turns of several voices; sent as they are made."""
    return await _sound(body.turns(), output_format, request, here, who)


@router.post("/v1/text-to-dialogue/with-timestamps", response_model=Timed)
async def dialogue_timed(
    body: DialogueBody, request: Request, here: Here, who: Who, output_format: Output = "mp3_44100_128"
) -> Response:
    """The same with the times of all characters and of the turns."""
    return await _timed(body.turns(), output_format, body.captions, True, request, here, who)


@router.post("/v1/text-to-dialogue/stream/with-timestamps", response_class=Response, responses=LINES)
async def dialogue_lines(
    body: DialogueBody, request: Request, here: Here, who: Who, output_format: Output = "mp3_44100_128"
) -> Response:
    """The same in lines of JSON, as it is spoken."""
    return await _lines(body.turns(), output_format, True, request, here, who)


async def _opened(
    turns: list[Turn], output: str, request: Request, here: State, who: Any
) -> tuple[Talk, Sound, dict[str, str]]:
    sound = sound_named(output, "output_format")
    check_length("".join(turn.asked.text for turn in turns), here, "text")
    talk = Talk(turns, who, request, here)
    flow = await talk.open()
    return talk, sound, headers_of(flow)


def _tags(talk: Talk) -> Tags:
    names = list(dict.fromkeys(turn.asked.voice for turn in talk.turns))
    model = talk.flow.served.choice.model if talk.flow else ""
    return Tags(voice=", ".join(names[:6]), model=model)


async def _sound(turns: list[Turn], output: str, request: Request, here: State, who: Any) -> Response:
    talk, sound, headers = await _opened(turns, output, request, here, who)
    body = (data async for _, _, data in _encoded(talk, sound))
    return Stream(body, sound.mime, headers, talk.close)


async def _encoded(talk: Talk, sound: Sound) -> AsyncIterator[tuple[int, SpeechPiece | None, bytes]]:
    """(turn, the piece that begins with these bytes, bytes); the last bytes are those of turn -1."""
    live = LiveEncoder(sound, _tags(talk), talk.here.bridge.encode)
    try:
        async for number, piece in talk.pieces():
            begins: SpeechPiece | None = piece
            async for data in live.feed(piece):
                yield number, begins, data
                if talk.flow is not None:
                    talk.flow.ahead()
                begins = None
        yield -1, None, await live.finish()
    finally:
        await live.close()


class _Times:
    """Alignments of all turns on one clock."""

    def __init__(self, turns: list[Turn]) -> None:
        self._turns = turns
        self._aligner = self._of(0, 0.0)
        self._number, self._characters = 0, 0
        self.segments: list[dict[str, Any]] = [self._segment(0, 0.0)]

    def _of(self, number: int, begun: float) -> Aligner:
        asked = self._turns[number].asked
        return Aligner(asked.text, begun=begun, normal=not asked.ssml)

    def _segment(self, number: int, begun: float) -> dict[str, Any]:
        size = len(self._turns[number].asked.text)
        return {
            "voice_id": self._turns[number].asked.voice,
            "start_time_seconds": round(begun, 4),
            "end_time_seconds": round(begun, 4),
            "character_start_index": self._characters,
            "character_end_index": self._characters + size,
            "dialogue_input_index": number,
        }

    def piece(self, number: int, piece: SpeechPiece) -> tuple[Alignment, Alignment]:
        """Both alignments of the next piece, with the rest of the turn before where a new one begins."""
        rest = Alignment([], [], [])
        if number != self._number:
            rest = self._aligner.rest()
            self._characters += len(self._turns[self._number].asked.text)
            self._number, self._aligner = number, self._of(number, self._aligner.seconds)
            self.segments.append(self._segment(number, self._aligner.seconds))
        made, normal = self._aligner.piece(piece)
        if piece.words:
            self.segments[-1]["end_time_seconds"] = round(self._aligner.seconds, 4)
        rest.join(made)
        return rest, normal

    def rest(self) -> Alignment:
        """What follows the last word."""
        return self._aligner.rest()


async def _timed(
    turns: list[Turn], output: str, wanted: Any, segments: bool, request: Request, here: State, who: Any
) -> Response:
    talk, sound, headers = await _opened(turns, output, request, here, who)
    left = True
    try:
        spoken = [pair async for pair in talk.pieces()]
        left = False
    finally:
        await talk.close(left)

    def make() -> bytes:
        times, made = _Times(turns), sound.encoder(spoken[0][1].sample_rate, _tags(talk))
        plain, normal = Alignment([], [], []), Alignment([], [], [])
        parts: list[bytes] = []
        for number, piece in spoken:
            first, second = times.piece(number, piece)
            plain.join(first)
            normal.join(second)
            parts.append(made.feed(piece.audio))
        plain.join(times.rest())
        parts.append(made.finish())
        answer: dict[str, Any] = {
            "audio_base64": base64.b64encode(whole(made, parts)).decode(),
            "alignment": plain.shape(),
            "normalized_alignment": normal.shape(),
        }
        if segments:
            answer["voice_segments"] = times.segments
        if wanted:
            answer["captions"] = _captions(turns, spoken, wanted)
        return json.dumps(answer, ensure_ascii=False).encode()

    data = await here.bridge.encode.run(make)
    return Response(data, media_type="application/json", headers={**headers, "x-duologue-cost": talk.cost})


def _captions(turns: list[Turn], spoken: list[tuple[int, SpeechPiece]], kind: Literal["vtt", "srt"]) -> str:
    """Captions of all turns; each turn begins a paragraph of its own."""
    from duologue.voice.speech import Word

    text, starts = "", []
    for turn in turns:
        starts.append(len(text))
        text += turn.asked.text + "\n\n"
    words: list[Any] = []
    at = 0.0
    for number, piece in spoken:
        shift = starts[number]
        words += [
            Word(w.text, at + w.start, at + w.end, shift + w.char_start, shift + w.char_end)
            for w in piece.words
        ]
        at += len(piece.audio) / piece.sample_rate
    return captions(words, text, kind)


async def _lines(
    turns: list[Turn], output: str, segments: bool, request: Request, here: State, who: Any
) -> Response:
    talk, sound, headers = await _opened(turns, output, request, here, who)
    return Stream(_json_lines(talk, sound, segments), "application/x-ndjson", headers, talk.close)


async def _json_lines(talk: Talk, sound: Sound, segments: bool) -> AsyncIterator[bytes]:
    times = _Times(list(talk.turns))
    told = 0
    async for number, piece, data in _encoded(talk, sound):
        plain, normal = Alignment([], [], []), Alignment([], [], [])
        if number < 0:
            plain = times.rest()
        elif piece is not None:
            plain, normal = await talk.here.bridge.encode.run(functools.partial(times.piece, number, piece))
        line: dict[str, Any] = {
            "audio_base64": base64.b64encode(data).decode(),
            "alignment": plain.shape(),
            "normalized_alignment": normal.shape(),
        }
        if segments:
            line["voice_segments"] = times.segments[told:]
            told = len(times.segments) - (0 if number < 0 else 1)
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
