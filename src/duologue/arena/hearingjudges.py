"""The judges of speech: how natural it sounds (DistillMOS), and how much of it is understood (word error
rate).

Design choices
- DistillMOS is a mean opinion score from 1 to 5. People tell two voices apart by it from about a tenth of a
  point, so less is a tie; two clips below 2.5 are both bad.
- The word error rate counts what Whisper-base mishears, negated: 0 is best. One word more in fifty is a tie;
  two clips with a third of their words lost are both bad.
- Both are loaded with their first clip and need packages of the extra [judges]; making one without them says
  so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from duologue.arena import listening
from duologue.arena.contestants import Kind
from duologue.arena.errors import ArenaError
from duologue.arena.judging import Exhibit, Score

__all__ = ["DistillMosJudge", "WerJudge"]


class _Hearing(ABC):
    """What both share: their packages must be there, and their exhibit must have a sound."""

    name = ""
    kind: Kind = "speech"

    def __init__(self) -> None:
        why = listening.missing(self.name)
        if why:
            raise ArenaError(why)

    def score(self, exhibit: Exhibit) -> Score:
        """See Judge. Raises ArenaError where there is nothing to hear."""
        if exhibit.audio is None or not len(exhibit.audio):
            raise ArenaError(f"the judge '{self.name}' hears speech; this exhibit has none")
        return self._score(exhibit)

    @abstractmethod
    def _score(self, exhibit: Exhibit) -> Score:
        """Of an exhibit that has a sound."""


class DistillMosJudge(_Hearing):
    """Predicted opinion score, 1 to 5."""

    name = "distillmos"
    margin = 0.1
    floor = 2.5

    def _score(self, exhibit: Exhibit) -> Score:
        assert exhibit.audio is not None
        value = listening.distillmos(exhibit.audio, exhibit.rate)
        return Score(value, (f"opinion score {value:.2f}",))


class WerJudge(_Hearing):
    """Minus the word error rate of Whisper-base, 0 at best."""

    name = "wer"
    margin = 0.02
    floor = -0.33

    def _score(self, exhibit: Exhibit) -> Score:
        from duologue.arena.wordtext import word_errors

        assert exhibit.audio is not None
        heard = listening.hear(exhibit.audio, exhibit.rate)
        wrong, words = word_errors(exhibit.prompt, heard)
        return Score(-wrong / max(words, 1), (f"{wrong} of {words} words wrong", f"heard: {heard[:200]}"))
