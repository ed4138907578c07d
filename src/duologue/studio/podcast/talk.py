"""What is said: lines by speakers, and the one who tells a statement in words that can be followed by ear.

Design choices
- A person is introduced with full name and descriptor the first time the ear meets the name, wherever the
  source did it; a pronoun whose sentence was left out is replaced by the name.
- Every line keeps the spans of the statements in it; greetings, plain questions and reactions have none.
- Lines of one speaker in a row become one turn, unless a chapter begins between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from duologue.studio.episode import Span
from duologue.studio.podcast.people import People, Person
from duologue.studio.podcast.statements import Statement, contracted, naturally

__all__ = ["Line", "Talk", "Teller"]

_PRONOUN = re.compile(r"^(He|She|His|Her)\b")
_ACRONYM = re.compile(r" \(([A-Z][A-Za-z]*[A-Z]s?)\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """speaker: index of the persona; kind: what the line does (ask, tell, react, greet); polarity, cues: of
    the statement told, for the performance; chapter: the title of one that begins here; opens: a paragraph
    begins."""

    speaker: int
    text: str
    kind: str
    spans: tuple[Span, ...] = ()
    polarity: float = 0.0
    cues: frozenset[str] = frozenset()
    chapter: str = ""
    opens: bool = False


@dataclass(slots=True)
class Talk:
    """The lines so far."""

    lines: list[Line] = field(default_factory=list)
    _chapter: str = ""
    _opens: bool = False

    def breathe(self) -> None:
        """The next line opens a paragraph."""
        self._opens = True

    def chapter(self, title: str) -> None:
        """The next line opens a chapter."""
        self._chapter = title

    def say(self, speaker: int, text: str, kind: str, *told: Statement, cites: bool = False) -> None:
        """Add a line; `told` are the statements it rests on."""
        text = " ".join(text.split())
        if not text:
            return
        spans = tuple(dict.fromkeys(s.span for s in told))
        polarity = sum(s.polarity for s in told) / len(told) if told and kind == "tell" else 0.0
        cues = frozenset(c for s in told for c in s.cues) if kind == "tell" else frozenset()
        self.lines.append(
            Line(
                speaker=speaker,
                text=text,
                kind=kind,
                spans=spans,
                polarity=polarity,
                cues=cues,
                chapter=self._chapter,
                opens=self._opens,
            )
        )
        self._chapter, self._opens = "", False

    def words(self, speaker: int) -> int:
        """Words of one speaker so far."""
        return sum(len(line.text.split()) for line in self.lines if line.speaker == speaker)


class Teller:
    """Says statements of one document; knows who was introduced and what was said last."""

    def __init__(self, people: People, common: frozenset[str]) -> None:
        self._people, self._common = people, common
        self._introduced: set[str] = set()
        self.last: Statement | None = None
        self._heard = ""

    def tell(self, statement: Statement, answer: str | None = None, *, asked: bool = True) -> str:
        """The statement (or `answer`, a piece of it) as it is said now; asked: a question precedes it."""
        text = statement.text if answer is None else answer
        followed = self.last is not None and statement.needs == self.last.index
        known = (
            self.last is not None
            and statement.speaker is not None
            and statement.speaker.last in self.last.raw
        )
        person = statement.referent or statement.speaker
        if person is not None and not followed and not (known and not asked):
            text = _named(text, person)
        text = self._introduce(_ACRONYM.sub("", text))
        if self.last is None or self.last.index != statement.index - 1:
            text = _without_additions(text)
        if not asked:
            text = naturally(text, statement.connective, self._common)
        self.last = statement
        self._heard += " " + text.lower()
        return contracted(text)

    def knows(self, name: str) -> bool:
        """Whether the person was introduced, or the words were heard."""
        return name in self._introduced or name.lower() in self._heard

    def meet(self, text: str) -> None:
        """Take note of the full names in what was said by others."""
        self._introduced |= {p.last for p in self._people if p.full in text}

    def _introduce(self, text: str) -> str:
        outside = re.sub(r"“[^”]*”|\"[^\"]*\"", lambda m: " " * len(m[0]), text)
        for person in self._people.named(outside):
            if person.last in self._introduced:
                continue
            self._introduced.add(person.last)
            if person.full in text or re.search(rf"[A-Z][\w'’-]+ {re.escape(person.last)}\b", text):
                continue
            at = re.search(rf"\b{re.escape(person.last)}\b", outside)
            if at is None:
                continue
            if re.match(r" [A-Z]", text[at.end() :]) or re.search(r"\b[Tt]he $", text[: at.start()]):
                self._introduced.discard(person.last)  # "the Morrow Bakery" is no person
                continue
            plain = text[at.end() : at.end() + 1] not in "'’,"
            says = re.match(r" (?:said|says|warned|added|argued|noted)\b", text[at.end() :]) is not None
            name = person.introduced if plain and (at.start() == 0 or says) else person.full
            text = text[: at.start()] + name + text[at.end() :]
        return text


def _without_additions(text: str) -> str:
    """`text` without the "also" that leans on a sentence that wasn't told just before."""
    parts = re.split(r"([\"“][^\"“”]*[\"”])", text)
    for at in range(0, len(parts), 2):
        parts[at] = re.sub(r",? (?:as well|too)(?=[.,;])", "", parts[at])
        parts[at] = re.sub(r"\b(?<!not only )also ", "", parts[at])
    return "".join(parts)


def _named(text: str, person: Person) -> str:
    """`text` with the pronoun in front replaced by the name."""
    match = _PRONOUN.match(text)
    if match is None:
        return text
    if match[1] == "Her" and re.match(r"Her (?:to|in|at|with)\b", text):
        return text
    name = person.last + ("’s" if match[1] in ("His", "Her") else "")
    return name + text[match.end() :]
