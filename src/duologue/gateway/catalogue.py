"""What there is: deployments and voices, as they are listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duologue.gateway.config import DeploymentConfig
from duologue.gateway.deployment import Deployment
from duologue.gateway.prices import Prices
from duologue.gateway.protocol import Kind
from duologue.gateway.requests import SpeechRequest

__all__ = ["DeploymentInfo", "VoiceListing", "check", "deployment_info", "model_name", "voices_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeploymentInfo:
    """A deployment as it is listed. quality: at the task that was asked for, None where it isn't known.
    voices: as a partner's were configured. context: tokens, None for the model's own."""

    name: str
    kind: Kind
    model: str
    speaks: bool
    writes: bool
    voices: Mapping[str, str]
    prices: Prices
    quality: float | None
    context: int | None
    aliases: tuple[str, ...]
    tools: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceListing:
    """A voice of a deployment; what isn't known of it is ""."""

    name: str
    deployment: str
    language: str = ""
    sex: str = ""
    description: str = ""


def deployment_info(config: DeploymentConfig, quality: float | None) -> DeploymentInfo:
    """A deployment as it is listed."""
    return DeploymentInfo(
        name=config.name, kind=config.kind, model=config.model, speaks="speech" in config.does,
        writes="chat" in config.does, voices=config.voices, prices=config.prices, quality=quality,
        context=config.context, aliases=config.aliases, tools=config.tools,
    )  # fmt: skip


def voices_of(deployment: Deployment) -> list[VoiceListing]:
    """The voices of one that speaks; the in-house voice is loaded for it."""
    from duologue.gateway.backends.voice import VoiceBackend

    if deployment.config.kind != "in-house":
        return [VoiceListing(name=name, deployment=deployment.name) for name in deployment.config.voices]
    backend = deployment.backend
    if not isinstance(backend, VoiceBackend):
        return []
    return [
        VoiceListing(
            name=v.name, deployment=deployment.name, language=v.language, sex=v.sex, description=v.description
        )
        for v in backend.voices()
    ]


def check(request: SpeechRequest, deployments: Iterable[Deployment]) -> None:
    """Raise what the in-house voice would say to `request` before its first piece.

    Nothing is known where a partner may speak it.
    """
    from duologue.gateway.backends.voice import VoiceBackend

    backends = [d.backend for d in deployments if "speech" in d.config.does]
    own = [backend for backend in backends if isinstance(backend, VoiceBackend)]
    if own and len(own) == len(backends):
        own[0].check(request)


def model_name(deployment: Deployment) -> str:
    """A speaking model's own name: the in-house one's with the version of its weights, a partner's with
    whose."""
    from duologue.gateway.backends.voice import VoiceBackend

    backend, config = deployment.backend, deployment.config
    if isinstance(backend, VoiceBackend):
        return backend.voice().model
    return config.model if config.kind == "in-house" else f"{config.name}/{config.model}"
