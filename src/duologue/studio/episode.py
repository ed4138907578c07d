"""The Episode: one record from which sound, captions, transcript, chapters, feed and page are derived.

    episode = Episode(kind="daily", title="Tuesday", turns=(Turn(id="t1", text="Good morning."),))
    episode.save("tuesday/episode.json")

Design choices
- Frozen: an edit makes a new record (`with_turns`, `model_copy`), so what was rendered from the old one can't
  be mistaken for the new one's. Sequences are tuples for the same reason.
- Ids inside an episode are short names of the author's ("t1", "s1", "c1"); only the episode has a ULID.
- References are checked when a record is made: spans name sources and lie in their text, turns name chapters
  and, where speakers are listed, speakers; so what derives from the record needs no defence.
- Times are seconds of the finished audio, None until rendered; offsets are of `Turn.text`, as it stands.
- A turn without voice or style takes its speaker's, so casting is done in one place.
- The file is JSON with fields in the order below, two spaces, UTF-8: it diffs well and can be edited by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from duologue.studio.errors import StudioError
from duologue.studio.files import write_whole
from duologue.studio.ulid import PATTERN, new_ulid

__all__ = [
    "FORMAT",
    "Chapter",
    "Episode",
    "Mastering",
    "Source",
    "Span",
    "Speaker",
    "Step",
    "Turn",
    "Word",
    "schema",
]

FORMAT: Literal[1] = 1
"""The version of the file form."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class Source(_Part):
    """What the episode rests on; `text` is what spans point into, where it is kept."""

    id: Name
    url: str = ""
    title: str = ""
    publisher: str = ""
    published: AwareDatetime | None = None
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$", description="of the text, UTF-8")
    text: str | None = None


class Span(_Part):
    """Characters [start, end) of the text of a source."""

    source: Name
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Word(_Part):
    """A spoken word: seconds of the episode, offsets in the text of its turn."""

    text: str
    start: Seconds
    end: Seconds
    char_start: int = Field(ge=0)
    char_end: int = Field(ge=0)


class Turn(_Part):
    """What one speaker says in one go. `pause_after` None leaves the pause to punctuation and speakers."""

    id: Name
    speaker: str = ""
    voice: str = Field(default="", description="empty: the speaker's")
    style: str = Field(default="", description="empty: the speaker's, or neutral")
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    text: str
    spans: tuple[Span, ...] = ()
    pause_after: float | None = Field(default=None, ge=0, le=60)
    chapter: str | None = None
    start: Seconds | None = None
    end: Seconds | None = None
    words: tuple[Word, ...] = ()


class Speaker(_Part):
    """A name with a voice. `role` is free: host, guest, narrator, character."""

    name: Name
    role: str = ""
    voice: str = ""
    style: str = ""


class Chapter(_Part):
    """A section that begins with a turn."""

    id: Name
    title: str
    turn: Name = Field(description="id of its first turn")
    start: Seconds | None = None
    url: str = ""


class Mastering(_Part):
    """How the sound is finished: what is asked for, and what was measured (None until rendered)."""

    channels: Literal[1, 2] = 1
    target_lufs: float | None = Field(default=None, ge=-36, le=-9, description="None: -16 stereo, -19 mono")
    ceiling_dbtp: float = Field(default=-1.0, ge=-9, le=-0.1)
    music: str = Field(default="", description="empty: none; calm, warm, bright, serious; or a sound file")
    bed: Literal["ends", "throughout"] = Field(default="ends", description="where the music is heard")
    stings: str = Field(default="", description="between chapters; empty: none; a mood; or a sound file")
    gain_db: float | None = Field(default=None, description="what the mix was moved by to reach the target")
    lufs: float | None = None
    true_peak_dbtp: float | None = None
    seconds: Seconds | None = None
    sample_rate: int | None = None

    @property
    def target(self) -> float:
        """The loudness asked for, in LUFS."""
        return self.target_lufs if self.target_lufs is not None else (-16.0 if self.channels == 2 else -19.0)


class Step(_Part):
    """What one step cost. `money` in US dollars."""

    step: Name
    backend: str = ""
    seconds: float = Field(default=0.0, ge=0)
    money: float = Field(default=0.0, ge=0)
    tokens: int = Field(default=0, ge=0)
    audio_seconds: float = Field(default=0.0, ge=0)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Episode(_Part):
    """The record. Raises pydantic's ValidationError (a ValueError) when made of parts that don't fit."""

    format: Literal[1] = FORMAT
    id: str = Field(default_factory=new_ulid, pattern=PATTERN)
    kind: Literal["daily", "podcast", "expression"]
    title: Name
    description: str = ""
    created: AwareDatetime = Field(default_factory=_now)
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    speakers: tuple[Speaker, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    turns: tuple[Turn, ...] = ()
    mastering: Mastering = Mastering()
    sources: tuple[Source, ...] = ()
    cost: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        turns = _unique("turn", (t.id for t in self.turns))
        chapters = _unique("chapter", (c.id for c in self.chapters))
        speakers = _unique("speaker", (s.name for s in self.speakers))
        _unique("source", (s.id for s in self.sources))
        texts = {s.id: s.text for s in self.sources}
        for turn in self.turns:
            if turn.chapter is not None and turn.chapter not in chapters:
                raise ValueError(f"turn '{turn.id}' is in chapter '{turn.chapter}', which isn't listed")
            if speakers and turn.speaker and turn.speaker not in speakers:
                raise ValueError(f"turn '{turn.id}' is spoken by '{turn.speaker}', who isn't listed")
            for span in turn.spans:
                if span.source not in texts:
                    raise ValueError(f"turn '{turn.id}' cites source '{span.source}', which isn't listed")
                text = texts[span.source]
                if span.start > span.end or (text is not None and span.end > len(text)):
                    raise ValueError(
                        f"turn '{turn.id}' cites characters {span.start} to {span.end} of source "
                        f"'{span.source}', which it doesn't have"
                    )
        for chapter in self.chapters:
            if chapter.turn not in turns:
                raise ValueError(
                    f"chapter '{chapter.id}' begins with turn '{chapter.turn}', which isn't listed"
                )
        return self

    @property
    def seconds(self) -> float | None:
        """Length of the finished audio, None until rendered."""
        return self.mastering.seconds

    @property
    def rendered(self) -> bool:
        """Whether every turn has its times."""
        return self.mastering.seconds is not None and all(t.end is not None for t in self.turns)

    def turn(self, turn_id: str) -> Turn:
        """The turn of that id. Raises StudioError."""
        for turn in self.turns:
            if turn.id == turn_id:
                return turn
        ids = [t.id for t in self.turns]
        some = f"{ids[0]} to {ids[-1]}" if ids else "none"
        raise StudioError(f"there is no turn '{turn_id}' in this episode; it has {len(ids)} ({some})")

    def voice_of(self, turn: Turn, default: str = "heart") -> str:
        """The voice that speaks `turn`: its own, its speaker's, or the default."""
        return turn.voice or next((s.voice for s in self.speakers if s.name == turn.speaker), "") or default

    def style_of(self, turn: Turn) -> str:
        """The style of `turn`: its own, its speaker's, or neutral."""
        return turn.style or next((s.style for s in self.speakers if s.name == turn.speaker), "") or "neutral"

    def with_turns(self, turns: Sequence[Turn]) -> Episode:
        """The same episode with other turns, checked anew. Raises StudioError where they don't fit."""
        return self.replace(turns=tuple(turns))

    def replace(self, **parts: Any) -> Episode:
        """The same episode with other parts, checked anew. Raises StudioError where they don't fit."""
        fields = {name: getattr(self, name) for name in type(self).model_fields} | parts
        try:
            return Episode(**fields)
        except ValidationError as error:
            raise StudioError(f"the episode doesn't fit together: {_first(error)}") from None

    def with_cost(self, *steps: Step) -> Episode:
        """The same episode with these steps added, replacing steps of the same name and backend."""
        new = {(s.step, s.backend) for s in steps}
        return self.replace(cost=(*(s for s in self.cost if (s.step, s.backend) not in new), *steps))

    def json_text(self) -> str:
        """The file form."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"

    def save(self, path: str | Path) -> Path:
        """Write the record to `path`, whole or not at all; returns the path. OSError as the disk does."""
        return write_whole(path, self.json_text())

    @staticmethod
    def load(path: str | Path) -> Episode:
        """The record in the file `path`, or in `episode.json` of the folder `path`.

        Raises StudioError where there is none, or what is there is no episode.
        """
        path = Path(path)
        path = path / "episode.json" if path.is_dir() else path
        if not path.is_file():
            raise StudioError(f"there is no episode at '{path}'; give an episode.json or its folder")
        try:
            return Episode.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise StudioError(f"'{path}' is not an episode: {_first(error)}") from None


def _unique(what: str, ids: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ValueError(f"two {what}s are called '{one}'; give each its own name")
        seen.add(one)
    return seen


def _first(error: ValidationError) -> str:
    """The first complaint of pydantic in a line."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    message = first["msg"].removeprefix("Value error, ")
    more = error.error_count() - 1
    return (f"{where}: " if where else "") + message + (f" (and {more} more)" if more else "")


def schema() -> dict[str, Any]:
    """The JSON schema of the file form (draft 2020-12)."""
    made = Episode.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
