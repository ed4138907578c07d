"""The same again: a second vote on a battle, the same prompt from the same voter, prompts that flood the
arena.

Design choices
- Of a battle the first vote counts, whatever came later.
- One voter's votes on the same prompt and pair are one opinion: the first counts.
- A prompt counts at most `typical` times as often as the median prompt, and `least` times in any case: a list
  of a hundred prompts that everybody gets is untouched, one prompt that makes a tenth of all votes is not.
  Those that stay are spread over the prompt's whole time, so that a flood can't crowd out what came before
  it.

Source: W.-L. Chiang et al., Chatbot Arena (2024), and LMArena's notes on the deduplication of top prompts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duologue.arena.integrity.finding import Finding, groups
from duologue.arena.votes import Votes

__all__ = ["flooding_prompts", "repeated_battles", "repeated_opinions"]


def _in_time(votes: Votes, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows if votes.time is None else rows[np.argsort(votes.time[rows], kind="stable")]


def repeated_battles(votes: Votes) -> list[Finding]:
    """All votes on a battle but the first."""
    if votes.battle is None:
        return []
    return [
        Finding(
            "battle",
            votes.battle.names[code],
            f"{len(rows)} votes on one battle; the first counts",
            _in_time(votes, rows)[1:],
        )
        for code, rows in groups(votes.battle.codes)
        if len(rows) > 1
    ]


def repeated_opinions(votes: Votes) -> list[Finding]:
    """All votes of a voter on the same prompt and pair but the first, one finding per voter."""
    if votes.voter is None or votes.prompt is None:
        return []
    known = (votes.voter.codes >= 0) & (votes.prompt.codes >= 0)
    pair = np.minimum(votes.a, votes.b).astype(np.int64) * len(votes.names) + np.maximum(votes.a, votes.b)
    rows = _in_time(votes, np.flatnonzero(known))
    keys = np.stack([votes.voter.codes[rows], votes.prompt.codes[rows], pair[rows]], axis=1)
    _, first = np.unique(keys, axis=0, return_index=True)
    again = np.setdiff1d(np.arange(len(rows)), first)
    codes = np.full(len(votes), -1, np.int32)
    codes[rows[again]] = votes.voter.codes[rows[again]]
    return [
        Finding(
            "repeat", votes.voter.names[code], f"{len(part)} votes on a prompt and pair voted on before", part
        )
        for code, part in groups(codes)
    ]


def flooding_prompts(votes: Votes, typical: float = 10.0, least: int = 50) -> list[Finding]:
    """The votes of a prompt past `typical` times the median prompt's, or `least` if that is more."""
    if votes.prompt is None:
        return []
    parts = groups(votes.prompt.codes)
    if not parts:
        return []
    most = int(max(least, typical * float(np.median([len(rows) for _, rows in parts]))))
    out = []
    for code, rows in parts:
        if len(rows) > most:
            ordered = _in_time(votes, rows)
            stay = np.linspace(0, len(rows) - 1, most).round().astype(np.int64)
            reason = f"{len(rows)} votes on one prompt; {most} of them count"
            out.append(Finding("prompt", votes.prompt.names[code], reason, np.delete(ordered, stay)))
    return out
