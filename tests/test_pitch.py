"""The estimator that measures styles, against tones whose F0 is known."""

from __future__ import annotations

import numpy as np

from pitch import track


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
