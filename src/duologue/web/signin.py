"""Logging in and out of the pages.

The guard in front of all routes lets no other site's page post here (Origin, Sec-Fetch-Site); the cookie is
HttpOnly and SameSite=Strict besides.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from duologue.gateway.errors import GatewayError
from duologue.server.access import COOKIE
from duologue.server.state import Here, State
from duologue.web.templating import render
from duologue.web.visitor import form_of, inside

__all__ = ["log_in", "router"]

router = APIRouter(include_in_schema=False)
_HOURS = 12


@router.get("/login")
def login(request: Request, next: str = "/") -> Response:
    """Ask for the key."""
    return render(request, "login.html", next=inside(next), fault="", nav=[])


@router.post("/login")
async def enter(request: Request, here: Here) -> Response:
    """Let the holder of a key in."""
    fields = await form_of(request)
    secret = fields.get("key", [""])[0].strip()
    to = inside(fields.get("next", ["/"])[0])
    try:
        if not secret or len(secret) > 512:
            raise GatewayError("give a key; whoever runs this server makes them", status=401)
        await here.bridge.run(lambda: here.keys.access.authenticate(secret))
    except GatewayError as error:
        if error.status != 401:
            raise
        return render(request, "login.html", status=401, next=to, fault=str(error), nav=[])
    answer = RedirectResponse(to, 303)
    log_in(answer, secret, request, here)
    return answer


def log_in(answer: Response, secret: str, request: Request, here: State) -> None:
    """Have the browser keep the key for half a day, out of reach of scripts and of other sites."""
    secure = request.url.scheme == "https" or here.settings.public.startswith("https:")
    answer.set_cookie(COOKIE, secret, max_age=_HOURS * 3600, httponly=True, samesite="strict", secure=secure)


@router.post("/logout")
def leave(request: Request) -> Response:
    """Forget the key."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer
