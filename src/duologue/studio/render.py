"""Turns to sound: each spoken once, put one after the other, never over each other.

Design choices
- A turn is asked of the cache before the model; `Rendering.made` and `.cached` count which it was.
- Silence that a model leaves at both ends is cut away, so that pauses are ours: by punctuation, change of
  speaker and chapter (`pauses.py`), or as the turn says. A pause that a text asks for at its end stays.
- Evened by seven tenths: a turn is moved most of the way to a common loudness, from its own samples alone. So
  voices match, a whisper stays softer than a shout, and no edit changes another turn's samples.
- Times are set on the grid of samples: a turn begins at the sample where the one before and its pause end.
- A turn with nothing to say (an emoji, say) is silent and reported, and the episode goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.studio.cache import Take, TurnCache, key_of
from duologue.studio.episode import Episode, Step, Turn, Word
from duologue.studio.errors import StudioError
from duologue.studio.pauses import pause_between
from duologue.studio.protocols import Speak
from duologue.voice.loudness import integrated

__all__ = ["Clip", "Rendering", "render"]

REFERENCE = -20.0
"""LUFS that turns are moved towards."""
_EVEN = 0.7
_FURTHEST = 8.0
_LEAD, _TAIL = 0.03, 0.08
_FADE = 0.004
_SILENT = 10 ** (-46 / 20)
_HEAD = 0.25
"""Seconds of silence before the first turn."""
_END = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A turn in its place. audio: (S,) float32, heard from sample `start`."""

    turn: Turn
    audio: NDArray[np.float32]
    start: int

    @property
    def end(self) -> int:
        """The sample after the last."""
        return self.start + len(self.audio)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rendering:
    """Turns with their times, and the sound of each; `made` and `cached` count turns."""

    episode: Episode
    clips: tuple[Clip, ...]
    sample_rate: int
    samples: int
    made: int
    cached: int
    seconds: float
    notices: tuple[str, ...] = ()


def render(
    episode: Episode,
    speak: Speak,
    *,
    cache: TurnCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    voice: str = "heart",
    head: float = _HEAD,
    gap: Callable[[Turn, Turn | None], float] = pause_between,
) -> Rendering:
    """Speak every turn of `episode` and set the times of turns, words and chapters.

    progress: called with turns done and turns in all; voice: for turns whose speaker has none; head: seconds
    before the first turn; gap: seconds after a turn. Raises StudioError for an episode without turns, or a
    turn that the model can't take.
    """
    if not episode.turns:
        raise StudioError("the episode has no turns, so there is nothing to speak")
    cache = cache if cache is not None else TurnCache()
    begun, made, rate = time.perf_counter(), 0, 0
    notices: list[str] = []
    clips: list[Clip] = []
    turns: list[Turn] = []
    at = 0
    spoken_seconds = 0.0
    for i, turn in enumerate(episode.turns):
        take, fresh = _take(episode, turn, speak, cache, voice, notices)
        made += fresh
        if rate and take.sample_rate != rate:
            raise StudioError(
                f"turn '{turn.id}' came at {take.sample_rate} Hz, the others at {rate}; use one model"
            )
        if not rate:
            rate, at = take.sample_rate, round(head * take.sample_rate)
        audio, offset = _trimmed(take, turn.text)
        clip_turn = _timed(turn, take, offset, at, len(audio), rate)
        clips.append(Clip(clip_turn, _evened(audio, rate), at))
        turns.append(clip_turn)
        spoken_seconds += len(audio) / rate
        at += len(audio)
        follows = episode.turns[i + 1] if i + 1 < len(episode.turns) else None
        at += round(gap(turn, follows) * rate)
        if progress is not None:
            progress(i + 1, len(episode.turns))
    samples = at + round(_END * rate)
    starts = {t.id: t.start for t in turns}
    first = episode.chapters[0].id if episode.chapters else None
    chapters = tuple(
        c.model_copy(update={"start": 0.0 if c.id == first and c.turn == turns[0].id else starts[c.turn]})
        for c in episode.chapters
    )
    seconds = time.perf_counter() - begun
    step = Step(
        step="speak", backend=speak.model, seconds=round(seconds, 3), audio_seconds=round(spoken_seconds, 3)
    )
    timed = episode.replace(turns=tuple(turns), chapters=chapters).with_cost(step)
    return Rendering(
        episode=timed, clips=tuple(clips), sample_rate=rate, samples=samples, made=made,
        cached=len(turns) - made, seconds=seconds, notices=tuple(notices),
    )  # fmt: skip


def _take(
    episode: Episode, turn: Turn, speak: Speak, cache: TurnCache, default: str, notices: list[str]
) -> tuple[Take, bool]:
    """The take of `turn` and whether it was made just now."""
    voice, style = episode.voice_of(turn, default), episode.style_of(turn)
    key = key_of(turn.text, voice=voice, style=style, speed=turn.speed, model=speak.model)
    take = cache.get(key)
    if take is not None:
        return take, False
    if not any(c.isalnum() for c in turn.text):
        notices.append(f"turn '{turn.id}' has no word in it and is silent")
        return Take(np.zeros(1200, np.int16), 24_000, ()), False
    try:
        take = Take.of(speak.speak(turn.text, voice=voice, style=style, speed=turn.speed, seed=0))
    except ValueError as error:
        raise StudioError(f"turn '{turn.id}' can't be spoken: {error}") from error
    cache.put(key, take)
    return take, True


def _trimmed(take: Take, text: str) -> tuple[NDArray[np.float32], int]:
    """The take without the silence at its ends, faded in and out, and how many samples went at the start."""
    audio, rate = take.audio, take.sample_rate
    loud = np.flatnonzero(np.abs(audio) > _SILENT * max(float(np.abs(audio).max(initial=0.0)), 0.05))
    if not len(loud):
        return audio, 0
    first, last = int(loud[0]), int(loud[-1]) + 1
    if take.words:  # a word may begin or end in a soft consonant
        first = min(first, round(take.words[0].start * rate))
        last = max(last, min(round(take.words[-1].end * rate), last + round(0.1 * rate)))
    first = max(0, first - round(_LEAD * rate))
    last = min(len(audio), last + round(_TAIL * rate))
    if text.rstrip().endswith("]"):  # [pause:500ms]
        last = len(audio)
    audio = audio[first:last].copy()
    fade = min(round(_FADE * rate), len(audio) // 2)
    if fade:
        ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)).astype(np.float32)
        audio[:fade] *= ramp
        audio[-fade:] *= ramp[::-1]
    return audio, first


def _evened(audio: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    level = integrated(audio[:, None], rate)
    if level is None:
        return audio
    gain = float(np.clip(_EVEN * (REFERENCE - level), -_FURTHEST, _FURTHEST))
    return audio * np.float32(10 ** (gain / 20))


def _timed(turn: Turn, take: Take, offset: int, at: int, length: int, rate: int) -> Turn:
    """`turn` with its place and that of its words, in seconds of the episode."""
    start, end = at / rate, (at + length) / rate
    shift = (at - offset) / rate
    words = tuple(
        Word(
            text=w.text,
            start=round(min(max(w.start + shift, start), end), 6),
            end=round(min(max(w.end + shift, start), end), 6),
            char_start=w.char_start,
            char_end=w.char_end,
        )
        for w in take.words
    )
    return turn.model_copy(update={"start": round(start, 6), "end": round(end, 6), "words": words})
