"""Who speaks in a paragraph that doesn't say it: who acts, who was asked, whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence

from duologue.studio.expressions.address import called_in
from duologue.studio.expressions.beside import SENTENCE, subject
from duologue.studio.expressions.character import NARRATOR_I, Character
from duologue.studio.expressions.quotations import Paragraph
from duologue.studio.expressions.scene import Scene

__all__ = ["unsaid"]


def unsaid(
    text: str,
    number: int,
    block: Paragraph,
    scene: Scene,
    called_next: Sequence[Character],
    someone: bool,
) -> tuple[Character | None, str]:
    """The speaker of a paragraph in which nobody is said to speak, or someone unknown.

    called_next: who is spoken to in the next paragraphs.
    """
    gaps = [text[a:b] for a, b in block.gaps]
    called = {id(c) for q in block.quotations for c in called_in(scene, q.inner, None)}
    told = ""
    for piece in () if someone else gaps:  # who acts here
        for sentence in SENTENCE.split(piece.strip()):
            who = subject(scene, number, sentence, told) if len(sentence.split()) > 1 else None
            if who is not None and id(who) not in called:
                return who, "acts"
            told += " " + sentence
    last = scene.last_speaker(number)
    answered = [c for c in called_next if id(c) not in called and c is not last]
    if last is None and answered:
        return answered[0], "answered"
    if last is None:
        candidates = [c for c in reversed(scene.mentioned) if id(c) not in called]
        return (candidates[0], "mentioned") if candidates else (None, "")
    if scene.addressed is not None and scene.addressed is not last and id(scene.addressed) not in called:
        return scene.addressed, "spoken to"
    if answered and answered[0] in scene.mentioned:
        return answered[0], "answered"
    partner = scene.partner(number)
    told_of = scene.focus[1] if scene.focus is not None and scene.focus[0] == number - 1 else None
    if told_of is not None and not someone and id(told_of) not in called:
        return told_of, "acts before"
    fresh = scene.newcomer(number, partner)
    if fresh is not None and id(fresh) not in called:
        return fresh, "newcomer"
    if partner is not None and id(partner) not in called:
        return partner, "turn"
    others = [c for c in reversed(scene.mentioned) if c is not last and id(c) not in called]
    if others:
        return others[0], "mentioned"
    if last.name == NARRATOR_I:  # somebody speaks with "I" who is never named
        return scene.cast.nameless("male"), "turn"
    if scene.cast.first_person:
        return scene.cast.narrator(), "turn"
    return (last, "again") if id(last) not in called else (None, "")
