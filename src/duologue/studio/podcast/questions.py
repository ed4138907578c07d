"""Questions that a statement answers, made from the statement.

Design choices
- A question is turned around from the sentence itself where that is safe ("The repair will cost 42 million
  euros" gives "How much will the repair cost?" and the answer "42 million euros."); the answer is always cut
  out of the source's sentence, never made up, and doesn't say again what the question said.
- Else the question is asked by what the sentence is about (its cues), from a pool of written phrases.
- Each candidate has a rank; the dialogue takes the best one whose kind wasn't used just before and whose
  phrase wasn't used at all, so nothing is said twice.
- A question that carries words of the source carries the span, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from duologue.studio.podcast.grammar import Clause, clause, lower_first, tokens, upper_first
from duologue.studio.podcast.statements import Statement

__all__ = ["Question", "candidates"]

_PAST = {
    "found": "find",
    "discovered": "discover",
    "showed": "show",
    "saw": "see",
    "learned": "learn",
    "concluded": "conclude",
    "confirmed": "confirm",
    "decided": "decide",
    "chose": "choose",
}
_FEELINGS = (
    r"(worried|divided|angry|furious|relieved|sceptical|skeptical|happy|delighted|proud|disappointed|cautious|"
    r"optimistic|hopeful|unhappy|nervous|calm|shocked|sad)"
)
_OPENING = re.compile(r"^(When|After|If|During|Before) ([^,]{8,110}), (.+)$", re.S)
_PURPOSE = re.compile(r"^To ([a-z]+ [^,]{6,90}), (.+)$", re.S)
_COUNT = re.compile(
    r"^(?P<count>(?:About|Almost|Nearly|Roughly|Around|Some|Only|More than|Fewer than|"
    r"Less than|Up to|At least)? ?"
    r"\d[\d.,]*(?: (?:million|billion|thousand))?) (?P<noun>[a-z]+s|people) (?P<rest>.+)$"
)
_MADE = r"(designed|built|founded|organised|organized|funded|developed|invented|led|proposed|financed)"
_BODY = (
    r"(?:council|city|government|company|institute|federation|club|university|"
    r"ministry|firm|agency|board|team)"
)
_DATE = re.compile(
    r"^(?:on|in|by|at the end of|at the beginning of) (?:(?:early |late |mid-)?(?:\d|"
    r"January|February|March|April|"
    r"May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|"
    r"Saturday|Sunday|the (?:spring|summer|autumn|winter|fall)|spring|summer|autumn|winter|next))"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """text: as asked, empty where `pool` names the phrases to choose from; answer: what is said in place of
    the whole statement, None for the statement itself; cites: whether the question has words of the source;
    keep: whether the statement keeps its connective."""

    kind: str
    rank: float
    text: str = ""
    pool: str = ""
    slot: str = ""
    answer: str | None = None
    cites: bool = False


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
    yield from _turned(statement, common)
    yield from _about_people(statement, common, before)
    yield from _by_cue(statement, before, progress)
    if fresh:
        yield from _by_subject(statement, common, known)
    if followed and _can_be_put(statement):
        yield Question(kind="state", rank=7.2 if statement.length <= 9 else 5.6, answer="", cites=True)
    yield Question(kind="plain", rank=0.5, pool="plain")


def _turned(statement: Statement, common: frozenset[str]) -> Iterator[Question]:
    """Questions made of the sentence's own words."""
    text = statement.text
    if statement.quoted:
        return
    if match := _OPENING.match(text):
        yield from _after_clause(match, common)
    if match := _PURPOSE.match(text):
        main = clause(upper_first(match[2]))
        if (
            main is not None
            and not main.pronoun
            and len(main.subject.split()) <= 5
            and main.verb_tag != "VBD"
        ):
            doing = f"{'are' if main.plural else 'is'} {lower_first(main.subject, common)} doing"
            question = f"What {doing} to {match[1]}?"
            yield Question(kind="purpose", rank=9, text=question, answer=upper_first(match[2]), cites=True)
    found = statement.clause
    if found is None:
        return
    yield from _of_clause(found, text, common)
    if match := _COUNT.match(text):
        yield from _how_many(match, found, text)


def _after_clause(match: re.Match[str], common: frozenset[str]) -> Iterator[Question]:
    word, aside, main = match[1].lower(), match[2], upper_first(match[3])
    if len(aside.split()) > 15 or '"' in aside or "“" in aside:
        return
    reading = clause(main)
    inner = tokens(aside)
    if word == "if":
        if re.search(r"\b(?:will|could|can|may|might|would)\b", main):
            yield Question(
                kind="if",
                rank=8.5,
                text=f"And what if {lower_first(aside, common)}?",
                answer=main,
                cites=True,
            )
    elif reading is not None and reading.verb_tag == "VBD" and any(t.tag in ("VBD", "VBG") for t in inner):
        joined = (
            f"{word} {lower_first(aside, common)}"
            if word in ("when", "after", "before")
            else f"{word} {aside}"
        )
        if not re.match(r"(?:after|before|during) (?:that|this|all|then)\b", joined):
            yield Question(kind="when", rank=8.5, text=f"What happened {joined}?", answer=main, cites=True)


def _of_clause(found: Clause, text: str, common: frozenset[str]) -> Iterator[Question]:
    subject = lower_first(found.subject, common)
    if len(subject.split()) > 6 or found.insertion:
        return
    rest = found.rest
    many = found.plural or subject.lower() in ("i", "you", "we", "they")
    yield from _of_plans(found, subject, many)
    if found.verb_tag == "MD" and found.verb.lower() in ("will", "would", "could", "should", "may"):
        word, _, tail = rest.partition(" ")
        ask = f"{found.verb} {subject} {word}?"
        if word == "cost" and re.match(r"(?:about |almost |nearly |around |up to |more than )?[$£€\d]", tail):
            yield Question(kind="money", rank=9, text=f"How much {ask}", answer=upper_first(tail), cites=True)
        elif word in ("begin", "start", "open", "close", "end", "arrive", "reopen") and _DATE.match(tail):
            yield Question(kind="date", rank=9, text=f"When {ask}", answer=upper_first(tail), cites=True)
        elif word in ("last", "take") and re.match(
            r"(?:about |almost |at least )?(?:\d|[a-z]+ (?:years|months|weeks|days|hours))", tail
        ):
            yield Question(
                kind="length", rank=9, text=f"How long {ask}", answer=upper_first(tail), cites=True
            )
        return
    if found.verb_tag not in ("VBD", "VBZ", "VBP", "VBN"):
        return
    verb = found.verb.lower()
    did = "did" if verb in _PAST or found.verb_tag == "VBD" else ("do" if many else "does")
    if verb == "cost" and not many:
        did = "did"  # the tagger can't tell "it cost" from "they cost"
    if verb in ("cost", "costs") and re.match(r"(?:about |almost |around |more than )?[$£€\d]", rest):
        yield Question(
            kind="money", rank=9, text=f"How much {did} {subject} cost?", answer=upper_first(rest), cites=True
        )
    elif verb in ("is", "are", "was", "were") and (match := re.match(r"worth (.+)$", rest, re.S)):
        yield Question(
            kind="money",
            rank=9,
            text=f"What {verb} {subject} worth?",
            answer=upper_first(match[1]),
            cites=True,
        )
    elif verb in ("began", "started", "opened", "ended", "closed") and _DATE.match(rest):
        plain = {"began": "begin", "started": "start", "opened": "open", "ended": "end", "closed": "close"}[
            verb
        ]
        yield Question(
            kind="date", rank=9, text=f"When did {subject} {plain}?", answer=upper_first(rest), cites=True
        )
    elif verb == "came" and (match := re.match(r"from (?=[A-Z]|the |an? )(.+)$", rest, re.S)):
        yield Question(
            kind="origin",
            rank=9,
            text=f"Where did {subject} come from?",
            answer=upper_first(rest),
            cites=True,
        )
    elif (
        verb in ("was", "is")
        and re.match(r"^the \w+(?:est|gest) ", subject)
        and (match := re.match(r"in (\w.+)$", rest, re.S))
    ):
        yield Question(
            kind="where", rank=9, text=f"Where {verb} {subject}?", answer=upper_first(rest), cites=True
        )
    elif verb in ("is", "are", "was", "were") and (
        match := re.match(_FEELINGS + r"(?: too| as well)?([.,; ].*)$", rest, re.S)
    ):
        if found.plural and not found.pronoun:
            does = "do" if verb == "are" else "did"
            whole = f"They {'are' if verb == 'are' else 'were'} {rest}"
            yield Question(
                kind="feeling", rank=8, text=f"How {does} {subject} feel about it?", answer=whole, cites=True
            )
    elif verb in _PAST and not _vague(found):
        if rest.startswith("that "):
            yield Question(
                kind="finding",
                rank=7.5,
                text=f"What did {subject} {_PAST[verb]}?",
                answer=upper_first(rest),
                cites=True,
            )
        elif (
            re.match(r"(?:a|an|the|two|three|\w+ \w+s)\b", rest)
            and verb in ("found", "discovered")
            and subject == "they"
        ):
            yield Question(
                kind="finding",
                rank=8,
                text=f"What did {subject} {_PAST[verb]}?",
                answer=upper_first(rest),
                cites=True,
            )
    elif (
        verb in ("is", "are")
        and re.match(r"(?:not )?an? ", rest)
        and not found.pronoun
        and not found.proper
        and len(subject.split()) == 1
    ):
        yield Question(kind="what", rank=8, text=f"What exactly {verb} {subject}?", cites=True)


def _of_plans(found: Clause, subject: str, many: bool) -> Iterator[Question]:
    """What somebody wants, has promised or shows; who did something."""
    verb, rest = found.verb.lower(), found.rest
    if found.pronoun or _vague(found):
        return
    if verb in ("wants", "want", "plans", "plan", "hopes", "hope") and rest.startswith("to "):
        does = "do" if many else "does"
        yield Question(
            kind="plan",
            rank=7,
            text=f"What {does} {subject} {verb.rstrip('s')}?",
            answer=upper_first(rest),
            cites=True,
        )
    elif verb in ("has", "have") and (
        match := re.match(r"(promised|agreed|decided|offered|proposed) (to .+)$", rest, re.S)
    ):
        yield Question(
            kind="plan",
            rank=7,
            text=f"What {verb} {subject} {match[1]}?",
            answer=upper_first(match[2]),
            cites=True,
        )
    elif verb in ("show", "shows", "suggest", "suggests") and rest.startswith("that "):
        does = "do" if many else "does"
        yield Question(
            kind="finding",
            rank=7,
            text=f"What {does} {subject} {verb.rstrip('s')}?",
            answer=upper_first(rest),
            cites=True,
        )
    elif verb in ("was", "were") and (match := re.match(_MADE + r" by (.+)$", rest, re.S)):
        yield Question(
            kind="who", rank=7.6, text=f"Who {match[1]} {subject}?", answer=upper_first(match[2]), cites=True
        )
    elif verb == "will" and re.search(rf"\b{_BODY}$", found.subject) and not found.proper:
        pronoun = "They" if many else "It"
        yield Question(
            kind="will",
            rank=6.2,
            text=f"What will {subject} do?",
            answer=f"{pronoun} will {rest}",
            cites=True,
        )


def _vague(found: Clause) -> bool:
    return bool(re.match(r"(?i)(?:one|some|others?|it|this|that|nobody|everyone)\b", found.subject))


def _how_many(match: re.Match[str], found: Clause, text: str) -> Iterator[Question]:
    verb_and_on = f"{found.verb} {found.rest}"
    head, comma, tail = verb_and_on.partition(",")
    if len(head.split()) > 14 or re.search(r"[\"“:;]", head):
        return
    count = match["count"].strip()
    more = f", {found.insertion}" if found.insertion else ""
    answer = f"{count}{more}{comma}{tail}" if comma else f"{count}{more}."
    yield Question(
        kind="count", rank=9, text=f"How many {match['noun']} {head.rstrip('.')}?", answer=answer, cites=True
    )


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
    elif "warning" in here and not statement.quoted:
        yield Question(kind="contrast", rank=5, pool="doubt")
    if "quote" in here and statement.quoted:
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
    if "finding" in here and "number" in here:
        yield Question(kind="evidence", rank=4.2, pool="evidence")
    elif len(re.findall(r"\d[\d.,]*", statement.text)) >= 2 or "percent" in here:
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
    if found is None or found.pronoun or statement.quoted:
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
