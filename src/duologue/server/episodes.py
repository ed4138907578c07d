"""/v1/studio: episodes over HTTP: order, watch, hear, edit, render, delete.

Design choices
- An order is answered with 202 and a job; the job is asked for its progress, or its events are listened to. A
  page that is loaded anew finds its jobs where they were.
- Edits are the studio's own (`studio.edit.edited`), as JSON; they are kept as a draft until rendered.
- Sounds are sent with byte ranges, so players seek.
- Whoever has no key sees the episodes of this machine's user; a key sees its own alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection

from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.server.access import Who
from duologue.server.errors import ERRORS
from duologue.server.events import event
from duologue.server.job import Job
from duologue.server.orders import DailyOrder, ExpressionOrder, PodcastOrder, RenderOrder, Sound
from duologue.server.shelf import KINDS
from duologue.server.state import Here
from duologue.server.uploads import LARGEST, Upload
from duologue.server.workshop import Workshop, owner_of

__all__ = ["router", "workshop_of"]

_LOOK_EVERY = 0.25
_HEARTBEAT = 15.0
_ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_TURN = Field(min_length=1, max_length=200)


@contextlib.asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    yield
    workshop = getattr(app.state, "workshop", None)
    if workshop is not None:
        await asyncio.to_thread(workshop.close)


def workshop_of(connection: HTTPConnection) -> Workshop:
    """The workshop of the server, made when it is first asked for."""
    state = connection.app.state
    if getattr(state, "workshop", None) is None:
        from duologue.store.place import home

        state.workshop = Workshop(home() / "studio", state.duologue.gateway)
    return cast("Workshop", state.workshop)


def _may(who: Who) -> Caller:
    if not who.may("studio"):
        raise GatewayError("this key may not use the studio", status=403, code="forbidden")
    return who


Shop = Annotated[Workshop, Depends(workshop_of)]
Maker = Annotated[Caller, Depends(_may)]
JobId = Annotated[str, Path(pattern=_ULID)]
EpisodeId = Annotated[str, Path(pattern=_ULID)]
_SOME: dict[int | str, dict[str, Any]] = {k: ERRORS[k] for k in (400, 401, 403, 404)}
_CONFLICT: dict[int | str, dict[str, Any]] = {409: {**ERRORS[400], "description": "Not in this state"}}
_MAKING: dict[int | str, dict[str, Any]] = {**_SOME, 413: ERRORS[413], 429: ERRORS[429], 503: ERRORS[503]}

router = APIRouter(prefix="/v1/studio", tags=["studio"], lifespan=_life)


class JobList(BaseModel):
    """Jobs, newest first."""

    data: list[Job]


class Summary(BaseModel):
    """An episode in the list. seconds: of sound; draft: whether edits wait to be rendered."""

    id: str
    kind: str
    title: str
    description: str
    created: str
    seconds: float | None
    language: str
    voices: list[str]
    turn_count: int
    money: float
    compute_seconds: float
    draft: bool


class EpisodeList(BaseModel):
    """Episodes, newest first."""

    data: list[Summary]


class EpisodeView(Summary):
    """An episode with its edits. A turn's `change` is "new", "changed", "moved" or empty; its `grounding`
    tells, sentence by sentence, what of which source supports it."""

    mark: str = Field(description="another one after each rendering")
    speakers: list[dict[str, Any]]
    chapters: list[dict[str, Any]]
    turns: list[dict[str, Any]]
    removed: list[str]
    sources: list[dict[str, Any]]
    cost: list[dict[str, Any]]
    files: list[dict[str, Any]]


class Edit(BaseModel):
    """One of: parts of a turn; `remove`; `move_after`; `add_after` with a text; a `title`."""

    model_config = ConfigDict(extra="forbid")

    turn: Annotated[str, _TURN] | None = None
    add_after: Annotated[str, _TURN] | None = None
    move_after: Annotated[str, _TURN] | None = None
    remove: bool | None = None
    title: str | None = Field(default=None, min_length=1, max_length=200)
    text: str | None = Field(default=None, min_length=1, max_length=20_000)
    speaker: str | None = Field(default=None, max_length=200)
    voice: str | None = Field(default=None, max_length=200)
    style: str | None = Field(default=None, max_length=40)
    speed: float | None = Field(default=None, ge=0.25, le=4)
    pause_after: float | None = Field(default=None, ge=0, le=60)


class Edits(BaseModel):
    """Edits, done in this order, all or none."""

    edits: list[Edit] = Field(min_length=1, max_length=500)


class RenderBody(BaseModel):
    """formats: those that are there, if empty."""

    model_config = ConfigDict(extra="forbid")

    formats: list[Sound] = Field(default=[], max_length=5)
    model: str = Field(default="", max_length=200)


# Files to read


@router.post(
    "/uploads",
    status_code=201,
    responses={**_MAKING, 415: ERRORS[415], 422: {**ERRORS[400], "description": "Nothing to read in it"}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(
    request: Request,
    here: Here,
    who: Maker,
    shop: Shop,
    name: Annotated[str, Query(min_length=1, max_length=300, description="with its suffix")],
) -> Upload:
    """Send a document or a feed as the body: up to 32 MB of text, Markdown, PDF, EPUB, HTML, RSS or Atom."""
    if int(request.headers.get("content-length", "0") or 0) > LARGEST:
        raise GatewayError(f"at most {LARGEST // 1_000_000} MB are taken", status=413)
    data = await request.body()
    return await here.bridge.run(lambda: shop.uploads.add(owner_of(who), name, data), owner_of(who))


# Orders and jobs


@router.post("/daily", status_code=202, responses=_MAKING)
async def order_daily(body: DailyOrder, here: Here, who: Maker, shop: Shop) -> Job:
    """Make a briefing."""
    return await here.bridge.run(lambda: shop.order(who, body))


@router.post("/podcast", status_code=202, responses=_MAKING)
async def order_podcast(body: PodcastOrder, here: Here, who: Maker, shop: Shop) -> Job:
    """Make a conversation about documents."""
    return await here.bridge.run(lambda: shop.order(who, body))


@router.post("/expression", status_code=202, responses=_MAKING)
async def order_expression(body: ExpressionOrder, here: Here, who: Maker, shop: Shop) -> Job:
    """Read a text with expression."""
    return await here.bridge.run(lambda: shop.order(who, body))


@router.get("/jobs", responses={k: ERRORS[k] for k in (401, 403)})
async def jobs(here: Here, who: Maker, shop: Shop) -> JobList:
    """Your jobs."""
    return JobList(data=await here.bridge.run(lambda: shop.jobs.all(owner_of(who))))


@router.get("/jobs/{job_id}", responses=_SOME)
async def job(job_id: JobId, here: Here, who: Maker, shop: Shop) -> Job:
    """One of them."""
    return await here.bridge.run(lambda: shop.jobs.get(owner_of(who), job_id))


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "`job` events"}, **_SOME},
)
async def job_events(job_id: JobId, here: Here, who: Maker, shop: Shop) -> StreamingResponse:
    """The job whenever it changes, until it has ended."""
    owner = owner_of(who)
    first = await here.bridge.run(lambda: shop.jobs.get(owner, job_id))

    async def tell() -> AsyncIterator[bytes]:
        seen, beat = first, time.monotonic()
        yield event(seen.model_dump(mode="json"), "job")
        while not (seen.over or here.draining):
            await asyncio.sleep(_LOOK_EVERY)
            now = await here.bridge.run(lambda: shop.jobs.get(owner, job_id))
            if now != seen:
                seen, beat = now, time.monotonic()
                yield event(seen.model_dump(mode="json"), "job")
            elif time.monotonic() - beat > _HEARTBEAT:
                beat = time.monotonic()
                yield b": still here\n\n"

    return StreamingResponse(tell(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.post("/jobs/{job_id}/cancel", responses=_SOME)
async def cancel_job(job_id: JobId, here: Here, who: Maker, shop: Shop) -> Job:
    """Stop it: at once if it waits, else before its next turn."""
    return await here.bridge.run(lambda: shop.jobs.cancel(owner_of(who), job_id))


@router.post("/jobs/{job_id}/again", status_code=202, responses={**_MAKING, **_CONFLICT})
async def job_again(job_id: JobId, here: Here, who: Maker, shop: Shop) -> Job:
    """Start an ended or interrupted job once more; what was spoken before comes from the cache."""
    return await here.bridge.run(lambda: shop.again(who, job_id))


@router.delete("/jobs/{job_id}", status_code=204, responses={**_SOME, **_CONFLICT})
async def forget_job(job_id: JobId, here: Here, who: Maker, shop: Shop) -> Response:
    """Forget an ended job; its episode stays."""
    await here.bridge.run(lambda: shop.jobs.remove(owner_of(who), job_id))
    return Response(status_code=204)


# Episodes


@router.get("/episodes", responses={k: ERRORS[k] for k in (401, 403)})
async def episodes(here: Here, who: Maker, shop: Shop) -> EpisodeList:
    """Your episodes."""
    found = await here.bridge.run(lambda: shop.shelf.all(owner_of(who)))
    return EpisodeList(data=[Summary(**one) for one in found])


@router.get("/episodes/{episode_id}", responses=_SOME)
async def episode(episode_id: EpisodeId, here: Here, who: Maker, shop: Shop) -> EpisodeView:
    """An episode: its record, its edits, its grounding."""
    return EpisodeView(**await here.bridge.run(lambda: shop.shelf.view(owner_of(who), episode_id)))


@router.patch("/episodes/{episode_id}", responses=_SOME)
async def edit_episode(episode_id: EpisodeId, body: Edits, here: Here, who: Maker, shop: Shop) -> EpisodeView:
    """Take edits into the draft."""
    edits = [edit.model_dump(exclude_none=True) for edit in body.edits]
    return EpisodeView(**await here.bridge.run(lambda: shop.shelf.edit(owner_of(who), episode_id, edits)))


@router.delete("/episodes/{episode_id}/draft", responses=_SOME)
async def discard_draft(episode_id: EpisodeId, here: Here, who: Maker, shop: Shop) -> EpisodeView:
    """Forget the edits."""
    return EpisodeView(**await here.bridge.run(lambda: shop.shelf.discard(owner_of(who), episode_id)))


@router.post("/episodes/{episode_id}/render", status_code=202, responses=_MAKING)
async def render_episode(episode_id: EpisodeId, body: RenderBody, here: Here, who: Maker, shop: Shop) -> Job:
    """Speak the turns that changed and put everything together anew."""
    order = RenderOrder(episode=episode_id, formats=body.formats, model=body.model)
    return await here.bridge.run(lambda: shop.order(who, order))


@router.delete("/episodes/{episode_id}", status_code=204, responses=_SOME)
async def delete_episode(episode_id: EpisodeId, here: Here, who: Maker, shop: Shop) -> Response:
    """Delete an episode with all its files."""
    await here.bridge.run(lambda: shop.shelf.remove(owner_of(who), episode_id))
    return Response(status_code=204)


@router.get(
    "/episodes/{episode_id}/files/{name}",
    response_class=FileResponse,
    responses={200: {"description": "The file"}, 206: {"description": "A range of it"}, **_SOME},
)
async def episode_file(
    episode_id: EpisodeId, name: str, here: Here, who: Maker, shop: Shop, download: bool = False
) -> FileResponse:
    """A file of an episode, by byte ranges where asked; download: as an attachment."""
    path = await here.bridge.run(lambda: shop.shelf.file(owner_of(who), episode_id, name))
    shown = f"{episode_id}-{name}" if download else None
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(path, media_type=KINDS[name], filename=shown, headers=headers)
