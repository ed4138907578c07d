"""OpenAI's speech endpoint, as a client sees it: the request's body, PCM in pieces.

Design choices
- 16-bit PCM is asked for, as it can be cut anywhere; a server that sends a WAV file all the same is read too.
- Pieces of a tenth of a second at least, so that a trickle is no piece and its time runs out.
- A style of ours becomes words of instruction, since that is how these models are told.
- What is plainly no PCM (JSON, HTML, MP3) is 502 rather than a burst of noise.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from duologue.gateway.backends.partner_stream import Head, PartnerStream
from duologue.gateway.config import DeploymentConfig
from duologue.gateway.errors import GatewayError
from duologue.gateway.protocol import Cancel
from duologue.gateway.requests import SpeechPiece, SpeechRequest

__all__ = ["speech_body", "speech_pieces"]

_LONGEST_HEADER = 4096
_NOT_PCM = {b"ID3": "MP3", b"OggS": "Ogg", b"fLaC": "FLAC"}


def speech_body(request: SpeechRequest, config: DeploymentConfig) -> dict[str, Any]:
    """The body of `POST /audio/speech`."""
    voices = config.voices
    default = next(iter(voices.values()), "alloy")
    body: dict[str, Any] = {
        "model": config.model,
        "input": request.text,
        "voice": voices.get(request.voice, request.voice) if request.voice else default,
        "response_format": "pcm",
    }
    if request.speed != 1.0:
        body["speed"] = request.speed
    said = request.instructions or _manner(request.style)
    if said:
        body["instructions"] = said
    return body


def _manner(style: str) -> str:
    if style in ("", "neutral"):
        return ""
    from duologue.voice.styles import STYLES

    found = STYLES.get(style)
    return f"Speak in the style '{style}'" + (f": {found.description}." if found else ".")


def speech_pieces(
    stream: PartnerStream, head: Head, config: DeploymentConfig, cancel: Cancel
) -> Iterator[SpeechPiece]:
    """The audio in pieces. Raises GatewayError for what is no PCM and for a stream without any."""
    kind = head.headers.get("content-type", "")
    if kind.startswith(("text/", "application/json", "audio/mpeg", "audio/ogg", "audio/flac")):
        raise _garbage(config.name, kind)
    times = config.timeouts
    until = time.monotonic() + times.first
    rate, held, heard, begun = config.sample_rate, b"", False, False
    while (chunk := stream.chunk(until)) is not None:
        held += chunk
        if not begun:
            opened = _opened(held, config)
            if opened is None:
                continue
            held, rate = opened
            begun = True
        if len(held) >= rate // 5:
            even = len(held) // 2 * 2
            yield _piece(held[:even], rate)
            held, heard, until = held[even:], True, time.monotonic() + times.between
    if cancel:
        return
    if not begun:
        held, rate = _opened(held, config, last=True) or (b"", rate)
    if len(held) >= 2:
        yield _piece(held[: len(held) // 2 * 2], rate)
    elif not heard:
        raise GatewayError(f"'{config.name}' answered no audio", status=502, code="empty_answer")


def _piece(pcm: bytes, rate: int) -> SpeechPiece:
    audio = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    return SpeechPiece(audio=audio, sample_rate=rate)


def _opened(held: bytes, config: DeploymentConfig, *, last: bool = False) -> tuple[bytes, int] | None:
    """What comes after a header, and the rate; None where more is needed to tell. last: no more comes."""
    if len(held) < 12:
        return (held, config.sample_rate) if last else None
    for sign, name in _NOT_PCM.items():
        if held.startswith(sign):
            raise _garbage(config.name, name)
    if held[0] in (ord("{"), ord("<")) and held[:64].isascii() and held[:12].decode("ascii").isprintable():
        raise _garbage(config.name, "text")
    if not (held.startswith(b"RIFF") and held[8:12] == b"WAVE"):
        return held, config.sample_rate
    place, rate = 12, config.sample_rate
    while place + 8 <= len(held):
        chunk, size = held[place : place + 4], int.from_bytes(held[place + 4 : place + 8], "little")
        if chunk == b"data":
            return held[place + 8 :], rate
        if chunk == b"fmt ":
            if place + 24 > len(held):
                return None
            form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", held, place + 8)
            if form not in (1, 0xFFFE) or channels != 1 or bits != 16 or not 8000 <= rate <= 192_000:
                raise _garbage(config.name, f"a WAV file of {channels} channels and {bits} bits")
        place += 8 + size + size % 2
    if len(held) > _LONGEST_HEADER:
        raise _garbage(config.name, "a WAV file without audio")
    return None


def _garbage(name: str, what: str) -> GatewayError:
    return GatewayError(f"'{name}' answers {what} instead of PCM", status=502, code="partner_error")
