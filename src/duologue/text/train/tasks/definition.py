"""What is X: the first sentence or two of X's article, asked without any passage.

Design choices
- Plain topics only (one to three words, no list, no person or year), so that the model learns how an
  explanation sounds; what it then says of facts is not to be relied on, and the model card says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from duologue.text.facts import fold
from duologue.text.sentences import words
from duologue.text.train.tasks.compression import lean
from duologue.text.train.tasks.passages import Passage
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["Subject", "make", "subject_of"]

_ASKS = (
    "What is {t}?",
    "What is {t}?",
    "Explain {t}.",
    "Can you explain what {t} is?",
    "Tell me about {t}.",
    "Define {t}.",
    "What does {t} mean?",
    "Explain {t} in simple words.",
    "In one sentence, what is {t}?",
    "Please tell me what {t} is.",
    "I want to know about {t}.",
    "Give me a short explanation of {t}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a lead explains. topic: as it stands in a sentence, with its article; first: what it is."""

    name: str
    topic: str
    first: str


def subject_of(passage: Passage) -> Subject | None:
    """The subject of a lead, or None where it is no plain topic or its first sentence explains nothing."""
    subject, first = passage.subject, lean(passage.sentences[0])
    if passage.section or len(words(subject)) > 3 or re.search(r"\d", subject) or '"' in first:
        return None
    if (
        not re.match(rf"(?:(?:The|An?) )?{re.escape(subject)}s? (?:is|are) ", first, re.I)
        or len(words(first)) > 35
    ):
        return None
    common = passage.text.count(subject.lower()) > passage.text.count(subject) or subject.lower() in first[3:]
    topic = fold(subject) if common else subject
    if (article := re.match(r"(The|An?) ", first)) and not first.startswith(subject):
        topic = f"{article[1].lower()} {topic}"
    return Subject(name=subject, topic=topic, first=first)


def make(passage: Passage, wording: Wording) -> Record | None:
    """A question about the subject of a lead, answered by its first sentences."""
    subject = subject_of(passage)
    if subject is None:
        return None
    answer, second = subject.first, passage.sentences[1]
    if wording.rng.random() < 0.4 and len(words(second)) < 28 and '"' not in second:
        answer = f"{answer} {lean(second)}"
    ask = wording.pick(_ASKS, t=subject.topic)
    return Record(
        task="definition", messages=wording.messages(ask, answer),
        source={"topic": subject.name, "max_words": 90},
    )  # fmt: skip
