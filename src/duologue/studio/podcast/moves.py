"""The moves of a conversation: what is asked before a statement, and how what was heard is taken.

Design choices
- The best question by rank whose kind wasn't used in the two moves before, and only a few of the kinds that
  wear out soon ("And X?").
- A reaction fits the last thing said: its polarity, a quotation, a reason, a figure. A figure is given back
  at most twice, trouble never gets a cheerful word, and about every second answer gets no reaction at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from duologue.studio.podcast.cues import amount
from duologue.studio.podcast.grammar import upper_first
from duologue.studio.podcast.phrases import Phrases
from duologue.studio.podcast.question import Question
from duologue.studio.podcast.questions import candidates
from duologue.studio.podcast.statements import Statement

__all__ = ["Moves"]

_WEARS = {
    "subject": 4,
    "count": 2,
    "plain": 5,
    "quote": 2,
    "number": 1,
    "feeling": 2,
    "if": 2,
    "state": 5,
    "evidence": 1,
    "contrast": 2,
    "past": 2,
    "next": 2,
}
_FIGURED = (["money"], ["count"], ["length"], ["number"])
_LESS = re.compile(r"\b(?:fewer|less|fell|dropped|drop|decline[ds]?|reduced|ease[ds]?|no longer)\b")


class Moves:
    """Chooses questions and reactions; remembers the ones made."""

    def __init__(
        self, phrases: Phrases, common: frozenset[str], minutes: float, liveliness: float = 1.0
    ) -> None:
        self.phrases, self.common = phrases, common
        self._scale = max(1.0, minutes / 3)
        self._liveliness = liveliness
        self._kinds: list[str] = []
        self._echoes = 0
        self.echoed = False
        """Whether the last reaction gave back a figure."""
        self._quiet = 0
        self._asked: set[str] = set()

    def best(
        self,
        statement: Statement,
        before: Statement | None,
        progress: float,
        fresh: bool,
        *,
        known: Callable[[str], bool] = lambda _: True,
        followed: bool = False,
    ) -> Question:
        """The question to ask before `statement`, not yet taken; the arguments are those of `candidates`."""
        found = candidates(
            statement,
            before=before,
            common=self.common,
            progress=progress,
            fresh=fresh,
            known=known,
            followed=followed,
        )
        for question in sorted(found, key=lambda q: -q.rank):
            if self._fits(question):
                return question
        return Question(kind="plain", rank=0, pool="plain")

    def _fits(self, question: Question) -> bool:
        recent = self._kinds[-1:] if question.kind == "state" else self._kinds[-2:]
        if question.kind in recent and question.kind != "plain":
            return False
        if self._kinds.count(question.kind) >= _WEARS.get(question.kind, 9) * self._scale:
            return False
        if question.pool:
            return self.phrases.has(question.pool)
        return question.kind == "state" or question.text not in self._asked

    def ask(self, question: Question) -> str:
        """The words of the question; from now on it counts as used."""
        self._kinds.append(question.kind)
        if question.pool:
            return upper_first(self.phrases.take(question.pool, question.slot))
        self._asked.add(question.text)
        return upper_first(question.text)

    def react(self, heard: Statement | None, coming: Question | None = None, said: str = "") -> str:
        """A reaction to `heard`, or nothing; said: the last words of it, where only these are fresh."""
        self.echoed = False
        if heard is None or self._liveliness <= 0:
            return ""
        if self._quiet < (1 if self._liveliness < 1.5 else 0):
            self._quiet += 1
            return ""
        pool, slot = self._reaction(heard)
        if pool == "echo" and said and slot.lower() not in said.lower():
            pool = "react plain"
        if coming is not None and coming.kind in ("count", "money", "number") and pool == "echo":
            pool = ""
        if not pool or not self.phrases.has(pool):
            return ""
        self._quiet = 0
        self.echoed = pool == "echo"
        self._echoes += self.echoed
        return self.phrases.take(pool, slot)

    def _reaction(self, heard: Statement) -> tuple[str, str]:
        """(pool, what goes into the phrase)."""
        cues = heard.cues
        if heard.quoted:
            return ("react quote" if heard.length <= 40 else "react plain"), ""
        figure = amount(heard.text)
        room = self._echoes < 2 * self._scale and self._kinds[-1:] not in _FIGURED
        if figure and room and len(figure.split()) > 1:
            return "echo", upper_first(figure)
        if "surprise" in cues and heard.polarity >= 0:
            return "react surprise", ""
        if "cause" in cues:
            return "react reason", ""
        if "grave" in cues and heard.polarity < 0 and not _LESS.search(heard.text):
            return "react bad", ""
        if "glad" in cues and heard.polarity > 0.4:
            return "react good", ""
        if "warning" in cues:
            return "react caution", ""
        return "react plain", ""
