"""Files that people send for the studio to read: bounded, checked by reading them, kept until they are old.

Design choices
- The body of the request is the file, its name a parameter: no form to parse, one file a request.
- What can't be read is refused at once, in the studio's words, so nobody starts a job that must fail.
- Names are shown and tell the kind; on the disk a file is called by a ULID.
- A week is long enough to start an interrupted job again.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from duologue.gateway.errors import GatewayError
from duologue.store.ulid import new_ulid
from duologue.studio.files import write_whole
from duologue.studio.sources.gather import Gathered, uploaded

__all__ = ["LARGEST", "SUFFIXES", "Upload", "Uploads"]

LARGEST = 32_000_000
"""Bytes of one file."""
_MOST = 40  # files of one owner
SUFFIXES = (".txt", ".md", ".pdf", ".epub", ".html", ".htm", ".xml", ".rss", ".atom", ".json")
_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_KEPT = 7 * 86_400.0


class Upload(BaseModel):
    """A file that was sent. articles: what was found in it; characters: of all of them."""

    id: str
    name: str
    bytes: int
    articles: int
    characters: int
    title: str = Field(description="of the first article")


class Uploads:
    """The files below the folder `root`."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def add(self, owner: str, name: str, data: bytes) -> Upload:
        """Keep a file. Raises GatewayError: 413 too large, 415 another kind, 422 nothing to read in it."""
        name = re.split(r"[\\/]", name)[-1].strip()[:200] or "file.txt"
        if len(data) > LARGEST:
            raise GatewayError(f"'{name}' is larger than {LARGEST // 1_000_000} MB", status=413, param="body")
        if not name.lower().endswith(SUFFIXES):
            known = ", ".join(SUFFIXES)
            raise GatewayError(f"'{name}' is of no kind that can be read; send one of {known}", status=415)
        found = uploaded({name: data})
        if not found.articles:
            reason = found.problems[0].message if found.problems else "it holds no text"
            raise GatewayError(f"'{name}': {reason}", status=422, code="unreadable_file")
        folder = self.root / owner
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep(folder)
        upload = Upload(
            id=new_ulid(), name=name, bytes=len(data), articles=len(found.articles),
            characters=sum(len(a.text) for a in found.articles), title=found.articles[0].title,
        )  # fmt: skip
        write_whole(folder / f"{upload.id}.data", data)
        write_whole(folder / f"{upload.id}.json", upload.model_dump_json())
        return upload

    def read(self, owner: str, ids: Sequence[str]) -> Gathered:
        """What the files hold. Raises GatewayError 404 for one that isn't there any more."""
        files: dict[str, bytes] = {}
        for upload_id in ids:
            name, path = self._find(owner, upload_id)
            while name in files:
                name = f"_{name}"
            files[name] = path.read_bytes()
        return uploaded(files)

    def check(self, owner: str, ids: Sequence[str]) -> None:
        """Raises GatewayError 404 where one of the files isn't there."""
        for upload_id in ids:
            self._find(owner, upload_id)

    def _find(self, owner: str, upload_id: str) -> tuple[str, Path]:
        path = self.root / owner / f"{upload_id}.data"
        if _ID.fullmatch(upload_id) and path.is_file():
            with contextlib.suppress(OSError, ValueError, KeyError):
                facts = json.loads(path.with_suffix(".json").read_text("utf-8"))
                return str(facts["name"]), path
        raise GatewayError(f"there is no file '{upload_id[:40]}'; send it again", status=404, param="uploads")

    def _sweep(self, folder: Path) -> None:
        """Let go of what is old, and of the oldest beyond the number that one owner may have."""
        kept = sorted(folder.glob("*.data"))
        for at, path in enumerate(kept):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _KEPT or at < len(kept) - _MOST + 1:
                    path.unlink()
                    path.with_suffix(".json").unlink(missing_ok=True)
