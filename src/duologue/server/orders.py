"""What may be asked of the studio over HTTP, and the work that each order is.

    order = PodcastOrder(text="...", minutes=2)
    jobs.submit(owner, "podcast", order.heading(), order.model_dump(), workshop.podcast(owner, order, ...))

Design choices
- An order names no file of the server: documents are sent before and named by id, music is a mood, addresses
  are http(s) and fetched by the studio's polite fetcher, which goes to no private address.
- Orders are what a job keeps, so an interrupted one is started again from its order alone.
- Sounds are made in the formats asked for; MP3 is always among them, as every player takes it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from duologue.studio.encode import FORMATS
from duologue.studio.episode import Mastering
from duologue.studio.podcast.personas import DEFAULTS, Persona

__all__ = ["DailyOrder", "ExpressionOrder", "Order", "PodcastOrder", "RenderOrder", "SpeakerOrder"]

Sound = Literal["mp3", "opus", "ogg", "flac", "wav"]
Mood = Literal["", "calm", "warm", "bright", "serious"]
Address = Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s]+$")]
Words = Annotated[str, Field(max_length=100)]
Ulid = Annotated[str, Field(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]


class Order(BaseModel):
    """What all orders have. writer: a deployment that may write, empty: none, the sources' own sentences."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    formats: list[Sound] = Field(default=["mp3"], max_length=5)
    music: Mood = Field(default="", description="heard at both ends")
    model: str = Field(default="", max_length=200, description="the deployment that speaks; empty: by policy")

    def sounds(self) -> tuple[str, ...]:
        """The formats, MP3 first, each once."""
        return tuple(name for name in ("mp3", *self.formats) if name in FORMATS)

    def mastering(self) -> Mastering:
        """The finish that is asked for."""
        return Mastering(music=self.music, channels=2 if self.music else 1)


class DailyOrder(Order):
    """A briefing of feeds and pages, and of files that were sent before."""

    kind: ClassVar[Literal["daily"]] = "daily"
    feeds: list[Address] = Field(default=[], max_length=40)
    uploads: list[Ulid] = Field(default=[], max_length=20)
    minutes: float = Field(default=5.0, ge=0.5, le=60)
    style: Literal["crisp", "warm", "in depth"] = "warm"
    voice: str = Field(default="heart", max_length=200)
    title: str = Field(default="Your briefing", min_length=1, max_length=200)
    name: str = Field(default="", max_length=60, description="the listener's")
    more: list[Words] = Field(default=[], max_length=50)
    less: list[Words] = Field(default=[], max_length=50)
    never: list[Words] = Field(default=[], max_length=50)
    weather: str = Field(default="", max_length=500, description="a sentence, read as it stands")
    calendar: list[Annotated[str, Field(max_length=300)]] = Field(default=[], max_length=30)
    remember: bool = Field(default=False, description="tell nothing twice, over the briefings of this caller")
    writer: str = Field(default="", max_length=200)

    def heading(self) -> str:
        """What the job is called."""
        return self.title


class SpeakerOrder(BaseModel):
    """Someone who talks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=40)
    voice: str = Field(default="", max_length=200)
    style: str = Field(default="neutral", max_length=40)
    speed: float = Field(default=1.0, ge=0.25, le=4)
    share: float = Field(default=1.0, gt=0, le=100, description="of the talk, relative to the others")

    def persona(self, number: int) -> Persona:
        """The studio's persona."""
        voice = self.voice or DEFAULTS[number % len(DEFAULTS)].voice
        return Persona(name=self.name, voice=voice, style=self.style, speed=self.speed, share=self.share)


class PodcastOrder(Order):
    """A conversation about documents, pages, or a text."""

    kind: ClassVar[Literal["podcast"]] = "podcast"
    uploads: list[Ulid] = Field(default=[], max_length=20)
    addresses: list[Address] = Field(default=[], max_length=20)
    text: str = Field(default="", max_length=400_000)
    title: str = Field(default="", max_length=200)
    format: str = Field(default="interview", max_length=40)
    minutes: float | None = Field(default=None, ge=0.5, le=60)
    speakers: list[SpeakerOrder] = Field(default=[], max_length=4)
    speaker_count: int | None = Field(default=None, ge=1, le=4, description="where no speakers are named")
    writer: str = Field(default="", max_length=200)

    def heading(self) -> str:
        """What the job is called."""
        return self.title or f"{'An' if self.format[:1] in 'aeiou' else 'A'} {self.format}"


class ExpressionOrder(Order):
    """A text read with expression."""

    kind: ClassVar[Literal["expression"]] = "expression"
    text: str = Field(min_length=1, max_length=400_000)
    mode: Literal["scripted", "emotive", "story"] = "emotive"
    voice: str = Field(default="", max_length=200)
    style: str = Field(default="", max_length=40)
    speed: float = Field(default=1.0, ge=0.25, le=4)
    title: str = Field(default="", max_length=200)

    def heading(self) -> str:
        """What the job is called."""
        first = " ".join(self.text.split())
        return self.title or (first if len(first) <= 60 else first[:57].rsplit(" ", 1)[0] + " …")


class RenderOrder(BaseModel):
    """The edits of an episode, to be heard."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[Literal["render"]] = "render"

    episode: Ulid
    formats: list[Sound] = Field(default=[], max_length=5, description="empty: those that are there")
    model: str = Field(default="", max_length=200)
