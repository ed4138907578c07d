"""Which utterances are rendered together.

Design choices
- One plan for `speak` and `stream`: the first utterance alone, so that sound comes early, then groups that
  grow up to a size at which the processor's caches still hold the work. Activations are quantised per run,
  so the same groups are what makes both give the same samples.
- A group has one voice and one style; it ends where either changes.
- Lazy: a group is cut as soon as it is full, so memory doesn't grow with the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from duologue.voice.frontend.utterance import Utterance

__all__ = ["Group", "groups"]

_FIRST = 40


class Group(NamedTuple):
    """Utterances rendered in one go. first: how many came before them; voice, style: as they ask, or None."""

    utterances: list[Utterance]
    first: int
    voice: str | None
    style: str | None


def groups(utterances: Iterator[Utterance], largest: int) -> Iterator[Group]:
    """Groups of utterances in order, each about twice the last, up to `largest` phonemes."""
    held: list[Utterance] = []
    size, first, limit = 0, 0, 0
    for utterance in utterances:
        manner = utterance.voice, utterance.style
        count = len(utterance.phonemes)
        if held and (size + count > limit or manner != (held[0].voice, held[0].style)):
            yield Group(held, first, held[0].voice, held[0].style)
            first += len(held)
            limit = min(largest, max(_FIRST, 2 * limit))
            held, size = [], 0
        held.append(utterance)
        size += count
    if held:
        yield Group(held, first, held[0].voice, held[0].style)
