"""The gateway room: one door to in-house, partner and open models, with the cost of each answer in sight.

Names are imported when they are first used, so that `import duologue.gateway` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.gateway.errors import GatewayError
    from duologue.gateway.protocol import Backend, Cancel
    from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest

__all__ = ["Backend", "Cancel", "ChatPiece", "ChatRequest", "GatewayError", "SpeechPiece", "SpeechRequest"]

_PLACES = {
    "Backend": "protocol",
    "Cancel": "protocol",
    "ChatPiece": "requests",
    "ChatRequest": "requests",
    "GatewayError": "errors",
    "SpeechPiece": "requests",
    "SpeechRequest": "requests",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.gateway' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.gateway.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
