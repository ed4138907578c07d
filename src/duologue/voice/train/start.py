"""Weights to go on from: a checkpoint of a stage, or the network that ships.

Design choices
- A checkpoint gives its averaged weights; `network.safetensors` of a folder of weights gives one of its
  two networks, from half precision. So training goes on from what ships where no checkpoint is left.
- What ships knows every voice it speaks with; a checkpoint of stage 1 knows the first only (`knows_all`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from duologue.voice.frontend.tensors import read
from duologue.voice.model import Decoder, Prosody, VoiceConfig
from duologue.voice.train.sizes import decoder_sizes, prosody_sizes

__all__ = ["decoder_from", "knows_all", "prosody_from", "weights_from"]


def weights_from(path: Path, part: str) -> dict[str, NDArray[np.float32]]:
    """Arrays by name, float32. part: "prosody" or "decoder", which of the two networks that ship is meant."""
    if knows_all(path):
        arrays, _ = read(path)
        head = f"{part}."
        return {k.removeprefix(head): v.astype(np.float32) for k, v in arrays.items() if k.startswith(head)}
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor.float().numpy() for name, tensor in state["average"].items()}


def decoder_from(path: Path) -> Decoder:
    """The decoder in `path`, of whatever size it is."""
    weights = weights_from(path, "decoder")
    decoder = Decoder(VoiceConfig(**decoder_sizes(weights)))
    decoder.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
    return decoder


def prosody_from(path: Path) -> Prosody:
    """The prosody in `path`, of whatever size it is."""
    weights = weights_from(path, "prosody")
    sizes = prosody_sizes(weights) | {"voice_width": weights["voices.weight"].shape[1]}
    prosody = Prosody(VoiceConfig(**sizes, voices=len(weights["voices.weight"])))
    prosody.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
    return prosody


def knows_all(path: Path) -> bool:
    """Whether the weights in `path` are those that ship, all of whose voices are trained."""
    return path.suffix == ".safetensors"
