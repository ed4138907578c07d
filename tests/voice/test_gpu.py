"""The GPU runtime, run eagerly on the CPU: equal to the networks it is made of, and to the CPU way."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from duologue.voice import Voice, VoiceError
from duologue.voice.excitation import excitation
from duologue.voice.gpu import GpuRenderer
from duologue.voice.model import frame_features, frame_places
from duologue.voice.noise import offsets
from duologue.voice.spectrum import BINS, HARMONIC_BINS
from duologue.voice.styles import STYLES
from duologue.voice.synthesis import pulse_train, synthesise
from duologue.voice.weights import Weights

SENTENCE = "The ferry leaves the harbour at half past six."


@pytest.fixture(scope="module")
def renderer() -> GpuRenderer:
    return GpuRenderer(Weights.open(), "cpu")


@pytest.fixture(scope="module")
def other(renderer: GpuRenderer) -> Voice:
    return Voice(Weights.open(), renderer)


def test_excitation_is_the_pulse_train() -> None:
    f0 = (180 + 60 * np.sin(np.arange(160) / 9)).astype(np.float32)
    f0[60:75] = 0
    wanted = pulse_train(f0)[2:-1].reshape(-1)
    got = excitation(torch.from_numpy(f0)[None])[0].numpy()
    inside = np.repeat(np.convolve(f0 > 0, np.ones(5), "same") == 5, 150)
    error = np.sqrt(np.mean((got - wanted)[inside] ** 2))
    assert error < 0.03 * np.sqrt(np.mean(wanted[inside] ** 2))
    assert not got[62 * 150 : 73 * 150].any()


@pytest.mark.parametrize("style", ["neutral", "sad", "whisper"])
def test_synthesis_is_that_of_the_processor(renderer: GpuRenderer, style: str) -> None:
    rng = np.random.default_rng(1)
    f0 = np.full(60, 180, np.float32)
    f0[20:35] = 0
    parts = rng.normal(0, 1, (60, 4, BINS)).astype(np.float32)
    level, noise = np.ones(60, np.float32), offsets(0, 0, 60)
    voiced = np.flatnonzero(f0)
    order = np.concatenate([voiced, np.flatnonzero(f0 == 0)])
    angles = np.concatenate([parts[voiced, 1, :HARMONIC_BINS], parts[voiced, 3]], 1)
    bank = np.exp(parts[voiced, 0, :HARMONIC_BINS])
    wanted = synthesise(np.exp(parts[order, 2]), bank, angles, voiced, f0, level, noise, STYLES[style])
    control = STYLES[style]
    numbers = torch.tensor([control.tilt, control.breath, float(control.whisper), 5.2])
    with torch.inference_mode():
        got = renderer.synthesise(
            torch.from_numpy(parts)[None], torch.from_numpy(f0)[None], torch.from_numpy(level)[None],
            torch.from_numpy(noise)[None], numbers,
        )[0].numpy()  # fmt: skip
    wanted = wanted[600 : 600 + len(got)]
    # Where voice begins or ends F0 jumps, and the nearest pulse is not exactly where a steady one would be.
    steady = np.repeat(np.abs(np.convolve(f0 > 0, [1, 1, 1, 1, -1, -1, -1, -1], "same")) == 0, 300)
    assert steady.mean() > 0.6
    assert np.abs(got - wanted)[steady].max() < 0.01 * np.abs(wanted).max()


def test_parts_are_the_decoder_and_padding_changes_nothing(renderer: GpuRenderer) -> None:
    rng = np.random.default_rng(2)
    ids = torch.zeros(2, 24, dtype=torch.int64)
    ids[0, 1:19] = torch.from_numpy(rng.integers(43, 60, 18))
    durations = torch.zeros(1, 20, dtype=torch.int64) + 2
    index, place = frame_places(durations, 40)
    f0 = torch.from_numpy(rng.uniform(100, 200, (1, 80)).astype(np.float32))
    energy = torch.ones(1, 80)
    voice = renderer.decoder.voices.weight[3:4]
    with torch.inference_mode():
        wanted = renderer.decoder(ids[:1, :20], index, frame_features(place, f0, energy), voice)
        got = renderer.parts(
            ids, _wide(index, 56), _wide(place, 56), _wide(f0, 112), _wide(energy, 112),
            _wide(torch.ones(1, 40, 1), 56), voice.expand(2, -1),
        )  # fmt: skip
    assert torch.allclose(got[:1, :80], wanted, atol=1e-3)


def test_speaks_as_the_processor_does(voice: Voice, other: Voice) -> None:
    wanted, got = voice.speak(SENTENCE), other.speak(SENTENCE)
    assert got.duration == pytest.approx(wanted.duration, abs=0.1)
    assert [w.text for w in got.words] == [w.text for w in wanted.words]
    assert np.abs(np.array([w.start for w in got.words]) - [w.start for w in wanted.words]).max() < 0.1
    assert 20 * np.log10(got.audio.std() / wanted.audio.std()) == pytest.approx(0, abs=0.5)
    pitches = [v.contour(SENTENCE) for v in (voice, other)]
    assert np.median(pitches[1][pitches[1] > 0]) == pytest.approx(
        np.median(pitches[0][pitches[0] > 0]), rel=0.05
    )


def test_a_sentence_sounds_the_same_in_any_batch(other: Voice) -> None:
    text = "Nobody knew why. " + SENTENCE + " Please call me back before noon, if you can."
    alone = other.speak(SENTENCE)
    together = list(other.stream(text))[1]
    assert len(alone.audio) == len(together.audio)
    quiet = np.abs(np.fft.rfft(alone.audio)), np.abs(np.fft.rfft(together.audio))
    assert np.abs(quiet[0] - quiet[1]).sum() < 0.35 * quiet[0].sum()  # the noise differs with the place


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so() -> None:
    with pytest.raises(VoiceError, match="no GPU"):
        Voice.load(device="cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_graphs_replay_what_runs_eagerly(renderer: GpuRenderer) -> None:
    eager, replayed = Voice(Weights.open(), renderer), Voice.load(device="cuda")
    for _ in range(2):
        wanted, got = eager.speak(SENTENCE), replayed.speak(SENTENCE)
        assert len(got.audio) == len(wanted.audio)
        assert np.abs(got.audio - wanted.audio).max() < 0.05


def _wide(x: torch.Tensor, frames: int) -> torch.Tensor:
    out = x.new_zeros(2, frames, *x.shape[2:])
    out[0, : x.shape[1]] = x[0]
    return out
