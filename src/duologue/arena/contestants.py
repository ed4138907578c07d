"""Contestants: who can be met in a battle, under which names, and with which settings.

Design choices
- A contestant is a deployment of the gateway and how it is asked: sampling and a system prompt for text, a
  voice, style and speed for speech. Other settings are another contestant, since they answer differently.
- Without configuration every deployment that writes is one contestant ("duologue-tiny"), every voice of one
  that speaks another ("duologue-voice/heart"). The configuration adds variants, names them, and retires some.
- A retired contestant meets nobody any more; its votes and its place in the full list stay.
- `aliases` are the names that would give a contestant away, beside its own: see leaks.py.

    [arena]
    retired = ["old-model"]
    only = ["careful", "duologue-voice/*"]      # leave out for all

    [[arena.contestants]]
    name = "careful"
    deployment = "duologue-tiny"
    temperature = 0.2
    system = "Answer in one sentence."
"""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Protocol

from duologue.arena.errors import ArenaError

__all__ = ["KINDS", "Contestant", "Deployed", "Kind", "Roster", "roster"]

Kind = Literal["text", "speech"]
KINDS: tuple[Kind, ...] = ("text", "speech")


class Deployed(Protocol):
    """What the arena must know of a deployment; the gateway's own record has all of it."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def speaks(self) -> bool: ...
    @property
    def writes(self) -> bool: ...
    @property
    def voices(self) -> Sequence[str]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Contestant:
    """One who can be met.

    name: what votes and tables call it. deployment: of the gateway. aliases: names that give it away. system,
    temperature, top_p, max_tokens: for text, None for the deployment's own. voice, style, speed: for speech.
    tasks: the tasks it takes part in, all where empty.
    """

    name: str
    kind: Kind
    deployment: str
    aliases: tuple[str, ...] = ()
    system: str = ""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    voice: str = ""
    style: str = ""
    speed: float = 1.0
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """All contestants by name, and the names of those who are retired."""

    contestants: Mapping[str, Contestant]
    retired: frozenset[str] = frozenset()

    def active(self, kind: Kind, task: str = "") -> list[Contestant]:
        """Those who can be met in a battle of this kind (and task), in order of name."""
        return sorted(
            (
                c
                for c in self.contestants.values()
                if c.kind == kind
                and c.name not in self.retired
                and (not task or not c.tasks or task in c.tasks)
            ),
            key=lambda c: c.name,
        )

    def find(self, name: str) -> Contestant:
        """The contestant of that name. Raises ArenaError if there is none."""
        found = self.contestants.get(name)
        if found is None:
            known = ", ".join(sorted(self.contestants)) or "none"
            raise ArenaError(f"no contestant '{name}'; there are: {known}")
        return found

    def __len__(self) -> int:
        return len(self.contestants)


_TYPES: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "deployment": (str,),
    "kind": (str,),
    "aliases": (list,),
    "system": (str,),
    "temperature": (int, float),
    "top_p": (int, float),
    "max_tokens": (int,),
    "voice": (str,),
    "style": (str,),
    "speed": (int, float),
    "tasks": (list,),
}
_TEXT_ONLY = ("system", "temperature", "top_p", "max_tokens")
_SPEECH_ONLY = ("voice", "style", "speed")
_RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "max_tokens": (1, 100_000),
    "speed": (0.25, 4),
}


def _variant(entry: Any, place: str, deployments: Mapping[str, Deployed]) -> Contestant:
    """One entry of [[arena.contestants]]. Raises ArenaError, which says what is wrong and where."""
    if not isinstance(entry, Mapping):
        raise ArenaError(f"{place} is no table; write [[arena.contestants]] above its fields")
    for field, value in entry.items():
        if field not in _TYPES:
            raise ArenaError(f"{place} has an unknown field '{field}'; there are {', '.join(_TYPES)}")
        if not isinstance(value, _TYPES[field]) or isinstance(value, bool):
            raise ArenaError(f"{place}: {field} is {value!r}; give a {_TYPES[field][0].__name__}")
        low, high = _RANGES.get(field, (-math.inf, math.inf))
        if isinstance(value, (int, float)) and not low <= value <= high:
            raise ArenaError(f"{place}: {field} is {value}; give {low} to {high}")
    name, deployment = entry.get("name", ""), entry.get("deployment", "")
    if not name.strip() or not deployment:
        raise ArenaError(f"{place} needs a name and a deployment")
    model = deployments.get(deployment)
    if model is None:
        raise ArenaError(f"{place}: no deployment '{deployment}'; there are {', '.join(sorted(deployments))}")
    kind = entry.get("kind") or ("speech" if model.speaks and not model.writes else "text")
    if kind not in KINDS:
        raise ArenaError(f"{place}: kind is '{kind}'; give text or speech")
    if not (model.writes if kind == "text" else model.speaks):
        raise ArenaError(f"{place}: the deployment '{deployment}' can't do {kind}")
    wrong = [f for f in (_SPEECH_ONLY if kind == "text" else _TEXT_ONLY) if f in entry]
    if wrong:
        raise ArenaError(f"{place}: {wrong[0]} is not for a contestant that does {kind}")
    lists = {f: tuple(map(str, entry.get(f, ()))) for f in ("aliases", "tasks")}
    known = {f.name for f in fields(Contestant)} - {"kind", "aliases", "tasks"}
    given = {field: value for field, value in entry.items() if field in known}
    return Contestant(
        kind=kind, **given, aliases=(*lists["aliases"], deployment, model.model), tasks=lists["tasks"]
    )


CAREFUL = 0.2
"""Temperature of the second setting of a deployment that writes alone."""


def _plain(model: Deployed) -> list[Contestant]:
    """The contestants that a deployment is without configuration."""
    made = []
    if model.writes:
        made.append(
            Contestant(name=model.name, kind="text", deployment=model.name, aliases=(model.name, model.model))
        )
    if model.speaks:
        made += [
            Contestant(
                name=f"{model.name}/{voice}",
                kind="speech",
                deployment=model.name,
                voice=voice,
                aliases=(model.name, model.model),
            )
            for voice in model.voices
        ]
    return made


def roster(deployments: Sequence[Deployed], table: Mapping[str, Any] | None = None) -> Roster:
    """The contestants of the gateway's deployments and of the [arena] table of the configuration.

    Raises ArenaError for a table that can't be taken.
    """
    table = table or {}
    by_name = {d.name: d for d in deployments}
    found = {c.name: c for d in deployments for c in _plain(d)}
    writers = [c for c in found.values() if c.kind == "text"]
    if len(writers) == 1 and not table.get("contestants"):
        careful = replace(writers[0], name=f"{writers[0].name}/careful", temperature=CAREFUL)
        found[careful.name] = careful
    entries = table.get("contestants", [])
    if not isinstance(entries, list):
        raise ArenaError("arena.contestants is no list; write [[arena.contestants]] for each")
    for number, entry in enumerate(entries, 1):
        made = _variant(entry, f"contestant {number} of [arena]", by_name)
        if made.name in found and found[made.name].deployment != made.deployment:
            raise ArenaError(f"contestant {number} of [arena]: the name '{made.name}' is taken; give another")
        found[made.name] = made
    patterns = {word: table.get(word, []) for word in ("only", "retired")}
    for word, given in patterns.items():
        if not isinstance(given, list) or not all(isinstance(x, str) for x in given):
            raise ArenaError(f"arena.{word} is {given!r}; give a list of names")
    only, retired = patterns["only"], patterns["retired"]
    if only:
        found = {n: c for n, c in found.items() if any(fnmatch.fnmatchcase(n, p) for p in only)}
    gone = frozenset(n for n in found if any(fnmatch.fnmatchcase(n, p) for p in retired))
    return Roster(contestants=found, retired=gone | {r for r in retired if not set("*?[") & set(r)})
