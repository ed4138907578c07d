"""Interview and deep dive: one asks, another tells.

Design choices
- In an interview the host asks and the guests answer; with several guests they take turns by subject. In a
  deep dive the roles go round: who told the last chapter asks in the next.
- A sentence with a plain "because" is told in two halves with the question why in between: that is how people
  talk, and no word is added.
- A group is cut where a later statement of it answers a good question of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from duologue.studio.podcast.moves import Moves
from duologue.studio.podcast.outline import Group, Part
from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.question import Question
from duologue.studio.podcast.reasons import split_at_reason
from duologue.studio.podcast.statements import Statement
from duologue.studio.podcast.talk import Talk, Teller

__all__ = ["conversation", "opening"]

_HEADINGS = frozenset(
    """history origins origin background etymology legacy reception criticism applications structure design
    development geography climate economy culture politics government demographics production plot characters
    theory examples methods uses effects causes treatment diagnosis habitat ecology distribution
    classification evolution anatomy organization organisation formation controversy definition rules ethics
    research""".split()
)
"""Headings that a sentence takes as they are: "Let's turn to the history."."""
_GOOD = 7.4
"""A question of this rank is worth an interruption."""


def conversation(
    talk: Talk, part: Part, people: Sequence[Persona], moves: Moves, *, rotate: bool, last: bool
) -> None:
    """The lines of one document. rotate: the roles go round at chapters; last: no document follows."""
    teller = Teller(part.people, part.document.common)
    asks, tells = 0, 1
    groups = list(_cut(part, moves))
    count = len(groups) + 1
    for at, group in enumerate(groups):
        if group.opens:
            talk.chapter(group.opens)
            if rotate and at:
                asks, tells = tells, (tells + 1) % len(people)
        if not rotate and len(people) > 2:
            tells = _furthest_below(talk, people)
        if at == 0:
            lead = moves.phrases.take(opening(part), people[tells].name) or "What happened?"
            talk.say(asks, lead, "ask")
            _told(talk, teller, group.statements, asks, tells, moves, None)
            continue
        first = group.statements[0]
        fresh = teller.last is None or first.paragraph != teller.last.paragraph
        question = moves.best(
            first, teller.last, at / count, fresh, known=teller.knows, followed=len(group.statements) > 1
        )
        if group.turns and question.rank < _GOOD and _sayable(group.opens):
            known = group.opens.lower() in _HEADINGS
            pool, slot = ("heading", group.opens.lower()) if known else ("part", group.opens)
            if moves.phrases.has(pool):
                question = Question(kind="heading", rank=7, pool=pool, slot=slot)
        _exchange(talk, teller, group.statements, asks, tells, moves, question)
    if part.close is not None:
        if len(people) > 2 and not rotate:
            tells = _furthest_below(talk, people)
        final = part.close.statements
        if last:
            talk.chapter("To finish")
            reaction = moves.react(teller.last, said=talk.lines[-1].text)
            talk.say(asks, reaction, "react", *_echoed(moves, teller))
            talk.say(
                asks, moves.phrases.take("last fact" if part.document.explains else "last question"), "ask"
            )
            _told(talk, teller, final, asks, tells, moves, None)
        else:
            question = moves.best(final[0], teller.last, 1.0, True)
            _exchange(talk, teller, final, asks, tells, moves, question)


def opening(part: Part) -> str:
    """The pool of the first question."""
    if not part.document.explains:
        return "lead in"
    first = part.document.sentences[0].text
    return "about whom" if re.search(r"\((?:[^()]*\b)?(?:born\b|c?\.? ?\d{3,4} ?[–-])", first) else "about"


def _sayable(heading: str) -> bool:
    """Whether a heading can stand in a spoken question."""
    if heading.lower() in (
        "overview",
        "description",
        "introduction",
        "summary",
        "details",
        "highlights",
        "other",
    ):
        return False
    return re.fullmatch(r"[^\d:;,/&()\"“”?!]{3,48}", heading) is not None and len(heading.split()) <= 5


def _furthest_below(talk: Talk, people: Sequence[Persona]) -> int:
    """The guest whose share of the talk is furthest below what it should be, not the one who spoke last."""
    spoke = next((line.speaker for line in reversed(talk.lines) if line.speaker), 0)
    guests = [i for i in range(1, len(people)) if i != spoke or len(people) == 2]
    return min(guests, key=lambda i: talk.words(i) / people[i].share)


def _cut(part: Part, moves: Moves) -> Iterator[Group]:
    """The groups, cut where a statement inside answers a good question of its own."""
    for group in part.groups:
        held: list[Statement] = []
        opens, turns = group.opens, group.turns
        for statement in group.statements:
            if held:
                question = moves.best(statement, held[-1], 0.5, False)
                if question.rank >= _GOOD and not question.pool and sum(s.length for s in held) > 12:
                    yield Group(tuple(held), opens, turns)
                    held, opens, turns = [], "", False
            held.append(statement)
        yield Group(tuple(held), opens, turns)


def _exchange(
    talk: Talk,
    teller: Teller,
    told: Sequence[Statement],
    asks: int,
    tells: int,
    moves: Moves,
    question: Question,
) -> None:
    """A reaction and a question, and what answers it."""
    reaction = moves.react(teller.last, question, talk.lines[-1].text)
    talk.say(asks, reaction, "react", *_echoed(moves, teller))
    cited = (told[0],) if question.cites else ()
    words = moves.ask(question)
    if question.kind == "state":  # the one who asks puts it, and the other goes on from there
        talk.say(asks, teller.tell(told[0], asked=bool(reaction)), "ask", told[0])
        if told[0].length < 6 and moves.phrases.has("prompt"):
            talk.say(asks, moves.phrases.take("prompt"), "ask")
        _told(talk, teller, told[1:], asks, tells, moves, None)
        return
    teller.meet(words)
    talk.say(asks, words, "ask", *cited)
    _told(talk, teller, told, asks, tells, moves, question)


def _echoed(moves: Moves, teller: Teller) -> tuple[Statement, ...]:
    """The statement whose figure the last reaction gave back."""
    return (teller.last,) if teller.last is not None and moves.echoed else ()


def _told(
    talk: Talk,
    teller: Teller,
    told: Sequence[Statement],
    asks: int,
    tells: int,
    moves: Moves,
    question: Question | None,
) -> None:
    """The statements of a group, one of them perhaps in two halves with a why between."""
    for at, statement in enumerate(told):
        answer = question.answer if question is not None and at == 0 else None
        halves = split_at_reason(statement.text) if answer is None and not statement.quoted else None
        asked = question is not None and at == 0
        if halves is not None and (question is None or question.kind != "cause"):
            main, reason = halves
            negated = " not " in f" {main} " or "n't" in main
            pool = "why not" if negated else "why"
            if moves.phrases.has(pool):
                talk.say(tells, teller.tell(statement, main, asked=asked), "tell", statement)
                talk.say(asks, moves.phrases.take(pool), "ask")
                talk.say(tells, reason, "tell", statement)
                continue
        talk.say(tells, teller.tell(statement, answer, asked=asked), "tell", statement)
