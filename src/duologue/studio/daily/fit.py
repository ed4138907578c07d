"""Fitting an edition to its length by ear: composed, spoken, measured, and composed again where it is off.

Design choices
- The pace of a voice is an estimate until it has spoken; the measured length over the estimated one corrects
  it, and the edition is composed anew at the corrected pace.
- Turns that stay as they were come from the cache, so a second round costs only what changed.
- Three rounds at most; the nearest edition is kept. A short supply of news isn't a wrong pace.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from duologue.studio.cache import TurnCache
from duologue.studio.daily.briefing import Briefing, Edition
from duologue.studio.episode import Mastering, Step
from duologue.studio.mixdown import gap_of, head_of
from duologue.studio.podcast.pace import Pace
from duologue.studio.protocols import Speak
from duologue.studio.render import render

__all__ = ["Fitted", "fit"]

_ROUNDS = 3
_GOOD = 0.03


@dataclass(frozen=True, slots=True)
class Fitted:
    """An edition with its measured length in seconds, and the number of turns that were spoken for it."""

    edition: Edition
    seconds: float
    made: int


def fit(
    briefing: Briefing,
    speak: Speak,
    *,
    mastering: Mastering | None = None,
    cache: TurnCache | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Fitted:
    """The edition of `briefing` that comes nearest to the listener's minutes in the voice of `speak`.

    Raises StudioError for what can't be spoken.
    """
    mastering = mastering or Mastering()
    begun, goal = time.perf_counter(), briefing.listener.minutes * 60
    pace, best, made = Pace(), None, 0
    for _ in range(_ROUNDS):
        edition = briefing.compose(pace)
        episode = edition.episode.replace(mastering=mastering)
        rendering = render(
            episode, speak, cache=cache, progress=progress, voice=briefing.listener.voice,
            head=head_of(mastering), gap=lambda turn, follows: gap_of(mastering, turn, follows),
        )  # fmt: skip
        made += rendering.made
        seconds = rendering.samples / rendering.sample_rate
        if best is None or abs(seconds - goal) < abs(best.seconds - goal):
            best = Fitted(replace(edition, episode=episode, seconds=seconds), seconds, made)
        if abs(seconds - goal) <= _GOOD * goal or (edition.seconds < 0.9 * goal and seconds < goal):
            break
        pace = replace(pace, factor=pace.factor * seconds / edition.seconds)
    assert best is not None
    step = Step(step="fit", backend=speak.model, seconds=round(time.perf_counter() - begun, 3))
    episode = best.edition.episode.with_cost(step)
    return replace(best, edition=replace(best.edition, episode=episode), made=made)
