"""Who says what: each quotation of a story with its speaker.

    for said in attribute(text):
        print(said.speaker.name if said.speaker else "?", text[said.start:said.end])

Design choices
- Rules in the order of their certainty, as readers seem to use them (Elson & McKeown 2010; He, Barbosa &
  Kondrak 2013): a verb of saying beside the quotation; the same paragraph; who acts in the paragraph; the one
  who was spoken to; the turn-taking of two; the last one mentioned.
- A pronoun means the last one of that sex who was mentioned, but in a new paragraph rather the partner of
  whoever spoke last than that speaker again.
- Who is called by name in a quotation isn't its speaker, and is likely the next one.
- `how` says which rule decided, so that a caller can tell the sure from the guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from duologue.studio.expressions.address import called_in
from duologue.studio.expressions.beside import SENTENCE, beside, mentions
from duologue.studio.expressions.character import NARRATOR_I, Character
from duologue.studio.expressions.characters import Cast
from duologue.studio.expressions.focus import focus, only_pronouns, spoken_to
from duologue.studio.expressions.naming import introduced, named_later, same
from duologue.studio.expressions.quotations import Paragraph, paragraphs
from duologue.studio.expressions.said import Said
from duologue.studio.expressions.scene import Scene
from duologue.studio.expressions.turntaking import unsaid

__all__ = ["attribute"]


def attribute(text: str, cast: Cast | None = None) -> list[Said]:
    """Every quotation of `text` with its speaker, in order."""
    blocks = paragraphs(text)
    cast = cast or Cast(text, blocks)
    scene = Scene(cast)
    done: list[Said] = []
    for number, block in enumerate(blocks):
        scene.paragraph = number
        if not block.quotations:
            _narrated(scene, text[block.start : block.end])
            focus(scene, number, text[block.start : block.end])
            continue
        lead = _lead_in(text, blocks, number)
        coming = blocks[number + 1 : number + 3]
        called = [
            c for b in coming for q in b.quotations for c in called_in(scene, q.inner, None, names=True)
        ]
        done += _paragraph(text, number, block, scene, done[-1] if done else None, lead, called)
        scene.focus = None
        tail = SENTENCE.split(text[block.quotations[-1].end : block.end].strip(), maxsplit=1)
        if len(tail) > 1 and not only_pronouns(tail[1]):
            focus(scene, number, tail[1])
    named_later(text, blocks, done, cast)
    done = [replace(said, speaker=cast.canonical(said.speaker)) for said in done]
    return _opened(text, blocks, done, cast)


def _lead_in(text: str, blocks: Sequence[Paragraph], number: int) -> str:
    """The end of the paragraph before, where it announces what this one says: "He went on:"."""
    block = blocks[number]
    if not number or not block.quotations or block.quotations[0].start != block.start:
        return ""
    before = blocks[number - 1]
    start = before.quotations[-1].end if before.quotations else before.start
    told = text[start : before.end].rstrip()
    return told if told[-1:] in ":,—–-" else ""


def _opened(text: str, blocks: Sequence[Paragraph], done: list[Said], cast: Cast) -> list[Said]:
    """A conversation that begins before anybody is named, told backwards from the first who is."""
    unknown = next((i for i, said in enumerate(done) if said.speaker is not None), len(done))
    known = [said.speaker for said in done[unknown:] if said.speaker is not None]
    first = known[0] if known else None
    if not unknown or first is None:
        return done
    between = text[done[unknown - 1].end : done[unknown].start]
    named = [c for _, _, c in cast.mentions(between) if c is not first and c.proper]
    named += [c for c in known if c is not first]
    if not named and first.name != NARRATOR_I:
        return done
    named = named or [cast.nameless("male")]
    pair = (named[0], first)
    paragraph = {q.start: i for i, b in enumerate(blocks) for q in b.quotations}
    turn, made = -1, list(done)
    last = paragraph[done[unknown].start]
    for at in range(unknown - 1, -1, -1):
        here = paragraph[done[at].start]
        turn, last = (turn + 1, here) if here != last else (turn, last)
        made[at] = replace(done[at], speaker=pair[max(turn, 0) % 2], how="opening")
    return made


def _narrated(scene: Scene, piece: str) -> None:
    """Take note of who is mentioned in narration; the subject of the last sentence counts last."""
    for _, _, character in mentions(scene, piece):
        scene.mention(character)
    if re.search(r"\b(?:I|my|me)\b", piece):
        scene.mention(scene.cast.narrator())


def _paragraph(
    text: str,
    number: int,
    block: Paragraph,
    scene: Scene,
    before: Said | None,
    lead: str,
    called_next: Sequence[Character],
) -> list[Said]:
    quotations = block.quotations
    found: list[tuple[Character | None, str, str]] = []
    if block.goes_on and before is not None:
        return [
            Said(start=q.start, end=q.end, inner=q.inner, speaker=before.speaker, how="goes on", verb="")
            for q in quotations
        ]
    scene.barred = {id(c) for q in quotations for c in called_in(scene, q.inner, None, names=True)}
    for at, quotation in enumerate(quotations):
        left = text[quotations[at - 1].end if at else block.start : quotation.start] or lead
        right_end = quotations[at + 1].start if at + 1 < len(quotations) else block.end
        right = text[quotation.end : right_end]
        # "Well," he said, "come in": one sentence, one speaker
        if (
            at
            and found[-1][1] == "said after"
            and not re.search(r"[.!?;]", re.sub(r"\b(?:Mrs?|Dr|Ms|St)\.", "", left))
        ):
            found.append((found[-1][0], "same sentence", found[-1][2]))
            continue
        told = " ".join(text[a:b] for a, b in block.gaps if b <= quotation.start) or lead
        found.append(beside(scene, number, quotation, left, right, told))
    speakers = _spread(found)
    if all(s is None for s, _, _ in speakers):
        speaker, how = unsaid(
            text, number, block, scene, called_next, any(h == "someone" for _, h, _ in found)
        )
        speakers = [(speaker, how, "") for _ in quotations]
    scene.barred = set()
    made = []
    for quotation, (who, how, verb) in zip(quotations, speakers, strict=True):
        made.append(
            Said(
                start=quotation.start,
                end=quotation.end,
                inner=quotation.inner,
                speaker=who,
                how=how,
                verb=verb,
            )
        )
    _narrated(scene, " ".join(text[a:b] for a, b in block.gaps))
    introduced(scene, made)
    for said in made:
        if said.speaker is not None:
            scene.mention(said.speaker)
            scene.spoke.append((number, said.speaker))
    called = [c for said in made for c in called_in(scene, said.inner, said.speaker) if c is not said.speaker]
    called = [same(scene, number, c, made[0].speaker) for c in called]
    scene.addressed = (
        called[-1] if called else spoken_to(scene, " ".join(text[a:b] for a, b in block.gaps), made)
    )
    return made


def _spread(
    found: Sequence[tuple[Character | None, str, str]],
) -> list[tuple[Character | None, str, str]]:
    """Quotations without a speaker of their own take that of their neighbour in the paragraph."""
    done = list(found)
    for at in range(1, len(done)):
        if done[at][0] is None and done[at - 1][0] is not None:
            done[at] = (done[at - 1][0], "same paragraph", "")
    for at in range(len(done) - 2, -1, -1):
        if done[at][0] is None and done[at + 1][0] is not None:
            done[at] = (done[at + 1][0], "same paragraph", "")
    return done
