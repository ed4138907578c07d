"""Whom "her father" and "his wife" mean, in a conversation.

Design choices
- Kin is looked for among those who spoke: the last one of that sex, other than whoever spoke last.
- A spouse shares the surname, and Mr. or Mrs. stands before it.
"""

from __future__ import annotations

import re

from duologue.studio.expressions.character import NARRATOR_I, Character
from duologue.studio.expressions.scene import Scene
from duologue.studio.expressions.speech import sex_of_noun

__all__ = ["kin_of", "spouse_of"]


def kin_of(scene: Scene, noun: str) -> Character | None:
    """Whom "her father" means: the last one of that sex in the conversation other than whoever spoke last."""
    sex = sex_of_noun(noun)
    last = scene.last_speaker(scene.paragraph)
    elder = noun in ("father", "mother", "uncle", "aunt", "master", "mistress")
    for _, known in reversed(scene.spoke):
        fits = known.sex in (sex, sex or known.sex) and known is not last and known.name != NARRATOR_I
        if fits and not (elder and known.age == "child"):
            return known
    return None


def spouse_of(scene: Scene, noun: str) -> Character | None:
    wanted = "female" if noun in ("wife", "lady") else "male"
    for character in reversed(scene.mentioned):
        if character.sex and character.sex != wanted:
            surname = character.name.split()[-1]
            for other in scene.cast.characters:
                if (
                    other.sex == wanted
                    and other.name.split()[-1] == surname
                    and re.match(r"Mrs?\b", other.name)
                ):
                    return other
    return None
