"""The voice room: text in, 24 kHz speech out.

Names are imported when they are first used, so that `import duologue.voice` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.voice.engine import Voice
    from duologue.voice.errors import VoiceError
    from duologue.voice.speech import Speech, Word

__all__ = ["Speech", "Voice", "VoiceError", "Word"]

_ROOMS = {"Speech": "speech", "Word": "speech", "Voice": "engine", "VoiceError": "errors"}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'duologue.voice' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.voice.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value
