"""The excitation in step with the teacher's phase."""

import numpy as np

from duologue.voice.spectrum import HOP, N_FFT, SAMPLE_RATE
from duologue.voice.train.source import pulse_train, spectrum


def test_a_steady_pitch_gives_pulses_at_its_period_with_unit_harmonics() -> None:
    train = pulse_train(np.full(160, 200.0, np.float32))
    peaks = np.flatnonzero(train > 0.5 * train.max())
    assert set(np.diff(peaks)) <= {SAMPLE_RATE // 200, 1, SAMPLE_RATE // 200 - 1}
    size = np.abs(spectrum(train, 40, 20, scale=4 / N_FFT))
    assert np.allclose(size[:, 10:540:10], 1.0, atol=0.02)  # 200 Hz is ten bins
    assert size[:, 5:540:10].max() < 0.05


def test_unvoiced_frames_are_silent_but_their_phase_counts() -> None:
    f0 = np.concatenate([np.full(20, 150.0), np.full(20, -7.0), np.full(20, 150.0)]).astype(np.float32)
    train = pulse_train(f0)
    assert not train[22 * HOP : 38 * HOP].any()
    # Cycles at the centre of frame k are the running sum of F0, whatever its sign.
    cycles = np.cumsum(f0.astype(np.float64)) * HOP / SAMPLE_RATE
    angle = 2 * np.pi * cycles[50]
    harmonics = np.arange(1, int(11_000 / 150) + 1)
    centre = 50 * HOP + 150  # half a sample after 149.5
    angle += 2 * np.pi * 150 * 0.5 / SAMPLE_RATE
    assert np.isclose(train[centre], np.cos(harmonics * angle).sum(), atol=0.05)


def test_a_crop_of_the_spectrum_is_the_spectrum_of_the_crop() -> None:
    signal = np.random.default_rng(0).normal(size=60 * HOP).astype(np.float32)
    whole = spectrum(signal, 0, 60)
    assert np.allclose(spectrum(signal, 17, 12), whole[17:29], atol=1e-4)
