"""Characters who turn out to be one: a name that is given late to somebody known as a kind, or as "he"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duologue.studio.expressions.character import Character
from duologue.studio.expressions.characters import Cast
from duologue.studio.expressions.quotations import Paragraph
from duologue.studio.expressions.said import Said
from duologue.studio.expressions.scene import Scene

__all__ = ["introduced", "named_later", "same"]


def named_later(text: str, blocks: Sequence[Paragraph], done: Sequence[Said], cast: Cast) -> None:
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
            told = [text[a:b] for a, b in block.gaps if b > spoke[0].end]
            named = [c for piece in told for _, _, c in cast.mentions(piece) if c.sex == sex and c.proper]
            if named:
                before = [said for said in spoke if said.start < block.start]
                if len(before) == len(spoke):
                    cast.merge(spoke[0].speaker, named[0])
                break


def same(scene: Scene, number: int, called: Character, speaker: Character | None) -> Character:
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


def introduced(scene: Scene, made: Sequence[Said]) -> None:
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
