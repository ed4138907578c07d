"""ULIDs: names that sort by the time they were given.

48 bits of milliseconds since 1970 and 80 random bits in 26 letters of Crockford's base 32.
github.com/ulid/spec.
"""

from __future__ import annotations

import re
import secrets
import time

__all__ = ["PATTERN", "new_ulid"]

PATTERN = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(milliseconds: int | None = None) -> str:
    """A new ULID, of now or of the given milliseconds since 1970."""
    when = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    number = (when << 80) | secrets.randbits(80)
    made = "".join(_LETTERS[(number >> shift) & 31] for shift in range(125, -1, -5))
    assert re.match(PATTERN, made), "the clock is past the year 10889"
    return made
