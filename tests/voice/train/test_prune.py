"""Narrower MLPs: units that others can stand in for go, and nothing is heard of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the [train] extra")

from duologue.voice.frontend.tensors import write
from duologue.voice.model import Decoder, Prosody, VoiceConfig, tiny
from duologue.voice.train.prune import narrowed, performances, prune_decoder, prune_prosody
from duologue.voice.train.sizes import config_of
from duologue.voice.train.start import decoder_from, knows_all, prosody_from

CONFIG = replace(tiny(), voices=28)
LINES = [("hˈɛlˌO ðˈɛɹ, mˈɪstəɹ mˈun.", 0), ("wˈʌt ə dˈA ɪt wʌz!", 1), ("ðə lˈæst lˈIn ʌv ˈɔl.", 0)]


def _arrays(network: torch.nn.Module) -> dict:
    return {name: value.numpy() for name, value in network.state_dict().items()}


def test_units_that_others_can_stand_in_for_go_without_loss() -> None:
    torch.manual_seed(0)
    first = torch.randn(400, 16)
    inner = torch.cat([first, 0.5 * first, first @ torch.randn(16, 16)], 1)
    down = torch.randn(5, 48)
    kept, matrix, offset = narrowed(inner, inner @ down.T + 2, down, -40)
    assert len(kept) == 16
    assert torch.allclose(inner[:, kept] @ matrix.T + offset, inner @ down.T + 2, atol=0.1)


def test_units_that_nothing_can_replace_stay() -> None:
    torch.manual_seed(0)
    inner, down = torch.randn(4000, 48), torch.randn(5, 48)
    kept, matrix, _ = narrowed(inner, inner @ down.T, down, -30)
    assert len(kept) == 48
    assert torch.allclose(matrix, down, atol=0.01)


def _doubled(network: torch.nn.Module) -> None:
    """Make the second half of every MLP the same as the first."""
    for module in network.modules():
        if hasattr(module, "up"):
            torch.nn.init.normal_(module.down.weight, std=0.1)  # a layer's starts at zero
            half = module.up.out_features // 2
            module.up.weight.data[half:] = module.up.weight.data[:half]
            module.up.bias.data[half:] = module.up.bias.data[:half]


def test_narrowed_networks_do_as_before_and_are_read_again(tmp_path: Path) -> None:
    torch.manual_seed(0)
    decoder, prosody = Decoder(CONFIG).eval(), Prosody(CONFIG).eval()
    for network in (decoder, prosody):
        _doubled(network)
    speech = performances(prosody, LINES)
    assert all(s.frame.shape == (1, s.index.shape[1], 9) for s in speech)
    one = speech[0]

    def parts() -> tuple[torch.Tensor, torch.Tensor]:
        with torch.no_grad():
            v = decoder.voices.weight[:1]
            return decoder(one.ids, one.index, one.frame, v), prosody.encode(
                one.ids, prosody.voices.weight[:1]
            )[1]

    before = parts()
    widths = prune_decoder(decoder, speech, -40)
    assert widths == [48] * CONFIG.blocks
    assert prune_prosody(prosody, speech, -40) == [32, 32, 32, 48, 32]
    after = parts()
    for a, b in zip(before, after, strict=True):
        assert (a - b).std() < 0.05 * a.std()

    config = config_of(_arrays(prosody), _arrays(decoder))
    assert config.hidden == (48,) * CONFIG.blocks
    assert VoiceConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    path = tmp_path / "network.safetensors"
    arrays = {f"decoder.{k}": v for k, v in _arrays(decoder).items()}
    write(path, arrays | {f"prosody.{k}": v for k, v in _arrays(prosody).items()}, {})
    assert knows_all(path)
    with torch.no_grad():
        again = decoder_from(path)(one.ids, one.index, one.frame, decoder.voices.weight[:1])
        log_durations = prosody_from(path).encode(one.ids, prosody.voices.weight[:1])[1]
    assert torch.equal(again, after[0])
    assert torch.equal(log_durations, after[1])
