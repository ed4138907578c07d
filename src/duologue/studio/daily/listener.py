"""The listener: who they are, what they like to hear, how long and in what manner.

    [listener]          # TOML
    name = "Ada"
    [interests]
    more = ["science"]
    less = ["football"]
    never = ["celebrity"]

Design choices
- Every setting has a default, so an empty file is a valid one; an unknown setting is refused with its name,
  as a typing error would otherwise be silent.
- Paths in the file are relative to it.
- The command line wins over the file.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from duologue.studio.dates import LANGUAGES
from duologue.studio.errors import StudioError

__all__ = ["MANNERS", "Listener"]

MANNERS = ("crisp", "warm", "in depth")
_TABLES = {"listener": ("name",), "interests": ("more", "less", "never")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """minutes: 0.5 to 120; style: of `MANNERS`; sections: their order, empty for ours; voice: who reads."""

    name: str = ""
    feeds: tuple[str, ...] = ()
    minutes: float = 5.0
    style: str = "warm"
    voice: str = "heart"
    title: str = "Your briefing"
    date_language: str = "en"
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    weather: str = ""
    calendar: str = ""
    max_age_days: float = 7.0
    full_pages: bool = True

    def __post_init__(self) -> None:
        if self.style not in MANNERS:
            raise StudioError(f"unknown style '{self.style}'; known are {', '.join(MANNERS)}")
        if not 0.5 <= self.minutes <= 120:
            raise StudioError(f"minutes is {self.minutes:g}; give a number from 0.5 to 120")
        if not 0 < self.max_age_days <= 3650:
            raise StudioError(f"max_age_days is {self.max_age_days:g}; give a number from 1 to 3650")
        key = self.date_language.lower().replace("_", "-")
        if key not in LANGUAGES and key.split("-")[0] not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise StudioError(f"dates are not known in '{self.date_language}'; known are {known}")

    @classmethod
    def load(cls, path: str | Path) -> Listener:
        """The listener described in a TOML file. Raises StudioError, naming the setting that is wrong."""
        path = Path(path)
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise StudioError(f"there is no configuration file '{path}'") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise StudioError(f"'{path}' is not TOML: {error}") from None
        flat: dict[str, Any] = {}
        for key, value in data.items():
            if key in _TABLES and isinstance(value, dict):
                flat |= value
            else:
                flat[key] = value
        known = {f.name: f.type for f in fields(cls)}
        for key, value in flat.items():
            if key not in known:
                close = difflib.get_close_matches(key, known, 1)
                hint = f"; did you mean '{close[0]}'?" if close else ""
                raise StudioError(f"'{path}' has an unknown setting '{key}'{hint}")
            flat[key] = _fitting(key, value, known[key], path)
        for key in ("weather", "calendar"):
            if flat.get(key):
                flat[key] = str(path.parent / flat[key])
        flat["feeds"] = tuple(_placed(f, path.parent) for f in flat.get("feeds", ()))
        return cls(**flat)

    def with_options(self, **options: Any) -> Listener:
        """The same listener with those `options` that are not None."""
        return replace(self, **{k: v for k, v in options.items() if v is not None})


def _placed(name: str, folder: Path) -> str:
    return name if name == "-" or "://" in name else str(folder / name)


def _fitting(key: str, value: Any, kind: Any, path: Path) -> Any:
    kind = str(kind)
    if kind.startswith("tuple"):
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        wanted = "a list of texts"
    elif kind == "float":
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        wanted = "a number"
    elif kind == "bool":
        if isinstance(value, bool):
            return value
        wanted = "true or false"
    else:
        if isinstance(value, str):
            return value
        wanted = "a text"
    raise StudioError(f"'{key}' in '{path}' is {value!r}; give {wanted}")
