"""The application: routers of all rooms behind one door.

    app = create_app(gateway, store, Settings())

Design choices
- Each room adds one line to `ROUTERS`; a route's module is imported when the app is made, not before.
- The order from outside: the journal (counts all), the guard (turns away), then the routes.
- The OpenAPI document says what is true: errors in OpenAI's shape, keys as they are taken, no 422.
- The gateway is warmed before the first request is taken, so that nobody waits for weights to load.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.openapi.utils import get_openapi

from duologue import __version__
from duologue.server.access import Keys
from duologue.server.bridge import Bridge
from duologue.server.errors import add_handlers
from duologue.server.guard import Guard
from duologue.server.journal import Journal
from duologue.server.metrics import Metrics
from duologue.server.settings import VARIABLE, Settings
from duologue.server.state import State
from duologue.server.wyoming import wyoming

if TYPE_CHECKING:
    from duologue.gateway.config import Config
    from duologue.gateway.gateway import Gateway
    from duologue.store import Store

__all__ = ["ROUTERS", "create_app", "from_environment"]

ROUTERS: tuple[tuple[str, str], ...] = (
    ("duologue.server.health", "router"),
    ("duologue.server.feedback", "router"),
    ("duologue.server.episodes", "router"),
    ("duologue.server.feeds", "router"),
    ("duologue.web.assets", "router"),
    ("duologue.web.signin", "router"),
    ("duologue.web.pages", "router"),
    ("duologue.web.costs", "router"),
    ("duologue.web.admission", "router"),
    ("duologue.server.models", "router"),
    ("duologue.server.voices", "router"),
    ("duologue.server.speech", "router"),
    ("duologue.server.elevenlabs", "router"),
    ("duologue.server.chat", "router"),
    ("duologue.server.completions", "router"),
    ("duologue.server.responses", "router"),
    ("duologue.server.realtime", "router"),
    ("duologue.server.arena", "router"),
    ("duologue.server.arenaboard", "router"),
    ("duologue.server.arenareview", "router"),
    ("duologue.web.arena", "router"),
)
"""(module, attribute) of the routers, one a line."""

log = logging.getLogger("duologue.server")


def create_app(gateway: Gateway, store: Store, settings: Settings | None = None) -> FastAPI:
    """The whole server as an ASGI application. The caller closes the gateway and the store."""
    from duologue.gateway.access import Access

    settings = settings or Settings()
    remote = any(deployment.kind == "openai" for deployment in gateway.deployments())
    state = State(
        settings=settings,
        gateway=gateway,
        store=store,
        keys=Keys(Access(store), settings.keys_required, settings.loopback),
        bridge=Bridge(settings, remote=remote),
        metrics=Metrics(),
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            warming = asyncio.ensure_future(_warm(state))
            stack.callback(warming.cancel)
            for start in app.state.at_start:
                await stack.enter_async_context(start(app))
            yield
            state.draining = True
        state.bridge.close()

    app = FastAPI(
        title="Duologue",
        version=__version__,
        summary="Speech and text of your own, in the dialects that tools already speak.",
        lifespan=lifespan,
        openapi_url=None,  # see `_serve_document`
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.duologue = state
    app.state.at_start = [
        wyoming
    ]  # context managers, called with the app, that other rooms want around its life
    add_handlers(app)
    for module, attribute in ROUTERS:
        app.include_router(getattr(import_module(module), attribute))
    if settings.origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=list(settings.origins), allow_methods=["*"], allow_headers=["*"]
        )
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Journal, metrics=state.metrics)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    _serve_document(app, state)
    return app


def _serve_document(app: FastAPI, state: State) -> None:
    """/openapi.json, made in a thread at the first request: it takes a while, and others are not to wait."""
    made: list[bytes] = []

    async def document(request: Request) -> Response:
        if not made:
            made.append(await state.bridge.run(lambda: json.dumps(app.openapi()).encode()))
        return Response(made[0], media_type="application/json")

    app.add_route("/openapi.json", document, include_in_schema=False)


async def _warm(state: State) -> None:
    """Load the models and speak a word; the server is ready when that is done, whatever came of it."""
    try:
        await state.bridge.run(state.gateway.warm)
    except Exception:
        log.exception("warming failed; requests will load what they need")
    state.ready = True


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        for path in made["paths"].values():
            for operation in path.values():
                if operation["responses"].pop("422", None) and "400" not in operation["responses"]:
                    problem = {"$ref": "#/components/schemas/Problem"}
                    operation["responses"]["400"] = {
                        "description": "What was asked can't be taken",
                        "content": {"application/json": {"schema": problem}},
                    }
        for unused in ("HTTPValidationError", "ValidationError"):
            made["components"]["schemas"].pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema


def _sharing(config: Config, settings: Settings) -> Config:
    """Half of the processors for a text model whose threads nobody has set: they wait for each other in a
    loop, and on processors that the voice keeps busy every token would take many times as long."""
    half = max(1, settings.renders() // 2)
    return replace(
        config,
        deployments={
            name: replace(one, threads=half)
            if one.threads is None and one.kind != "openai" and "chat" in one.does
            else one
            for name, one in config.deployments.items()
        },
    )


def from_environment() -> FastAPI:
    """The application of a worker process, whose settings its parent has put into the environment."""
    from duologue.gateway.config import default
    from duologue.gateway.gateway import Gateway
    from duologue.gateway.toml import load
    from duologue.store import Store

    settings = Settings.load(os.environ[VARIABLE])
    store = Store.open(settings.database or None)
    config = load(Path(settings.config)) if settings.config else default()
    gateway = Gateway.open(_sharing(config, settings), store)
    app = create_app(gateway, store, settings)

    @contextlib.asynccontextmanager
    async def closing(app: FastAPI) -> AsyncIterator[None]:
        yield
        gateway.close()
        store.close()

    app.state.at_start.insert(0, closing)
    return app
