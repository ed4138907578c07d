"""Signal processing: pulses, noise, levels, styles on spectra made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from duologue.voice.noise import offsets, phasors
from duologue.voice.rendering import limited
from duologue.voice.spectrum import BINS, HARMONIC_BINS
from duologue.voice.styles import STYLES, Style
from duologue.voice.synthesis import pulse_train, synthesise, voiced_spectrum

FLAT = Style(name="flat", description="")


def _sound(f0: float, lh: float, lr: float, style: Style = FLAT, frames: int = 80) -> np.ndarray:
    pitch = np.full(frames, f0, np.float32)
    voiced = np.flatnonzero(pitch)
    bank = np.full((len(voiced), HARMONIC_BINS), np.exp(lh), np.float32)
    angles = np.zeros((len(voiced), HARMONIC_BINS + BINS), np.float32)
    residual = np.full((frames, BINS), np.exp(lr), np.float32)
    gain = np.ones(frames, np.float32)
    sound = synthesise(residual, bank, angles, voiced, pitch, gain, offsets(0, 0, frames), style)
    assert sound.shape == (300 * (frames + 3),)
    return sound[2400:-2400]


@pytest.mark.parametrize("f0", [80.0, 200.0, 333.0, 700.0])
def test_harmonics_have_unit_amplitude(f0: float) -> None:
    spectrum = voiced_spectrum(pulse_train(np.full(60, f0, np.float32)), np.arange(20, 40))
    for harmonic in range(1, int(4200 / f0)):
        near = harmonic * f0 / 20
        peak = np.abs(spectrum[:, round(near)]).mean()
        off = near - round(near)
        assert peak == pytest.approx(np.sinc(off) / (1 - off**2), abs=0.04)  # the Hann window's main lobe


def test_pulses_follow_a_gliding_pitch() -> None:
    f0 = np.linspace(100, 300, 160, dtype=np.float32)
    train = pulse_train(f0).reshape(-1)[300:-150]
    peaks = np.flatnonzero((train[1:-1] > train[:-2]) & (train[1:-1] >= train[2:]) & (train[1:-1] > 10)) + 1
    peaks = peaks[peaks < 159 * 150]  # beyond, F0 falls to where voice ends
    measured = 12_000 / np.diff(peaks)
    expected = np.interp(peaks[:-1], np.arange(160) * 150 + 75, f0)
    assert np.abs(measured / expected - 1).max() < 0.03
    assert abs(len(peaks) - f0[:-1].sum() * 300 / 24_000) <= 1


def test_no_pulses_where_there_is_no_voice() -> None:
    f0 = np.zeros(40, np.float32)
    f0[10:20] = 150
    train = pulse_train(f0).reshape(-1)[300:-150]
    assert not train[: 9 * 150].any()
    assert not train[21 * 150 :].any()
    assert train[12 * 150 : 18 * 150].max() > 15
    assert not pulse_train(np.zeros(40, np.float32)).any()


def test_a_harmonic_filter_gives_cosines_of_its_height() -> None:
    # A cosine of amplitude 1 has magnitude 300 in a frame of 1200 samples under a Hann window.
    sound = _sound(200.0, np.log(3.0), -30.0)
    spectrum = np.abs(np.fft.rfft(sound[:12_000])) / 6000
    assert spectrum[100:2300:100] == pytest.approx(np.full(22, 0.01), rel=0.06)
    assert spectrum[150:4000:100].max() < 1e-4


def test_residual_alone_is_white_noise_of_its_height() -> None:
    sound = _sound(0.0, 0.0, np.log(1e-2), frames=400)
    power = np.abs(np.fft.rfft(sound[:96_000].reshape(-1, 1200), axis=1)) ** 2
    bands = power.mean(0)[1:601].reshape(10, 60).mean(1)
    assert bands == pytest.approx(np.full(10, bands.mean()), rel=0.15)


def test_a_whisper_has_no_harmonics() -> None:
    def periodicity(sound: np.ndarray) -> float:
        match = np.correlate(sound[:2400], sound[:2400], "full")[2399:]
        return float(match[100:140].max() / match[0])

    assert periodicity(_sound(200.0, -4.0, -12.0)) > 0.9
    assert periodicity(_sound(200.0, -4.0, -12.0, STYLES["whisper"])) < 0.4


def test_breath_and_tilt_change_the_spectrum_as_they_say() -> None:
    def level(sound: np.ndarray, hertz: int) -> float:
        spectrum = np.abs(np.fft.rfft(sound[:12_000])) ** 2
        return float(10 * np.log10(spectrum[hertz // 2 - 40 : hertz // 2 + 40].sum()))

    plain = _sound(200.0, -4.0, -12.0)
    tilted = _sound(200.0, -4.0, -12.0, Style(name="t", description="", tilt=-3.0))
    assert level(tilted, 4000) - level(plain, 4000) == pytest.approx(-9, abs=0.5)
    assert level(tilted, 400) - level(plain, 400) == pytest.approx(3 * np.log2(500 / 400), abs=0.2)
    breathy = _sound(200.0, -4.0, -12.0, Style(name="b", description="", breath=0.5))
    between = slice(2025, 2075)  # bins of 2 Hz from 4,050 to 4,150 Hz, between two harmonics
    assert (np.abs(np.fft.rfft(breathy[:12_000])) ** 2)[between].sum() > 50 * (
        np.abs(np.fft.rfft(plain[:12_000])) ** 2
    )[between].sum()
    assert level(breathy, 5000) == pytest.approx(level(plain, 5000), abs=2)


def test_noise_is_a_function_of_seed_utterance_and_frame() -> None:
    assert np.array_equal(offsets(5, 2, 100), offsets(5, 2, 200)[:100])
    assert not np.array_equal(offsets(5, 2, 100), offsets(5, 3, 100))
    assert not np.array_equal(offsets(5, 2, 100), offsets(6, 2, 100))
    spread = offsets(0, 0, 20_000)
    assert spread.min() >= 0
    assert spread.max() < len(phasors())
    assert len(np.unique(spread)) > 18_000
    assert np.abs(phasors()[[0, 7, 131_071]]) == pytest.approx(np.ones((3, BINS)), abs=1e-5)


def test_the_limiter_bends_peaks_and_leaves_the_rest() -> None:
    quiet = np.linspace(-0.98, 0.98, 101, dtype=np.float32)
    assert np.array_equal(limited(quiet), quiet)
    loud = np.linspace(-3, 3, 601, dtype=np.float32)
    bent = limited(loud)
    assert np.abs(bent).max() < 1
    assert (np.diff(bent) >= 0).all()
    assert np.array_equal(bent[np.abs(loud) < 0.9], loud[np.abs(loud) < 0.9])
