"""What is measured of a voice to place it beside the others: its level and its mean pitch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from duologue.voice.spectrum import FINE_RATE, SAMPLE_RATE

if TYPE_CHECKING:
    from duologue.voice.engine import Voice

__all__ = ["active_level", "mean_pitch"]


def active_level(audio: NDArray[np.float32]) -> float:
    """dBFS of the speech in audio (S,): that of its 12.5 ms frames within 35 dB of the loudest."""
    hop = SAMPLE_RATE // FINE_RATE
    frames = audio[: len(audio) // hop * hop].reshape(-1, hop).astype(np.float64)
    power = (frames**2).mean(1)
    if not len(power) or power.max() == 0:
        return -np.inf
    return float(10 * np.log10(power[power > power.max() * 10**-3.5].mean()))


def mean_pitch(voice: Voice, name: str, sentences: Sequence[str]) -> float:
    """Mean of log F0 in nats over the voiced frames that the prosody network predicts for `sentences`."""
    contours = [voice.contour(sentence, voice=name) for sentence in sentences]
    f0 = np.concatenate([c[c > 0] for c in contours])
    return float(np.log(f0).mean()) if len(f0) else 5.2
