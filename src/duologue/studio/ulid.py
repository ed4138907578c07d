"""ULIDs, for the studio: the store has them."""

from __future__ import annotations

from duologue.store.ulid import PATTERN, new_ulid

__all__ = ["PATTERN", "new_ulid"]
