"""Decimal numbers between two bounds, as grammar nodes.

Design choices
- Digits are compared from the left, as one does on paper: the numbers of each length form a few prefixes.
- Bounds are whole; a number that isn't whole then differs from one only by a free fraction.
- At most 16 digits before the point and 15 after it, more than a double holds, so no number runs on for ever.
"""

from __future__ import annotations

from duologue.text.grammar.gbnf import NOTHING, Chars, Either, Literal, Node, Repeat, Seq

__all__ = ["integers", "numbers"]

DIGITS = 16
DIGIT = Chars(((0x30, 0x39),))
NONZERO = Chars(((0x31, 0x39),))
FRACTION = Repeat(Seq((Literal("."), Repeat(DIGIT, 1, 15))), 0, 1)
BEYOND = Seq((Literal("."), Repeat(DIGIT, 0, 14), NONZERO))  # a fraction that isn't zero


def _digit(low: str, high: str) -> Node:
    return Chars(((ord(low), ord(high)),))


def _span(low: str, high: str) -> Node:
    """All of one length from `low` to `high`."""
    if not low:
        return Seq(())
    rest = len(low) - 1
    if low[0] == high[0]:
        return Seq((Literal(low[0]), _span(low[1:], high[1:])))
    first, last = int(low[0]), int(high[0])
    options: list[Node] = []
    if set(low[1:]) - {"0"}:
        options.append(Seq((Literal(low[0]), _span(low[1:], "9" * rest))))
        first += 1
    if set(high[1:]) - {"9"}:
        options.append(Seq((Literal(high[0]), _span("0" * rest, high[1:]))))
        last -= 1
    if first <= last:
        options.append(Seq((_digit(str(first), str(last)), Repeat(DIGIT, rest, rest))))
    return Either(tuple(options))


def _naturals(low: int, high: int | None) -> Node:
    """Whole numbers from `low` >= 0 to `high`, without leading zeros."""
    if high is not None and high < low:
        return NOTHING
    shortest = len(str(low))
    longest = max(DIGITS, shortest) if high is None else len(str(high))
    options: list[Node] = []
    for length in range(shortest, longest + 1):
        least, most = 0 if length == 1 else 10 ** (length - 1), 10**length - 1
        options.append(_span(str(max(low, least)), str(most if high is None else min(high, most))))
    return Either(tuple(options))


def integers(low: int | None, high: int | None) -> Node:
    """Whole numbers from `low` to `high`, None being without bound."""
    options: list[Node] = []
    if high is None or high >= 0:
        options.append(_naturals(max(low or 0, 0), high))
    if low is None or low < 0:
        least = 1 if high is None else max(-high, 1)
        options.append(Seq((Literal("-"), _naturals(least, None if low is None else -low))))
    return Either(tuple(options))


def _magnitudes(low: int, high: int | None, above: bool, below: bool) -> Node:
    """Numbers from `low` >= 0 to `high`; `above` and `below` leave the bound itself out."""
    if high is None:
        whole: Node = Seq((_naturals(low + above, None), FRACTION))
    else:
        whole = Seq((_naturals(low + above, high - 1), FRACTION))
    options = [whole]
    if above and (high is None or low < high):
        options.append(Seq((Literal(str(low)), BEYOND)))
    if high is not None and not below and (low < high or (low == high and not above)):
        options.append(Literal(str(high)))
    return Either(tuple(options))


def numbers(low: int | None, high: int | None, above: bool = False, below: bool = False) -> Node:
    """Numbers from `low` to `high`; `above` and `below` leave the bound itself out."""
    options: list[Node] = []
    if high is None or high > 0 or (high == 0 and not below):
        positive = low is not None and low >= 0
        options.append(_magnitudes(low if positive and low else 0, high, above and positive, below))
    if low is None or low < 0:
        if high is not None and high < 0:
            options.append(
                Seq((Literal("-"), _magnitudes(-high, None if low is None else -low, below, above)))
            )
        else:
            options.append(Seq((Literal("-"), _magnitudes(0, None if low is None else -low, True, above))))
    return Either(tuple(options))
