"""Every stage of the training, small: losses fall, runs resume, sound comes out level."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the [train] extra")

from duologue.voice.model import Decoder, Prosody, frame_features, frame_places, tiny
from duologue.voice.spectrum import BINS, PARTS
from duologue.voice.train.adversarial import EDGE, render, stft_loss
from duologue.voice.train.corpus import Corpus, CorpusWriter, Item
from duologue.voice.train.crops import crops, gather
from duologue.voice.train.discriminator import Discriminators, discriminator_loss, generator_losses
from duologue.voice.train.loop import LoopConfig, train
from duologue.voice.train.match import match_losses
from duologue.voice.train.prosody import prosody_losses, sentences
from duologue.voice.train.source import pulse_train, spectrum
from duologue.voice.train.transfer import TransferTargets, smooth
from duologue.voice.train.waveform import teacher_spectra, waveform_losses


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Four utterances of a buzz whose loudness follows its phonemes."""
    folder = tmp_path_factory.mktemp("corpus")
    writer = CorpusWriter(folder, "af_heart", ("ids", "durations", "f0", "energy", "audio"))
    rng = np.random.default_rng(0)
    for line in range(4):
        ids = np.array([0, *rng.integers(43, 60, 20 + 3 * line), 0], np.uint8)
        durations = rng.integers(2, 5, len(ids)).astype(np.uint16)
        level = np.repeat(np.repeat(ids.astype(float) / 600, durations), 2)
        f0 = np.where(np.repeat(np.repeat(ids > 45, durations), 2), 180.0, -5.0).astype(np.float32)
        sound = pulse_train(f0) * np.repeat(level, 300) * 0.05
        item = Item(
            ids=ids, durations=durations, f0=f0, energy=(3 + level).astype(np.float32),
            audio=(sound * 32767).astype(np.int16),
        )  # fmt: skip
        writer.append(item, line)
    writer.close()
    return Corpus(folder)


def test_places_of_frames() -> None:
    index, place = frame_places(torch.tensor([[2, 0, 3], [1, 1, 0]]), 6)
    assert index.tolist() == [[0, 0, 2, 2, 2, 2], [0, 1, 2, 2, 2, 2]]
    assert torch.allclose(place[0, :5, 0], torch.tensor([0.25, 0.75, 1 / 6, 0.5, 5 / 6]))
    assert torch.allclose(place[0, 2, 1], torch.log(torch.tensor(3.0)))


def test_chosen_bins_equal_the_whole() -> None:
    decoder = Decoder(tiny()).eval()
    ids = torch.randint(1, 170, (2, 9))
    index, place = frame_places(torch.full((2, 9), 3), 27)
    frame = frame_features(place, torch.full((2, 54), 150.0), torch.zeros(2, 54))
    v = torch.randn(2, tiny().voice_width)
    bins = torch.tensor([0, 17, 600])
    with torch.no_grad():
        whole = decoder(ids, index, frame, v)
        some = decoder.at(ids, index, frame, v, bins)
    assert whole.shape == (2, 54, PARTS, BINS)
    assert torch.allclose(whole[..., bins], some, atol=1e-5)


def test_padding_does_not_change_a_sentence() -> None:
    torch.manual_seed(0)
    model = Prosody(tiny()).eval()
    short = torch.tensor([[0, 50, 51, 52, 53, 0]])
    padded = torch.cat([short, torch.zeros(1, 5, dtype=torch.long)], 1)
    v = torch.randn(1, tiny().voice_width)
    with torch.no_grad():
        for layer in model.layers:
            torch.nn.init.normal_(layer.out.weight, std=0.1)
        alone, together = model.encode(short, v)[1], model.encode(padded, v)[1]
    assert torch.allclose(alone[0], together[0, :6], atol=1e-5)


def test_padding_does_not_change_a_contour() -> None:
    torch.manual_seed(0)
    model = Prosody(tiny()).eval()
    text, v = torch.randn(1, 6, tiny().prosody_width), torch.randn(1, tiny().voice_width)
    index, place = frame_places(torch.full((1, 6), 3), 18)
    longer = frame_places(torch.full((1, 6), 3), 30)
    mask = (torch.arange(30) < 18).float()[None, :, None]
    with torch.no_grad():
        alone = model.contours(text, index, place, v)
        together = model.contours(text, *longer, v, mask)
    for a, b in zip(alone, together, strict=True):
        assert torch.allclose(a[0], b[0, :36], atol=1e-5)


def test_a_crop_has_the_phonemes_of_its_frames(corpus: Corpus) -> None:
    crop = gather([(corpus, 1, 7, 0)], 20)
    whole = np.repeat(corpus[1].ids, corpus[1].durations)[7:27]
    assert crop.ids[0][crop.index[0]].tolist() == whole.tolist()
    assert np.array_equal(crop.f0[0].numpy(), corpus[1].f0[14:54])


def test_teacher_spectra_of_a_crop_are_those_of_the_utterance(corpus: Corpus) -> None:
    x, e = teacher_spectra(gather([(corpus, 2, 9, 0)], 16))
    whole = spectrum(pulse_train(corpus[2].f0), 18, 32, scale=4 / 1200)
    assert np.allclose(e[0].numpy(), whole, atol=1e-3)
    assert np.allclose(x[0].numpy(), spectrum(corpus[2].audio / np.float32(32767), 18, 32), atol=1e-4)


def test_losses_are_least_at_the_target(corpus: Corpus) -> None:
    crop = crops([(corpus, 0, 1.0)], 3, 16, np.random.default_rng(0))
    bins = torch.arange(0, BINS, 7)
    want = torch.randn(3, 32, PARTS, len(bins))
    at_target = sum(match_losses(want, want, crop.f0, bins).values())
    assert at_target < 1e-5 < sum(match_losses(want + 0.1, want, crop.f0, bins).values())
    turned = want.clone()
    turned[:, :, 1] += 2 * torch.pi  # an angle is an angle
    assert match_losses(turned, want, crop.f0, bins)["theta"] < 1e-5


def test_waveform_losses_find_the_filter(corpus: Corpus) -> None:
    crop = crops([(corpus, 0, 1.0)], 3, 16, np.random.default_rng(0))
    x, e = teacher_spectra(crop)
    bins = torch.arange(BINS)
    parts = torch.zeros(3, 32, PARTS, BINS)
    parts[:, :, 2] = -9.0
    ratio = (x.abs().mean() / e.abs().mean()).log()
    wrong = waveform_losses(parts, x, e, crop.f0, bins)
    parts[:, :, 0] = ratio
    right = waveform_losses(parts, x, e, crop.f0, bins)
    assert right["complex"] < 0.6 * wrong["complex"]
    assert right["level"] < wrong["level"]


def test_transferred_targets_have_the_teachers_level(corpus: Corpus) -> None:
    torch.manual_seed(0)
    frozen = Decoder(tiny())
    torch.nn.init.normal_(frozen.basis.weight, std=0.02)
    crop = gather([(corpus, 3, 4, 2)], 20)
    x, e = (s.abs() for s in teacher_spectra(crop))
    bins = torch.arange(BINS)
    target = TransferTargets(frozen, 1)(crop, bins)
    voiced = (crop.f0 > 40).float()[..., None]
    power = (target[:, :, 0].exp() * e * voiced) ** 2 + (2 * (target[:, :, 2] - 0.6)).exp()
    heard = smooth(x**2, 4) > 1e-2  # above the floor of the targets
    error = (smooth(power, 4).log() - smooth(x**2, 4).log())[heard].abs()
    assert error.median() < 0.3
    quarter = torch.arange(0, BINS, 4)
    assert torch.allclose(TransferTargets(frozen, 1)(crop, quarter), target[..., quarter])


def test_smoothing_keeps_a_constant() -> None:
    assert torch.allclose(smooth(torch.full((1, 2, 30), 3.0), 4), torch.tensor(3.0))


def test_rendering_inverts_the_spectrum() -> None:
    sound = 0.1 * np.random.default_rng(0).normal(size=40 * 300).astype(np.float32)
    x = torch.from_numpy(spectrum(sound, 0, 40))[None]
    parts = torch.zeros(1, 40, PARTS, BINS)
    parts[:, :, 0] = -30.0
    parts[:, :, 2], parts[:, :, 3] = x.abs().clamp(min=1e-9).log(), x.angle()
    made = render(parts, torch.zeros_like(x), torch.full((1, 40), 100.0))
    want = torch.from_numpy(sound[EDGE * 300 : 38 * 300])[None]
    assert torch.allclose(made[:, 300:-300], want[:, 300:-300], atol=1e-3)
    assert stft_loss(want, want) == 0 < stft_loss(want, 0.5 * want)


def test_discriminators_learn_to_tell() -> None:
    torch.manual_seed(0)
    judge = Discriminators(8)
    optimiser = torch.optim.AdamW(judge.parameters(), lr=3e-3)
    real, made = 0.1 * torch.randn(4, 4800), 0.1 * torch.sin(torch.arange(4800) * 0.3).repeat(4, 1)
    first = discriminator_loss(judge, real, made)
    for _ in range(12):
        optimiser.zero_grad()
        loss = discriminator_loss(judge, real, made)
        loss.backward()
        optimiser.step()
    assert loss < 0.8 * first
    assert set(generator_losses(judge, real, made)) == {"adversary", "feature"}


def test_a_run_learns_logs_and_resumes(corpus: Corpus, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Prosody(tiny())
    batch = sentences([(corpus, n, 0) for n in range(4)])

    def loss(step: int) -> tuple[torch.Tensor, dict[str, float]]:
        losses = prosody_losses(model, batch)
        return sum(losses.values()), {}

    train(model, loss, LoopConfig(out=tmp_path, minutes=0.05, lr=3e-3))
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert state["step"] >= 5
    assert (tmp_path / "curve.png").stat().st_size > 1000
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0].startswith("step,seconds")
    assert len(lines) == 2
    before = state["step"]
    train(model, loss, LoopConfig(out=tmp_path, minutes=0.08, lr=3e-3))
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert state["step"] > before
    assert state["seconds"] >= 0.08 * 60
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
    with pytest.raises(FloatingPointError, match="not finite"):
        train(
            model,
            lambda step: (loss(step)[0] * float("nan"), {}),
            LoopConfig(out=tmp_path, minutes=1, lr=1e-3),
        )
