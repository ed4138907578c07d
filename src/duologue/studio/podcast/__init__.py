"""The podcast: from documents to a conversation of one to four speakers, as an `Episode`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.studio.podcast.composition import Composed, compose
    from duologue.studio.podcast.formats import FORMATS
    from duologue.studio.podcast.personas import Persona
    from duologue.studio.podcast.script import read_script, write_script

__all__ = ["FORMATS", "Composed", "Persona", "compose", "read_script", "write_script"]

_PLACES = {
    "Composed": "composition",
    "FORMATS": "formats",
    "Persona": "personas",
    "compose": "composition",
    "read_script": "script",
    "write_script": "script",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.studio.podcast' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.studio.podcast.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
