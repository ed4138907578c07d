"""Edits of a record: change, add, move or take out a turn, and leave everything else alone.

Design choices
- Pure: record in, record out; rendering is another step, and the cache makes it cost the edited turn alone.
- A new wording loses its source spans, because nobody has checked it against the sources, and its word times.
- A turn that opens a chapter hands that on to the next turn of the chapter when it goes; a chapter without
  turns goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from duologue.studio.episode import Episode, Turn
from duologue.studio.errors import StudioError

__all__ = ["added", "changed", "edited", "moved", "removed"]

_PARTS = ("text", "speaker", "voice", "style", "speed", "pause_after")


def changed(episode: Episode, turn_id: str, **parts: Any) -> Episode:
    """The episode with parts of one turn changed. Raises StudioError for an unknown turn or an unfit part."""
    old = episode.turn(turn_id)
    if "text" in parts and parts["text"] != old.text:
        parts = {"spans": (), "words": (), **parts}
    fields = {name: getattr(old, name) for name in type(old).model_fields} | parts
    try:
        new = Turn(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise StudioError(f"turn '{turn_id}': {first['loc'][0]}: {first['msg']}") from None
    return _unfinished(episode.with_turns([new if t.id == turn_id else t for t in episode.turns]))


def added(episode: Episode, after: str, text: str, **parts: Any) -> Episode:
    """The episode with a new turn after the turn `after`, whose speaker and chapter it takes."""
    before = episode.turn(after)
    taken = {t.id for t in episode.turns}
    number = len(taken) + 1
    while f"n{number}" in taken:
        number += 1
    fields = {"speaker": before.speaker, "voice": before.voice, "style": before.style} | parts
    try:
        new = Turn(id=f"n{number}", text=text, chapter=before.chapter, **fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise StudioError(f"the new turn: {first['loc'][0]}: {first['msg']}") from None
    at = [t.id for t in episode.turns].index(after) + 1
    return _unfinished(episode.with_turns([*episode.turns[:at], new, *episode.turns[at:]]))


def removed(episode: Episode, turn_id: str) -> Episode:
    """The episode without that turn. Raises StudioError where it is unknown, or the only one."""
    gone = episode.turn(turn_id)
    turns = tuple(t for t in episode.turns if t.id != turn_id)
    if not turns:
        raise StudioError(f"turn '{turn_id}' is the only one; an episode has at least one")
    chapters = []
    for chapter in episode.chapters:
        if chapter.turn != turn_id:
            chapters.append(chapter)
        elif heirs := [t.id for t in turns if t.chapter == gone.chapter and gone.chapter is not None]:
            chapters.append(chapter.model_copy(update={"turn": heirs[0]}))
    return _unfinished(episode.replace(turns=turns, chapters=tuple(chapters)))


def moved(episode: Episode, turn_id: str, after: str) -> Episode:
    """The episode with a turn taken to the place after the turn `after`, into whose chapter it goes."""
    turn, before = episode.turn(turn_id), episode.turn(after)
    if turn_id == after:
        raise StudioError(f"turn '{turn_id}' can't be moved behind itself; name another turn")
    rest = removed(episode, turn_id)
    turns = list(rest.turns)
    at = [t.id for t in turns].index(after) + 1
    return rest.with_turns([*turns[:at], turn.model_copy(update={"chapter": before.chapter}), *turns[at:]])


def edited(episode: Episode, edits: Iterable[Mapping[str, Any]]) -> Episode:
    """The episode after `edits`, in their order, each one a mapping as JSON gives it:

    {"turn": "t3", "text": "...", "style": "calm"} changes parts of a turn (text, speaker, voice, style,
    speed, pause_after); {"turn": "t3", "remove": true} takes it out; {"turn": "t3", "move_after": "t7"}
    moves it; {"add_after": "t3", "text": "...", ...} adds one; {"title": "..."} names the episode.
    Raises StudioError for what fits none of these.
    """
    for number, edit in enumerate(edits, 1):
        parts = dict(edit)
        unknown = parts.keys() - {"turn", "remove", "move_after", "add_after", "title", *_PARTS}
        if unknown:
            raise StudioError(f"edit {number} has an unknown part '{sorted(unknown)[0]}'")
        title, turn, after = parts.pop("title", None), parts.pop("turn", None), parts.pop("add_after", None)
        gone, move = parts.pop("remove", False), parts.pop("move_after", None)
        if title:
            episode = episode.replace(title=title)
        if after is not None:
            text = parts.pop("text", "")
            if not isinstance(text, str) or not text.strip():
                raise StudioError(f"edit {number} adds a turn without words; give it a text")
            episode = added(episode, after, text, **parts)
        elif turn is not None and gone:
            episode = removed(episode, turn)
        elif turn is not None and (parts or move is not None):
            episode = changed(episode, turn, **parts) if parts else episode
            episode = moved(episode, turn, move) if move is not None else episode
        elif not title:
            raise StudioError(f"edit {number} changes nothing; name a turn and what becomes of it")
    return episode


def _unfinished(episode: Episode) -> Episode:
    """The record without what was measured of a sound that isn't its own any more; the gain stays."""
    gone = {"seconds": None, "lufs": None, "true_peak_dbtp": None, "sample_rate": None}
    return episode.replace(mastering=episode.mastering.model_copy(update=gone))
