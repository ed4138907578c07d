"""Questions that a statement answers, made from the statement.

Design choices
- A question is turned around from the sentence itself where that is safe (`turning.py`, `definitions.py`).
- Else the question is asked by what the sentence is about (its cues), from a pool of written phrases.
- Each candidate has a rank; the dialogue takes the best one whose kind wasn't used just before and whose
  phrase wasn't used at all, so nothing is said twice.
- A question that carries words of the source carries the span, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from duologue.studio.podcast.cues import quantities
from duologue.studio.podcast.grammar import lower_first
from duologue.studio.podcast.question import Question
from duologue.studio.podcast.statements import Statement
from duologue.studio.podcast.turning import turned

__all__ = ["candidates"]

_STANDING = frozenset("had said was were could would did knew thought believed".split())


def candidates(
    statement: Statement,
    *,
    before: Statement | None,
    common: frozenset[str],
    progress: float,
    fresh: bool,
    known: Callable[[str], bool],
    followed: bool,
) -> Iterator[Question]:
    """Questions that `statement` answers, in no order.

    before: what was said last; common: words that are no names; progress: how far the document is, 0 to 1;
    fresh: whether the statement opens a new subject; known: whether a surname was heard; followed: whether
    the same speaker has more to say after it.
    """
    yield from turned(statement, common)
    yield from _about_people(statement, common, before)
    yield from _by_cue(statement, before, progress)
    if fresh:
        yield from _by_subject(statement, common, known)
    if followed and _can_be_put(statement):
        yield Question(kind="state", rank=7.2 if statement.length <= 9 else 5.6, answer="", cites=True)
    found = statement.clause
    goes_on = before is not None and before.index == statement.index - 1
    goes_on = goes_on and before is not None and before.paragraph == statement.paragraph
    tells = found is not None and found.verb_tag == "VBD" and found.verb.lower() not in _STANDING
    if goes_on and tells and not statement.explains:
        yield Question(kind="plain", rank=0.7, pool="then")
    if progress > 0.65:
        yield Question(kind="plain", rank=0.6, pool="late")
    yield Question(kind="plain", rank=0.5, pool="plain")


def _about_people(
    statement: Statement, common: frozenset[str], before: Statement | None
) -> Iterator[Question]:
    """Questions for what somebody says."""
    speaker = statement.speaker
    if not statement.quoted:
        return
    if speaker is None:
        yield Question(kind="quote", rank=4, pool="quote")
        return
    same = before is not None and (before.speaker is speaker or speaker.last in before.raw)
    if same:
        yield Question(kind="quote again", rank=6, pool="quote again")
    elif speaker.descriptor and not speaker.descriptor.startswith("who "):
        role = speaker.descriptor
        if role.split()[0] in ("the", "an", "a") or "'s" in role or "’s" in role:
            yield Question(kind="voice", rank=7, pool="voice", slot=role)
    yield Question(kind="quote", rank=5, pool="quote")


def _by_cue(statement: Statement, before: Statement | None, progress: float) -> Iterator[Question]:
    """Questions from the pools, for what the statement is about."""
    here = statement.cues
    if statement.connective in ("However", "But", "Yet", "Still", "Nevertheless", "Even so"):
        doubtful = "warning" in here or statement.polarity < 0
        yield Question(kind="contrast", rank=7, pool="doubt" if doubtful else "contrast")
        yield Question(kind="contrast", rank=6.9, pool="contrast")
    elif "warning" in here and not statement.quoted and not statement.explains:
        yield Question(kind="contrast", rank=5, pool="doubt")
    if "quote" in here and statement.quoted:
        return
    if statement.explains:  # words like "will" and "used" mean less where nothing happens
        if "past" in here and re.search(r"\b(?:1[0-9]|20)\d\d", statement.text) and progress < 0.5:
            yield Question(kind="past", rank=4, pool="past")
        if "reason" in here:
            yield Question(kind="cause", rank=5, pool="cause")
        return
    if "money" in here and "cost" in here:
        yield Question(kind="money", rank=5.5, pool="money")
    if "future" in here and "past" not in here and progress > 0.6:
        yield Question(kind="next", rank=5 + 2 * progress, pool="next")
    if "past" in here and "future" not in here and progress < 0.7:
        yield Question(kind="past", rank=6, pool="past")
    if "reason" in here:
        yield Question(kind="cause", rank=5, pool="cause")
    if "how" in here and "past" not in here:
        yield Question(kind="how", rank=4.5, pool="how")
    figures = quantities(statement.text)
    if "finding" in here and figures:
        yield Question(kind="evidence", rank=4.2, pool="evidence")
    elif figures >= 2 or "percent" in here:
        yield Question(kind="number", rank=3.5, pool="number")
    if "problem" in here:
        yield Question(kind="problem", rank=4.8, pool="problem")
    if "people" in here and "affected" in here:
        yield Question(kind="people", rank=3.2, pool="people")


def _can_be_put(statement: Statement) -> bool:
    """Whether the one who asks can say the statement: short, plain, and about nothing that was left open."""
    if statement.quoted or statement.length > 13 or statement.needs is not None or "quote" in statement.cues:
        return False
    return not re.search(r"\b(?:I|he|she|said|says|according)\b", statement.text)


def _by_subject(
    statement: Statement, common: frozenset[str], known: Callable[[str], bool]
) -> Iterator[Question]:
    """A question that only names what comes next: "And the prize?"; for a new person it names nobody."""
    found = statement.clause
    if found is None or found.pronoun or statement.quoted or statement.titled:
        return
    if found.proper and found.insertion and not known(found.head):
        studied = re.match(
            r"(?:(?:has|have|had) )?(?:stud|measur|compar|analys|analyz|examin)", f"{found.verb} {found.rest}"
        )
        if found.verb in ("has", "have", "had", "studied", "measured") and studied:
            yield Question(kind="expert", rank=7, pool="expert")
        elif re.match(r"sa(?:id|ys)|argue|warn|add|believe|remember|note|point", found.verb):
            yield Question(kind="someone", rank=5.4, pool="someone")
        return
    if found.proper and not known(found.head):
        return
    first = found.subject.split()[0].lower()
    small = len(found.subject.split()) <= 4
    definite = (
        first in ("the", "its", "their") or found.proper or (found.plural and len(found.subject.split()) == 1)
    )
    if first in ("the", "its", "their") and re.search(
        r"\b(?:turning|change|effect|other|result|same|first|last|next|end)\b", found.subject
    ):
        return
    if first not in ("the", "its", "their") and not found.proper and not known(found.subject):
        return
    if small and definite and not re.search(r"\d", found.subject):
        yield Question(
            kind="subject", rank=5.2, pool="subject", slot=lower_first(found.subject, common), cites=True
        )
