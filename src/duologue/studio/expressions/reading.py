"""From a text to an expression: scripted, emotive or story, as an `Episode`.

    episode = express(source, mode="story")
    episode.save("episode/episode.json")

Design choices
- The wording is kept in every mode: each turn is a span of the source, and together they are the source.
- scripted: one voice, one style. emotive: one voice, a style for each sentence by its mood (`mood.py`).
  story: a narrator, and for each character found a voice of fitting sex and age; the style of a line by the
  verb it is said with, else by its mood (`story.py`).
- The episode's speakers are the narrator and all who speak, in order of appearance.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Literal

from duologue.studio.episode import Chapter, Episode, Source, Span, Speaker, Step, Turn
from duologue.studio.errors import StudioError
from duologue.studio.expressions.mood import styles
from duologue.studio.expressions.pieces import Piece, cut, spoken
from duologue.studio.expressions.story import NARRATOR, told

__all__ = ["MODES", "Mode", "express"]

Mode = Literal["scripted", "emotive", "story"]
MODES: tuple[Mode, ...] = ("scripted", "emotive", "story")


def express(
    source: Source,
    *,
    mode: str = "scripted",
    voice: str = "",
    style: str = "",
    speed: float = 1.0,
    title: str = "",
    voices: Mapping[str, Sequence[str]] | None = None,
) -> Episode:
    """`source.text` as an episode, not yet rendered.

    voice: of the one speaker, or of the narrator; empty: heart, for a story fable; style: of the scripted
    mode, and of a story's narration; voices: for a story's characters by sex, `casting.VOICES` if None.
    Raises StudioError for a mode that isn't there and a text that holds no word.
    """
    if mode not in MODES:
        raise StudioError(f"there is no mode '{mode[:40]}'; there are {', '.join(MODES)}")
    text = source.text or ""
    begun = time.perf_counter()
    sha = source.sha256 or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    source = source.model_copy(update={"sha256": sha})
    speakers: tuple[Speaker, ...]
    if mode == "story":
        voice = voice or "fable"
        turns, parts = told(source, narrator=voice, style=style or "story", speed=speed, voices=voices)
        speakers = (
            Speaker(name=NARRATOR, role="narrator", voice=voice, style=style or "story"),
            *(Speaker(name=p.name, role="character", voice=p.voice, style=p.style) for p in parts),
        )
    else:
        voice = voice or "heart"
        turns = list(_read(source, mode, style or "neutral", speed))
        speakers = (Speaker(name="Reader", role="reader", voice=voice, style=style or "neutral"),)
    if not turns:
        raise StudioError("there is nothing to say in this text; give at least one word")
    first = spoken(text[: text.find("\n\n")] if "\n\n" in text[:300] else text.split("\n", 1)[0])
    name = title or source.title or (first if 0 < len(first) <= 90 else first[:80].rsplit(" ", 1)[0] + " …")
    return Episode(
        kind="expression",
        title=name,
        description={
            "scripted": "Read as it stands.",
            "emotive": "Read with the mood of each sentence.",
            "story": f"Told by {len(speakers)} voices.",
        }[mode],
        speakers=speakers,
        chapters=(Chapter(id="c1", title=name, turn=turns[0].id),),
        turns=tuple(t.model_copy(update={"chapter": "c1"}) for t in turns),
        sources=(source,),
        cost=(Step(step="script", backend=mode, seconds=time.perf_counter() - begun),),
    )


def _read(source: Source, mode: str, style: str, speed: float) -> list[Turn]:
    """The turns of one reader."""
    text = source.text or ""
    if mode == "scripted":
        return [_turn(source, i, p, style, speed) for i, p in enumerate(cut(text), 1)]
    single = list(cut(text, longest=0))
    moods = styles([spoken(text[p.start : p.end]) for p in single])
    joined: list[tuple[Piece, str]] = []
    for piece, how in zip(single, moods, strict=True):
        how = style if how == "neutral" else how
        if (
            joined
            and joined[-1][1] == how
            and not joined[-1][0].ends
            and piece.end - joined[-1][0].start <= 500
        ):
            joined[-1] = (Piece(joined[-1][0].start, piece.end, piece.ends), how)
        else:
            joined.append((piece, how))
    return [_turn(source, i, piece, how, speed) for i, (piece, how) in enumerate(joined, 1)]


def _turn(source: Source, number: int, piece: Piece, style: str, speed: float) -> Turn:
    text = spoken((source.text or "")[piece.start : piece.end])
    return Turn(
        id=f"t{number}",
        speaker="Reader",
        style=style,
        speed=speed,
        text=text,
        spans=(Span(source=source.id, start=piece.start, end=piece.end),),
        pause_after=0.75 if piece.ends else None,
    )
