"""Prompts: those offered on the pages, and files of prompts for batch battles.

Design choices
- Prompts of our own lie beside this file; whoever likes types another.
- A file of prompts is plain text (one a line), TSV with the task in front, or JSON lines with "prompt" and,
  for judges that hold answers to something, "task" and "source" (or "text", "constraints", "schema", which
  become it).
- A line that can't be read is named by its number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from duologue.arena import categories
from duologue.arena.contestants import Kind
from duologue.arena.errors import ArenaError

__all__ = ["Prompt", "offered", "read_prompts"]

_SOURCE = (
    "text",
    "constraints",
    "schema",
    "answers",
    "question",
    "choices",
    "speakers",
    "max_words",
    "topic",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """A prompt, its task, and what its answers can be held to."""

    prompt: str
    task: str
    source: Mapping[str, Any] = field(default_factory=dict)


def _task(prompt: str, kind: Kind) -> str:
    return categories.text_task(prompt) if kind == "text" else categories.speech_task(prompt)


def _from_object(held: Any, kind: Kind, place: str) -> Prompt:
    """A row of JSON lines."""
    if not isinstance(held, Mapping):
        raise ArenaError(f'{place}: no object; give {{"prompt": "..."}}')
    prompt = held.get("prompt") or held.get("input")
    if not prompt and isinstance(held.get("messages"), list):
        said = [
            m.get("content") for m in held["messages"] if isinstance(m, Mapping) and m.get("role") == "user"
        ]
        prompt = said[-1] if said else None
    if not isinstance(prompt, str) or not prompt.strip():
        raise ArenaError(f'{place}: no "prompt"; give the text that is asked')
    source = held.get("source")
    if not isinstance(source, Mapping):
        source = {key: held[key] for key in _SOURCE if key in held}
    return Prompt(prompt=prompt.strip(), task=str(held.get("task") or _task(prompt, kind)), source=source)


def read_prompts(path: Path, kind: Kind) -> list[Prompt]:
    """The prompts of a file. Raises ArenaError for a line that can't be read or a file without any."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ArenaError(f"{path} is not UTF-8; save it as UTF-8") from None
    found = []
    tasks = categories.TEXT_TASKS if kind == "text" else categories.SPEECH_TASKS
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        place = f"{path}, line {number}"
        if path.suffix in (".jsonl", ".ndjson", ".json"):
            try:
                found.append(_from_object(json.loads(line), kind, place))
            except json.JSONDecodeError:
                raise ArenaError(f"{place}: no JSON; give one object a line") from None
            continue
        first, tab, rest = line.partition("\t")
        named = bool(tab) and first in tasks and bool(rest.strip())
        prompt = rest.strip() if named else line
        found.append(Prompt(prompt=prompt, task=first if named else _task(prompt, kind)))
    if not found:
        raise ArenaError(f"{path} holds no prompts; give one a line")
    return found


@cache
def offered(kind: Kind) -> tuple[Prompt, ...]:
    """The prompts that the pages offer."""
    name = "prompts_text.jsonl" if kind == "text" else "prompts_speech.tsv"
    return tuple(read_prompts(Path(str(files("duologue.arena") / name)), kind))
