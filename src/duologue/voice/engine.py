"""The runtime of the voice: text in, speech out, on one CPU thread or on a GPU.

    voice = Voice.load()
    speech = voice.speak("Hello there.", voice="emma", style="cheerful")
    speech.save("hello.wav")

Design choices
- Lazy from end to end: utterances are read, grouped, rendered and handed out one after the other, so a
  megabyte of text needs no more memory than a page, and the first sound comes after the first sentence.
- `speak` is `stream` joined; there is no second way to make audio.
- One `Voice` serves many threads; nothing of a call is kept on it.
- No PyTorch on the CPU way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from duologue.voice.batching import Group, groups
from duologue.voice.controls import Manner
from duologue.voice.errors import VoiceError
from duologue.voice.frontend.frontend import Frontend
from duologue.voice.frontend.userlexicon import UserLexicon
from duologue.voice.frontend.utterance import Notice, Utterance
from duologue.voice.rendering import Rendered, Renderer
from duologue.voice.spectrum import SAMPLE_RATE
from duologue.voice.speech import Speech
from duologue.voice.styles import STYLES, find_style
from duologue.voice.timing import words
from duologue.voice.voices import Bank, VoiceInfo
from duologue.voice.weights import Weights

__all__ = ["DEFAULT_VOICE", "Voice"]

DEFAULT_VOICE = "heart"
PARAGRAPH = 0.35
"""Seconds of silence after a paragraph, on top of what the voice leaves itself."""
_SPEEDS = 0.25, 4.0
_PITCHES = -12.0, 12.0


class Renders(Protocol):
    """What makes sound of a group: `rendering.Renderer`, or its twin for a GPU."""

    largest: int

    def render(self, utterances: Sequence[Utterance], first: int, manner: Manner) -> list[Rendered]: ...

    def contour(self, utterances: Sequence[Utterance], manner: Manner) -> NDArray[np.float32]: ...


class Voice:
    """Speaks text with any voice of the bank. Made by `Voice.load`."""

    sample_rate = SAMPLE_RATE

    def __init__(self, weights: Weights, renderer: Renders) -> None:
        self.model = str(weights.manifest.get("name", "duologue-voice"))
        self._bank = Bank(weights)
        self._renderer = renderer
        self._frontend = Frontend()

    @classmethod
    def load(cls, path: str | Path | None = None, threads: int = 1, device: str = "cpu") -> Voice:
        """The voice in the folder `path`, or the one that ships.

        threads: processor threads of one call. device: "cpu", or "cuda" (needs PyTorch).
        Raises VoiceError for weights that are missing or damaged, and for an impossible device.
        """
        if not isinstance(threads, int) or not 1 <= threads <= 256:
            raise VoiceError(f"threads is {threads!r}; give a whole number from 1 to 256")
        weights = Weights.open(path)
        if device == "cpu":
            from duologue.voice.networks import Networks

            return cls(weights, Renderer(Networks(weights, threads)))
        if device.split(":")[0] == "cuda":
            try:
                from duologue.voice.gpu import GpuRenderer
            except ImportError as error:
                raise VoiceError(f"device '{device}' needs PyTorch: pip install 'duologue[train]'") from error
            return cls(weights, GpuRenderer(weights, device))
        raise VoiceError(f"unknown device '{device}'; known are cpu and cuda")

    def voices(self) -> list[VoiceInfo]:
        """The voices, the default first."""
        return list(self._bank.infos)

    def styles(self) -> list[str]:
        """Names of the styles, neutral first."""
        return list(STYLES)

    def speak(
        self,
        text: str,
        voice: str = DEFAULT_VOICE,
        style: str = "neutral",
        speed: float = 1.0,
        seed: int = 0,
        ssml: bool = False,
        lexicon: str | Path | UserLexicon | None = None,
        pitch: float = 0.0,
    ) -> Speech:
        """All of `text` as one `Speech`.

        voice: a name or a blend, "heart(2)+emma(1)"; style: a name of `styles()`; speed: 0.25 to 4;
        pitch: semitones, -12 to 12; seed: of the noise in breath and consonants; ssml: whether `text`
        is SSML 1.1; lexicon: a `UserLexicon` or the path of one.
        Raises VoiceError for anything it can't take, an empty text among them.
        """
        return Speech.join(self.stream(text, voice, style, speed, seed, ssml, lexicon, pitch))

    def stream(
        self,
        text: str,
        voice: str = DEFAULT_VOICE,
        style: str = "neutral",
        speed: float = 1.0,
        seed: int = 0,
        ssml: bool = False,
        lexicon: str | Path | UserLexicon | None = None,
        pitch: float = 0.0,
    ) -> Iterator[Speech]:
        """The same in pieces, one utterance each, as soon as they are made; joined they equal `speak`.

        Arguments as `speak`. Faults are raised here, before the first piece is asked for. Word times
        count from the beginning of the piece, offsets from that of the text.
        """
        manner = Manner(
            self._bank.find(voice),
            find_style(style),
            _within("speed", speed, *_SPEEDS),
            _within("pitch", pitch, *_PITCHES),
            _whole("seed", seed),
        )
        notices: list[Notice] = []
        utterances = self._reader(lexicon).iter_utterances(
            text,
            ssml=ssml,
            lang=manner.speaker.language,
            lang_of_voice=self._bank.language,
            notices=notices,
        )
        first = next(utterances, None)
        if first is None:
            raise VoiceError("there is nothing to say in this text; give at least one word or number")
        return self._pieces(text, chain([first], utterances), manner, notices)

    def contour(self, text: str, voice: str = DEFAULT_VOICE, style: str = "neutral") -> NDArray[np.float32]:
        """F0 in Hz that `speak` would give plain text, per frame of 12.5 ms, 0 where unvoiced: (F,)."""
        manner = Manner(self._bank.find(voice), find_style(style), 1.0, 0.0, 0)
        utterances = self._frontend.iter_utterances(text, lang=manner.speaker.language)
        made = groups(utterances, self._renderer.largest)
        contours = [self._renderer.contour(group.utterances, manner) for group in made]
        return np.concatenate(contours or [np.zeros(0, np.float32)])

    def _reader(self, lexicon: str | Path | UserLexicon | None) -> Frontend:
        if lexicon is None:
            return self._frontend
        return Frontend(lexicon if isinstance(lexicon, UserLexicon) else UserLexicon.load(Path(lexicon)))

    def _pieces(
        self, text: str, utterances: Iterator[Utterance], manner: Manner, notices: list[Notice]
    ) -> Iterator[Speech]:
        told = 0
        for group in groups(utterances, self._renderer.largest):
            here = self._manner_of(group, manner, notices)
            made = self._renderer.render(group.utterances, group.first, here)
            for utterance, rendered in zip(group.utterances, made, strict=True):
                before = np.zeros(round(utterance.pause_before * SAMPLE_RATE), np.float32)
                after = np.zeros(round(_pause(utterance) * SAMPLE_RATE), np.float32)
                audio = np.concatenate([before, rendered.audio, after])
                offset = len(before) / SAMPLE_RATE
                limit = offset + len(rendered.audio) / SAMPLE_RATE
                news = tuple(notices[told:])
                told = len(notices)
                yield Speech(
                    audio=audio,
                    words=tuple(words(utterance, rendered.durations, offset, limit)),
                    notices=news,
                    text=text,
                    voice=manner.speaker.name,
                    style=manner.style.name,
                    model=self.model,
                )

    def _manner_of(self, group: Group, manner: Manner, notices: list[Notice]) -> Manner:
        """The manner with the voice and style that markup asks for; what isn't there is reported."""
        start, end = group.utterances[0].start, group.utterances[-1].end
        speaker, style = manner.speaker, manner.style
        try:
            speaker = self._bank.find(group.voice) if group.voice else speaker
        except VoiceError as error:
            notices.append(Notice(f"{error}; it stays {speaker.name}", start, end))
        try:
            style = find_style(group.style) if group.style else style
        except VoiceError as error:
            notices.append(Notice(f"{error}; it stays {style.name}", start, end))
        return replace(manner, speaker=speaker, style=style)


def _pause(utterance: Utterance) -> float:
    if utterance.pause_after is not None:
        return utterance.pause_after
    return PARAGRAPH if utterance.paragraph else 0.0


def _within(name: str, value: float, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise VoiceError(f"{name} is {value!r}; give a number from {low:g} to {high:g}")
    if not low <= value <= high:
        raise VoiceError(f"{name} is {value:g}; give {low:g} to {high:g}")
    return float(value)


def _whole(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise VoiceError(f"{name} is {value!r}; give a whole number")
    return int(value)
