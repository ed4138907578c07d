"""Two clips that are compared: one format, one loudness, no silence to know them by."""

from __future__ import annotations

import io
import os
import time
import wave
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from duologue.arena.clips import PEAK, RATE, Shelf, matched
from duologue.arena.errors import ArenaError
from duologue.voice.loudness import true_peak


def noise(seconds: float, level: float, rate: int = RATE, seed: int = 0) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    made = np.random.default_rng(seed).standard_normal(len(t)) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))
    return (level * made).astype(np.float32)


def test_clips_get_one_loudness_by_a_meter_that_isnt_ours() -> None:
    left, right = matched([(noise(2, 0.01), RATE), (noise(3, 0.2, 16_000, 1), 16_000)])
    meter = pyloudnorm.Meter(RATE)
    levels = [meter.integrated_loudness(c.audio.astype(np.float64)) for c in (left, right)]
    assert levels[0] == pytest.approx(levels[1], abs=0.1)
    assert all(true_peak(c.audio[:, None], RATE) <= PEAK + 0.05 for c in (left, right))
    assert right.seconds == pytest.approx(3, abs=0.3)


def test_peaks_hold_both_down_alike() -> None:
    spiky = noise(2, 0.005)
    spiky[::9000] = 0.9
    left, right = matched([(spiky, RATE), (noise(2, 0.1), RATE)])
    meter = pyloudnorm.Meter(RATE)
    levels = [meter.integrated_loudness(c.audio.astype(np.float64)) for c in (left, right)]
    assert levels[0] == pytest.approx(levels[1], abs=0.1)
    assert levels[0] < -21
    assert true_peak(left.audio[:, None], RATE) == pytest.approx(PEAK, abs=0.1)


def test_silence_around_is_cut() -> None:
    padded = np.concatenate([np.zeros(RATE, np.float32), noise(1, 0.1), np.zeros(2 * RATE, np.float32)])
    left, right = matched([(padded, RATE), (noise(1, 0.1), RATE)])
    assert left.seconds == pytest.approx(right.seconds, abs=0.3)


def test_a_silent_clip_is_refused() -> None:
    with pytest.raises(ArenaError, match="silent"):
        matched([(np.zeros(RATE, np.float32), RATE), (noise(1, 0.1), RATE)])


def test_the_file_says_nothing_but_its_length() -> None:
    clip = matched([(noise(1, 0.1), RATE), (noise(1, 0.1), RATE)])[0]
    data = clip.wav()
    assert len(data) == 44 + 2 * len(clip.audio)
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)


def test_a_shelf_keeps_clips_for_a_while(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "clips")
    clip = matched([(noise(1, 0.1), RATE), (noise(1, 0.1), RATE)])[0]
    shelf.put("01ABC", "left", clip)
    assert shelf.get("01ABC", "left") == clip.wav()
    with pytest.raises(ArenaError, match="gone"):
        shelf.get("01ABC", "right")
    with pytest.raises(ArenaError, match="no clip"):
        shelf.get("../secret", "left")
    old = time.time() - 100_000
    os.utime(tmp_path / "clips" / "01ABC-left.wav", (old, old))
    assert shelf.tidy() == 1
    assert not list((tmp_path / "clips").glob("*"))
