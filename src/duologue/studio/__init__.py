"""The studio room: from sources to an episode, from an episode to everything that is published.

Names are imported when they are first used, so that `import duologue.studio` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.studio.episode import Chapter, Episode, Source, Span, Speaker, Step, Turn
    from duologue.studio.errors import StudioError
    from duologue.studio.protocols import Speak, Write

__all__ = ["Chapter", "Episode", "Source", "Span", "Speak", "Speaker", "Step", "StudioError", "Turn", "Write"]

_PLACES = {
    "Chapter": "episode",
    "Episode": "episode",
    "Source": "episode",
    "Span": "episode",
    "Speaker": "episode",
    "Step": "episode",
    "Turn": "episode",
    "StudioError": "errors",
    "Speak": "protocols",
    "Write": "protocols",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.studio' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.studio.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
