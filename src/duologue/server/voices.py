"""The voices: /v1/audio/voices in our own shape, /v1/voices in ElevenLabs', /v1/audio/styles."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from duologue.gateway.voicenames import OPENAI, voice_named
from duologue.server.access import Who
from duologue.server.errors import ERRORS
from duologue.server.state import Here

__all__ = ["router"]

router = APIRouter(tags=["speech"], responses={k: ERRORS[k] for k in (401, 403)})


class Voice(BaseModel):
    """A voice. stands_for: the names of OpenAI's that lead to it."""

    id: str
    name: str
    deployment: str
    language: str
    sex: str
    description: str
    stands_for: list[str] = []


class Style(BaseModel):
    """A way of speaking."""

    id: str
    description: str


class Voices(BaseModel):
    """All voices and styles. Blends are written 'heart(2)+emma(1)'."""

    voices: list[Voice]
    styles: list[Style]


class ElevenVoice(BaseModel):
    """A voice as ElevenLabs lists it."""

    voice_id: str
    name: str
    category: str = "premade"
    description: str
    labels: dict[str, str]


class ElevenVoices(BaseModel):
    """All of them."""

    voices: list[ElevenVoice]


def _listed(here: Any) -> list[Voice]:
    found = here.gateway.voices()
    ours = [voice for voice in found if voice.language]
    stands: dict[str, list[str]] = {}
    for name in OPENAI:
        stands.setdefault(voice_named(name, ours), []).append(name)
    return [
        Voice(
            id=v.name,
            name=v.name,
            deployment=v.deployment,
            language=v.language,
            sex=v.sex,
            description=v.description,
            stands_for=[name for name in stands.get(v.name, []) if name != v.name] if v.language else [],
        )
        for v in found
    ]


@router.get("/v1/audio/voices")
async def voices(here: Here, who: Who) -> Voices:
    """Who speaks, and how."""
    from duologue.voice.styles import STYLES

    styles = [Style(id=style.name, description=style.description) for style in STYLES.values()]
    return Voices(voices=await here.bridge.run(lambda: _listed(here)), styles=styles)


@router.get("/v1/voices")
async def eleven_voices(here: Here, who: Who) -> ElevenVoices:
    """The same for ElevenLabs' clients."""
    listed = await here.bridge.run(lambda: _listed(here))
    return ElevenVoices(
        voices=[
            ElevenVoice(
                voice_id=v.id,
                name=v.name,
                description=v.description,
                labels={"gender": v.sex, "language": v.language, "model": v.deployment},
            )
            for v in listed
        ]
    )
