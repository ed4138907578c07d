"""How long it is silent between two turns.

Design choices
- What a listener expects: a sentence's end is longer than a comma's, a question to somebody else is answered
  at once, a change of chapter breathes.
- Seconds between the last sound of a turn and the first of the next, for speech at its normal rate; faster
  speech has shorter pauses.
- Numbers lie in the ranges measured for conversation (median gaps of 0.1 to 0.3 s between speakers) and for
  news reading (0.4 to 0.6 s between sentences, about 1 s between stories).

Stivers et al., PNAS 106 (2009) 10587; Heldner & Edlund, J. Phonetics 38 (2010) 555;
Strangert, Proc. ICPhS (1991) on pauses in news reading.
"""

from __future__ import annotations

from duologue.studio.episode import Turn

__all__ = ["CHAPTER", "pause_between"]

CHAPTER = 1.1
PARAGRAPH = 0.75
_BY_MARK = {
    ".": 0.5,
    "!": 0.5,
    "?": 0.55,
    "…": 0.7,
    ":": 0.4,
    ";": 0.35,
    ",": 0.22,
    "—": 0.3,
    "–": 0.3,
    "-": 0.3,
}
_CLOSERS = "\"'”’)]»*_ "
_WORD_ONLY = 0.3
_ANSWER = 0.28
"""After a question that another speaker answers."""
_HANDOVER = 0.36
_CUT_IN = 0.08
"""After a turn that breaks off with a dash, before another speaker."""


def pause_between(turn: Turn, follows: Turn | None) -> float:
    """Seconds of silence after `turn`. `follows` is None at the end of the episode."""
    if turn.pause_after is not None:
        return turn.pause_after
    if follows is None:
        return 0.0
    if turn.chapter != follows.chapter:
        return CHAPTER
    text = turn.text.rstrip()
    bare = text.rstrip(_CLOSERS)
    mark = "…" if bare.endswith("...") else bare[-1:]
    if turn.speaker != follows.speaker:
        pause = _ANSWER if mark == "?" else _CUT_IN if mark in "—–-" and mark else _HANDOVER
    else:
        pause = PARAGRAPH if turn.text.endswith("\n\n") else _BY_MARK.get(mark, _WORD_ONLY)
    return pause / ((turn.speed + follows.speed) / 2)
