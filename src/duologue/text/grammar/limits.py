"""The numbers in a schema that say how large, how long and how many. All raise TextError for what is none."""

from __future__ import annotations

from typing import Any

from duologue.text.errors import TextError
from duologue.text.grammar.gbnf import LONGEST

__all__ = ["bounds", "count"]


def bounds(schema: dict[str, Any], path: str) -> tuple[int | None, int | None, bool, bool]:
    """Lower and upper bound, and whether they are themselves left out."""
    ends: list[tuple[int | None, bool]] = []
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        found: list[tuple[int, bool]] = []
        for key in (inclusive, exclusive):
            value = schema.get(key)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
                raise TextError(f"'{key}' at {path} is {value!r:.40}; give a whole number")
            found.append((int(value), key == exclusive))
        if len(found) == 2:
            raise TextError(f"'{inclusive}' and '{exclusive}' stand side by side at {path}; give one")
        ends.append(found[0] if found else (None, False))
    (low, above), (high, below) = ends
    return low, high, above, below


def count(schema: dict[str, Any], key: str, path: str) -> int | None:
    """How many, where `key` says it."""
    value = schema.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST:
        raise TextError(f"'{key}' at {path} is {value!r:.40}; give a whole number from 0 to {LONGEST}")
    return value
