"""The pages of access: keys and what they used; deployments, policies, and what would be chosen.

Design choices
- For the machine's own user and keys with the scope admin.
- Plain forms: a new key's secret is in the answer to the form that made it and nowhere else, so it is in no
  history and no storage of the browser.
- On loopback the first key locks the door, also for whoever makes it here: so it must be one for
  administration, and whoever made it stays logged in with it.
- "What would be chosen" asks the gateway's own `explain`; nothing is asked of any model.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter, Request, Response

from duologue.gateway.audit import entries
from duologue.gateway.caller import SCOPES, Quotas
from duologue.gateway.errors import GatewayError
from duologue.gateway.quota import Quota
from duologue.gateway.requests import ChatRequest, SpeechRequest
from duologue.server.state import Here, State
from duologue.web.pages import refused
from duologue.web.signin import log_in
from duologue.web.templating import render
from duologue.web.visitor import Visitor, form_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_TOLD = {
    "speech": "speak",
    "chat": "write",
    "studio": "make episodes",
    "arena": "vote",
    "costs": "see all costs",
    "admin": "manage keys and feeds",
}
_ADMIN = "managing access"


def _number(fields: dict[str, list[str]], name: str) -> int | None:
    text = fields.get(name, [""])[0].strip()
    if not text:
        return None
    if not text.isdecimal():
        raise GatewayError(f"{name.replace('_', ' ')}: '{text[:20]}' is no whole number", param=name)
    return int(text)


def _money(fields: dict[str, list[str]]) -> Decimal | None:
    text = fields.get("money", [""])[0].strip()
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise GatewayError(f"money: '{text[:20]}' is no amount", param="money") from None


def _expiry(fields: dict[str, list[str]]) -> datetime | None:
    days = _number(fields, "days")
    return None if days is None else datetime.now(UTC) + timedelta(days=min(days, 36_500))


def _listed(here: State) -> dict[str, Any]:
    now, quota = datetime.now(UTC), Quota(here.store)
    keys: list[dict[str, Any]] = [
        {"info": info, "used": quota.used(info.id), "valid": info.valid(now), "scopes": sorted(info.scopes)}
        for info in here.keys.access.list_keys()
    ]
    keys.sort(key=lambda k: (not k["valid"], k["info"].id))
    return {"keys": keys, "audit": entries(here.store, 20)}


async def _page(request: Request, here: State, who: Any, status: int = 200, **more: Any) -> Response:
    known = await here.bridge.run(lambda: _listed(here))
    given: dict[str, Any] = {"made": "", "fault": "", "fields": {}} | more
    return render(
        request, "access.html", here="keys", status=status, scopes=_TOLD, who=who,
        currency=here.gateway.config.currency, tab="keys", **known, **given,
    )  # fmt: skip


@router.get("/access")
async def access(request: Request, here: Here, who: Visitor) -> Response:
    """Keys, what they used today, the audit log's end."""
    if not who.may("admin"):
        return refused(request, _ADMIN, "keys")
    return await _page(request, here, who)


@router.post("/access/keys")
async def create(request: Request, here: Here, who: Visitor) -> Response:
    """Make a key; the answer shows its secret."""
    if not who.may("admin"):
        return refused(request, _ADMIN, "keys")
    fields = await form_of(request)
    try:
        first = not await here.bridge.run(lambda: here.keys.access.exists)
        if first and "admin" not in fields.get("scope", []):
            raise GatewayError("the first key locks the door, so it must be one that may manage keys")
        quotas = Quotas(
            requests=_number(fields, "requests"),
            audio_seconds=_number(fields, "audio_seconds"),
            tokens=_number(fields, "tokens"),
            money=_money(fields),
        )
        name, scopes, expires = fields.get("name", [""])[0].strip(), fields.get("scope", []), _expiry(fields)
        made = await here.bridge.run(
            lambda: here.keys.access.create_key(name, scopes, quotas, expires=expires, actor=who.name)
        )
        await here.bridge.run(here.keys.ask)  # the door is locked here at once
    except GatewayError as error:
        return await _page(
            request, here, who, 400, fault=str(error), fields={k: v[0] for k, v in fields.items()}
        )
    answer = await _page(request, here, who, made=made)
    if first:
        log_in(answer, made, request, here)
    return answer


@router.post("/access/keys/{key_id}/revoke")
async def revoke(request: Request, key_id: str, here: Here, who: Visitor) -> Response:
    """Let a key in no more."""
    if not who.may("admin"):
        return refused(request, _ADMIN, "keys")
    try:
        await here.bridge.run(lambda: here.keys.access.revoke(key_id, actor=who.name))
    except GatewayError as error:
        return await _page(request, here, who, error.status, fault=str(error))
    return Response(status_code=303, headers={"Location": "/access"})


@router.get("/policies")
async def policies(
    request: Request, here: Here, who: Visitor, text: str = "", sort: str = "speech", model: str = "",
    task: str = "",
) -> Response:  # fmt: skip
    """Deployments, groups, policies; and who would be asked for a request."""
    if not who.may("admin"):
        return refused(request, _ADMIN, "keys")
    chosen: list[Any] = []
    fault = ""
    if text:
        asked: SpeechRequest | ChatRequest
        if sort == "chat":
            message = {"role": "user", "content": text[:20_000]}
            asked = ChatRequest(messages=(message,), model=model, task=task or "chat")
        else:
            asked = SpeechRequest(text=text[:20_000], model=model, task=task or "speech")
        try:
            chosen = await here.bridge.run(lambda: here.gateway.explain(asked))
        except GatewayError as error:
            fault = str(error)
    config = here.gateway.config
    deployments = await here.bridge.run(lambda: _deployments(here))
    return render(
        request, "policies.html", here="keys", tab="policies", deployments=deployments,
        groups=config.groups, policies=list(config.policies.values()), tasks=config.tasks,
        currency=config.currency, budget=config.money_per_day, chosen=chosen, fault=fault,
        asked={"text": text, "sort": sort, "model": model, "task": task},
    )  # fmt: skip


def _deployments(here: State) -> list[dict[str, Any]]:
    """With their health: who cools down, and how soon the first piece comes."""
    found = []
    for info in here.gateway.deployments():
        does = [sort for sort, able in (("speech", info.speaks), ("chat", info.writes)) if able]
        health = [_health(here, info.name, sort) for sort in does]
        cooling = max((h["cooling"] for h in health), default=0.0)
        latency = next((h["latency"] for h in health if h["latency"] is not None), None)
        prices = {k.replace("_", " "): v for k, v in asdict(info.prices).items() if v}
        found.append({"info": info, "does": does, "cooling": cooling, "latency": latency, "prices": prices})
    return found


def _health(here: State, name: str, sort: str) -> dict[str, Any]:
    asked: SpeechRequest | ChatRequest = SpeechRequest(text="Hello.", model=name)
    if sort == "chat":
        asked = ChatRequest(messages=({"role": "user", "content": "Hello."},), model=name)
    try:
        known = here.gateway.explain(asked)[0].known
    except GatewayError:
        return {"cooling": 0.0, "latency": None}
    return {"cooling": known.cooling, "latency": known.latency}


assert set(_TOLD) == set(SCOPES)
