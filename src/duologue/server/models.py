"""/v1/models: the deployments, and the names that also lead to them."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from duologue.server.access import Who
from duologue.server.errors import ERRORS, refuse
from duologue.server.state import Here, State

__all__ = ["router"]

router = APIRouter(tags=["models"])


class Model(BaseModel):
    """A model as OpenAI lists it, with what it does."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str
    kind: str = Field(description="in-house, openai (a partner) or local")
    speaks: bool
    writes: bool
    voices: list[str] = []
    context: int | None = None
    alias_of: str | None = None


class Models(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[Model]


def _all(here: State) -> list[Model]:
    found: dict[str, Model] = {}
    for info in here.gateway.deployments():
        owner = "duologue" if info.kind == "in-house" else info.kind
        model = Model(
            id=info.name,
            owned_by=owner,
            kind=info.kind,
            speaks=info.speaks,
            writes=info.writes,
            voices=list(info.voices or ()),
            context=info.context,
        )
        found[info.name] = model
        for alias in getattr(info, "aliases", ()):
            found.setdefault(alias, model.model_copy(update={"id": alias, "alias_of": info.name}))
    return list(found.values())


@router.get("/v1/models", responses={k: ERRORS[k] for k in (401, 403)})
async def list_models(here: Here, who: Who) -> Models:
    """Every model that can be named."""
    return Models(data=await here.bridge.run(lambda: _all(here)))


@router.get("/v1/models/{model}", responses={k: ERRORS[k] for k in (401, 403, 404)})
async def retrieve_model(model: str, here: Here, who: Who) -> Model:
    """One of them."""
    for found in await here.bridge.run(lambda: _all(here)):
        if found.id == model:
            return found
    raise refuse(f"there is no model '{model[:80]}'", 404, code="model_not_found", param="model")
