"""The static files of the pages: style sheets, ES modules, pictures.

Design choices
- Read once and kept in memory: they are small, and a path can't lead anywhere else.
- One hash over all of them stands in every address (/static/HASH/name), so modules may import each other by
  relative names and everything can be cached for ever; any change changes all addresses.
- An old hash is answered with the present file, uncached, so a page that stayed open goes on working.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

__all__ = ["Assets", "assets", "router"]

_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "png": "image/png"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """Files by name, and the hash of all of them."""

    files: dict[str, bytes]
    digest: str

    def url(self, name: str) -> str:
        """Where the file `name` is served. Raises KeyError for one that isn't there: a page names its own."""
        if name not in self.files:
            raise KeyError(f"there is no static file '{name}'")
        return f"/static/{self.digest}/{name}"


@cache
def assets() -> Assets:
    """The files that the package holds."""
    found = {
        entry.name: entry.read_bytes()
        for entry in sorted((files("duologue.web") / "static").iterdir(), key=lambda e: e.name)
        if entry.is_file() and entry.name.rsplit(".", 1)[-1] in _KINDS
    }
    whole = hashlib.sha256()
    for name, data in found.items():
        whole.update(f"{name}\0{len(data)}\0".encode() + data)
    return Assets(files=found, digest=whole.hexdigest()[:12])


router = APIRouter(include_in_schema=False)


@router.get("/static/{digest}/{name}")
def static_file(digest: str, name: str, request: Request) -> Response:
    """A static file; cached for ever where the hash is today's."""
    held = assets()
    data = held.files.get(name)
    if data is None:
        return PlainTextResponse("there is no such file", 404)
    headers = {
        "Cache-Control": _FOR_EVER if digest == held.digest else "no-cache",
        "ETag": f'"{held.digest}"',
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    kind = _KINDS[name.rsplit(".", 1)[-1]]
    return Response(data, media_type=kind, headers=headers)
