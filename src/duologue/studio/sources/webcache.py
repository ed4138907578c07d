"""What was fetched before, so that a site is asked only whether it has changed.

Design choices
- One file per address: a line of JSON, then the body; written whole, so a killed run leaves no half entry.
- `max-age` is honoured up to an hour; after it, or without it, the next request is conditional (ETag,
  Last-Modified) and a 304 costs the site nothing.
- An entry that can't be read is no entry.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from duologue.studio.files import write_whole

__all__ = ["Entry", "WebCache"]

_LONGEST = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An answer kept: `body` with its validators. `asked` is Unix time, `fresh` seconds."""

    url: str
    body: bytes
    content_type: str = ""
    etag: str = ""
    modified: str = ""
    asked: float = 0.0
    fresh: float = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether it may be used without asking."""
        return 0 <= time.time() - self.asked < self.fresh


def freshness(cache_control: str) -> float:
    """Seconds that an answer with this Cache-Control may be used without asking."""
    if re.search(r"no-store|no-cache|must-revalidate", cache_control, re.I):
        return 0.0
    found = re.search(r"max-age\s*=\s*\"?(\d{1,9})", cache_control, re.I)
    return min(float(found[1]), _LONGEST) if found else 0.0


class WebCache:
    """Answers in a folder, by address."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)

    def _path(self, url: str) -> Path:
        name = hashlib.sha256(url.encode()).hexdigest()
        return self._folder / name[:2] / name

    def get(self, url: str) -> Entry | None:
        """The entry for `url`, or None."""
        try:
            head, _, body = self._path(url).read_bytes().partition(b"\n")
            entry = Entry(body=body, **json.loads(head))
        except (OSError, ValueError, TypeError):
            return None
        return entry if entry.url == url else None

    def put(self, entry: Entry) -> None:
        """Keep `entry`."""
        head = {k: v for k, v in asdict(entry).items() if k != "body"}
        write_whole(self._path(entry.url), json.dumps(head).encode() + b"\n" + entry.body)
