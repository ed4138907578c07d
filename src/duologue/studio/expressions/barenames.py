"""Names in a narration that no title stands before: which are people's.

Design choices
- A name counts as a person's where it speaks or is spoken of as speaking, does what people do, is a known
  first name, is called ("Oh, Pip!"), or stands as a name in the middle of a sentence.
- What more often follows "in" or "from" is a place, unless it is a known first name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

from duologue.studio.expressions.forms import NOT_NAMES, PLACES, TITLES
from duologue.studio.expressions.kinds import DOES
from duologue.studio.expressions.speech import SAY
from duologue.studio.firstnames import FEMALE, MALE

__all__ = ["bare_names"]

_NAME = re.compile(
    r"\b[A-Z][a-zà-ÿ]+(?:[-’'][A-Z]?[a-zà-ÿ]+)*(?: (?:de |von |van )?[A-Z][a-zà-ÿ]+(?:[-’'][A-Z][a-zà-ÿ]+)*)*"
)
_CALLED = re.compile(r"(?:, |[Mm]y dear |[Dd]ear |[Oo]h, )(?P<name>[A-Z][a-z]{2,})(?=[,.!?;]+(?:[ ’”'\"]|$))")
_PLACE_BEFORE = re.compile(r"\b(?:in|at|from|near|through|into|across|outside|beyond) $", re.I)


def bare_names(pieces: Sequence[str], text: str, known: Container[str]) -> list[str]:
    """People's names in stretches of narration of `text`, longest and most frequent first; `known`: forms
    that have a character."""
    counts: Counter[str] = Counter()
    place: Counter[str] = Counter()
    for piece in pieces:
        for match in _NAME.finditer(piece):
            form = re.sub(r"(?:’s|'s)$", "", match[0])
            words = form.split()
            while words and words[0].lower() in NOT_NAMES:
                words = words[1:]
            if not words or any(w in TITLES for w in words):
                continue
            form = " ".join(words)
            if form.lower() in NOT_NAMES or form in known or words[-1].lower() in PLACES:
                continue
            at = piece.find(form, match.start())
            before = piece[:at]
            adjective = re.search(r"\b(?:the|an?|these|those|this|that|some|any|no|of) $", before, re.I)
            if adjective and re.match(r" [a-z]", piece[at + len(form) :]):
                continue  # "the Mexican shore"
            first = not before.strip() or before.rstrip()[-1] in ".!?\n"
            said = re.search(rf"\b(?:{'|'.join(SAY)}) (?:the )?$", before) is not None
            after = re.match(r"(?: \w+ly)? (\w+)", piece[at + len(form) :])
            says = after is not None and (after[1] in SAY or after[1].endswith("ed") or after[1] in DOES)
            is_first_name = words[0].lower() in FEMALE or words[0].lower() in MALE
            if _PLACE_BEFORE.search(before) and not is_first_name:
                place[form] += 1
            elif said or says or is_first_name or not first:
                sure = said or is_first_name or (says and (not first or (after and after[1] in SAY)))
                counts[form] += 2 if sure else 1
    for match in _CALLED.finditer(text):
        town = re.search(r"([A-Z][a-z]+), $", text[: match.start("name")])  # "Boston, Mass."
        if town and town[1].lower() not in NOT_NAMES:
            continue
        if match["name"].lower() not in NOT_NAMES and match["name"] not in TITLES:
            counts[match["name"]] += 2
    return [
        form
        for form, count in sorted(counts.items(), key=lambda pair: (-len(pair[0].split()), -pair[1]))
        if place[form] < count and (count >= 2 or len(form.split()) > 1)
    ]
