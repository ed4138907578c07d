"""/v1/feedback: a thumb, perhaps a word, about an answer, kept with the request for later tuning."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from duologue.server.access import Who
from duologue.server.errors import ERRORS
from duologue.server.state import Here

__all__ = ["router"]

router = APIRouter(tags=["feedback"])


class FeedbackBody(BaseModel):
    """request_id: of an answer's `x-request-id`; rating: 1 for a thumb up, -1 for down."""

    model_config = ConfigDict(extra="forbid")

    request_id: str = Field(min_length=1, max_length=100)
    rating: Literal[1, -1]
    text: str = Field(default="", max_length=10_000)


class FeedbackKept(BaseModel):
    """It is on the disk. with_content: whether what was asked and answered is kept with it."""

    id: str
    request_id: str
    created: AwareDatetime
    rating: int
    with_content: bool


@router.post("/v1/feedback", status_code=201, responses={k: ERRORS[k] for k in (400, 401, 404, 503)})
async def give_feedback(body: FeedbackBody, here: Here, who: Who) -> FeedbackKept:
    """Say what you think of an answer; the last word on it counts."""

    def keep() -> FeedbackKept:
        made = here.gateway.feedback.give(body.request_id, body.rating, body.text, caller=who)
        return FeedbackKept(
            id=made.id, request_id=made.request_id, created=made.created, rating=made.rating,
            with_content=made.content is not None,
        )  # fmt: skip

    return await here.bridge.run(keep)
