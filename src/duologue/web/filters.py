"""How numbers are written on pages: lengths, sizes, money."""

from __future__ import annotations

import math
from decimal import Decimal

__all__ = ["clock", "money", "size"]


def clock(seconds: float | None) -> str:
    """1:02:03 or 2:03; "–" where it isn't known."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def size(count: int) -> str:
    """12 kB, 3.4 MB."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(amount: Decimal | float, currency: str = "USD") -> str:
    """With as many digits as say something: $0, $0.0042, $12.30."""
    value = float(amount)
    sign = _SIGNS.get(currency, f"{currency} ")
    if value == 0:
        return f"{sign}0"
    digits = 2 if abs(value) >= 1 else min(9, 1 - math.floor(math.log10(abs(value))))
    return f"{'-' if value < 0 else ''}{sign}{abs(value):,.{max(2, digits)}f}"
