"""The server room: the models behind the interfaces that people's tools already speak.

Names are imported when they are first used, so that `import duologue.server` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.server.app import create_app
    from duologue.server.settings import Settings, SettingsError

__all__ = ["Settings", "SettingsError", "create_app"]

_PLACES = {"Settings": "settings", "SettingsError": "settings", "create_app": "app"}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.server' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.server.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
