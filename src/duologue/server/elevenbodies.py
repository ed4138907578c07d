"""What is asked of ElevenLabs' routes, and what the timed ones answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from duologue.gateway.requests import SpeechRequest
from duologue.server.bodies import Body, Seed
from duologue.server.talk import Turn

__all__ = ["DialogueBody", "TextBody", "Timed"]


class VoiceSettings(Body):
    """Of theirs only speed acts."""

    speed: float = Field(default=1.0, ge=0.25, le=4.0)


class TextBody(Body):
    """Text to speech; `style_name`, `ssml`, `pitch`, `captions` are ours."""

    text: str = Field(min_length=1)
    model_id: str = Field(default="", max_length=200)
    voice_settings: VoiceSettings | None = None
    seed: Seed | None = None
    style_name: str = Field(default="", max_length=40)
    pitch: float = Field(default=0.0, ge=-12, le=12)
    ssml: bool = False
    captions: Literal["vtt", "srt"] | None = None

    def turn(self, voice: str) -> Turn:
        """The one turn there is."""
        return Turn(
            asked=SpeechRequest(
                text=self.text,
                model=_model(self.model_id),
                voice=voice,
                style=self.style_name,
                speed=self.voice_settings.speed if self.voice_settings else 1.0,
                pitch=self.pitch,
                seed=self.seed or 0,
                ssml=self.ssml,
            )
        )


class DialogueInput(Body):
    """A turn; all but text and voice_id are ours. pause: seconds after it."""

    text: str = Field(min_length=1)
    voice_id: str = Field(min_length=1, max_length=200)
    style: str = Field(default="", max_length=40)
    instructions: str = Field(default="", max_length=4096)
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    pause: float = Field(default=0.3, ge=0, le=10)


class DialogueBody(Body):
    """Turns of several voices."""

    inputs: list[DialogueInput] = Field(min_length=1, max_length=500)
    model_id: str = Field(default="", max_length=200)
    seed: Seed | None = None
    captions: Literal["vtt", "srt"] | None = None

    def turns(self) -> list[Turn]:
        """As they are spoken."""
        return [
            Turn(
                asked=SpeechRequest(
                    text=one.text,
                    model=_model(self.model_id),
                    voice=one.voice_id,
                    style=one.style,
                    instructions=one.instructions,
                    speed=one.speed,
                    seed=self.seed or 0,
                ),
                pause=one.pause,
            )
            for one in self.inputs
        ]


def _model(name: str) -> str:
    """ElevenLabs' own models ("eleven_...") are whatever the policy picks."""
    return "" if name.startswith("eleven_") else name


class AlignmentBody(BaseModel):
    """When each character is heard."""

    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class Segment(BaseModel):
    """A turn's place in time and in the joined text."""

    voice_id: str
    start_time_seconds: float
    end_time_seconds: float
    character_start_index: int
    character_end_index: int
    dialogue_input_index: int


class Timed(BaseModel):
    """The sound with its times."""

    audio_base64: str
    alignment: AlignmentBody
    normalized_alignment: AlignmentBody
    voice_segments: list[Segment] | None = None
    captions: str | None = None
