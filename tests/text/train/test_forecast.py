"""A forecast goes through what was measured and knows that repeated text is worth less."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from duologue.text.errors import TextError
from duologue.text.train.forecast import effective, forecast

TOKENS = np.array([4e5, 8e5, 1.6e6, 3.2e6])


def test_a_power_law_is_found_again_and_the_floor_lies_above_it() -> None:
    bits = 5 * TOKENS**-0.07
    found = forecast(TOKENS, bits, to=1e8, unique=1e9, flops_per_token=1e6)
    assert found.low == pytest.approx(5 * 1e8**-0.07, rel=1e-6)
    assert found.low < found.high < bits[-1]
    assert found.flops == pytest.approx(1e14)
    assert found.fresh == found.tokens == 1e8


def test_repeated_tokens_are_worth_less_and_less() -> None:
    assert effective(5e6, 1e7) == 5e6
    assert effective(4e7, 1e7) == pytest.approx(
        3.73e7, rel=0.01
    )  # four passes are nearly as good as new ones
    assert effective(1e12, 1e7) == pytest.approx(16.4e7, rel=1e-3)


def test_what_gives_no_curve_is_refused() -> None:
    with pytest.raises(TextError, match="3 measurements"):
        forecast(TOKENS[:3], TOKENS[:3], to=1e8, unique=1e9, flops_per_token=1)
    with pytest.raises(TextError, match="don't fall"):
        forecast(TOKENS, np.array([2.0, 2.1, 2.2, 2.3]), to=1e8, unique=1e9, flops_per_token=1)
