"""The in-house voice as a backend.

Design choices
- Loaded once, when it is first used; one voice serves all threads.
- What it can't take is the caller's fault (400); weights that are missing are ours (503).
- Cancelling is looked at before each utterance, which takes some 20 ms to make.
- Free words on the manner are mapped to a style by the words of its description; a style that is named wins.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.gateway.errors import GatewayError
from duologue.gateway.manner import style_of
from duologue.gateway.protocol import Cancel, Kind
from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest, SpokenWord
from duologue.gateway.voicenames import voice_named
from duologue.voice.errors import VoiceError

if TYPE_CHECKING:
    from duologue.voice.engine import Voice
    from duologue.voice.frontend.userlexicon import UserLexicon
    from duologue.voice.speech import Speech
    from duologue.voice.voices import VoiceInfo

__all__ = ["VoiceBackend"]


class VoiceBackend:
    """Speaks with `duologue.voice`."""

    kind: Kind = "in-house"

    def __init__(self, weights: Path | None = None, threads: int | None = None) -> None:
        self._weights, self._threads = weights, threads
        self._lock = threading.Lock()
        self._voice: Voice | None = None

    def voice(self) -> Voice:
        """The loaded voice. Raises GatewayError where the weights are missing or damaged."""
        with self._lock:
            if self._voice is None:
                from duologue.voice.engine import Voice

                try:
                    self._voice = Voice.load(self._weights, threads=self._threads or 1)
                except VoiceError as error:
                    raise GatewayError(str(error), status=503, code="model_unavailable") from error
            return self._voice

    def voices(self) -> list[VoiceInfo]:
        """The voices, the default first."""
        return self.voice().voices()

    def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
        """It only speaks."""
        raise GatewayError("this model speaks and doesn't write; name one that does", param="model")

    def check(self, request: SpeechRequest) -> None:
        """Raise what `speak` would raise before its first piece; nothing is rendered."""
        self._pieces(request)

    def _pieces(self, request: SpeechRequest) -> Iterator[Speech]:
        voice = self.voice()
        try:
            return voice.stream(
                request.text,
                voice=voice_named(request.voice, voice.voices()) or voice.voices()[0].name,
                style=request.style or style_of(request.instructions),
                speed=request.speed,
                seed=request.seed,
                ssml=request.ssml,
                lexicon=_lexicon(request),
                pitch=request.pitch,
            )
        except VoiceError as error:
            raise GatewayError(str(error), code="invalid_request") from error

    def speak(self, request: SpeechRequest, cancel: Cancel) -> Iterator[SpeechPiece]:
        """See `Backend`."""
        for piece in self._pieces(request):
            if cancel:
                return
            yield SpeechPiece(
                audio=piece.audio,
                sample_rate=piece.sample_rate,
                words=tuple(
                    SpokenWord(
                        text=w.text, start=w.start, end=w.end, char_start=w.char_start, char_end=w.char_end
                    )
                    for w in piece.words
                ),
                notices=tuple(notice.message for notice in piece.notices),
            )
            if cancel:
                return

    def close(self) -> None:
        """Let the voice go."""
        with self._lock:
            self._voice = None


def _lexicon(request: SpeechRequest) -> UserLexicon | None:
    if not request.lexicon:
        return None
    from duologue.voice.frontend.userlexicon import UserLexicon

    if any(set(word + said) & {"\n", "\r", "#", "="} for word, said in request.lexicon.items()):
        raise GatewayError("a lexicon's words hold no '=', '#' or line break", param="lexicon")
    lines = "\n".join(f"{word} = {said}" for word, said in request.lexicon.items())
    return UserLexicon.parse(lines, "lexicon")
