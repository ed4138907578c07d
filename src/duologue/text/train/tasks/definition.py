"""What is X: the first sentence or two of X's article, asked without any passage.

Design choices
- Plain topics only (one to three words, no list, no person or year), so that the model learns how an
  explanation sounds; what it then says of facts is not to be relied on, and the model card says so.
"""

from __future__ import annotations

import re

from duologue.text.facts import fold
from duologue.text.sentences import words
from duologue.text.train.tasks.compression import lean
from duologue.text.train.tasks.passages import Passage
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

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
_TALK = (
    "Let's talk about {t}.",
    "What are your thoughts on {t}?",
    "Have you heard of {t}?",
    "Can we talk about {t}?",
    "What do you know about {t}?",
    "I just read about {t}.",
    "I'm interested in {t}.",
    "Say something about {t}.",
    "My teacher told us about {t}.",
    "Do you know anything about {t}?",
)
_REPLIES = (
    "",
    "Gladly. ",
    "I find that interesting. ",
    "There is a lot to say about {t}. ",
    "Here is what I know about {t}. ",
    "Yes, {t} is a good subject. ",
)


def make(passage: Passage, wording: Wording) -> Record | None:
    """A question about the subject of a lead, answered by its first sentences."""
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
    answer = first
    second = passage.sentences[1]
    if wording.rng.random() < 0.4 and len(words(second)) < 28 and '"' not in second:
        answer = f"{first} {lean(second)}"
    ask = wording.pick(_ASKS, t=topic)
    if wording.rng.random() < 0.3:
        ask = wording.pick(_TALK, t=topic)
        answer = wording.pick(_REPLIES, t=topic) + answer
    return Record(
        task="definition", messages=wording.messages(ask, answer), source={"topic": subject, "max_words": 90}
    )
