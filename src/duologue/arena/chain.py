"""A hash chain: each record's hash covers the record and the hash before it.

Design choices
- The hash is SHA-256 of the previous hash (as it is printed, 64 letters) and the record's canonical JSON:
  keys sorted, no spaces, UTF-8, numbers as Python prints them. Anybody can check it with ten lines of another
  language.
- Who changes, removes, inserts or reorders a record in the middle breaks every hash after it. Who may write
  the database can still make a whole chain anew, or cut off its end: so the head (number and hash) is printed
  by every audit and export, and an audit can be asked whether the chain still holds a head noted earlier.

Source: S. Haber and W. S. Stornetta, How to time-stamp a digital document (1991).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["FIRST", "Audit", "audit", "canonical", "link"]

FIRST = "0" * 64
"""The hash before the first record."""


def canonical(record: Mapping[str, Any]) -> str:
    """The record as the one JSON text that is hashed. ValueError for NaN and infinity, which JSON lacks."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(before: str, record: Mapping[str, Any]) -> str:
    """The hash of a record that follows the hash `before`."""
    return hashlib.sha256((before + canonical(record)).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """What an audit found. `broken`: number of the first record that doesn't fit, None where all fit; `why`.

    `records` fit, `head` is the hash of the last one that does.
    """

    records: int
    head: str
    broken: int | None = None
    why: str = ""


def audit(rows: Iterable[tuple[int, Mapping[str, Any], str]], noted: tuple[int, str] | None = None) -> Audit:
    """Walk (number, record, hash) in their order. `noted`: a number and its hash from an earlier audit."""
    before, fine, seen = FIRST, 0, noted is None or noted[0] == 0
    for number, record, hash_ in rows:
        why = ""
        if number != fine + 1:
            why = f"record {fine + 1} is missing" if number > fine + 1 else f"record {number} is there twice"
        elif link(before, record) != hash_:
            why = "its hash doesn't follow from its content and the hash before it"
        elif noted is not None and noted[0] == number:
            seen = True
            if noted[1] != hash_:
                why = f"its hash was noted as {noted[1]}"
        if why:
            return Audit(records=fine, head=before, broken=fine + 1, why=why)
        before, fine = hash_, fine + 1
    if not seen and noted is not None:
        why = f"the chain ends at {fine}, but record {noted[0]} was noted earlier"
        return Audit(records=fine, head=before, broken=fine + 1, why=why)
    return Audit(records=fine, head=before)
