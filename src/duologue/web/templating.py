"""From a template to an answer: the Jinja environment, what every page knows, and the headers that guard it.

    return render(request, "chat.html", here="chat", deployments=names)

Design choices
- Autoescape everywhere; an undefined name is an error, not an empty place.
- The policy of every page is strict: scripts, styles, sounds and requests from this server alone, nothing
  inline, no frame around it. `data:` pictures and `blob:` sounds are made by the page itself.
- The theme is a cookie, so the first paint has it and no script runs before the style.
- The arena's pages use this same door.

W3C Content Security Policy Level 3; OWASP Secure Headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.routing import Match

from duologue import __version__
from duologue.server.access import COOKIE
from duologue.web.assets import assets
from duologue.web.filters import clock, money, size

__all__ = ["HEADERS", "NAV", "Section", "environment", "render"]

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An entry of the navigation; `name` is what pages give as `here`, `brief` the title on a phone."""

    name: str
    title: str
    href: str
    icon: str
    brief: str = ""


NAV = (
    Section(name="playground", title="Playground", href="/", icon="wave", brief="Speak"),
    Section(name="chat", title="Chat", href="/chat", icon="chat"),
    Section(name="studio", title="Studio", href="/studio", icon="studio"),
    Section(name="arena", title="Arena", href="/arena", icon="arena"),
    Section(name="costs", title="Costs", href="/costs", icon="costs"),
    Section(name="keys", title="Access", href="/access", icon="keys"),
)


@cache
def environment() -> Environment:
    """The templates of the package, with `static(name)` for the addresses of static files."""
    made = Environment(
        loader=PackageLoader("duologue.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = lambda name: assets().url(name)
    made.globals["version"] = __version__
    made.filters |= {"clock": clock, "money": money, "size": size}
    return made


def _nav(request: Request) -> list[Section]:
    """The sections this server has, found once: the arena is a room of its own and may be absent."""
    state = request.app.state
    if not hasattr(state, "nav"):
        state.nav = [section for section in NAV if _leads(request, section.href)]
    return list(state.nav)


def _leads(request: Request, path: str) -> bool:
    scope = {**request.scope, "method": "GET", "path": path, "raw_path": path.encode(), "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def render(request: Request, name: str, *, here: str = "", status: int = 200, **context: Any) -> HTMLResponse:
    """The page of template `name`. here: the section that is lit; context: what the template names."""
    theme = request.cookies.get("theme", "")
    known = {
        "nav": _nav(request),
        "here": here,
        "theme": theme if theme in ("light", "dark") else "",
        "can_leave": COOKIE in request.cookies,
    }
    text = environment().get_template(name).render(known | context)
    return HTMLResponse(text, status, headers=dict(HEADERS))
