"""A podcast made: composed, measured by ear, composed again where its length is off, spoken, put in place.

    made = make_podcast(sources, Voice.load(), "episode", minutes=3)
    draft = draft_podcast(sources, "episode", minutes=3)      # script.md and episode.json, nothing spoken

Design choices
- What the command and a server share; neither holds a step of its own.
- The length is checked against the true sound (`fitting.py`).
- `perform` speaks a finished episode (a script that was given, a draft that was edited) with the files that
  belong to a podcast: script.md, and grounding.json where there are sources.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.studio.cache import TurnCache
from duologue.studio.episode import Episode, Mastering, Source
from duologue.studio.files import write_whole
from duologue.studio.fitting import fitted
from duologue.studio.pace import Pace
from duologue.studio.podcast.composition import Composed, compose
from duologue.studio.podcast.formats import find_format
from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.report import podcast_report
from duologue.studio.podcast.script import write_script
from duologue.studio.produce import Produced, produce
from duologue.studio.protocols import Speak, Write
from duologue.studio.render import Rendering
from duologue.studio.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["draft_podcast", "make_podcast", "perform"]


def draft_podcast(
    sources: Sequence[Source],
    folder: str | Path,
    *,
    minutes: float | None = None,
    format: str = "interview",
    speakers: int | None = None,
    personas: Sequence[Persona] = (),
    title: str = "",
    write: Write | None = None,
    seed: int | None = None,
) -> Composed:
    """The script in `folder` as script.md and episode.json, not spoken; parameters are those of `compose`."""
    made = compose(
        sources, minutes=minutes, format=format, speakers=speakers, personas=personas, title=title,
        write=write, seed=seed,
    )  # fmt: skip
    made.episode.save(Path(folder) / "episode.json")
    write_whole(Path(folder) / "script.md", write_script(made.episode))
    return made


def make_podcast(
    sources: Sequence[Source],
    speak: Speak,
    folder: str | Path,
    *,
    minutes: float | None = None,
    format: str = "interview",
    speakers: int | None = None,
    personas: Sequence[Persona] = (),
    title: str = "",
    write: Write | None = None,
    seed: int | None = None,
    mastering: Mastering | None = None,
    formats: Sequence[str] = ("mp3",),
    cache: TurnCache | None = None,
    watch: Watch | None = None,
) -> Produced:
    """A podcast about `sources` in `folder`.

    minutes: 0.5 to 60, the format's own length if None; the other parameters of the script are those of
    `compose`. Raises StudioError for what can't be made, Cancelled when told to stop, OSError as the disk
    does.
    """
    begun, watch = time.perf_counter(), watch or Watch()

    def composed(pace: Pace) -> Composed:
        watch.at("writing")
        return compose(
            sources, minutes=minutes, format=format, speakers=speakers, personas=personas, title=title,
            write=write, seed=seed, pace=pace,
        )  # fmt: skip

    if minutes is None:
        minutes = find_format(format).minutes
    fit = fitted(composed, speak, 60 * minutes, mastering=mastering, cache=cache, progress=watch.turns)
    done = perform(
        fit.rendering.episode,
        speak,
        folder,
        formats=formats,
        cache=cache,
        watch=watch,
        rendering=fit.rendering,
    )
    return replace(done, notices=(*fit.draft.notes, *done.notices), seconds=time.perf_counter() - begun)


def perform(
    episode: Episode,
    speak: Speak,
    folder: str | Path,
    *,
    formats: Sequence[str] = ("mp3",),
    cache: TurnCache | None = None,
    watch: Watch | None = None,
    rendering: Rendering | None = None,
) -> Produced:
    """`episode` spoken into `folder`, with its script and the report of its grounding."""
    extra: Mapping[str, str] = {"script.md": write_script(episode)}
    if episode.sources:
        extra = {**extra, "grounding.json": podcast_report(episode)}
    return produce(
        episode, speak, folder, formats=formats, cache=cache, watch=watch, extra=extra, rendering=rendering
    )
