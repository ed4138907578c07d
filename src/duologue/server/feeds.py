"""Private feeds: an owner's episodes in a podcast app, by a URL with a revocable token in it.

Design choices
- Making and revoking is for whoever may use the studio; reading is for whoever has the URL, no key needed.
- A wrong token, a revoked one and none look alike: 404. The token never stands in a log: the journal writes
  the pattern of a route.
- Sounds by byte ranges, with their true lengths in the feed; an episode that is deleted is gone from it.
- The page of an episode is the studio's own, with style and script inside: their hashes stand in its policy.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.gateway.feeds import FeedToken, FeedTokens
from duologue.server.episodes import Maker, Shop
from duologue.server.errors import ERRORS
from duologue.server.shelf import KINDS
from duologue.server.state import Here, State
from duologue.server.workshop import Workshop, owner_of
from duologue.studio.cover import cover
from duologue.studio.episode import Episode
from duologue.studio.rss import Item, feed
from duologue.studio.show import Show

__all__ = ["router"]

router = APIRouter(tags=["studio"])

Kind = Literal["all", "daily", "podcast", "expression"]
_TITLES: dict[str, str] = {
    "all": "Duologue", "daily": "Your briefings", "podcast": "Your podcasts",
    "expression": "Your expressions",
}  # fmt: skip
_SOUNDS = ("mp3", "opus", "ogg", "flac", "wav")
_BESIDE = ("episode.vtt", "episode.srt", "transcript.json", "chapters.json")
_FeedName = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,40}\.(all|daily|podcast|expression)$")]
_Token = Annotated[str, Path(max_length=100)]
_EpisodeId = Annotated[str, Path(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
_NONE: dict[int | str, dict[str, Any]] = {k: ERRORS[k] for k in (400, 404)}
_SOME: dict[int | str, dict[str, Any]] = {k: ERRORS[k] for k in (400, 401, 403, 404)}


class FeedOrder(BaseModel):
    """kind: which episodes; name: whose it is, to know it by when it is to be revoked."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "all"
    name: str = Field(default="", max_length=100)


class FeedInfo(BaseModel):
    """A feed's token, without its secret."""

    id: str
    kind: Kind
    name: str
    created: AwareDatetime
    revoked: AwareDatetime | None


class FeedMade(FeedInfo):
    """url: with the secret in it, shown this once."""

    url: str


class FeedList(BaseModel):
    """The oldest first."""

    data: list[FeedInfo]


def _info(token: FeedToken) -> FeedInfo:
    kind: Any = token.feed.rsplit(".", 1)[1]
    return FeedInfo(id=token.id, kind=kind, name=token.name, created=token.created, revoked=token.revoked)


def _mine(tokens: FeedTokens, who: Caller) -> list[FeedToken]:
    return [t for kind in _TITLES for t in tokens.list_tokens(f"{owner_of(who)}.{kind}")]


def _base(request: Request, here: State) -> str:
    return (here.settings.public or str(request.base_url)).rstrip("/")


@router.get("/v1/studio/feeds", responses={k: ERRORS[k] for k in (401, 403)})
async def feeds(here: Here, who: Maker) -> FeedList:
    """Your feeds."""
    found = await here.bridge.run(lambda: _mine(FeedTokens(here.store), who))
    return FeedList(data=sorted(map(_info, found), key=lambda f: f.id))


@router.post("/v1/studio/feeds", status_code=201, responses={k: ERRORS[k] for k in (400, 401, 403)})
async def make_feed(body: FeedOrder, request: Request, here: Here, who: Maker) -> FeedMade:
    """A new private feed; its URL is shown this once."""
    name, tokens = f"{owner_of(who)}.{body.kind}", FeedTokens(here.store)
    token = await here.bridge.run(lambda: tokens.create(name, body.name, actor=who.name))
    made = next(t for t in await here.bridge.run(lambda: _mine(tokens, who)) if token.startswith(t.id))
    return FeedMade(**_info(made).model_dump(), url=f"{_base(request, here)}/feeds/{name}/{token}/feed.xml")


@router.delete("/v1/studio/feeds/{feed_id}", responses=_SOME)
async def revoke_feed(feed_id: _EpisodeId, here: Here, who: Maker) -> FeedInfo:
    """Close a feed; whoever subscribed hears nothing more."""

    def revoke() -> FeedInfo:
        tokens = FeedTokens(here.store)
        if feed_id not in {t.id for t in _mine(tokens, who)}:
            raise GatewayError("there is no such feed", status=404, code="not_found")
        return _info(tokens.revoke(feed_id, actor=who.name))

    return await here.bridge.run(revoke)


# For podcast apps


def _opened(here: State, name: str, token: str) -> tuple[str, str]:
    """The owner and the kind of a feed, where the token opens it. Raises GatewayError 404."""
    FeedTokens(here.store).check(name, token)
    owner, kind = name.rsplit(".", 1)
    return owner, kind


def _items(shop: Workshop, owner: str, kind: str) -> list[Item]:
    items = []
    for summary in shop.shelf.all(owner):
        if kind not in ("all", summary["kind"]) or summary["seconds"] is None:
            continue
        folder = shop.shelf.folder(owner, summary["id"])
        sound = next((f"episode.{s}" for s in _SOUNDS if (folder / f"episode.{s}").is_file()), None)
        if sound is not None:
            beside = frozenset(name for name in _BESIDE if (folder / name).is_file())
            items.append(
                Item(
                    episode=Episode.load(folder), folder=summary["id"], sound=sound,
                    size=(folder / sound).stat().st_size, others=beside,
                )
            )  # fmt: skip
    return items


@router.get(
    "/feeds/{name}/{token}/feed.xml",
    response_class=Response,
    responses={200: {"content": {"application/rss+xml": {}}}, **_NONE},
)
async def feed_xml(name: _FeedName, token: _Token, request: Request, here: Here, shop: Shop) -> Response:
    """The feed, RSS 2.0."""

    def make() -> bytes:
        owner, kind = _opened(here, name, token)
        url = f"{_base(request, here)}/feeds/{name}/{token}/"
        show = Show(title=_TITLES[kind], description="Made for you, by synthetic voices.", url=url)
        return feed(show, _items(shop, owner, kind))

    data = await here.bridge.run(make)
    return Response(data, media_type="application/rss+xml", headers={"Cache-Control": "private, no-cache"})


@router.get(
    "/feeds/{name}/{token}/cover.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, **_NONE},
)
async def feed_cover(name: _FeedName, token: _Token, here: Here) -> Response:
    """The cover of the show."""
    _, kind = await here.bridge.run(lambda: _opened(here, name, token))
    data = await here.bridge.run(lambda: cover(_TITLES[kind], seed=name))
    return Response(data, media_type="image/jpeg")


@router.get("/feeds/{name}/{token}/{episode_id}/", include_in_schema=False)
async def feed_page(
    name: _FeedName, token: _Token, episode_id: _EpisodeId, here: Here, shop: Shop
) -> Response:
    """The page of an episode."""

    def read() -> str:
        return (_folder(here, shop, name, token, episode_id) / "index.html").read_text("utf-8")

    html = await here.bridge.run(read)
    scripts, styles = (
        " ".join(map(_hash, re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL))) or "'none'"
        for tag in ("script", "style")
    )
    policy = (
        f"default-src 'none'; img-src 'self'; media-src 'self'; script-src {scripts}; style-src {styles}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Response(html, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": policy})


@router.get(
    "/feeds/{name}/{token}/{episode_id}/{file}",
    response_class=FileResponse,
    responses={200: {"description": "The file"}, 206: {"description": "A range of it"}, **_NONE},
)
async def feed_file(
    name: _FeedName, token: _Token, episode_id: _EpisodeId, file: str, here: Here, shop: Shop
) -> FileResponse:
    """A file of an episode, by byte ranges where asked."""
    folder = await here.bridge.run(lambda: _folder(here, shop, name, token, episode_id))
    if file not in KINDS or file == "episode.json" or not (folder / file).is_file():
        raise GatewayError("there is no such file", status=404, code="not_found")
    return FileResponse(folder / file, media_type=KINDS[file], headers={"Cache-Control": "private, no-cache"})


def _folder(here: State, shop: Workshop, name: str, token: str, episode_id: str) -> Any:
    owner, kind = _opened(here, name, token)
    folder = shop.shelf.folder(owner, episode_id)
    if kind not in ("all", Episode.load(folder).kind):
        raise GatewayError("there is no such episode", status=404, code="not_found")
    return folder


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
