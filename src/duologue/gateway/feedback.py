"""What people thought of answers: a thumb, perhaps a word, kept with what it is about, for later tuning.

Design choices
- Linked to the request by its id, which every answer carries in `x-request-id`.
- Words are kept only with feedback: what was asked and answered is taken from the memory of the process that
  served it, where it still remembers; else the feedback is kept without.
- Written to the disk before it is acknowledged.
- Who gave it is the key; a key can say something of its own requests only, once each; the last word counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.gateway.tables import FeedbackRow, RequestRow
from duologue.store.store import Store
from duologue.store.ulid import new_ulid

__all__ = ["Feedback", "FeedbackEntry"]

LONGEST = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackEntry:
    """One of them. rating: 1 or -1. content: what was asked and answered, where it is known."""

    id: str
    request_id: str
    created: datetime
    key_id: str | None
    rating: int
    text: str
    content: dict[str, Any] | None

    def json(self) -> str:
        """A line of JSON."""
        made = {
            "id": self.id, "request_id": self.request_id, "created": self.created.isoformat(),
            "key_id": self.key_id, "rating": self.rating, "text": self.text, "content": self.content,
        }  # fmt: skip
        return json.dumps(made, ensure_ascii=False)


class Feedback:
    """The feedback of a store. content: finds what a request was about (`gateway.books.content`)."""

    def __init__(self, store: Store, content: Callable[[str], dict[str, Any] | None] | None = None) -> None:
        self._store = store
        self._content = content or (lambda request_id: None)

    def give(self, request_id: str, rating: int, text: str = "", *, caller: Caller) -> FeedbackEntry:
        """Keep it. rating: 1 for a thumb up, -1 for down. text: at most 10,000 characters.

        Raises GatewayError 400 for a rating or text that is none, 404 for a request that isn't known or is
        somebody else's.
        """
        if isinstance(rating, bool) or rating not in (1, -1):
            raise GatewayError(f"rating is {rating!r:.20}; give 1 or -1", param="rating")
        if len(text) > LONGEST:
            raise GatewayError(f"text is {len(text)} characters long; give at most {LONGEST}", param="text")
        content = self._content(request_id)
        with self._store.session() as session:
            if content is not None:
                owner = content.get("key_id")
            else:
                row = session.get(RequestRow, request_id)
                if row is None:
                    raise _unknown(request_id)
                owner = row.key_id
            if owner != caller.key_id and not caller.may("admin"):
                raise _unknown(request_id)
            entry = FeedbackEntry(
                id=new_ulid(), request_id=request_id, created=datetime.now(UTC), key_id=caller.key_id,
                rating=rating, text=text, content=_kept(content),
            )  # fmt: skip
            same = select(FeedbackRow).filter_by(request_id=request_id, key_id=caller.key_id)
            for earlier in session.scalars(same):
                session.delete(earlier)
            session.add(FeedbackRow(**{name: getattr(entry, name) for name in FeedbackEntry.__slots__}))
        return entry

    def entries(self, since: datetime | None = None) -> Iterator[FeedbackEntry]:
        """All of it, the oldest first."""
        query = select(FeedbackRow).order_by(FeedbackRow.id).execution_options(yield_per=500)
        if since is not None:
            query = query.where(FeedbackRow.created >= since)
        with self._store.reading() as session:
            for row in session.scalars(query):
                yield FeedbackEntry(**{name: getattr(row, name) for name in FeedbackEntry.__slots__})


def _kept(content: dict[str, Any] | None) -> dict[str, Any] | None:
    """As JSON can hold it, without who asked: that is the row's."""
    if content is None:
        return None
    made: dict[str, Any] = json.loads(json.dumps(content, default=str))
    made.pop("key_id", None)
    return made


def _unknown(request_id: str) -> GatewayError:
    return GatewayError(
        f"there is no request '{request_id[:40]}' of this key",
        status=404,
        code="not_found",
        param="request_id",
    )
