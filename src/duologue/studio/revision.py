"""An episode in its folder, revised: edits to the record, then everything that is derived from it made anew.

    edit_turns("tuesday", [{"turn": "t12", "text": "It rained all day."}], Voice.load())

Design choices
- Only turns that changed are spoken; the others come from the cache, bit for bit.
- The report of the grounding is made anew with the words: what was edited is checked against the sources like
  everything else, and stands in the report as it is, supported or not; a person's word isn't replaced.
- script.md follows the record, unless somebody has edited it since; then it is left alone, and that is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from duologue.studio.cache import TurnCache
from duologue.studio.edit import edited
from duologue.studio.encode import FORMATS
from duologue.studio.episode import Episode, Mastering
from duologue.studio.errors import StudioError
from duologue.studio.folder import recover
from duologue.studio.grounding import Grounding
from duologue.studio.produce import Produced, produce
from duologue.studio.protocols import Speak
from duologue.studio.watch import Watch

__all__ = ["edit_turns", "load_episode", "render_episode"]

_REPORT, _SCRIPT = "grounding.json", "script.md"


def load_episode(folder: str | Path) -> Episode:
    """The record in `folder` (or the file episode.json), after putting right what a killed run left there."""
    recover(_folder(folder))
    return Episode.load(folder)


def edit_turns(
    folder: str | Path,
    edits: Iterable[Mapping[str, Any]],
    speak: Speak | None = None,
    *,
    formats: Sequence[str] | None = None,
    cache: TurnCache | None = None,
    watch: Watch | None = None,
) -> Produced | Episode:
    """The episode of `folder` after `edits` (see `edit.edited`); rendered where there is a `speak`, else only
    the record is written. Raises StudioError where an edit doesn't fit or changes nothing."""
    before = load_episode(folder)
    after = edited(before, edits)
    if after == before:
        raise StudioError("nothing to change; name a turn and give it other words, another voice or style")
    if speak is None:
        after.save(_folder(folder) / "episode.json")
        return after
    return render_episode(
        folder, speak, episode=after, before=before, formats=formats, cache=cache, watch=watch
    )


def render_episode(
    folder: str | Path,
    speak: Speak,
    *,
    episode: Episode | None = None,
    before: Episode | None = None,
    output: str | Path | None = None,
    mastering: Mastering | None = None,
    formats: Sequence[str] | None = None,
    cache: TurnCache | None = None,
    watch: Watch | None = None,
) -> Produced:
    """Speak, mix and write everything into the folder of an episode, or into `output`.

    episode: instead of the one in the folder; before: the record that script.md was written of; formats: as
    they are there, or mp3. Raises StudioError for what can't be made, Cancelled when told to stop.
    """
    place = _folder(folder)
    found = episode or load_episode(folder)
    if mastering is not None:
        found = found.replace(mastering=mastering)
    extra, notices = _beside(place, found, before or found)
    done = produce(
        found,
        speak,
        output or place,
        formats=formats or _formats(place),
        cache=cache,
        watch=watch,
        extra=extra,
    )
    return replace(done, notices=(*notices, *done.notices))


def _folder(path: str | Path) -> Path:
    """The folder of an episode that is named by folder or record."""
    given = Path(path)
    return given.parent if given.suffix == ".json" else given


def _formats(folder: Path) -> list[str]:
    """The sounds that the folder holds already, or mp3."""
    return [name for name in FORMATS if (folder / f"episode.{name}").is_file()] or ["mp3"]


def _beside(folder: Path, episode: Episode, before: Episode) -> tuple[dict[str, str], list[str]]:
    """The report and the script anew, where the folder has them, and what is to be said of it."""
    from duologue.studio.podcast.report import podcast_report
    from duologue.studio.podcast.script import write_script

    extra: dict[str, str] = {}
    notices: list[str] = []
    report, script = folder / _REPORT, folder / _SCRIPT
    if report.is_file() and episode.sources:
        if episode.kind == "podcast":
            extra[_REPORT] = podcast_report(episode)
        else:
            extra[_REPORT] = Grounding(episode.sources, _phrases(report)).audit(episode.turns).json_text()
    if script.is_file():
        if script.read_text("utf-8") in (write_script(before), write_script(episode)):
            extra[_SCRIPT] = write_script(episode)
        else:
            notices.append(f"{_SCRIPT} was edited by hand and is left alone")
    return extra, notices


def _phrases(report: Path) -> list[str]:
    """The programme's own sentences, as the last report knew them."""
    try:
        rows = json.loads(report.read_text("utf-8"))["verdicts"]
        return [row["text"] for row in rows if row["kind"] == "phrase"]
    except (ValueError, KeyError, TypeError):
        return []
