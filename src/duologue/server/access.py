"""Who asks: the caller behind a request, by its key, or by being on this machine.

Design choices
- A key comes as `Authorization: Bearer`, as ElevenLabs' `xi-api-key`, or in the cookie of a page's session.
- On loopback no key is needed as long as none exists; the first key that is made locks the door, within five
  seconds, in every worker.
- Where no key is needed, a word that isn't one of ours is passed over (OpenAI's client insists on sending
  one); one that looks like ours is checked all the same, so that its quotas hold.
- The cookie is the key itself, out of reach of scripts and sent to no other site, so that it ends when the
  key is revoked and there is no second secret to keep.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.requests import HTTPConnection

from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.server.journal import note
from duologue.server.state import Here, State

if TYPE_CHECKING:
    from duologue.gateway.access import Access

__all__ = ["COOKIE", "Keys", "Who", "allowed", "caller_of", "scoped"]

COOKIE = "duologue_key"
_PREFIX = "duo_"
_PROTOCOL = "openai-insecure-api-key."
_REMEMBERED = 5.0
_LONGEST = 512


class Keys:
    """`Access`, and whether it must be asked at all."""

    def __init__(self, access: Access, required: bool | None, loopback: bool) -> None:
        self.access, self._required, self._loopback = access, required, loopback
        self._locked: tuple[float, bool] = (-1e9, False)

    @property
    def locked(self) -> bool | None:
        """Whether a key is needed; None where the store must be asked, see `ask`."""
        if self._required is not None:
            return self._required
        if not self._loopback:
            return True
        at, locked = self._locked
        return locked if time.monotonic() - at < _REMEMBERED else None

    def ask(self) -> bool:
        """Whether a key exists that lets somebody in. Blocks."""
        locked = self.access.exists
        self._locked = (time.monotonic(), locked)
        return locked


def secret_of(connection: HTTPConnection) -> str:
    """The key that a request brings, "" for none. Raises GatewayError 401 for a scheme that isn't Bearer."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not token.strip():
            raise _stranger("give the key as 'Authorization: Bearer KEY'")
        return token.strip()
    for protocol in connection.scope.get("subprotocols") or ():  # how a browser sends a key with a WebSocket
        if protocol.startswith(_PROTOCOL):
            return str(protocol.removeprefix(_PROTOCOL))
    return connection.headers.get("xi-api-key", "") or connection.cookies.get(COOKIE, "")


async def caller_of(connection: HTTPConnection, here: State) -> Caller:
    """Who asks. Raises GatewayError 401 without a key where one is needed, and with a wrong one."""
    secret, keys = secret_of(connection), here.keys
    locked = keys.locked
    if locked is None:
        locked = await here.bridge.run(keys.ask)
    if secret and (locked or secret.startswith(_PREFIX)):
        if len(secret) > _LONGEST:
            raise _stranger("there is no such key")
        caller = await here.bridge.run(lambda: keys.access.authenticate(secret))
        note(connection.scope, key=caller.key_id)
        return caller
    if locked:
        raise _stranger(
            "a key is needed: `duologue keys create` makes one; send it as 'Authorization: Bearer KEY'"
        )
    return Caller.local()


def _stranger(message: str) -> GatewayError:
    return GatewayError(message, status=401, code="invalid_api_key")


def allowed(who: Caller, scope: str) -> Caller:
    """`who`. Raises GatewayError 403 where the scope is not among the key's."""
    if not who.may(scope):
        raise GatewayError(
            f"this key may not do that; it lacks the scope '{scope}'", status=403, code="forbidden"
        )
    return who


_bearer = HTTPBearer(auto_error=False, description="A key made with `duologue keys create`")
_header = APIKeyHeader(name="xi-api-key", auto_error=False, description="The same key, ElevenLabs' way")


async def _who(
    request: Request,
    here: Here,
    bearer: Annotated[Any, Depends(_bearer)] = None,
    header: Annotated[Any, Depends(_header)] = None,
) -> Caller:
    return await caller_of(request, here)


def scoped(scope: str) -> Callable[..., Any]:
    """A dependency: the caller, who must have that scope."""

    async def check(who: Who) -> Caller:
        return allowed(who, scope)

    return check


Who = Annotated[Caller, Depends(_who)]
