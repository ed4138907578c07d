"""A table of a TOML file, read key by key; what nobody reads is a mistake.

Design choices
- Each method takes a key out, checks its type and range, and names its path in the complaint.
- `done` refuses what is left and names the nearest known key.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, overload

from duologue.gateway.errors import GatewayError

__all__ = ["Table"]

NumberT = TypeVar("NumberT", float, None)


class Table:
    """given: the keys as they stand in the file. path: where it stands, "" for the whole file."""

    def __init__(self, given: Mapping[str, Any], path: str) -> None:
        self.given = given
        self.path = path
        self._known: set[str] = set()

    def _at(self, key: str) -> str:
        shown = key if key.replace("-", "").replace("_", "").isalnum() else f'"{key}"'
        return f"{self.path}.{shown}" if self.path else shown

    def _take(self, key: str) -> Any:
        self._known.add(key)
        return self.given.get(key)

    def _wrong(self, key: str, found: object, right: str) -> GatewayError:
        return GatewayError(f"{self._at(key)} is {found!r:.80}; give {right}")

    def done(self) -> None:
        """Refuse the keys that nobody took."""
        for key in self.given:
            if key not in self._known:
                close = difflib.get_close_matches(key, self._known, 1)
                hint = (
                    f"did you mean '{close[0]}'?" if close else f"known are {', '.join(sorted(self._known))}"
                )
                raise GatewayError(f"{self._at(key)} is no key; {hint}")

    def text(self, key: str, usual: str = "", *, required: bool = False) -> str:
        """A string."""
        found = self._take(key)
        if found is None and not required:
            return usual
        if found is None:
            raise GatewayError(f"{self._at(key)} is missing")
        if not isinstance(found, str) or (required and not found):
            raise self._wrong(key, found, "a text")
        return found

    def texts(self, key: str, usual: Sequence[str]) -> tuple[str, ...]:
        """A list of strings."""
        found = self._take(key)
        if found is None:
            return tuple(usual)
        if not isinstance(found, list) or not all(isinstance(x, str) and x for x in found):
            raise self._wrong(key, found, "a list of texts")
        return tuple(found)

    def one_of(self, key: str, choices: Sequence[str], usual: str | None = None) -> str:
        """One of some words."""
        found = self._take(key)
        if found is None and usual is not None:
            return usual
        if found not in choices:
            raise (
                self._wrong(key, found, " or ".join(map(repr, choices)))
                if found is not None
                else GatewayError(f"{self._at(key)} is missing; give {' or '.join(map(repr, choices))}")
            )
        return str(found)

    def some_of(self, key: str, choices: Sequence[str], usual: Sequence[str]) -> frozenset[str]:
        """At least one of some words."""
        found = self.texts(key, usual)
        if not found or not set(found) <= set(choices):
            raise self._wrong(key, list(found), f"a list of {' and '.join(map(repr, choices))}")
        return frozenset(found)

    def whole_or_none(self, key: str, low: int, high: int) -> int | None:
        """A whole number within bounds, or nothing."""
        found = self._take(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            raise self._wrong(key, found, f"a whole number from {low} to {high}")
        return found

    def whole(self, key: str, usual: int, low: int, high: int) -> int:
        """A whole number within bounds."""
        found = self.whole_or_none(key, low, high)
        return usual if found is None else found

    @overload
    def number(self, key: str, usual: float, low: float, high: float) -> float: ...
    @overload
    def number(self, key: str, usual: None, low: float, high: float) -> float | None: ...
    def number(self, key: str, usual: float | None, low: float, high: float) -> float | None:
        """A number within bounds."""
        found = self._take(key)
        if found is None:
            return usual
        if isinstance(found, bool) or not isinstance(found, (int, float)) or not low <= found <= high:
            raise self._wrong(key, found, f"a number from {low:g} to {high:g}")
        return float(found)

    @overload
    def money(self, key: str, usual: Decimal) -> Decimal: ...
    @overload
    def money(self, key: str, usual: None = None) -> Decimal | None: ...
    def money(self, key: str, usual: Decimal | None = None) -> Decimal | None:
        """Money: a string of decimals, or a whole number."""
        found = self._take(key)
        if found is None:
            return usual
        try:
            if isinstance(found, bool) or not isinstance(found, (str, int)):
                raise InvalidOperation
            value = Decimal(found)
        except InvalidOperation:
            raise self._wrong(key, found, 'money as a text, such as "0.15"') from None
        if not value.is_finite() or not 0 <= value <= 10**9:
            raise self._wrong(key, found, "money from 0 to a billion")
        return value

    def table(self, key: str) -> Table:
        """A table; an empty one where there is none."""
        found = self._take(key)
        if found is None:
            found = {}
        if not isinstance(found, dict):
            raise self._wrong(key, found, f"a table, [{self._at(key)}]")
        return Table(found, self._at(key))

    def tables(self, key: str, *, required: bool = False) -> Iterator[tuple[str, Table]]:
        """A table of tables, by name."""
        inner = self.table(key)
        if required and not inner.given:
            raise GatewayError(f"{self._at(key)} is missing; give a table [{self._at(key)}.NAME]")
        for name in inner.given:
            yield name, inner.table(name)

    def lists(self, key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """A table of lists of strings, by name."""
        inner = self.table(key)
        for name in inner.given:
            yield name, inner.texts(name, ())

    def strings(self, key: str) -> Iterator[tuple[str, str]]:
        """A table of strings, by name."""
        inner = self.table(key)
        for name in inner.given:
            yield name, inner.text(name)

    def numbers(self, key: str) -> dict[str, float]:
        """A table of numbers, by name."""
        inner = self.table(key)
        made = {}
        for name in inner.given:
            number = inner.number(name, 0.0, -1e9, 1e9)
            if not math.isfinite(number):
                raise inner._wrong(name, number, "a number")
            made[name] = number
        return made

    def anything(self, key: str) -> dict[str, Any]:
        """A table of whatever JSON can hold."""
        return dict(self.table(key).given)
