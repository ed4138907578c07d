"""The shelf: finished episodes in folders, each owner's apart, with the edits that are not yet heard.

    shelf = Shelf(home() / "studio" / "episodes")
    shelf.view("local", episode_id)

Design choices
- A folder per episode, named by its id, as `duologue podcast` writes it; copy one here and it is listed.
- Edits wait in `draft.json` beside the record, so the sound that is there goes on playing with its own words;
  rendering makes the draft the record.
- A path is never pasted together from what a request says: ids are ULIDs, owners are ours, names of files are
  those that lie in the folder.
- A new episode is made in a hidden folder and takes its place by renaming.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from duologue.gateway.errors import GatewayError
from duologue.studio.edit import edited
from duologue.studio.encode import FORMATS
from duologue.studio.episode import Episode, Turn
from duologue.studio.errors import StudioError
from duologue.studio.folder import recover

__all__ = ["KINDS", "Shelf"]

DRAFT = "draft.json"
KINDS: Mapping[str, str] = {
    **{f"episode.{name}": form.mime for name, form in FORMATS.items()},
    "episode.vtt": "text/vtt",
    "episode.srt": "application/x-subrip",
    "transcript.txt": "text/plain; charset=utf-8",
    "transcript.json": "application/json",
    "chapters.json": "application/json+chapters",
    "cover.jpg": "image/jpeg",
    "episode.json": "application/json",
    "script.md": "text/markdown; charset=utf-8",
    "grounding.json": "application/json",
}
"""The files of an episode that are served, and what they are."""
_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_OWNER = re.compile(r"[0-9A-Za-z]{1,40}")
_TOLD = ("text", "speaker", "speed", "pause_after")


class Shelf:
    """The episodes below the folder `root`. One serves many threads."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._lock = threading.Lock()
        self._known: dict[Path, tuple[int, dict[str, Any]]] = {}

    def _owner(self, owner: str) -> Path:
        if not _OWNER.fullmatch(owner):
            raise GatewayError("no such owner", status=404, code="not_found")
        return self.root / owner

    def folder(self, owner: str, episode_id: str) -> Path:
        """The folder of an episode. Raises GatewayError 404, also for another's."""
        folder = self._owner(owner) / episode_id
        if _ID.fullmatch(episode_id):
            recover(folder)
            if (folder / "episode.json").is_file():
                return folder
        raise GatewayError(f"there is no episode '{episode_id[:40]}'", status=404, code="not_found")

    def file(self, owner: str, episode_id: str, name: str) -> Path:
        """A file of an episode. Raises GatewayError 404."""
        folder = self.folder(owner, episode_id)
        if name in KINDS and (folder / name).is_file():
            return folder / name
        raise GatewayError(f"the episode has no '{name[:60]}'", status=404, code="not_found")

    # Making

    def staging(self, owner: str, job_id: str) -> Path:
        """Where a job makes its episode."""
        return self._owner(owner) / f".making-{job_id}"

    def adopt(self, owner: str, job_id: str, episode: Episode) -> str:
        """Put what a job made into its place; returns the episode's id."""
        self.staging(owner, job_id).rename(self._owner(owner) / episode.id)
        return episode.id

    def abandon(self, owner: str, job_id: str) -> None:
        """Clear what a job left that didn't end."""
        shutil.rmtree(self.staging(owner, job_id), ignore_errors=True)

    # Reading

    def all(self, owner: str) -> list[dict[str, Any]]:
        """Summaries, newest first."""
        found = []
        for record in self._owner(owner).glob("*/episode.json"):
            if _ID.fullmatch(record.parent.name):
                with contextlib.suppress(OSError, StudioError):
                    found.append(self._summary(record))
        return sorted(found, key=lambda e: (e["created"], e["id"]), reverse=True)

    def _summary(self, record: Path) -> dict[str, Any]:
        when = record.stat().st_mtime_ns
        known = self._known.get(record)
        if known is None or known[0] != when:
            episode = Episode.load(record)
            known = self._known[record] = (when, _summary(record.parent.name, episode))
            if len(self._known) > 2000:
                self._known.clear()
        draft = record.parent / DRAFT
        return {**known[1], "draft": draft.is_file() and draft.stat().st_mtime_ns > when}

    def record(self, owner: str, episode_id: str) -> Episode:
        """The record as it was rendered."""
        return Episode.load(self.folder(owner, episode_id))

    def draft(self, owner: str, episode_id: str) -> Episode:
        """The record with its edits; the rendered one where there are none."""
        folder = self.folder(owner, episode_id)
        path = folder / DRAFT
        return Episode.load(path if path.is_file() else folder)

    def view(self, owner: str, episode_id: str) -> dict[str, Any]:
        """Everything a page shows of an episode, edits included."""
        folder = self.folder(owner, episode_id)
        record, draft = Episode.load(folder), self.draft(owner, episode_id)
        changes = changed_turns(record, draft)
        quotes = _quotes(folder, draft)
        turns = [
            {
                **turn.model_dump(mode="json", exclude={"spans"}),
                "voice": draft.voice_of(turn),
                "style": draft.style_of(turn),
                "change": changes.get(turn.id, ""),
                "grounding": [] if turn.id in changes else quotes(turn),
            }
            for turn in draft.turns
        ]
        here = {t.id for t in draft.turns}
        return {
            **_summary(episode_id, record),
            "title": draft.title,
            "draft": bool(changes) or draft.title != record.title,
            "speakers": [s.model_dump(mode="json") for s in draft.speakers],
            "chapters": [c.model_dump(mode="json") for c in record.chapters],
            "turns": turns,
            "mark": str((folder / "episode.json").stat().st_mtime_ns),
            "removed": [t.id for t in record.turns if t.id not in here],
            "sources": [s.model_dump(mode="json", exclude={"text"}) for s in record.sources],
            "cost": [s.model_dump(mode="json") for s in record.cost],
            "files": [
                {"name": name, "bytes": (folder / name).stat().st_size, "type": kind}
                for name, kind in KINDS.items()
                if (folder / name).is_file()
            ],
        }

    # Editing

    def edit(self, owner: str, episode_id: str, edits: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Take edits (see `studio.edit.edited`) into the draft; returns the view. Raises StudioError."""
        with self._lock:
            draft = edited(self.draft(owner, episode_id), edits)
            record = self.record(owner, episode_id)
            path = self.folder(owner, episode_id) / DRAFT
            if changed_turns(record, draft) or draft.title != record.title:
                draft.save(path)
            else:  # taken back by hand
                path.unlink(missing_ok=True)
        return self.view(owner, episode_id)

    def discard(self, owner: str, episode_id: str) -> dict[str, Any]:
        """Forget the edits; returns the view."""
        with self._lock:
            (self.folder(owner, episode_id) / DRAFT).unlink(missing_ok=True)
        return self.view(owner, episode_id)

    def rendered(self, owner: str, episode_id: str, heard: Episode) -> None:
        """A rendering of the draft `heard` is in place; edits made meanwhile stay a draft."""
        with self._lock:
            path = self.folder(owner, episode_id) / DRAFT
            if path.is_file() and Episode.load(path) == heard:
                path.unlink()

    def remove(self, owner: str, episode_id: str) -> None:
        """Delete an episode with all its files; gone at once, as it is renamed first."""
        folder = self.folder(owner, episode_id)
        gone = folder.with_name(f".gone-{folder.name}")
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def changed_turns(record: Episode, draft: Episode) -> dict[str, str]:
    """The turns of `draft` that would sound different, by id: "new", "changed" or "moved"."""
    before = {t.id: t for t in record.turns}
    found: dict[str, str] = {}
    for turn in draft.turns:
        old = before.get(turn.id)
        if old is None:
            found[turn.id] = "new"
        elif _sound(record, old) != _sound(draft, turn):
            found[turn.id] = "changed"
    order = [t.id for t in record.turns if t.id in {d.id for d in draft.turns}]
    stayed = [t.id for t in draft.turns if t.id in before]
    for now, then in zip(stayed, order, strict=True):
        if now != then:
            found.setdefault(now, "moved")
    if not found and len(draft.turns) < len(record.turns):
        gone = next(i for i, t in enumerate(record.turns) if t.id not in set(stayed))
        found[draft.turns[min(gone, len(draft.turns) - 1)].id] = "moved"
    return found


def _sound(episode: Episode, turn: Turn) -> tuple[Any, ...]:
    return (*(getattr(turn, part) for part in _TOLD), episode.voice_of(turn), episode.style_of(turn))


def _summary(episode_id: str, episode: Episode) -> dict[str, Any]:
    return {
        "id": episode_id,
        "kind": episode.kind,
        "title": episode.title,
        "description": episode.description,
        "created": episode.created.isoformat(),
        "seconds": episode.seconds,
        "language": episode.language,
        "voices": sorted({episode.voice_of(t) for t in episode.turns}),
        "turn_count": len(episode.turns),
        "money": sum(s.money for s in episode.cost),
        "compute_seconds": round(sum(s.seconds for s in episode.cost), 3),
    }


def _quotes(folder: Path, episode: Episode) -> Callable[[Turn], list[dict[str, Any]]]:
    """For a turn, sentence by sentence, what of which source supports it."""
    texts = {s.id: s.text or "" for s in episode.sources}
    rows: dict[str, list[dict[str, Any]]] = {}
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        for row in json.loads((folder / "grounding.json").read_text("utf-8"))["verdicts"]:
            rows.setdefault(row["turn"], []).append(row)

    def quote(source: str, start: int, end: int) -> dict[str, Any]:
        return {"source": source, "start": start, "end": end, "quote": texts.get(source, "")[start:end]}

    def of(turn: Turn) -> list[dict[str, Any]]:
        spans = [quote(s.source, s.start, s.end) for s in turn.spans]
        told = rows.get(turn.id, [])
        if not told:
            return [{"text": "", "kind": "source", "faults": [], "rests_on": spans}] if spans else []
        made = []
        for row in told:
            own = [quote(row["source"], row["start"], row["end"])] if row.get("source") else []
            near = own or (_nearest(row["text"], spans) if row["kind"] in ("verbatim", "supported") else [])
            faults = list(row.get("faults", ()))
            made.append({"text": row["text"], "kind": row["kind"], "faults": faults, "rests_on": near})
        return made

    return of


def _nearest(text: str, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the spans of a turn the one that shares most words with a sentence of it."""
    words = set(re.findall(r"\w+", text.lower()))
    return (
        [max(spans, key=lambda s: len(words & set(re.findall(r"\w+", s["quote"].lower()))))] if spans else []
    )
