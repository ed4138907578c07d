"""What a feed says about itself: the settings of a show, from `show.toml`.

    title = "The Morning Line"
    url = "https://example.org/morning/"

Design choices
- Every field has a sensible value but the address, which no program can guess; without one the feed is for
  this machine alone.
- Unknown keys are refused by name: a typo in a config file is not an opinion.
- The GUID of the show is derived from its address, as Podcasting 2.0 says, so it never changes by accident.
"""

from __future__ import annotations

import tomllib
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from duologue.studio.errors import StudioError

__all__ = ["LOCAL", "Show", "load_show"]

LOCAL = "http://localhost:8000/"
_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""Podcasting 2.0's namespace for the GUIDs of shows."""


class Show(BaseModel):
    """A show. `url` is where its site will be served; `image` a square picture of at least 1400 pixels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(default="Duologue", min_length=1)
    description: str = "Episodes made with Duologue."
    url: str = LOCAL
    author: str = "Duologue"
    email: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    language: str = "en"
    category: str = "News"
    explicit: bool = False
    image: str = ""
    locked: bool = True

    @field_validator("url")
    @classmethod
    def _is_web(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"'{url}' is no address to serve a site at; give https://host/folder/")
        return url if url.endswith("/") else url + "/"

    @property
    def feed(self) -> str:
        """The address of the feed."""
        return self.url + "feed.xml"

    @property
    def guid(self) -> str:
        """The show's GUID: UUID 5 of the feed's address without scheme and slashes at its end."""
        return str(uuid.uuid5(_NAMESPACE, self.feed.split("://", 1)[1].rstrip("/")))


def load_show(path: str | Path, **given: str) -> Show:
    """The show of a TOML file, or the default where there is none; `given` values win.

    Raises StudioError for a file that says what it can't.
    """
    path = Path(path)
    facts: dict[str, object] = {}
    if path.is_file():
        try:
            facts = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise StudioError(f"'{path}' is not TOML: {error}") from None
    try:
        return Show.model_validate(facts | given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise StudioError(f"the show's '{where}': {first['msg'].removeprefix('Value error, ')}") from None
