"""Turns and music to one sound, at the loudness and below the peak that are asked for.

    mix = mixdown(rendering)      # mix.audio: (S, C), mix.episode.mastering: what was measured

Design choices
- Mono is speech alone, -19 LUFS; stereo is -16 LUFS and puts the speakers of a conversation a little apart.
- Music opens and closes the episode, or lies under all of it; wherever somebody speaks it is ducked, slowly
  enough not to be noticed, and it is up again only in gaps that are worth it.
- One gain for the whole, then a limiter. The gain of an earlier mix is kept while the result stays within
  0.2 LU of the target: an edit of one turn leaves the samples of all others as they were.
- The limiter aims half a decibel below the ceiling, because MP3 and Opus overshoot what they are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from duologue.studio.episode import Episode, Mastering, Turn
from duologue.studio.limiter import limit
from duologue.studio.music import MOODS, bed, sting
from duologue.studio.pauses import pause_between
from duologue.studio.recording import looped, read_recording
from duologue.studio.render import REFERENCE, Clip, Rendering
from duologue.voice.loudness import integrated, true_peak

__all__ = ["Mix", "gap_of", "head_of", "mixdown"]

Samples = NDArray[np.float32]

INTRO, OUTRO = 4.0, 5.0
"""Seconds of music alone at both ends."""
STING = 2.0
"""Seconds between chapters where a sting is heard."""
_MUSIC_BELOW, _STING_BELOW = 4.0, 5.0  # LU below speech
_DUCK = -15.0  # dB while somebody speaks
_ATTACK, _RELEASE = 0.5, 1.2
_WORTH_IT = 2.5  # seconds of gap from which music comes up
_WIDTH = 0.22
_MARGIN = 0.5
_NEAR = 0.2
_QUIETEST = 24.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Mix:
    """The finished sound. audio: (S, C) float32 in [-1, 1]; the episode with its mastering measured."""

    episode: Episode
    audio: Samples
    sample_rate: int


def head_of(mastering: Mastering) -> float:
    """Seconds before the first turn: more where music opens the episode."""
    return INTRO if mastering.music else 0.25


def gap_of(mastering: Mastering, turn: Turn, follows: Turn | None) -> float:
    """Seconds after `turn`: more where a sting stands between two chapters, or music closes the episode."""
    if follows is None:
        return OUTRO if mastering.music else pause_between(turn, None)
    pause = pause_between(turn, follows)
    apart = turn.chapter != follows.chapter and turn.pause_after is None
    return max(pause, STING) if mastering.stings and apart else pause


def mixdown(rendering: Rendering) -> Mix:
    """Mix and master. Raises StudioError where music can't be read."""
    episode, rate = rendering.episode, rendering.sample_rate
    mastering = episode.mastering
    audio = np.zeros((rendering.samples, mastering.channels), np.float32)
    places = _places(rendering.clips, mastering.channels)
    for clip in rendering.clips:
        audio[clip.start : clip.end] += clip.audio[:, None] * places[clip.turn.speaker]
    if mastering.stings:
        _add_stings(audio, rendering.clips, mastering.stings, rate)
    if mastering.music:
        _add_music(audio, rendering.clips, mastering, rate)
    audio, gain = _mastered(audio, rate, mastering)
    lufs = integrated(audio, rate)
    done = mastering.model_copy(
        update={
            "gain_db": gain,
            "lufs": None if lufs is None else round(lufs, 2),
            "true_peak_dbtp": round(max(true_peak(audio, rate), -120.0), 2),
            "seconds": round(len(audio) / rate, 4),
            "sample_rate": rate,
        }
    )
    return Mix(episode=episode.replace(mastering=done), audio=audio, sample_rate=rate)


def _places(clips: tuple[Clip, ...], channels: int) -> dict[str, Samples]:
    """Gains (C,) of each speaker: a little apart in stereo, equal in power."""
    names = list(dict.fromkeys(clip.turn.speaker for clip in clips))
    if channels == 1:
        return {name: np.ones(1, np.float32) for name in names}
    spread = np.linspace(-_WIDTH, _WIDTH, len(names)) if len(names) > 1 else np.zeros(1)
    angles = (spread + 1) * np.pi / 4
    return {
        name: np.array([np.cos(a), np.sin(a)], np.float32) * np.float32(np.sqrt(2))
        for name, a in zip(names, angles, strict=True)
    }


def _fitted(music: Samples, channels: int) -> Samples:
    """(S, 2) as (S, C)."""
    return music if channels == 2 else music.mean(1, keepdims=True, dtype=np.float32)


def _levelled(music: Samples, rate: int, lufs: float) -> Samples:
    """Music (S, C) moved to a loudness per channel like that of speech."""
    level = integrated(music, rate)
    if level is None:
        return music
    wanted = lufs + 10 * np.log10(music.shape[1])
    return music * np.float32(10 ** (min(wanted - level, _QUIETEST) / 20))


def _add_stings(audio: Samples, clips: tuple[Clip, ...], name: str, rate: int) -> None:
    sound = sting(MOODS[name], rate) if name in MOODS else read_recording(name, rate)[: round(STING * rate)]
    sound = _levelled(_fitted(sound, audio.shape[1]), rate, REFERENCE - _STING_BELOW)
    for one, other in pairwise(clips):
        gap = other.start - one.end
        if one.turn.chapter != other.turn.chapter and one.turn.pause_after is None:
            start = one.end + min(round(0.3 * rate), gap // 4)
            size = min(len(sound), len(audio) - start)
            fade = np.ones(size, np.float32)
            over = other.start - start  # what rings on into speech goes down with it
            if over < size:
                fade[over:] *= np.exp(-np.arange(size - over) / (0.15 * rate)).astype(np.float32)
            audio[start : start + size] += sound[:size] * fade[:, None]


def _add_music(audio: Samples, clips: tuple[Clip, ...], mastering: Mastering, rate: int) -> None:
    seconds = len(audio) / rate
    first, last = clips[0].start / rate, clips[-1].end / rate
    ends = mastering.bed == "ends"
    opening = min(first + 12.0, seconds)
    closing = max(last - 5.0, 0.0)
    stretches = [(0.0, opening), (closing, seconds)] if ends and opening < closing else [(0.0, seconds)]
    for begin, end in stretches:
        length = end - begin
        if mastering.music in MOODS:
            sound = bed(MOODS[mastering.music], length, rate)
        else:
            sound = looped(read_recording(mastering.music, rate), length, rate)
        sound = _levelled(_fitted(sound, audio.shape[1]), rate, REFERENCE - _MUSIC_BELOW)
        start = round(begin * rate)
        size = min(len(sound), len(audio) - start)
        at = begin + np.arange(size) / rate
        gain = 10 ** (_ducking(at, clips, rate) / 20)
        fade_in = np.clip((at - begin) / (0.05 if begin == 0.0 else 4.0), 0, 1)
        tail = OUTRO - 1.0 if end == seconds else 8.0
        fade_out = np.clip((end - at) / tail, 0, 1)
        gain *= np.sin(np.pi / 2 * fade_in) * np.sin(np.pi / 2 * fade_out) ** 2
        audio[start : start + size] += sound[:size] * gain.astype(np.float32)[:, None]


def _ducking(at: NDArray[np.float64], clips: tuple[Clip, ...], rate: int) -> NDArray[np.float64]:
    """Gain of the music in dB at the seconds `at` (S,): down before somebody speaks, up after."""
    talk: list[list[float]] = []
    for clip in clips:
        start, end = clip.start / rate, clip.end / rate
        if talk and start - talk[-1][1] < _WORTH_IT:
            talk[-1][1] = end
        else:
            talk.append([start, end])
    knots: list[tuple[float, float]] = [(-1e9, 0.0)]
    for start, end in talk:
        knots += [(start - _ATTACK, 0.0), (start, _DUCK), (end, _DUCK), (end + _RELEASE, 0.0)]
    times, gains = zip(*knots, strict=True)
    return np.interp(at, times, gains)


def _mastered(audio: Samples, rate: int, mastering: Mastering) -> tuple[Samples, float]:
    """`audio` at the target and below the ceiling, and the gain that did it, in dB."""
    ceiling = mastering.ceiling_dbtp - _MARGIN

    def at(gain: float) -> Samples:
        return limit(audio * np.float32(10 ** (gain / 20)), rate, ceiling)

    def miss(made: Samples) -> float:
        lufs = integrated(made, rate)
        return 0.0 if lufs is None else mastering.target - lufs

    if mastering.gain_db is not None:
        made = at(mastering.gain_db)
        if abs(miss(made)) <= _NEAR:
            return made, mastering.gain_db
    gain = round(min(miss(audio), _QUIETEST), 2)
    made = at(gain)
    if abs(left := miss(made)) > _NEAR / 2:  # the limiter took some; give it back once
        gain = round(min(gain + left, _QUIETEST), 2)
        made = at(gain)
    return made, gain
