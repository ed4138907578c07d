"""Who is spoken to in a quotation: by name, or as sir, ma'am, my boy.

Design choices
- A name is an address only between marks ("Well, Watson, ..."), not as part of a sentence; a quotation
  that is nothing but a name and a full stop answers a question.
- An address without a name means the last one mentioned of that sex, and of that age for "my boy".
"""

from __future__ import annotations

import re

from duologue.studio.expressions.character import NARRATOR_I, Character
from duologue.studio.expressions.scene import Scene
from duologue.studio.expressions.speech import PEOPLE_NOUNS
from duologue.studio.firstnames import Sex

__all__ = ["called_in"]


def called_in(scene: Scene, inner: str, speaker: Character | None, *, names: bool = False) -> list[Character]:
    """Who is spoken to in a quotation: called by name, or (unless only names count) as sir, ma'am, my boy."""
    found = []
    for start, end, character in scene.cast.mentions(inner):
        before, after = inner[:start].rstrip(), inner[end:].lstrip()
        before = _FORMS_OF_ADDRESS.sub("", before).rstrip()
        before = _FORMS_OF_ADDRESS.sub("", before).rstrip()
        opens = not before or before[-1] in ",.!?—;:"
        closes = not after or after[0] in ",.!?—;:"
        alone = not before and (after in (".", "") or after[0] == "?")
        kind = character.name.split()[-1].lower() in PEOPLE_NOUNS - {"doctor", "colonel"}
        if opens and closes and not alone and not kind and character.name != NARRATOR_I:
            found.append(character)
    if found or names:
        return found
    for pattern, sex, child in _ADDRESS:
        if pattern.search(inner):
            for known in reversed(scene.mentioned):
                young = known.age in ("child", "young")
                if (
                    known is not speaker
                    and known.sex == sex
                    and (young or not child)
                    and known.name != NARRATOR_I
                ):
                    return [known]
    return []


_FORMS_OF_ADDRESS = re.compile(
    r"(?:^|(?<=\W))(?:my|dear|dearest|good|old|poor|young|oh|o|sweet|little|well|yes|no|now|why|you|say|come|and|but)"
    r"\s*,?$",
    re.I,
)
_ADDRESS: tuple[tuple[re.Pattern[str], Sex, bool], ...] = (
    (re.compile(r"\b(?:young sir|my boy|my lad|sonny|my son|young man|young master)\b", re.I), "male", True),
    (re.compile(r"\b(?:my girl|my child|young lady|little miss|missy)\b", re.I), "female", True),
    (re.compile(r"\b(?:ma’am|ma'am|madam)\b", re.I), "female", False),
    (re.compile(r"\b(?:[Mm]y lord|[Yy]our (?:honour|honor|lordship|worship))\b"), "male", False),
    (re.compile(r"\b(?<!young )sir\b"), "male", False),
)
