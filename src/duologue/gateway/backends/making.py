"""The backend of a deployment's configuration."""

from __future__ import annotations

from duologue.gateway.config import VOICE, DeploymentConfig
from duologue.gateway.protocol import Backend

__all__ = ["make_backend"]


def make_backend(config: DeploymentConfig) -> Backend:
    """The backend; its model is loaded when it is first asked."""
    if config.kind == "in-house" and config.model == VOICE:
        from duologue.gateway.backends.voice import VoiceBackend

        return VoiceBackend(config.weights, config.threads)
    if config.kind == "openai":
        from duologue.gateway.backends.partner import PartnerBackend

        return PartnerBackend(config)
    from duologue.gateway.backends.text import TextBackend

    model = config.weights if config.kind == "in-house" else config.model
    return TextBackend(config.kind, model, threads=config.threads, slots=config.slots, context=config.context)
