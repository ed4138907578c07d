"""The chapters as JSON for players. podcastindex.org/namespace: chapters, JSON 1.2.0."""

from __future__ import annotations

import json
from typing import Any

from duologue.studio.episode import Episode
from duologue.studio.errors import StudioError

__all__ = ["MIME", "chapters_json"]

MIME = "application/json+chapters"


def chapters_json(episode: Episode, *, show: str = "") -> str:
    """The JSON chapters file. Raises StudioError before rendering."""
    if episode.seconds is None:
        raise StudioError("the episode isn't rendered yet, so it has no times; run `duologue episode render`")
    found = [c for c in episode.chapters if c.start is not None]
    ends = [*(c.start for c in found[1:]), episode.seconds]
    chapters: list[dict[str, Any]] = []
    for chapter, end in zip(found, ends, strict=True):
        entry: dict[str, Any] = {"startTime": chapter.start, "endTime": end, "title": chapter.title}
        if chapter.url.startswith(("https://", "http://")):
            entry["url"] = chapter.url
        chapters.append(entry)
    made = {"version": "1.2.0", "title": episode.title, "podcastName": show, "chapters": chapters}
    return json.dumps({k: v for k, v in made.items() if v != ""}, ensure_ascii=False, indent=1) + "\n"
