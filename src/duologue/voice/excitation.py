"""The pulse train as a function of tensors, for the GPU.

Design choices
- Every sample by itself, so that nothing waits for the pulse before it: the pulse nearest to a sample is a
  fraction of a period away, and no pulse is as long as a period.
- The same line of F0 between the centres of hops as in synthesis.py, whose pulses stand at the same places.
- The integral of F0 up to a hop is summed in double precision; phases drift otherwise.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from duologue.voice.spectrum import HOP, SAMPLE_RATE, VOICED_FROM
from duologue.voice.synthesis import PULSE_BETA, PULSE_CUTOFF, PULSE_RATE, PULSE_TAPS

__all__ = ["excitation"]

_CUTOFF = PULSE_CUTOFF * PULSE_RATE / SAMPLE_RATE
_REACH = PULSE_TAPS / 2 * SAMPLE_RATE / PULSE_RATE


def excitation(f0: Tensor) -> Tensor:
    """`synthesis.pulse_train` at every sample at once, 12,000 a second: f0 (B, F) -> (B, 150 F)."""
    x = (torch.arange(0, HOP, 2, device=f0.device) + 1) / HOP
    early, late = x.clamp(max=0.5), (x - 0.5).clamp(min=0)
    before = torch.nn.functional.pad(f0, (1, 0))[:, :-1, None]
    after = torch.nn.functional.pad(f0, (0, 1))[:, 1:, None]
    here = f0[..., None]
    pitch = here + (before - here) * (0.5 - early) + (after - here) * late
    within = before * (0.5 - 0.5 * early) * early + here * (0.5 + 0.5 * early) * early
    within = within + here * late + (after - here) * 0.5 * late * late
    hops = (before + 6 * here + after)[..., 0].double() * (HOP / 8 / SAMPLE_RATE)
    begin = hops.cumsum(1) - hops
    cycles = (begin - begin.floor()).float()[..., None] + within * (HOP / SAMPLE_RATE)
    period = SAMPLE_RATE / pitch.clamp(min=VOICED_FROM)
    away = (cycles - cycles.round()) * period
    bell = torch.special.i0(PULSE_BETA * (1 - (away / _REACH) ** 2).clamp(min=0).sqrt())
    pulse = _CUTOFF * torch.sinc(_CUTOFF * away) * bell / float(np.i0(PULSE_BETA))
    pulse = pulse * (away.abs() < _REACH) * (pitch > VOICED_FROM) * period * 0.5
    return (pulse - 0.5 * (here > 0)).flatten(1)
