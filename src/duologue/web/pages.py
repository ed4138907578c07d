"""The pages for voice, chat and studio.

Design choices
- A page is HTML with what it needs to be read; what it does then, it does through the public endpoints.
- Whoever may not use a room is told so on a page; where a key is needed and missing, the log-in page comes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response

from duologue.gateway.errors import GatewayError
from duologue.server.episodes import Shop
from duologue.server.feeds import feeds
from duologue.server.state import Here, State
from duologue.server.uploads import LARGEST, SUFFIXES
from duologue.server.workshop import owner_of
from duologue.studio.errors import StudioError
from duologue.web.reading import grounded, sources_of, turns_of
from duologue.web.templating import render
from duologue.web.visitor import Visitor

__all__ = ["nowhere", "refused", "router"]

router = APIRouter(include_in_schema=False)

SAMPLE = "Good morning. Two voices make a conversation, and every word of it knows when it will be heard."
EXAMPLES = (
    {
        "title": "News",
        "style": "news",
        "text": "The ferry crew was rescued at dawn. All nine are safe, the coast guard said, and the cargo "
        "of 2,400 bicycles is dry.",
    },
    {
        "title": "Story",
        "style": "story",
        "text": "The lamp went out. Somewhere below, a door opened that had been locked for thirty years, "
        "and the sea came up the stairs.",
    },
    {
        "title": "SSML",
        "style": "neutral",
        "ssml": True,
        "text": '<speak>The number is <say-as interpret-as="characters">B42</say-as>. <break time="400ms"/> '
        '<prosody rate="slow" pitch="-2st">Take your time.</prosody> It is <emphasis>not</emphasis> '
        "urgent.</speak>",
    },
)
OPENERS = (
    "Write a headline: the ferry crew was rescued.",
    "Say in one sentence what a bridge is for.",
    "Greet the listeners of a morning show.",
)
FORMATS = ("mp3", "wav", "flac", "opus", "ogg", "aac", "pcm")
_SPEECH, _CHAT = "speech", "chat"


@cache
def _styles() -> list[dict[str, str]]:
    from duologue.voice.styles import STYLES

    return [{"name": s.name, "description": s.description} for s in STYLES.values()]


def _voices(here: State) -> list[dict[str, str]]:
    """The voices that can be chosen, the in-house ones first, each name once."""
    found: dict[str, dict[str, str]] = {}
    for voice in here.gateway.voices():
        told = {
            "name": voice.name,
            "language": voice.language,
            "sex": voice.sex,
            "description": voice.description,
        }
        found.setdefault(voice.name, told)
    return sorted(found.values(), key=lambda v: not v["description"])


def _able(here: State, what: str) -> list[str]:
    """The deployments that speak, or write."""
    able = (d for d in here.gateway.deployments() if (d.speaks if what == _SPEECH else d.writes))
    return [d.name for d in able]


def refused(request: Request, scope: str, here: str) -> Response:
    """The page for a key that isn't for this."""
    message = f"This key isn't for {scope}. Whoever runs this server can make one that is."
    return render(
        request, "error.html", status=403, here=here, title="Not with this key", message=message,
        back="/login", back_title="Use another key",
    )  # fmt: skip


def missing(request: Request, what: str, back: str, back_title: str) -> Response:
    """The page for something that isn't there."""
    message = "It may have been deleted, or belong to another key."
    return render(
        request, "error.html", status=404, title=f"There is no such {what}", message=message, back=back,
        back_title=back_title,
    )  # fmt: skip


def nowhere(request: Request) -> Response:
    """The page for an address where nothing is."""
    return render(
        request, "error.html", status=404, title="There is nothing here",
        message=f"No page has the address {request.url.path[:200]}.", back="/",
        back_title="To the playground",
    )  # fmt: skip


@router.get("/")
async def playground(request: Request, here: Here, who: Visitor) -> Response:
    """Text in, speech out."""
    if not who.may(_SPEECH):
        return refused(request, _SPEECH, "playground")
    voices = await here.bridge.run(lambda: _voices(here))
    return render(
        request, "playground.html", here="playground", voices=voices, styles=_styles(), sample=SAMPLE,
        examples=[{"ssml": False, **e} for e in EXAMPLES], formats=FORMATS, models=_able(here, _SPEECH),
        max_input=here.settings.max_input,
    )  # fmt: skip


@router.get("/chat")
async def chat(request: Request, here: Here, who: Visitor) -> Response:
    """A conversation."""
    if not who.may(_CHAT):
        return refused(request, _CHAT, "chat")
    voices = await here.bridge.run(lambda: _voices(here))
    return render(
        request, "chat.html", here="chat", voices=voices, models=_able(here, _CHAT), openers=OPENERS
    )


@router.get("/studio")
async def studio(request: Request, here: Here, who: Visitor, shop: Shop) -> Response:
    """What was made, and what can be made."""
    if not who.may("studio"):
        return refused(request, "the studio", "studio")
    episodes = await here.bridge.run(lambda: shop.shelf.all(owner_of(who)))
    return render(request, "studio.html", here="studio", episodes=episodes)


@router.get("/studio/feeds")
async def subscribe(request: Request, here: Here, who: Visitor) -> Response:
    """Private feeds."""
    if not who.may("studio"):
        return refused(request, "the studio", "studio")
    found = await feeds(here, who)
    return render(request, "feeds.html", here="studio", feeds=found.data)


@router.get("/studio/new/{kind}")
async def make(request: Request, kind: str, here: Here, who: Visitor) -> Response:
    """The form for a daily, a podcast or an expression."""
    if not who.may("studio"):
        return refused(request, "the studio", "studio")
    if kind not in ("daily", "podcast", "expression"):
        return missing(request, "form", "/studio", "To the studio")
    voices = await here.bridge.run(lambda: _voices(here))
    return render(
        request, "make.html", here="studio", kind=kind, voices=voices, styles=_styles(),
        writers=_able(here, _CHAT), suffixes=SUFFIXES, largest=LARGEST // 1_000_000, **_choices(),
    )  # fmt: skip


@cache
def _choices() -> dict[str, Any]:
    from duologue.studio.daily.listener import MANNERS
    from duologue.studio.podcast.formats import FORMATS as TALKS
    from duologue.studio.podcast.personas import DEFAULTS

    return {
        "manners": MANNERS,
        "formats": list(TALKS.values()),
        "people": DEFAULTS,
        "moods": ("calm", "warm", "bright", "serious"),
        "sounds": ("opus", "ogg", "flac", "wav"),
        "modes": (
            {"name": "scripted", "description": "One voice, one style, as it stands."},
            {"name": "emotive", "description": "One voice, each sentence in its mood."},
            {"name": "story", "description": "A narrator, and a voice for everyone who speaks."},
        ),
    }


@router.get("/studio/episodes/{episode_id}")
async def episode(request: Request, episode_id: str, here: Here, who: Visitor, shop: Shop) -> Response:
    """An episode to hear, read and edit."""
    if not who.may("studio"):
        return refused(request, "the studio", "studio")
    try:
        view = await here.bridge.run(lambda: shop.shelf.view(owner_of(who), episode_id))
        voices = await here.bridge.run(lambda: _voices(here))
    except (GatewayError, StudioError):
        return missing(request, "episode", "/studio", "To the studio")
    sounds = [f for f in view["files"] if f["type"].startswith("audio/")]
    played = next((f for f in sounds if f["name"].endswith(".mp3")), sounds[0] if sounds else None)
    return render(
        request, "episode.html", here="studio", episode=view, turns=turns_of(view), sources=sources_of(view),
        grounding=grounded(view), voices=voices, styles=_styles(), problems=[], changed=view["draft"],
        sound=played["name"] if played else "episode.mp3", version_mark=view["mark"],
    )  # fmt: skip
