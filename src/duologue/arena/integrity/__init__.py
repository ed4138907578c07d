"""Integrity: which votes shouldn't count, and why. Pure functions over `Votes`; nothing is ever deleted.

Names are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.arena.integrity.examine import Checks, examine
    from duologue.arena.integrity.finding import Finding, kept
    from duologue.arena.integrity.limits import Limits, wait

__all__ = ["Checks", "Finding", "Limits", "examine", "kept", "wait"]

_PLACES = {
    "Checks": "examine",
    "Finding": "finding",
    "Limits": "limits",
    "examine": "examine",
    "kept": "finding",
    "wait": "limits",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.arena.integrity' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.arena.integrity.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
