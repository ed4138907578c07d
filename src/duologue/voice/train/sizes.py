"""The sizes of networks, read off their tensors: a checkpoint needs no config beside it."""

from __future__ import annotations

from typing import Any

from duologue.voice.model import VoiceConfig
from duologue.voice.train.norms import Weights, count

__all__ = ["config_of", "decoder_sizes", "prosody_sizes"]


def _inner(weights: Weights, *stacks: str) -> tuple[int, ...]:
    return tuple(len(weights[f"{s}.{i}.up.bias"]) for s in stacks for i in range(count(weights, s)))


def decoder_sizes(weights: Weights) -> dict[str, Any]:
    """What of `VoiceConfig` the decoder's tensors say."""
    width = len(weights["norm.gain"])
    hidden = _inner(weights, "blocks")
    usual = len(set(hidden)) == 1 and hidden[0] % width == 0
    return {
        "width": width,
        "blocks": len(hidden),
        "kernel": weights["blocks.0.depthwise.weight"].shape[2],
        "expansion": hidden[0] // width if usual else VoiceConfig().expansion,
        "rank": weights["basis.weight"].shape[1],
        "text_width": weights["embed.weight"].shape[1],
        "text_blocks": count(weights, "text"),
        "voice_width": weights["voices.weight"].shape[1],
        "voices": len(weights["voices.weight"]),
        "hidden": () if usual else hidden,
    }


def prosody_sizes(weights: Weights) -> dict[str, Any]:
    """What of `VoiceConfig` the prosody's tensors say."""
    sizes = {
        "prosody_width": weights["embed.weight"].shape[1],
        "prosody_layers": count(weights, "layers"),
        "prosody_blocks": count(weights, "contour"),
    }
    hidden = _inner(weights, "local", "layers", "contour")
    usual = list(hidden) == VoiceConfig(**sizes).prosody_widths()
    return sizes | {"prosody_hidden": () if usual else hidden}


def config_of(prosody: Weights, decoder: Weights) -> VoiceConfig:
    """The sizes that the tensors of both networks have."""
    return VoiceConfig(**decoder_sizes(decoder), **prosody_sizes(prosody))
