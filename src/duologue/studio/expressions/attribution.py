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
from dataclasses import dataclass, replace

from duologue.studio.expressions.address import called_in
from duologue.studio.expressions.beside import SENTENCE, beside, mentions, subject
from duologue.studio.expressions.character import NARRATOR_I, Character
from duologue.studio.expressions.characters import Cast
from duologue.studio.expressions.quotations import Paragraph, Quotation, paragraphs
from duologue.studio.expressions.scene import Scene

__all__ = ["Said", "attribute"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A quotation [start, end) with its speaker, None where nobody is known; `how` names the rule."""

    start: int
    end: int
    inner: str
    speaker: Character | None
    how: str
    verb: str = ""


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
            _focus(scene, number, text[block.start : block.end])
            continue
        lead = _lead_in(text, blocks, number)
        coming = blocks[number + 1 : number + 3]
        called = [
            c for b in coming for q in b.quotations for c in called_in(scene, q.inner, None, names=True)
        ]
        done += _paragraph(text, number, block, scene, done[-1] if done else None, lead, called)
        scene.focus = None
        tail = SENTENCE.split(text[block.quotations[-1].end : block.end].strip(), maxsplit=1)
        if len(tail) > 1 and not _only_pronouns(tail[1]):
            _focus(scene, number, tail[1])
    _named_later(text, blocks, done, cast)
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


_OBJECT = re.compile(
    r"\b(?:to|at|of|with|from|by|upon|on|for|towards?|after|behind|beside|over|in|about|that) "
    r"(?:the |his |her |my |poor |little )*$"
)
_SPOKEN_TO = re.compile(
    r"\b(?:to|at|upon|towards?|on|asked|told|answered|facing|faced) (?P<whom>him|her|[A-Z][a-z]+)\b"
)


_SEX = {"he": "male", "she": "female"}


def _only_pronouns(piece: str) -> bool:
    """Whether a stretch of narration names nobody."""
    return re.search(r"(?<![.!?] )\b[A-Z][a-z]+", piece[1:]) is None and not re.match(
        r"[A-Z][a-z]+ [a-z]+ed\b", piece
    )


def _focus(scene: Scene, number: int, piece: str) -> None:
    """Take note of whom a paragraph of narration is about: the subject of most of its sentences."""
    subjects: list[Character] = []
    last = scene.last_speaker(number)
    for sentence in SENTENCE.split(piece.strip()):
        opening = re.match(
            r"\W*(?:(?:And|But|Then|So|Once|Now|At last|Evidently|Presently)\W+)?(he|she)\b", sentence, re.I
        )
        if opening and not subjects and last is not None and last.sex == _SEX[opening[1].lower()]:
            subjects.append(last)
        if opening and subjects:
            subjects.append(subjects[-1])
            continue
        acting = [
            c
            for start, end, c in scene.cast.mentions(sentence)
            if c.sex and not _OBJECT.search(sentence[:start]) and not re.match(r"[’']s", sentence[end:])
        ]
        if acting and not opening:
            subjects.append(acting[0])
    if last := _brought_in(scene, piece):
        scene.focus = (number, last)
    elif subjects:
        scene.focus = (number, subjects[-1])


def _brought_in(scene: Scene, piece: str) -> Character | None:
    """Whoever the paragraph brings in as "a" somebody, and goes on to call he or she."""
    for start, end, character in reversed(scene.cast.mentions(piece)):
        new = re.search(r"\b(?:a|an|another) (?:[\w-]+ ){0,2}$", piece[:start]) is not None
        if new and not character.proper and re.search(r"\b(?:he|she)\b", piece[end:]):
            return character
    return None


def _named_later(text: str, blocks: Sequence[Paragraph], done: Sequence[Said], cast: Cast) -> None:
    """A "he" who speaks before any man is named, and no more after, is the first who then is."""
    for sex in ("male", "female"):
        spoke = [
            said
            for said in done
            if said.speaker is not None and said.speaker.name == ("he", "she")[sex == "female"]
        ]
        if not spoke or spoke[0].speaker is None:
            continue
        for block in blocks:
            told = [text[a:b] for a, b in _gaps(block) if b > spoke[0].end]
            named = [c for piece in told for _, _, c in cast.mentions(piece) if c.sex == sex and c.proper]
            if named:
                before = [said for said in spoke if said.start < block.start]
                if len(before) == len(spoke):
                    cast.merge(spoke[0].speaker, named[0])
                break


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
        told = " ".join(text[a:b] for a, b in _gaps(block) if b <= quotation.start) or lead
        found.append(beside(scene, number, quotation, left, right, told))
    speakers = _spread(found, quotations, text)
    if all(s is None for s, _, _ in speakers):
        speaker, how = _unsaid(
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
    _narrated(scene, " ".join(text[a:b] for a, b in _gaps(block)))
    _introduced(scene, made)
    for said in made:
        if said.speaker is not None:
            scene.mention(said.speaker)
            scene.spoke.append((number, said.speaker))
    called = [c for said in made for c in called_in(scene, said.inner, said.speaker) if c is not said.speaker]
    called = [_same(scene, number, c, made[0].speaker) for c in called]
    scene.addressed = (
        called[-1] if called else _spoken_to(scene, " ".join(text[a:b] for a, b in _gaps(block)), made)
    )
    return made


def _spoken_to(scene: Scene, told: str, made: Sequence[Said]) -> Character | None:
    """Whom the narration around a quotation says it is for."""
    speaker = made[-1].speaker
    match = _SPOKEN_TO.search(told)
    if match is None or speaker is None:
        return None
    if match["whom"] not in ("him", "her"):
        found = scene.cast.find(match["whom"])
        return found if found is not speaker else None
    sex = "male" if match["whom"] == "him" else "female"
    spoke = [c for _, c in reversed(scene.spoke) if c.sex == sex and c is not speaker]
    return spoke[0] if spoke else None


def _same(scene: Scene, number: int, called: Character, speaker: Character | None) -> Character:
    """Whoever was just known as "a girl" and is now called by a name that nobody has had yet."""
    if id(called) in scene.seen or not called.proper:
        return called
    for known in reversed(scene.mentioned[-4:]):
        recent = number - scene.seen.get(id(known), -99) <= 3
        titled = " " in called.name and number - scene.seen.get(id(known), -99) <= 1
        general = scene.cast.is_general(known) or (titled and not known.proper)
        if general and recent and known is not speaker and {known.sex, called.sex} != {"male", "female"}:
            scene.mentioned = [called if c is known else c for c in scene.mentioned]
            scene.spoke = [(at, called if c is known else c) for at, c in scene.spoke]
            scene.seen[id(called)] = scene.seen[id(known)]
            scene.cast.merge(known, called)
            break
    return called


_MY_NAME = re.compile(
    r"^(?:(?:My name is|I am|I’m|I'm|Call me) )?(?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)[,.!]"
)


def _introduced(scene: Scene, made: Sequence[Said]) -> None:
    """Whoever was just known as "a young man" and now says a name of his own."""
    for said in made:
        match = _MY_NAME.match(said.inner.strip())
        who = said.speaker
        if match is None or who is None or not scene.cast.is_general(who):
            continue
        named = scene.cast.find(match["name"].split()[-1])
        alone = len(match["name"].split()) > 1 or " name is " in said.inner
        if named is not None and named is not who and named.proper and alone and id(named) not in scene.seen:
            scene.cast.merge(named, who)
            who.name, who.proper = match["name"], True


def _gaps(block: Paragraph) -> list[tuple[int, int]]:
    gaps, at = [], block.start
    for quotation in block.quotations:
        gaps.append((at, quotation.start))
        at = quotation.end
    return [*gaps, (at, block.end)]


def _spread(
    found: Sequence[tuple[Character | None, str, str]], quotations: Sequence[Quotation], text: str
) -> list[tuple[Character | None, str, str]]:
    """Quotations without a speaker of their own take that of their neighbour in the paragraph."""
    del quotations, text
    done = list(found)
    for at in range(1, len(done)):
        if done[at][0] is None and done[at - 1][0] is not None:
            done[at] = (done[at - 1][0], "same paragraph", "")
    for at in range(len(done) - 2, -1, -1):
        if done[at][0] is None and done[at + 1][0] is not None:
            done[at] = (done[at + 1][0], "same paragraph", "")
    return done


def _unsaid(
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
    gaps = [text[a:b] for a, b in _gaps(block)]
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
