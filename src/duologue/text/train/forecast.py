"""What a run will cost and about what it will reach, from the curve of one that was measured.

    python -m duologue.text.train.forecast RUN/log.csv --depth 12 --minutes 20 --speed 470000

Design choices
- Arithmetic is exact (`ModelConfig.flops_per_token`); the speed is the caller's to measure or assume.
- Two curves are laid through the held-out bits per byte of the measured run: a power law that falls for ever,
  and one with the exponent of the Chinchilla fit and a floor. The truth should lie between them, the first
  being too bold far out and the second too timid early on. Both know one model size only.
- Tokens that come again count for less: `U (1 + R* (1 - exp(-R / R*)))` for R repetitions of U, R* 15.4.

Chinchilla: https://arxiv.org/abs/2203.15556; repeated data: https://arxiv.org/abs/2305.16264.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duologue.text.errors import TextError
from duologue.text.model import dense, of_depth
from duologue.text.train import journal

__all__ = ["Forecast", "effective", "forecast", "main"]

EXPONENT = 0.28  # of data, in the Chinchilla fit
REPEATS = 15.4  # after so many repetitions data is worth little more
MEASURED = 4  # points a curve needs


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """tokens: in all; fresh: what they are worth as tokens seen once; low, high: held-out bits per byte."""

    tokens: float
    fresh: float
    flops: float
    low: float
    high: float


def effective(tokens: float, unique: float) -> float:
    """What `tokens` drawn from `unique` ones are worth in tokens seen once."""
    again = max(tokens / unique - 1, 0.0)
    return min(tokens, unique) + unique * REPEATS * (1 - math.exp(-again / REPEATS))


def forecast(
    tokens: NDArray[np.float64],
    bits: NDArray[np.float64],
    *,
    to: float,
    unique: float,
    flops_per_token: float,
) -> Forecast:
    """Measured `bits` per byte after `tokens`, (n,) each -> the forecast for `to` tokens of `unique` ones.

    Raises TextError for fewer points than a curve needs, or a curve that doesn't fall.
    """
    if len(tokens) < MEASURED:
        raise TextError(f"{len(tokens)} measurements of bits per byte; a forecast needs {MEASURED}")
    slope, level = np.polyfit(np.log(tokens), np.log(bits), 1)
    fall, floor = np.polyfit(tokens**-EXPONENT, bits, 1)
    if slope >= 0 or fall <= 0:
        raise TextError("the measured bits per byte don't fall; there is nothing to go on from")
    fresh = effective(to, unique)
    ends = float(np.exp(level) * fresh**slope), float(floor + fall * fresh**-EXPONENT)
    return Forecast(tokens=to, fresh=fresh, flops=to * flops_per_token, low=min(ends), high=max(ends))


def main() -> None:
    """`duologue train text forecast`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("log", type=Path, help="log.csv of a measured run")
    parser.add_argument("--depth", type=int, default=8)
    parser.add_argument("--dense", action="store_true")
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--speed", type=float, required=True, help="tokens a second, over all processes")
    parser.add_argument("--unique", type=float, default=180e6, help="tokens of the corpus")
    parser.add_argument(
        "--after", type=float, default=3e5, help="leave out the measurements before so many tokens"
    )
    args = parser.parse_args()
    log = journal.read(args.log)
    at = ~np.isnan(log["eval_bpb"]) & (log["tokens"] >= args.after)
    config = of_depth(args.depth, context=max(2048, args.length))
    config = dense(config) if args.dense else config
    found = forecast(
        log["tokens"][at],
        log["eval_bpb"][at],
        to=args.speed * args.minutes * 60,
        unique=args.unique,
        flops_per_token=config.flops_per_token(args.length),
    )
    print(
        f"{config.flops_per_token(args.length) / 1e6:.0f} MFLOP a token, {found.tokens / 1e6:.0f} M tokens "
        f"(worth {found.fresh / 1e6:.0f} M seen once), {found.flops:.1e} FLOP, "
        f"{found.low:.2f} to {found.high:.2f} bits per byte (estimate)"
    )


if __name__ == "__main__":
    main()
