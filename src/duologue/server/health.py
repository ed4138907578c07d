"""/health for whoever watches the process, /metrics for Prometheus.

`/health` answers 200 while requests are taken and 503 while the models load and once the server has been told
to stop, so that a balancer sends nothing more; `/health/live` answers 200 as long as the process does.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from duologue import __version__
from duologue.gateway.errors import GatewayError
from duologue.server.access import caller_of
from duologue.server.errors import ERRORS
from duologue.server.state import Here

__all__ = ["router"]

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """How the server is. waiting: steps without a thread; inside: model requests under way or waiting."""

    status: Literal["ready", "starting", "stopping"]
    version: str
    inside: int
    waiting: int
    limit: int


class Alive(BaseModel):
    """The process answers."""

    status: Literal["live"]


@router.get("/health", response_model=Health, responses={503: {"model": Health}})
async def health(here: Here) -> Any:
    """Whether requests are taken."""
    status: Literal["ready", "starting", "stopping"] = (
        "stopping" if here.draining else "ready" if here.ready else "starting"
    )
    found = Health(
        status=status,
        version=__version__,
        inside=here.bridge.inside,
        waiting=here.bridge.waiting,
        limit=here.settings.max_requests,
    )
    return JSONResponse(found.model_dump(), 200 if status == "ready" else 503)


@router.get("/health/live")
async def live() -> Alive:
    """Whether the process answers at all."""
    return Alive(status="live")


async def _trusted(request: Request, here: Here) -> None:
    """On loopback anybody on the machine; elsewhere a key with the scope "costs" or "admin"."""
    if not here.settings.loopback:
        who = await caller_of(request, here)
        if not (who.may("costs") or who.may("admin")):
            raise GatewayError(
                "the key's scopes are not enough: costs or admin", status=403, code="forbidden"
            )


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **{k: ERRORS[k] for k in (401, 403)}},
)
async def metrics(here: Here, trusted: Annotated[None, Depends(_trusted)]) -> Response:
    """Figures in Prometheus's text format."""
    return Response(here.metrics.text(here.bridge), media_type="text/plain; version=0.0.4; charset=utf-8")
