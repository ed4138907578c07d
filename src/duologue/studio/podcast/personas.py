"""Personas: who talks, in which voice, how, and how much.

Design choices
- A persona is data. Its style is where a turn begins; the mood of what is said moves it (`performance.py`).
- `share` is relative; the dialogue gives statements to whoever is furthest below it.
- Quirks are words: a writer model gets them as they stand; without one only "brief" (no reactions) and
  "lively" (more of them) are acted on, and the rest is kept with the episode.
- Two speakers never get the same voice as long as there are voices enough.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from duologue.studio.errors import StudioError

__all__ = ["DEFAULTS", "Persona", "cast", "load_personas", "parse_persona"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Persona:
    """name: as it is spoken; role: host, guest, pro, con, critic or whatever one likes; voice, style: of the
    voice model; speed: a factor; quirks: how the person talks; share: of the talk, relative to the others."""

    name: str
    role: str = ""
    voice: str = "heart"
    style: str = "neutral"
    speed: float = 1.0
    quirks: str = ""
    share: float = 1.0


DEFAULTS = (
    Persona(name="Nora", role="host", voice="heart", quirks="curious, quick to react"),
    Persona(name="Miles", role="guest", voice="fable", quirks="calm, likes a telling detail", share=1.6),
    Persona(name="Iris", role="guest", voice="emma", quirks="exact, fond of figures", share=1.2),
    Persona(name="Jonas", role="guest", voice="fenrir", quirks="down to earth, sceptical", share=1.2),
)

_KEYS = ("name", "role", "voice", "style", "speed", "quirks", "share")
_NAME = re.compile(r"[^\W\d_][\w .'’-]{0,39}")


def _checked(persona: Persona) -> Persona:
    if not _NAME.fullmatch(persona.name):
        raise StudioError(f"'{persona.name[:60]}' can't be a speaker's name; give up to 40 letters")
    if not 0.25 <= persona.speed <= 4 or not 0 < persona.share <= 100:
        raise StudioError(f"{persona.name}'s speed must be 0.25 to 4 and the share above 0, up to 100")
    return persona


def _made(fields: dict[str, object], number: int) -> Persona:
    unknown = sorted(set(fields) - set(_KEYS))
    if unknown:
        raise StudioError(f"a speaker has no '{unknown[0]}'; there are {', '.join(_KEYS)}")
    values: dict[str, object] = dict(fields)
    for key in ("speed", "share"):
        if key in values:
            try:
                values[key] = float(str(values[key]))
            except ValueError:
                raise StudioError(f"{key} is '{values[key]}'; give a number") from None
    base = DEFAULTS[number % len(DEFAULTS)]
    return _checked(replace(base, **{k: v if k in ("speed", "share") else str(v) for k, v in values.items()}))  # type: ignore[arg-type]


def parse_persona(text: str, number: int) -> Persona:
    """A persona from "Ada,role=guest,voice=emma,style=calm,share=2"; `number`: whose defaults fill it."""
    name, *pairs = [part.strip() for part in text.split(",")]
    fields: dict[str, object] = {}
    if "=" in name:
        pairs.insert(0, name)
    elif name:
        fields["name"] = name
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise StudioError(
                f"'{pair}' in a speaker is no key=value; write for example 'Ada,voice=emma,share=2'"
            )
        fields[key.strip()] = value.strip()
    return _made(fields, number)


def load_personas(path: str | Path) -> list[Persona]:
    """The [[speaker]] tables of a TOML file. Raises StudioError for what isn't one."""
    path = Path(path)
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("speaker", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudioError(f"'{path}' is not TOML: {error}") from None
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables) or not tables:
        raise StudioError(f"'{path}' has no speakers; write [[speaker]] tables with name, voice, role")
    return [_made(table, number) for number, table in enumerate(tables)]


def cast(count: int, roles: Sequence[str], given: Sequence[Persona] = ()) -> list[Persona]:
    """`count` personas in the roles of a format: those given first, then the house's own, each name and,
    where there are enough, each voice once. Raises StudioError for a number out of 1 to 4."""
    if not 1 <= count <= 4:
        raise StudioError(f"{count} speakers can't be cast; give 1 to 4")
    people = list(given)[:count]
    names = {p.name.lower() for p in people}
    if len(names) < len(people):
        raise StudioError("two speakers have the same name; give each one its own")
    voices = {p.voice for p in people}
    for spare in sorted(DEFAULTS, key=lambda p: p.voice in voices):
        if len(people) >= count:
            break
        if spare.name.lower() not in names:
            people.append(spare)
            names.add(spare.name.lower())
            voices.add(spare.voice)
    own = len(given)
    return [
        replace(
            p,
            role=p.role if i < own and p.role and p.role not in ("host", "guest") else roles[i % len(roles)],
        )
        for i, p in enumerate(people)
    ]
