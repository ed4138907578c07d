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
    from duologue.gateway.costs import By, CostLine, Elsewhere
    from duologue.gateway.errors import GatewayError
    from duologue.gateway.feedback import Feedback
    from duologue.gateway.feeds import FeedTokens
    from duologue.gateway.gateway import Gateway
    from duologue.gateway.ledger import Ledger
    from duologue.gateway.prices import Prices
    from duologue.gateway.protocol import Backend, Cancel
    from duologue.gateway.quota import Quota
    from duologue.gateway.requests import ChatPiece, ChatRequest, ChatUsage, SpeechPiece, SpeechRequest
    from duologue.gateway.served import Charge, Choice, Served

__all__ = [
    "Access",
    "Backend",
    "By",
    "Caller",
    "Cancel",
    "Charge",
    "ChatPiece",
    "ChatRequest",
    "ChatUsage",
    "Choice",
    "Config",
    "CostLine",
    "DeploymentInfo",
    "Elsewhere",
    "FeedTokens",
    "Feedback",
    "Gateway",
    "GatewayError",
    "Ledger",
    "Prices",
    "Quota",
    "Quotas",
    "Served",
    "SpeechPiece",
    "SpeechRequest",
    "VoiceListing",
]

_PLACES = {
    "Access": "access",
    "Backend": "protocol",
    "By": "costs",
    "Caller": "caller",
    "Cancel": "protocol",
    "Charge": "served",
    "ChatPiece": "requests",
    "ChatRequest": "requests",
    "ChatUsage": "requests",
    "Choice": "served",
    "Config": "config",
    "CostLine": "costs",
    "DeploymentInfo": "catalogue",
    "Elsewhere": "costs",
    "FeedTokens": "feeds",
    "Feedback": "feedback",
    "Gateway": "gateway",
    "GatewayError": "errors",
    "Ledger": "ledger",
    "Prices": "prices",
    "Quota": "quota",
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
