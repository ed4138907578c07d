"""An expression made: read, cast, spoken, put in place.

    made = make_expression("Once upon a time ...", Voice.load(), "story", mode="story")

What the command and a server share; neither holds a step of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from duologue.studio.cache import TurnCache
from duologue.studio.episode import Mastering, Source
from duologue.studio.expressions.reading import express
from duologue.studio.expressions.rewriting import retold
from duologue.studio.podcast.script import write_script
from duologue.studio.produce import Produced, produce
from duologue.studio.protocols import Speak, Write
from duologue.studio.watch import Watch

__all__ = ["make_expression"]


def make_expression(
    text: str | Source,
    speak: Speak,
    folder: str | Path,
    *,
    mode: str = "scripted",
    voice: str = "",
    style: str = "",
    speed: float = 1.0,
    title: str = "",
    voices: Mapping[str, Sequence[str]] | None = None,
    write: Write | None = None,
    mastering: Mastering | None = None,
    formats: Sequence[str] = ("mp3",),
    cache: TurnCache | None = None,
    watch: Watch | None = None,
) -> Produced:
    """`text` read into `folder` in the mode scripted, emotive or story; parameters are those of `express`.

    write: tells the text anew before it is read, where that holds; None: the wording is kept.
    Raises StudioError for what can't be made, Cancelled when told to stop, OSError as the disk does.
    """
    if isinstance(text, str):
        text = Source(id="s1", sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), text=text)
    watch = watch or Watch()
    watch.at("writing")
    new = retold(text, write) if write is not None else None
    if new is not None:
        text = text.model_copy(
            update={
                "text": new.text,
                "sha256": hashlib.sha256(new.text.encode("utf-8", "replace")).hexdigest(),
            }
        )
    episode = express(text, mode=mode, voice=voice, style=style, speed=speed, title=title, voices=voices)
    if mastering is not None:
        episode = episode.replace(mastering=mastering)
    if new is not None:
        episode = episode.with_cost(new.step)
    extra = {"script.md": write_script(episode)}
    done = produce(episode, speak, folder, formats=formats, cache=cache, watch=watch, extra=extra)
    return done if new is None else replace(done, notices=(new.note, *done.notices))
