"""The text room: a mixture-of-experts model of our own, and any GGUF chat model beside it.

Names are imported when they are first used, so that `import duologue.text` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.text.answer import Answer, Piece, Usage
    from duologue.text.engine import Text
    from duologue.text.errors import TextError

__all__ = ["Answer", "Piece", "Text", "TextError", "Usage"]

_ROOMS = {"Answer": "answer", "Piece": "answer", "Text": "engine", "TextError": "errors", "Usage": "answer"}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'duologue.text' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.text.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value
