"""The gateway room: one door to in-house, partner and open models, with the cost of each answer in sight.

Names are imported when they are first used, so that `import duologue.gateway` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.gateway.access import Access
    from duologue.gateway.caller import Caller, Quotas
    from duologue.gateway.catalogue import DeploymentInfo, VoiceListing
    from duologue.gateway.config import Config
    from duologue.gateway.errors import GatewayError
    from duologue.gateway.gateway import Gateway
    from duologue.gateway.ledger import Ledger
    from duologue.gateway.protocol import Backend, Cancel
    from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest
    from duologue.gateway.served import Charge, Choice, Served

__all__ = [
    "Access",
    "Backend",
    "Caller",
    "Cancel",
    "Charge",
    "ChatPiece",
    "ChatRequest",
    "Choice",
    "Config",
    "DeploymentInfo",
    "Gateway",
    "GatewayError",
    "Ledger",
    "Quotas",
    "Served",
    "SpeechPiece",
    "SpeechRequest",
    "VoiceListing",
]

_PLACES = {
    "Access": "access",
    "Backend": "protocol",
    "Caller": "caller",
    "Cancel": "protocol",
    "Charge": "served",
    "ChatPiece": "requests",
    "ChatRequest": "requests",
    "Choice": "served",
    "Config": "config",
    "DeploymentInfo": "catalogue",
    "Gateway": "gateway",
    "GatewayError": "errors",
    "Ledger": "ledger",
    "Quotas": "caller",
    "Served": "served",
    "SpeechPiece": "requests",
    "SpeechRequest": "requests",
    "VoiceListing": "catalogue",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.gateway' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.gateway.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
