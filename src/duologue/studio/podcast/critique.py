"""Critique: the source is read closely, and each statement is judged by what can be seen in it.

Design choices
- Every remark is a finding of code, not of taste: whether somebody is named for a claim, whether there is a
  figure, whether the wording is guarded, whether the other side is heard. So it is true of the text.
- The verdict counts: people named, direct quotations, sentences with figures, guarded sentences, over the
  whole source rather than over what was told of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from duologue.studio.podcast.cues import quantities
from duologue.studio.podcast.moves import Moves
from duologue.studio.podcast.outline import Part
from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.statements import Statement, statements
from duologue.studio.podcast.talk import Talk, Teller

__all__ = ["critique", "verdict"]

_NAMED = re.compile(
    r"\b(?:said|says|told|according to|found|warned|added|argued|noted|reported|records show)\b"
)
_WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


def critique(talk: Talk, part: Part, people: Sequence[Persona], moves: Moves) -> None:
    """The lines of one document as a critique by one to four speakers."""
    teller = Teller(part.people, part.document.common)
    count = len(people)
    groups = [*part.groups, *([part.close] if part.close is not None else [])]
    reads = 0
    for at, group in enumerate(groups):
        if group.opens:
            talk.chapter(group.opens)
            reads = (reads + 1) % count if at else 0
        judges = (reads + 1) % count
        if at and count > 1:
            talk.say(judges, moves.phrases.take("critique plain") or moves.phrases.take("plain"), "ask")
        elif at:
            talk.breathe()
        for index, statement in enumerate(group.statements):
            talk.say(reads, teller.tell(statement, asked=index == 0), "tell", statement)
        talk.say(judges, _remark(group.statements[-1], moves), "react")
    talk.chapter("The verdict")
    talk.say(1 if count > 1 else 0, "So how well is the piece made?", "ask")
    talk.say(0, verdict(part), "verdict", *[s for g in groups[:1] for s in g.statements[:1]])


def _remark(statement: Statement, moves: Moves) -> str:
    pools = []
    if statement.quoted and statement.speaker is not None:
        pools.append("critique named")
    if statement.connective in ("But", "However", "Yet") or "warning" in statement.cues:
        pools.append("critique contrast")
    if "caution" in statement.cues and not statement.quoted:
        pools.append("critique hedge")
    if quantities(statement.raw):
        pools.append("critique number" if _NAMED.search(statement.raw) else "critique bare")
    for pool in pools:
        if moves.phrases.has(pool):
            return moves.phrases.take(pool)
    return ""


def verdict(part: Part) -> str:
    """What counting says of the whole source, in words."""
    told = statements(part.document, part.people)
    named = len(
        {s.speaker.last for s in told if s.speaker is not None}
        | {p.last for s in told if _NAMED.search(s.raw) for p in part.people.named(s.raw)}
    )
    quoted = sum(1 for s in told if s.quoted)
    figures = sum(1 for s in told if re.search(r"\d", s.raw))
    guarded = sum(1 for s in told if "caution" in s.cues)
    other = sum(1 for s in told if s.cues & {"contrast", "warning"})
    return (
        f"I counted. {_number(named, 'person is', 'people are').capitalize()} named as a source, there "
        f"{_number(quoted, 'is|direct quotation', 'are|direct quotations')}, and "
        f"{_number(figures, 'sentence gives', 'sentences give')} a figure, out of {len(told)}. "
        f"{_number(guarded, 'sentence is', 'sentences are').capitalize()} guarded with a may or a could, and "
        f"{_number(other, 'gives', 'give')} room to doubt or contradiction."
    )


def _number(count: int, one: str, many: str) -> str:
    said = _WORDS[count] if count < len(_WORDS) else str(count)
    words = one if count == 1 else many
    verb, bar, noun = words.partition("|")
    return f"{verb} {said} {noun}" if bar else f"{said} {words}"
