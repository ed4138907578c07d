"""Characters that are known by what they are: how often each kind is told of as a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

from duologue.studio.expressions.forms import NOT_NAMES
from duologue.studio.expressions.kinds import (
    DOES,
    GENERAL_NOUNS,
    KIND,
    NO_KIND,
    ONE_OF,
    OTHER_KIND,
    SPEAKS,
    SPEAKS_END,
    singular,
)
from duologue.studio.expressions.speech import PEOPLE_NOUNS, SAY

__all__ = ["kinds_told"]


def kinds_told(pieces: Sequence[str], known: Container[str]) -> tuple[Counter[tuple[str, str]], set[str]]:
    """How sure each (noun, adjectives) in stretches of narration is a person, from 1; and the nouns that are
    brought in with "a". `known`: forms that have a character.
    """
    counts: Counter[tuple[str, str]] = Counter()
    introduced: set[str] = set()
    for piece in pieces:
        for match in ONE_OF.finditer(piece):  # "said one of the policemen"
            counts[(singular(match["noun"]), "")] += 3 * bool(SPEAKS_END.search(piece[: match.start()]))
        for match in (*KIND.finditer(piece), *OTHER_KIND.finditer(piece)):
            noun = match["noun"]
            before, after = piece[: match.start()], piece[match.end() :]
            speaks = noun.islower() and noun not in NO_KIND and SPEAKS.match(before) and not match["words"]
            speaks = speaks and re.match(r"[,.;:]|$| \w+ly\b|, ", after)
            if (
                noun in known
                or noun.lower() in NOT_NAMES
                or (
                    re.split("[ -]", noun.lower())[-1] not in PEOPLE_NOUNS
                    and noun.lower().split()[0] not in PEOPLE_NOUNS
                    and not speaks
                )
            ):
                continue
            if match["det"].lower() in ("a", "an"):
                introduced.add(noun.lower())
            said = re.search(rf"\b(?:{'|'.join(SAY)}) $", before)
            says = re.match(rf"(?: \w+ly)? (?:{'|'.join(SAY)})\b", after)
            acts = re.match(r"(?:, [^,.]{2,40},)? (?:\w+ed|" + "|".join(DOES) + r")\b", after)
            brought_in = match["det"].lower() in ("a", "an") and noun.lower() in GENERAL_NOUNS
            weight = 3 if said or says else 1 if acts or brought_in else 0
            counts[(noun.lower(), match["words"].strip())] += weight
    return counts, introduced
