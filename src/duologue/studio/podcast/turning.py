"""Questions turned around from the sentence that answers them.

Design choices
- "The repair will cost 42 million euros" gives "How much will the repair cost?" and the answer "42 million
  euros."; the answer is always cut out of the source's sentence, never made up, and doesn't say again what
  the question said.
- Only where the grammar is plain: a subject, a verb, what follows. Everything else is asked by its cues
  (`questions.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from duologue.studio.podcast.definitions import told_of
from duologue.studio.podcast.grammar import Clause, clause, lower_first, tokens, upper_first
from duologue.studio.podcast.question import Question
from duologue.studio.podcast.statements import Statement

__all__ = ["turned"]

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
_IN_TIME = re.compile(
    r"^((?:In|On) (?:the )?(?:early |late |mid-)?(?:(?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December)(?: \d{1,2},)? )?"
    r"(?:(?:1[0-9]|20)\d\ds?|\d{1,2}(?:st|nd|rd|th) century)), (.+)$",
    re.S,
)
_ACCORDING = re.compile(
    r"^According to ((?:the |an? )?[a-z]+|"
    r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,3}(?:, (?:the|an?) [^,]{3,50},)?),? (.+)$",
    re.S,
)
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


def turned(statement: Statement, common: frozenset[str]) -> Iterator[Question]:
    """Questions made of the sentence's own words."""
    text = statement.text
    if statement.quoted:
        return
    if match := _OPENING.match(text):
        yield from _after_clause(match, common)
    if match := _IN_TIME.match(text):
        main = clause(upper_first(match[2]))
        if main is not None and _happens(main) and not main.pronoun:
            when = lower_first(match[1], common)
            yield Question(
                kind="when", rank=7.4, text=f"What happened {when}?", answer=upper_first(match[2]), cites=True
            )
    if (match := _ACCORDING.match(text)) and clause(upper_first(match[2])) is not None:
        yield Question(
            kind="view",
            rank=6.8,
            text=f"What does {match[1]} say?",
            answer=upper_first(match[2]),
            cites=True,
        )
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
    yield from told_of(found, common)
    if match := _COUNT.match(text):
        yield from _how_many(match, found, text)


def _after_clause(match: re.Match[str], common: frozenset[str]) -> Iterator[Question]:
    word, aside, main = match[1].lower(), match[2], upper_first(match[3])
    if len(aside.split()) > 11 or '"' in aside or "“" in aside:
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


def _happens(found: Clause) -> bool:
    """Whether the clause tells an event, rather than how things were."""
    if found.verb_tag != "VBD" or found.verb.lower() in ("had", "could", "would"):
        return False
    if found.verb.lower() not in ("was", "were"):
        return True
    after = tokens(f"It {found.verb} {found.rest}")
    return len(after) > 2 and after[2].tag in ("VBN", "VBD")


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
