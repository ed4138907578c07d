"""Fitting an episode to its length by ear: composed, spoken, measured, and composed again where it is off.

Design choices
- The pace of a voice is an estimate until it has spoken; the measured length over the estimated one corrects
  it, and the episode is composed anew at the corrected pace.
- Turns that stay as they were come from the cache, so a second round costs only what changed.
- Three rounds at most; the nearest is kept. Sources that hold too little aren't a wrong pace.
- The rendering is handed on, so nothing is spoken or levelled twice, and its cost counts all rounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from duologue.studio.cache import TurnCache
from duologue.studio.episode import Episode, Mastering, Step
from duologue.studio.pace import Pace
from duologue.studio.produce import placed
from duologue.studio.protocols import Speak
from duologue.studio.render import Rendering

__all__ = ["Draft", "Fitted", "fitted"]

_ROUNDS = 3
_CLOSE = 0.03


class Draft(Protocol):
    """An episode that was composed. seconds: as estimated; everything: the sources hold no more."""

    @property
    def episode(self) -> Episode: ...
    @property
    def seconds(self) -> float: ...
    @property
    def everything(self) -> bool: ...


D = TypeVar("D", bound=Draft)


@dataclass(frozen=True, slots=True)
class Fitted(Generic[D]):
    """The nearest draft, its sound, and the number of turns that were spoken for it."""

    draft: D
    rendering: Rendering

    @property
    def seconds(self) -> float:
        """As measured."""
        return self.rendering.samples / self.rendering.sample_rate


def fitted(
    compose: Callable[[Pace], D],
    speak: Speak,
    goal: float,
    *,
    mastering: Mastering | None = None,
    cache: TurnCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    voice: str = "heart",
) -> Fitted[D]:
    """What `compose` makes at the pace at which it comes nearest to `goal` seconds in the voice of `speak`.

    Raises StudioError for what can't be spoken.
    """
    pace, made, spent, spoken_for, begun = Pace(), 0, 0.0, 0.0, time.perf_counter()
    best: Fitted[D] | None = None
    for _ in range(_ROUNDS):
        draft = compose(pace)
        spent += sum(step.seconds for step in draft.episode.cost)  # its own steps say what they took
        episode = draft.episode.replace(mastering=mastering) if mastering else draft.episode
        rendering = placed(episode, speak, cache=cache, progress=progress, voice=voice)
        made += rendering.made
        spent += rendering.seconds
        spoken_for += rendering.seconds
        found = Fitted(draft, rendering)
        if best is None or abs(found.seconds - goal) < abs(best.seconds - goal):
            best = found
        if abs(found.seconds - goal) <= _CLOSE * goal or (draft.everything and found.seconds < goal):
            break
        pace = replace(pace, factor=pace.factor * found.seconds / draft.seconds)
    assert best is not None
    spoken = next(s for s in best.rendering.episode.cost if s.step == "speak")
    around = max(0.0, time.perf_counter() - begun - spent)
    episode = best.rendering.episode.with_cost(
        spoken.model_copy(update={"seconds": round(spoken_for, 3)}),
        Step(step="fit", backend="duologue", seconds=round(around, 3)),
    )
    return Fitted(best.draft, replace(best.rendering, episode=episode, made=made))
