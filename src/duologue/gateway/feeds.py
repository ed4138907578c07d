"""Tokens of private feeds: whoever has the URL may listen, until its token is revoked.

Design choices
- A token is `<id>.<secret>`, 256 random bits, in the URL's path, as podcast apps can't send headers; kept is
  its SHA-256 only (why a fast hash does is said in `access`).
- One token for each listener: revoking one leaves the others.
- Checked against the feed it is for, in constant time; a wrong one, a revoked one and an unknown one look
  alike.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from duologue.gateway.audit import record
from duologue.gateway.errors import GatewayError
from duologue.gateway.tables import FeedTokenRow
from duologue.store.store import Store
from duologue.store.ulid import PATTERN, new_ulid

__all__ = ["FeedToken", "FeedTokens"]

_TOKEN = re.compile(rf"^({PATTERN[1:-1]})\.([A-Za-z0-9_-]{{43}})$")
_FEED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedToken:
    """A token as it is listed, without its secret."""

    id: str
    feed: str
    name: str
    created: datetime
    revoked: datetime | None


class FeedTokens:
    """The tokens of a store."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def create(self, feed: str, name: str = "", *, actor: str = "local") -> str:
        """A new token for a feed, shown this once. name: whose it is. Raises GatewayError for bad names."""
        if not _FEED.match(feed):
            raise GatewayError("a feed's name is 1 to 200 letters, digits and ._-", param="feed")
        if len(name) > 200 or any(ord(c) < 32 for c in name):
            raise GatewayError("a token's name is at most 200 printable characters", param="name")
        token_id, secret, now = new_ulid(), secrets.token_urlsafe(32), self._clock()
        with self._store.session() as session:
            session.add(
                FeedTokenRow(
                    id=token_id, feed=feed, name=name, secret_sha256=_hash(secret), created=now, revoked=None
                )
            )
            record(session, actor, "feed.create", token_id, {"feed": feed, "name": name}, now)
        return f"{token_id}.{secret}"

    def check(self, feed: str, token: str) -> FeedToken:
        """The token, where it opens this feed. Raises GatewayError 404 where it doesn't: 403 would tell of
        it."""
        form = _TOKEN.match(token)
        row = None
        if form is not None:
            with self._store.reading() as session:
                row = session.get(FeedTokenRow, form[1])
        stored = row.secret_sha256 if row is not None else bytes(32)
        right = hmac.compare_digest(_hash(form[2] if form else ""), stored)
        if row is None or not right or row.feed != feed or row.revoked is not None:
            raise GatewayError("there is no such feed", status=404, code="not_found")
        return _token(row)

    def revoke(self, token_id: str, *, actor: str = "local") -> FeedToken:
        """Close it. token_id: of the list. Raises GatewayError 404 where there is none."""
        now = self._clock()
        with self._store.session() as session:
            row = session.get(FeedTokenRow, token_id.split(".")[0])
            if row is None:
                raise GatewayError(f"there is no token '{token_id[:26]}'", status=404, code="not_found")
            if row.revoked is None:
                row.revoked = now
                record(session, actor, "feed.revoke", row.id, {"feed": row.feed}, now)
            return _token(row)

    def list_tokens(self, feed: str | None = None) -> list[FeedToken]:
        """All tokens, or those of a feed, the oldest first."""
        query = select(FeedTokenRow).order_by(FeedTokenRow.id)
        if feed is not None:
            query = query.filter_by(feed=feed)
        with self._store.reading() as session:
            return [_token(row) for row in session.scalars(query)]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _token(row: FeedTokenRow) -> FeedToken:
    return FeedToken(id=row.id, feed=row.feed, name=row.name, created=row.created, revoked=row.revoked)
