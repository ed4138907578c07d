"""The estimator that measures styles, against tones whose F0 is known."""

from __future__ import annotations

import numpy as np
import pytest

from duologue.voice import Voice
from pitch import track
from voice_styles import asked


def test_a_gliding_voice_is_followed_and_noise_is_not() -> None:
    t = np.arange(48_000) / 24_000
    f0 = 180 * 2 ** (0.3 * np.sin(2 * np.pi * 1.5 * t))
    phase = np.cumsum(f0) / 24_000
    voice = 0.1 * sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 12))
    found = track(voice.astype(np.float32), 24_000)
    truth = 180 * 2 ** (0.3 * np.sin(2 * np.pi * 1.5 * (np.arange(len(found.f0)) * 0.01 + 0.02)))
    assert found.voiced_share > 0.98
    assert np.abs(12 * np.log2(found.f0[found.f0 > 0] / truth[found.f0 > 0])).max() < 0.1
    noise = track(np.random.default_rng(0).normal(0, 0.1, 24_000).astype(np.float32), 24_000)
    assert noise.voiced_share < 0.05
    silence = track(np.zeros(24_000, np.float32), 24_000)
    assert silence.voiced_share == 0
    assert silence.speech_seconds == 0


@pytest.mark.parametrize("hertz", [90.0, 168.0, 240.0, 380.0])
def test_a_breathy_voice_is_not_taken_an_octave_low(hertz: float) -> None:
    t = np.arange(36_000) / 24_000
    f0 = hertz * 2 ** (0.1 * np.sin(2 * np.pi * 2 * t))
    phase = np.cumsum(f0) / 24_000
    voice = sum(np.sin(2 * np.pi * k * phase) / k**2 for k in range(1, 9))
    breath = np.random.default_rng(1).normal(0, 0.15, len(t))
    found = track((0.1 * (voice + breath)).astype(np.float32), 24_000)
    truth = hertz * 2 ** (0.1 * np.sin(2 * np.pi * 2 * (np.arange(len(found.f0)) * 0.01 + 0.02)))
    voiced = found.f0 > 0
    assert voiced.mean() > 0.9
    assert np.percentile(np.abs(12 * np.log2(found.f0[voiced] / truth[voiced])), 98) < 0.5


@pytest.mark.parametrize("style", ["neutral", "sad", "excited"])
def test_what_is_heard_is_what_was_asked_for(style: str, voice: Voice) -> None:
    text = "She laughed, closed the book, and said that the ending had been worth the wait."
    speech = voice.speak(text, style=style)
    found = track(speech.audio, speech.sample_rate)
    semitones, near = asked(voice.contour(text, style=style), found)
    assert near > 0.85
    assert found.range == pytest.approx(semitones, rel=0.25)
