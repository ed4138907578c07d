"""Expressions: a text read as it stands, with its sentences' moods, or as a story with characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.studio.expressions.attribution import attribute
    from duologue.studio.expressions.reading import MODES, express

__all__ = ["MODES", "attribute", "express"]

_PLACES = {"MODES": "reading", "attribute": "attribution", "express": "reading"}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.studio.expressions' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.studio.expressions.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
