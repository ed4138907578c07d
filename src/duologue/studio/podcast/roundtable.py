"""Round table: a host and guests, each with a beat: figures, people, the doubts.

Design choices
- A group goes to the guest whose beat its statements are; where none is, to the one whose share of the talk
  is furthest below what it should be.
- The host moves the talk on; a guest may follow a guest without being asked, which is what makes a table of
  it.
- Two at a table are the host, who tells too, and one guest; one alone is a monologue.
"""

from __future__ import annotations

from collections.abc import Sequence

from duologue.studio.podcast.interview import opening
from duologue.studio.podcast.moves import Moves
from duologue.studio.podcast.outline import Group, Part
from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.talk import Talk, Teller

__all__ = ["roundtable"]

_BEATS = (
    frozenset({"number", "money", "percent", "finding"}),
    frozenset({"quote", "people", "affected", "past"}),
    frozenset({"contrast", "warning", "problem", "caution", "future"}),
)


def roundtable(talk: Talk, part: Part, people: Sequence[Persona], moves: Moves, *, last: bool) -> None:
    """The lines of one document at a table of two to four."""
    teller = Teller(part.people, part.document.common)
    host, guests = 0, list(range(1, len(people)))
    if len(guests) == 1:
        guests = [1, 0]
    previous = -1
    total = len(part.groups) + 1
    for at, group in enumerate(part.groups):
        if group.opens:
            talk.chapter(group.opens)
        guest = _whose(group, guests, previous, talk, people)
        first = group.statements[0]
        asked = True
        if at == 0:
            talk.say(host, moves.phrases.take(opening(part), people[guest].name), "ask")
        elif at % 3 == 2 and guest not in (previous, host) and moves.phrases.has("beat"):
            talk.say(guest, moves.phrases.take("beat"), "react")
        elif guest != host:
            fresh = teller.last is None or first.paragraph != teller.last.paragraph
            reaction = moves.react(teller.last, said=talk.lines[-1].text)
            echoed = (teller.last,) if teller.last is not None and moves.echoed else ()
            talk.say(host, reaction, "react", *echoed)
            question = moves.best(first, teller.last, at / total, fresh, known=teller.knows)
            words = moves.ask(question)
            talk.say(host, words, "ask", *((first,) if question.cites else ()))
            teller.meet(words)
            talk.say(guest, teller.tell(first, question.answer), "tell", first)
            for statement in group.statements[1:]:
                talk.say(guest, teller.tell(statement, asked=False), "tell", statement)
            previous = guest
            continue
        else:
            asked = False
        for index, statement in enumerate(group.statements):
            talk.say(guest, teller.tell(statement, asked=asked and index == 0), "tell", statement)
        previous = guest
    if part.close is not None:
        guest = _whose(part.close, guests, previous, talk, people)
        if last:
            talk.chapter("To finish")
            pool = "last fact" if part.document.explains else "last question"
            talk.say(host, moves.phrases.take(pool), "ask")
        for index, statement in enumerate(part.close.statements):
            talk.say(guest, teller.tell(statement, asked=last and index == 0), "tell", statement)


def _whose(group: Group, guests: Sequence[int], previous: int, talk: Talk, people: Sequence[Persona]) -> int:
    """The guest who takes the group."""
    here = [cue for s in group.statements for cue in s.cues]
    best, best_value = guests[0], -1e9
    for at, guest in enumerate(guests):
        beat = sum(cue in _BEATS[at % len(_BEATS)] for cue in here)
        value = beat - 0.06 * talk.words(guest) / people[guest].share - (3 if guest == previous else 0)
        if value > best_value:
            best, best_value = guest, value
    return best
