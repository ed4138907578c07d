"""Exported graphs against the networks they were written from, and the folder that `export` makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

import onnxruntime

from duologue.voice import Voice
from duologue.voice.model import Decoder, Prosody, VoiceConfig, frame_features, frame_places, tiny
from duologue.voice.spectrum import HARMONIC_BINS
from duologue.voice.timing import GAP, GAP_TEXT, axis
from duologue.voice.train.export import Weights, export
from duologue.voice.train.graphs import contour_graph, decoder_graph, encoder_graph
from duologue.voice.train.norms import norm_map
from duologue.voice.train.sizes import config_of

CONFIG = VoiceConfig(**{**tiny().to_dict(), "voices": 28})
LENGTHS = (9, 14)


@pytest.fixture(scope="module")
def networks() -> tuple[Prosody, Decoder]:
    torch.manual_seed(0)
    made = Prosody(CONFIG).eval(), Decoder(CONFIG).eval()
    for network in made:
        for name, weight in network.named_parameters():
            if name.endswith("voice.weight") or "layers" in name:  # these start at zero
                torch.nn.init.normal_(weight, std=0.1)
        network.requires_grad_(False)
    return made


def _arrays(network: torch.nn.Module) -> Weights:
    return {name: value.numpy() for name, value in network.state_dict().items()}


def _run(graph: object, **feed: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])  # type: ignore[attr-defined]
    return session.run(None, feed)


def _norms(network: torch.nn.Module, graph: str, voice: torch.Tensor) -> np.ndarray:
    matrix, base = norm_map(_arrays(network), graph)
    return base + voice[0].numpy() @ matrix


def _ids() -> np.ndarray:
    ids = np.zeros((2, max(LENGTHS)), np.int64)
    for row, length in zip(ids, LENGTHS, strict=True):
        row[1 : length - 1] = np.random.default_rng(length).integers(43, 60, length - 2)
    return ids


def test_encoder_graph_is_the_encoder(networks: tuple[Prosody, Decoder]) -> None:
    prosody, _ = networks
    voice = torch.randn(1, CONFIG.voice_width)
    wanted = prosody.encode(torch.from_numpy(_ids()), voice.expand(2, -1))
    keep = (np.arange(max(LENGTHS)) < np.array(LENGTHS)[:, None]).astype(np.int32)
    got = _run(
        encoder_graph(_arrays(prosody), integer=False),
        ids=_ids(), keep=keep, mask=keep.astype(np.float32)[None, :, :, None],
        norms=_norms(prosody, "encoder", voice),
    )  # fmt: skip
    for row, length in enumerate(LENGTHS):
        for a, b in zip(got, wanted, strict=True):
            assert np.abs(a[row, :length] - b[row, :length].numpy()).max() < 1e-4


@pytest.mark.parametrize(("integer", "bound"), [(False, 1e-4), (True, 0.1)])
def test_sentences_on_one_axis_are_sentences_alone(
    networks: tuple[Prosody, Decoder], integer: bool, bound: float
) -> None:
    prosody, decoder = networks
    rng = np.random.default_rng(0)
    voice = torch.randn(1, CONFIG.voice_width)
    durations = [rng.integers(1, 5, length).tolist() for length in LENGTHS]
    line = axis(durations)
    ids = _ids()
    text = [
        prosody.encode(torch.from_numpy(i[None, :n]), voice)[0] for i, n in zip(ids, LENGTHS, strict=True)
    ]
    gap = np.zeros((GAP_TEXT, CONFIG.prosody_width), np.float32)
    flat_text = np.concatenate([x for t in text for x in (t[0].numpy(), gap)])
    (contour,) = _run(
        contour_graph(_arrays(prosody), integer=integer),
        text=flat_text, index=line.index, place=line.place, mask=line.mask[None, None],
        norms=_norms(prosody, "contour", voice),
    )  # fmt: skip
    contours = [part.reshape(-1) for part in np.split(contour, 3, axis=1)]
    fine = 2 * len(line.index)
    f0 = rng.uniform(90, 300, fine).astype(np.float32)
    f0[rng.random(fine) < 0.3] = 0
    energy = rng.normal(2, 2, fine).astype(np.float32)
    frame = frame_features(*(torch.from_numpy(x)[None] for x in (line.place, f0, energy)))[0]
    flat_ids = np.concatenate([x for i, n in zip(ids, LENGTHS, strict=True) for x in (i[:n], [0] * GAP_TEXT)])
    text_mask = np.concatenate([np.r_[np.ones(n), np.zeros(GAP_TEXT)] for n in LENGTHS])
    residual, bank, angles = _run(
        decoder_graph(_arrays(decoder), integer=integer, integer_basis=integer),
        ids=flat_ids, text_mask=text_mask.astype(np.float32)[None, None, :, None], index=line.index,
        frame=frame.numpy(), mask=line.mask[None, None], order=np.arange(fine)[::-1].copy(),
        voiced=np.arange(fine), norms=_norms(decoder, "decoder", voice),
    )  # fmt: skip
    low, residual = HARMONIC_BINS, residual[::-1]
    for row, (start, count) in enumerate(zip(line.starts, line.frames, strict=True)):
        here, thin = slice(2 * start, 2 * (start + count)), slice(start, start + count)
        index, place = frame_places(torch.tensor([durations[row]]), count)
        assert np.abs(place[0].numpy() - line.place[thin]).max() < 1e-6
        wanted = prosody.contours(text[row], index, place, voice)
        for a, b in zip(contours, wanted, strict=True):
            assert np.abs(a[here] - b[0].numpy()).max() < 3 * bound
        parts = decoder(
            torch.from_numpy(ids[row : row + 1, : LENGTHS[row]]), index, frame[None, thin], voice
        )[0]
        error = (
            np.abs(np.log(residual[here]) - parts[:, 2].numpy()),
            np.abs(np.log(bank[here]) - parts[:, 0, :low].numpy()),
            np.abs(angles[here] - np.concatenate([parts[:, 1, :low], parts[:, 3]], 1)),
        )
        assert max(e.mean() for e in error) < bound
    assert len(line.index) == sum(line.frames) + GAP * len(LENGTHS)


def test_export_writes_a_folder_that_speaks(networks: tuple[Prosody, Decoder], tmp_path: Path) -> None:
    prosody, decoder = (_arrays(network) for network in networks)
    assert config_of(prosody, decoder) == CONFIG
    manifest = export(prosody, decoder, ["am_onyx", "bf_lily"], tmp_path / "out", name="tiny")
    voice = Voice.load(tmp_path / "out")
    assert [(v.name, v.language, v.sex) for v in voice.voices()] == [
        ("onyx", "en-us", "male"),
        ("lily", "en-gb", "female"),
    ]
    speech = voice.speak("Hello there.", voice="lily")
    assert speech.model == manifest["name"] == "tiny"
    assert np.isfinite(speech.audio).all()
    with pytest.raises(ValueError, match="no voice xx_none"):
        export(prosody, decoder, ["xx_none"], tmp_path / "out", name="tiny")
