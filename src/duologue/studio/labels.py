"""What a finished file says about itself, whatever its container.

Design choices
- One `Labels` per file, plain text; ID3, Vorbis comments, RIFF and MPEG-4 are written from it by their own
  code.
- The mark "AI-generated" stands in the comment, which players show, and where a container allows it in a
  field of its own, which programs find.
"""

from __future__ import annotations

from dataclasses import dataclass

from duologue import __version__
from duologue.studio.episode import Chapter, Episode

__all__ = ["MARK", "SOFTWARE", "Labels", "labels_of"]

MARK = "AI-generated"
SOFTWARE = f"duologue {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """date is YYYY-MM-DD; chapters have their times; cover is a JPEG; seconds is the length of the whole."""

    title: str
    artist: str
    album: str = ""
    date: str = ""
    comment: str = ""
    language: str = "en"
    identity: str = ""
    chapters: tuple[Chapter, ...] = ()
    seconds: float = 0.0
    cover: bytes = b""


def labels_of(episode: Episode, *, cover: bytes = b"", show: str = "") -> Labels:
    """The labels of a rendered episode."""
    names = [s.name for s in episode.speakers] or list(dict.fromkeys(t.speaker for t in episode.turns))
    names = [n for n in names if n]
    voices = sorted({episode.voice_of(t) for t in episode.turns})
    models = sorted({s.backend for s in episode.cost if s.step == "speak" and s.backend})
    facts = [f"{MARK} speech", f"voices: {', '.join(voices)}"]
    if models:
        facts.append(f"model: {', '.join(models)}")
    return Labels(
        title=episode.title,
        artist=f"{', '.join(names)} ({MARK} voices)" if names else f"{MARK} voice",
        album=show or {"daily": "Daily briefing", "podcast": "Podcast"}.get(episode.kind, "Expressions"),
        date=episode.created.date().isoformat(),
        comment="; ".join(facts),
        language=episode.language,
        identity=episode.id,
        chapters=tuple(c for c in episode.chapters if c.start is not None),
        seconds=episode.seconds or 0.0,
        cover=cover,
    )
