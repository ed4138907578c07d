"""Keys: made, listed, revoked, checked.

Design choices
- A key is `duo_<id>_<secret>`: the id is public and found by the database's index, the secret is 256 random
  bits.
- Kept is the SHA-256 of the secret. A slow hash (bcrypt, argon2) is for words that people think up and others
  guess; 256 random bits can't be guessed at any speed, and a fast hash keeps authentication cheap.
- Compared in constant time; an unknown id is compared too, so time tells nothing.
- Who is let in is remembered for some seconds, by the hash of what was shown: a key that is revoked elsewhere
  stops within `MEMORY` seconds, here at once.
- Making and revoking are written to the disk and to the audit log before they are announced.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import func, select

from duologue.gateway.audit import record
from duologue.gateway.caller import SCOPES, Caller, Quotas
from duologue.gateway.errors import GatewayError
from duologue.gateway.tables import KeyRow
from duologue.store.errors import StoreError
from duologue.store.store import Store
from duologue.store.ulid import PATTERN, new_ulid

__all__ = ["Access", "KeyInfo"]

MEMORY = 5.0
"""Seconds that a key, once checked, is believed."""
_LARGEST_MEMORY = 4096
_KEY = re.compile(rf"^duo_({PATTERN[1:-1]})_([A-Za-z0-9_-]{{43}})$")
_NAME = re.compile(r"^[^\x00-\x1f\x7f]{1,200}$")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyInfo:
    """A key as it is listed, without its secret."""

    id: str
    name: str
    scopes: frozenset[str]
    quotas: Quotas
    created: datetime
    expires: datetime | None
    revoked: datetime | None

    def valid(self, now: datetime) -> bool:
        """Whether it lets anybody in."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Access:
    """The keys of a store."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[float, KeyInfo]] = OrderedDict()

    def create_key(
        self,
        name: str,
        scopes: Iterable[str] = ("speech", "chat", "arena"),
        quotas: Quotas | None = None,
        *,
        expires: datetime | None = None,
        actor: str = "local",
    ) -> str:
        """A new key, whole, which is shown this once and not kept.

        Raises GatewayError for a name, scope, quota or time that is none.
        """
        quotas, wanted = quotas or Quotas(), frozenset(scopes)
        now = self._clock()
        if not _NAME.match(name):
            raise GatewayError("a key's name is 1 to 200 printable characters", param="name")
        unknown = wanted - set(SCOPES)
        if unknown or not wanted:
            raise GatewayError(
                f"no scope {', '.join(sorted(unknown)) or 'at all'}; there are {', '.join(SCOPES)}",
                param="scopes",
            )
        _check(quotas)
        if expires is not None and expires <= now:
            raise GatewayError(f"the key would have expired at {expires:%Y-%m-%d %H:%M}", param="expires")
        key_id, secret = new_ulid(), secrets.token_urlsafe(32)
        with self._store.session() as session:
            session.add(
                KeyRow(
                    id=key_id, name=name, secret_sha256=_hash(secret), scopes=" ".join(sorted(wanted)),
                    created=now, expires=expires, revoked=None, requests_per_day=quotas.requests,
                    audio_seconds_per_day=quotas.audio_seconds, tokens_per_day=quotas.tokens,
                    money_per_day=quotas.money,
                )
            )  # fmt: skip
            record(session, actor, "key.create", key_id, {"name": name, "scopes": sorted(wanted)}, now)
        return f"duo_{key_id}_{secret}"

    def list_keys(self) -> list[KeyInfo]:
        """All keys, those revoked among them, the oldest first."""
        with self._store.reading() as session:
            return [_info(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.id))]

    def revoke(self, key: str, *, actor: str = "local") -> KeyInfo:
        """Let a key in no more. key: its id, or its name where only one valid key has it.

        Raises GatewayError 404 where there is none, 400 where several have that name.
        """
        now = self._clock()
        with self._store.session() as session:
            row = session.get(KeyRow, key)
            if row is None:
                rows = list(session.scalars(select(KeyRow).filter_by(name=key, revoked=None)))
                if len(rows) > 1:
                    raise GatewayError(f"{len(rows)} keys are called '{key}'; give an id", param="key")
                row = rows[0] if rows else None
            if row is None:
                raise GatewayError(
                    f"there is no key '{key[:100]}'", status=404, code="not_found", param="key"
                )
            if row.revoked is None:
                row.revoked = now
                record(session, actor, "key.revoke", row.id, {"name": row.name}, now)
            info = _info(row)
        with self._lock:
            self._known.clear()
        return info

    def authenticate(self, secret: str) -> Caller:
        """Who shows this key.

        Raises GatewayError 401 where it lets nobody in, 503 where the database can't say.
        """
        shown = _hash(secret)
        with self._lock:
            at, info = self._known.get(shown, (0.0, None))
        if info is None or time.monotonic() - at > MEMORY:
            info = self._look_up(secret)
            with self._lock:
                self._known[shown] = time.monotonic(), info
                self._known.move_to_end(shown)
                while len(self._known) > _LARGEST_MEMORY:
                    self._known.popitem(last=False)
        if not info.valid(self._clock()):
            raise _stranger("it has been revoked" if info.revoked else "it has expired")
        return Caller(key_id=info.id, name=info.name, scopes=info.scopes, quotas=info.quotas)

    def _look_up(self, secret: str) -> KeyInfo:
        form = _KEY.match(secret)
        if form is None:
            raise _stranger("it isn't one of Duologue's, which begin with duo_")
        try:
            with self._store.reading() as session:
                row = session.get(KeyRow, form[1])
        except StoreError as error:
            raise GatewayError(
                f"the key can't be checked: the database is {error.kind}",
                status=503,
                code="store_unavailable",
                retry_after=1.0 if error.passing else None,
            ) from error
        stored = row.secret_sha256 if row is not None else bytes(32)
        if not hmac.compare_digest(_hash(form[2]), stored) or row is None:
            raise _stranger("there is no such key")
        return _info(row)

    @property
    def exists(self) -> bool:
        """Whether there is any key that isn't revoked."""
        with self._store.reading() as session:
            return bool(session.scalar(select(func.count()).select_from(KeyRow).filter_by(revoked=None)))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _stranger(why: str) -> GatewayError:
    return GatewayError(f"this key lets nobody in: {why}", status=401, code="invalid_api_key")


def _check(quotas: Quotas) -> None:
    for name in ("requests", "audio_seconds", "tokens"):
        value = getattr(quotas, name)
        if value is not None and not 0 <= value < 2**31:
            raise GatewayError(f"{name} per day is {value}; give 0 to {2**31 - 1}", param=name)
    money = quotas.money
    if money is not None and not (money.is_finite() and 0 <= money <= Decimal(10**9)):
        raise GatewayError(f"money per day is {money}; give 0 to a billion", param="money")


def _info(row: KeyRow) -> KeyInfo:
    return KeyInfo(
        id=row.id, name=row.name, scopes=frozenset(row.scopes.split()), created=row.created,
        expires=row.expires, revoked=row.revoked,
        quotas=Quotas(
            requests=row.requests_per_day, audio_seconds=row.audio_seconds_per_day,
            tokens=row.tokens_per_day, money=row.money_per_day,
        ),
    )  # fmt: skip
