"""Questions for what an explanation says: what a thing is, what it is made of, where and since when.

Design choices
- News answers "what happened", a reference work "what is it": these are the sentences of the second kind,
  turned around as the others are (`turning.py`), the answer being what follows the verb.
- A passive or copular verb gives the question its own words back ("was founded" asks "When was X founded?"),
  so number and tense always agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from duologue.studio.podcast.grammar import Clause, lower_first, upper_first
from duologue.studio.podcast.question import Question

__all__ = ["told_of"]

_BE = ("is", "are", "was", "were")
_BORN = re.compile(
    r"(?P<what>(?:first |originally )?(?:founded|established|formed|created|built|born|invented|introduced|"
    r"discovered|published|incorporated|opened|launched|released|completed|described|coined|abolished))"
    r" (?P<when>(?:in|on|around|about|between|during) (?:early |late |the |\w+ )?.*\b\d{3,4}s?\b.*)$",
    re.S,
)
_PLACED = re.compile(
    r"(?P<what>(?:found|located|situated|grown|spoken|based|held|kept|used mainly|common))"
    r" (?P<where>(?:in|on|at|near|along|around|throughout|across) .+)$",
    re.S,
)
_USED = re.compile(r"(?:often |commonly |widely |mainly |also )?used (?P<what>(?:for|to|as|in) .+)$", re.S)
_MADE_OF = re.compile(r"(?:made of|made from|made up of|composed of|divided into) (?P<what>.+)$", re.S)
_BEST = re.compile(
    r"^(?:the|its|their) (?:most \w+|\w{3,}est|main|only|two main|three main|largest|chief|principal|"
    r"(?:first|earliest|last)(?! (?:\w+ )?(?:years?|months?|weeks?|days?|hours?|time)))\b",
    re.I,
)
_CALLED = re.compile(
    r"(?:also |sometimes |often |commonly |usually )?(?:called|known as|referred to as) (?P<what>.+)$",
    re.S,
)
_LONGEST = 7


def told_of(found: Clause, common: frozenset[str]) -> Iterator[Question]:
    """Questions that the clause answers by what stands behind its verb."""
    subject = lower_first(found.subject, common)
    if found.pronoun or found.insertion or len(subject.split()) > _LONGEST or _vague(found.subject):
        return
    verb, rest = found.verb.lower(), found.rest
    if verb in _BE:
        yield from _of_being(verb, subject, rest)
    elif verb in ("can", "could") and (match := re.match(r"be used (?P<what>(?:to|for|as) .+)$", rest, re.S)):
        yield _made("use", 7.6, f"What {verb} {subject} be used for?", match["what"])
    elif verb in ("has", "have") and (match := re.match(r"been " + _USED.pattern, rest, re.S)):
        yield _made("use", 7.2, f"What {verb} {subject} been used for?", match["what"])
    elif (
        verb in ("includes", "include", "contains", "contain", "comprises", "comprise")
        and len(rest.split()) > 3
    ):
        does, plain = ("do", verb) if verb[-1] != "s" else ("does", verb[:-1])
        yield _made("parts", 7.4, f"What {does} {subject} {plain}?", rest)
    elif verb in ("consists", "consist") and rest.startswith("of "):
        yield _made(
            "parts", 7.6, f"What {'do' if verb == 'consist' else 'does'} {subject} consist of?", rest[3:]
        )
    elif verb in ("means", "refers") and re.match(r"(?:to |that )?\w", rest):
        to = " to" if rest.startswith("to ") else ""
        yield _made("meaning", 7.6, f"What does {subject} {verb.rstrip('s')}{to}?", rest.removeprefix("to "))
    elif verb in ("comes", "derives", "came") and re.match(r"from (?:the|a|an|[A-Z])", rest):
        does = "did" if verb == "came" else "does"
        yield _made(
            "origin", 8, f"Where {does} {subject} {'derive' if verb == 'derives' else 'come'} from?", rest
        )


def _of_being(verb: str, subject: str, rest: str) -> Iterator[Question]:
    if match := _BORN.match(rest):
        yield _made("date", 8, f"When {verb} {subject} {match['what']}?", match["when"])
    elif match := _PLACED.match(rest):
        yield _made("where", 7.6, f"Where {verb} {subject} {match['what']}?", match["where"])
    elif match := _USED.match(rest):
        if not re.match(r"as (?:such|well)", match["what"]):
            yield _made("use", 7.4, f"What {verb} {subject} used for?", match["what"])
    elif match := _MADE_OF.match(rest):
        of = rest[: match.start("what")].strip()
        yield _made("parts", 7.4, f"What {verb} {subject} {of}?", match["what"])
    elif match := _CALLED.match(rest):
        yield _made("name", 7, f"What {verb} {subject} called?", match["what"])
    elif _BEST.match(subject) and re.match(r"(?:the |an? |to |that |[A-Z])\S+ \S+ ", rest):
        yield _made("which", 8, f"What {verb} {subject}?", rest)
    elif re.match(r"due to |caused by |because ", rest):
        yield _made(
            "cause", 7.6, f"What {verb} {subject} due to?" if rest[0] == "d" else f"Why {verb} that?", rest
        )


def _made(kind: str, rank: float, text: str, answer: str) -> Question:
    return Question(kind=kind, rank=rank, text=text, answer=upper_first(answer), cites=True)


def _vague(subject: str) -> bool:
    return (
        re.match(
            r"(?i)(?:one|some|others?|it|this|that|these|those|such|both|all|each|another|what)\b", subject
        )
        is not None
    )
