"""One piece of work that takes longer than a request: what is known of it, and what it made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from duologue.studio.watch import Watch

__all__ = ["STAGES", "Job", "Outcome", "State", "Work"]

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
STAGES: Mapping[str, Mapping[str, float]] = {
    "daily": {"reading": 0.15, "writing": 0.05, "speaking": 0.6, "mixing": 0.05, "encoding": 0.15},
    "podcast": {"writing": 0.1, "speaking": 0.65, "mixing": 0.05, "encoding": 0.2},
    "expression": {"writing": 0.05, "speaking": 0.7, "mixing": 0.05, "encoding": 0.2},
    "render": {"speaking": 0.6, "mixing": 0.1, "encoding": 0.3},
}
"""What share of a job each stage usually takes."""


class Job(BaseModel):
    """What is known of a job. Times are UTC; share is of the whole, 0 to 1; left: seconds, as estimated."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Literal["daily", "podcast", "expression", "render"]
    title: str
    state: State = "queued"
    stage: str = ""
    share: float = Field(default=0.0, ge=0, le=1)
    left: float | None = None
    ahead: int = Field(default=0, description="jobs that come before it in the queue")
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    episode: str = Field(default="", description="id of what was made")
    made: int | None = Field(default=None, description="turns that were spoken anew")
    cached: int | None = Field(default=None, description="turns that were taken from the cache")
    error: str = ""
    notices: tuple[str, ...] = ()
    request: dict[str, Any] = {}
    owner: str = Field(default="", exclude=True)
    host: str = Field(default="", exclude=True)

    @property
    def over(self) -> bool:
        """Whether it has come to an end, good or bad."""
        return self.state not in ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a work made."""

    episode: str
    made: int | None = None
    cached: int | None = None
    notices: tuple[str, ...] = ()


Work = Callable[[str, Watch], Outcome]
