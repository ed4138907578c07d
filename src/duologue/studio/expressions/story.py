"""A story told by a narrator and its characters.

Design choices
- Everything between the quotation marks is the character's, everything else the narrator's, "said Alice"
  included; a mark or two left between them goes with what stands before.
- The style of a line is that of its verb (whispered, cried, sobbed), else of its own words' mood, else of the
  character; narration is told in the story style.
- Pauses are those of one telling: short between a line and its "said", longer at the end of a paragraph.
- A quotation nobody could be found for is read by the narrator, rather than in a wrong voice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duologue.studio.episode import Source, Span, Turn
from duologue.studio.expressions.attribution import attribute
from duologue.studio.expressions.casting import Part, cast_voices
from duologue.studio.expressions.character import Character
from duologue.studio.expressions.mood import mood, style_of_mood
from duologue.studio.expressions.pieces import LONGEST, cut, spoken
from duologue.studio.expressions.quotations import paragraphs
from duologue.studio.expressions.said import Said

__all__ = ["NARRATOR", "told"]

NARRATOR = "Narrator"

_VERBS = {
    "whisper": "whispered whispers whispering breathed breathes",
    "excited": "cried cries exclaimed exclaims crying exclaiming shouted shouts shrieked shrieks squealed",
    "angry": "roared roars snarled snarls thundered bellowed bellows yelled yells snapped snaps hissed "
    "hisses growled growls barked",
    "urgent": "screamed screams urged urges called calls demanded demands interrupted",
    "sad": "sobbed sobs sighed sighs moaned moans wailed wails groaned groans faltered whimpered lamented",
    "gentle": "murmured murmurs coaxed soothed implored begged",
    "cheerful": "laughed laughs chuckled chuckles giggled giggles sang sings teased",
    "serious": "declared declares announced announces warned warns ordered commanded",
}
_STYLE_OF = {verb: style for style, verbs in _VERBS.items() for verb in verbs.split()}
_ADVERBS = {
    "softly": "gentle",
    "gently": "gentle",
    "tenderly": "gentle",
    "kindly": "gentle",
    "angrily": "angry",
    "furiously": "angry",
    "sharply": "angry",
    "sternly": "serious",
    "gravely": "serious",
    "solemnly": "serious",
    "severely": "serious",
    "coldly": "serious",
    "sadly": "sad",
    "mournfully": "sad",
    "gaily": "cheerful",
    "cheerfully": "cheerful",
    "merrily": "cheerful",
    "brightly": "cheerful",
    "eagerly": "excited",
    "excitedly": "excited",
    "impatiently": "urgent",
    "hastily": "urgent",
    "hurriedly": "urgent",
    "quietly": "calm",
    "calmly": "calm",
}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Characters [start, end) by one speaker; who is None for the narrator."""

    start: int
    end: int
    who: Character | None
    style: str
    ends: bool


def told(
    source: Source,
    *,
    narrator: str,
    style: str = "story",
    speed: float = 1.0,
    voices: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Turn], list[Part]]:
    """(turns, the parts of the characters in order of appearance)."""
    text = source.text or ""
    quoted = attribute(text)
    words: Counter[str] = Counter()
    characters: dict[str, Character] = {}
    for said in quoted:
        if said.speaker is not None:
            name = _shown(said.speaker)
            words[said.speaker.name] += len(said.inner.split())
            characters.setdefault(name, said.speaker)
    parts = cast_voices(list(characters.values()), words, narrator=narrator, voices=voices)
    turns: list[Turn] = []
    for stretch in _stretches(text, quoted, parts, style):
        part = parts[stretch.who.name] if stretch.who is not None else None
        pieces = list(cut(text, stretch.start, stretch.end, longest=LONGEST))
        for at, piece in enumerate(pieces):
            last = at == len(pieces) - 1
            turns.append(
                Turn(
                    id=f"t{len(turns) + 1}",
                    speaker=_shown(stretch.who) if stretch.who is not None else NARRATOR,
                    style=stretch.style,
                    speed=min(4.0, max(0.25, speed * (part.speed if part is not None else 1.0))),
                    text=spoken(text[piece.start : piece.end]),
                    spans=(Span(source=source.id, start=piece.start, end=piece.end),),
                    pause_after=_pause(text, piece.end, stretch, last),
                )
            )
    shown = [
        Part(name=n, voice=parts[c.name].voice, speed=parts[c.name].speed, style=parts[c.name].style)
        for n, c in characters.items()
    ]
    return turns, shown


def _shown(character: Character) -> str:
    """The name an episode lists: "The old man", "Alice"; the narrating "I" is called so."""
    name = character.name
    if name == NARRATOR:
        return "The narrator"
    if name in ("he", "she"):
        return name.capitalize()
    return name if character.proper or not name else f"The {name}"


def _stretches(text: str, quoted: Sequence[Said], parts: Mapping[str, Part], style: str) -> list[_Stretch]:
    found: list[_Stretch] = []
    by_start = {s.start: s for s in quoted}
    for block in paragraphs(text):
        at = block.start
        mine: list[_Stretch] = []
        for quotation in block.quotations:
            said = by_start[quotation.start]
            if quotation.start > at:
                mine.append(_Stretch(at, quotation.start, None, style, False))
            how = _how(text, said, parts) if said.speaker is not None else style
            mine.append(_Stretch(quotation.start, quotation.end, said.speaker, how, False))
            at = quotation.end
        if at < block.end:
            mine.append(_Stretch(at, block.end, None, style, False))
        mine = _joined(text, mine)
        if mine:
            mine[-1] = _Stretch(mine[-1].start, mine[-1].end, mine[-1].who, mine[-1].style, True)
        found += mine
    return found


def _joined(text: str, mine: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches without a word go with the one before, or after."""
    done: list[_Stretch] = []
    for stretch in mine:
        silent = not re.search(r"[^\W_]", text[stretch.start : stretch.end])
        held = done[-1] if done else None
        if held is not None and (silent or (held.who is stretch.who and held.style == stretch.style)):
            done[-1] = _Stretch(held.start, stretch.end, held.who, held.style, False)
        elif held is not None and not re.search(r"[^\W_]", text[held.start : held.end]):
            done[-1] = _Stretch(held.start, stretch.end, stretch.who, stretch.style, False)
        else:
            done.append(stretch)
    return done


def _how(text: str, said: Said, parts: Mapping[str, Part]) -> str:
    """The style of a line."""
    around = text[said.end : said.end + 60].split(".")[0]
    for word in re.findall(r"[a-z]+ly\b", around):
        if word in _ADVERBS and said.verb:
            return _ADVERBS[word]
    if said.verb.lower() in _STYLE_OF:
        return _STYLE_OF[said.verb.lower()]
    weights = mood(said.inner)
    own = style_of_mood(weights, len(said.inner.split()))
    if own != "neutral":
        return own
    return parts[said.speaker.name].style if said.speaker is not None else "story"


def _pause(text: str, end: int, stretch: _Stretch, last: bool) -> float | None:
    if not last:
        return None
    if stretch.ends:
        return 0.65
    closing = text[stretch.start : end].rstrip().rstrip("”\"’»'")[-1:]
    return 0.35 if closing in ".!?…" and stretch.who is None else 0.16 if closing == "," else 0.25
