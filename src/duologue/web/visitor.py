"""Who looks at a page: the same caller as everywhere, sent to the log-in page where a key is needed.

Design choices
- On loopback without keys nobody logs in. Otherwise a page asks for the key and keeps it as a session cookie
  that scripts can't read and other sites can't send.
- A scope that is missing gives a page that says so, not an error in JSON.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, quote

from fastapi import Depends, Request
from fastapi.exceptions import HTTPException

from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.server.access import caller_of
from duologue.server.state import Here

__all__ = ["Visitor", "form_of", "inside"]


async def _visitor(request: Request, here: Here) -> Caller:
    try:
        return await caller_of(request, here)
    except GatewayError as error:
        if error.status != 401:
            raise
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method != "GET":
            path = "/"
        raise HTTPException(303, "log in", {"Location": f"/login?next={quote(path, safe='')}"}) from None


Visitor = Annotated[Caller, Depends(_visitor)]


def inside(path: str) -> str:
    """`path` where it is one of this server, else the front page: no way out to another host."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain and "\\" not in path else "/"


async def form_of(request: Request) -> dict[str, list[str]]:
    """The fields of a form as browsers send it. Raises GatewayError 400 or 415 for what is none."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise GatewayError("send the form as application/x-www-form-urlencoded", status=415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return parse_qs(body, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise GatewayError("the form has more than a hundred fields") from None
