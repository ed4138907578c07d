"""Debate: two sides make their case out of the same source, if need be under a moderator.

Design choices
- Nobody gets an opinion that isn't in the source: one side brings what it says of gains, the other what it
  says of losses, doubts and costs, and both say so at the beginning. What speaks for neither is agreed on
  first or told by the moderator.
- A group goes whole to one side, by the sum of the polarities in it, so that no statement is torn from what
  it leans on. Each side keeps the order of the source.
- The sides alternate as long as both have something left; the end of the source closes, as the shared ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duologue.studio.podcast.moves import Moves
from duologue.studio.podcast.outline import Group, Part
from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.statements import Statement
from duologue.studio.podcast.talk import Talk, Teller

__all__ = ["debate"]


def debate(talk: Talk, part: Part, people: Sequence[Persona], moves: Moves) -> None:
    """The lines of one document as a debate of two to four speakers."""
    teller = Teller(part.people, part.document.common)
    moderated = len(people) > 2
    chair = 0
    pro, con = (1, 2) if moderated else (0, 1)
    facts, gains, losses = _sides(part.groups)
    talk.chapter("The facts")
    if moderated:
        talk.say(
            chair,
            f"{people[pro].name} will argue for what is gained here. {people[con].name} will say what "
            "it costs and what remains in doubt. First, what both accept.",
            "ask",
        )
    else:
        talk.say(pro, "I'll speak for what is gained here.", "ask")
        talk.say(
            con, "And I'll speak for what it costs, and for the doubts. First, what we both accept.", "ask"
        )
    helper = 3 if len(people) > 3 else chair
    for at, group in enumerate(facts):
        speaker = helper if moderated else (con if at % 2 == 0 else pro)
        if at == 1:
            talk.say(speaker, moves.phrases.take("fact"), "react")
        _tell(talk, teller, group, speaker)
    talk.chapter("For and against")
    previous: int | None = None
    while gains or losses:
        side = losses if (not gains or (previous == pro and losses)) else gains
        speaker = pro if side is gains else con
        if moderated and previous != speaker and moves.phrases.has("moderate") and len(gains) != len(losses):
            talk.say(chair, moves.phrases.take("moderate", people[speaker].name), "ask")
        elif previous != speaker and previous is not None:
            talk.say(speaker, moves.phrases.take("pro" if side is gains else "con"), "react")
        elif previous == speaker:
            talk.breathe()
        _tell(talk, teller, side.pop(0), speaker)
        previous = speaker
    if part.close is not None:
        talk.chapter("Where that leaves us")
        speaker = chair if moderated else con
        talk.say(speaker, "Let's end on what the report itself ends on.", "ask")
        _tell(talk, teller, part.close, speaker)


def _sides(groups: Sequence[Group]) -> tuple[list[Group], list[Group], list[Group]]:
    """(what both accept, gains, losses)."""
    facts: list[Group] = []
    gains: list[Group] = []
    losses: list[Group] = []
    for at, group in enumerate(_parted(groups)):
        weight = sum(s.polarity for s in group.statements)
        weight -= sum(0.5 for s in group.statements if "warning" in s.cues or "contrast" in s.cues)
        weight -= sum(0.3 for s in group.statements if "cost" in s.cues and "glad" not in s.cues)
        history = any("past" in s.cues and "money" not in s.cues for s in group.statements)
        if at == 0 or weight == 0 or (history and len(facts) < 3):
            facts.append(group)
        else:
            (gains if weight > 0 else losses).append(group)
    if not gains and len(losses) > 3:  # a source all of a piece: the milder half answers
        losses.sort(key=lambda g: g.statements[0].index)
        gains = losses[1::2]
        losses = losses[::2]
    return facts, gains, losses


def _parted(groups: Sequence[Group]) -> Iterator[Group]:
    """The groups, joined where one leans on the other, cut where one turns from gain to loss with a "but"."""
    joined: list[list[Statement]] = []
    for group in groups:
        if joined and group.statements[0].needs == joined[-1][-1].index:
            joined[-1] += group.statements
        else:
            joined.append(list(group.statements))
    for told in joined:
        held = [told[0]]
        for statement in told[1:]:
            but = statement.connective in ("But", "However", "Yet", "Still") and "quote" not in statement.cues
            if but:
                yield Group(tuple(held))
                held = []
            held.append(statement)
        yield Group(tuple(held))


def _tell(talk: Talk, teller: Teller, group: Group, speaker: int) -> None:
    for index, statement in enumerate(group.statements):
        talk.say(speaker, teller.tell(statement, asked=index == 0), "tell", statement)
