"""The store room: one database for keys, costs, votes and feeds. It knows no other room.

Names are imported when they are first used, so that `import duologue.store` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.store.base import Base, Money, UtcTime
    from duologue.store.errors import StoreError
    from duologue.store.store import Store
    from duologue.store.ulid import new_ulid

__all__ = ["Base", "Money", "Store", "StoreError", "UtcTime", "new_ulid"]

_PLACES = {
    "Base": "base",
    "Money": "base",
    "Store": "store",
    "StoreError": "errors",
    "UtcTime": "base",
    "new_ulid": "ulid",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.store' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.store.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
