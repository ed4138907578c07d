"""Headlines: a line of at most twelve words for a passage, its main clause or its section's title.

Design choices
- Three sorts: the salient sentence cut to its main clause, news-like; "Subject: what it is" for a lead that
  defines; the section's own title where the passage holds its words.
- The words are the source's own, so that a small model learns to select and copy.
"""

from __future__ import annotations

import re

from duologue.text.facts import STOP, content, fold
from duologue.text.sentences import words
from duologue.text.train.tasks.compression import clause, lean
from duologue.text.train.tasks.passages import Passage, standalone
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.salience import ranked
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

_ASKS = (
    "Write a headline for this text.",
    "Write a headline of at most {n} words for the following passage.",
    "Give this passage a headline.",
    "What would be a good headline for this?",
    "Suggest a short headline for the text.",
    "Think of a headline for the article below.",
    "Write one headline. Use at most {n} words.",
    "Headline, please.",
    "Turn this passage into a headline of no more than {n} words.",
    "Sum this up in a headline.",
    "I need a headline for this article.",
    "Please write a short headline that says what the text is about.",
    "Write a news headline for this text in {n} words or fewer.",
    "Create a headline for the passage. Only write the headline.",
    "Can you write a headline for this?",
    "Come up with a headline for this passage.",
    "In one line of up to {n} words, write a headline for the text.",
    "Provide a headline for this text.",
)
_TITLES = (
    "Give this text a title.",
    "What title would you give this section?",
    "Write a short title for the passage.",
    "Suggest a title for this text.",
    "Which section title fits this text?",
    "Name this section in a few words.",
    "Write a title of two to six words for this passage.",
    "Find a title for the following paragraph.",
)
_IS = re.compile(
    r"^(?P<subject>[^,()]{2,50}?)(?:,[^,]*,)? (?:is|was|are|were) (?P<what>(?:an?|the|one of the) .+)$"
)


def _defined(sentence: str) -> str | None:
    """ "Kendo: a modern Japanese martial art", or None."""
    match = _IS.match(lean(sentence).rstrip("."))
    if match is None:
        return None
    what = clause(f"It is {match['what']}.", 11)
    if what is None or not what.startswith("It is "):
        return None
    subject = re.sub(r"^(?:The|An?) (?=[a-z])", "", match["subject"])
    return f"{subject[0].upper()}{subject[1:]}: {what[6:]}"


def _newslike(passage: Passage) -> str | None:
    for i in ranked(passage.sentences, passage.subject)[:3]:
        sentence = lean(passage.sentences[i])
        if not standalone(sentence) or not standalone(passage.sentences[i]) or sentence[0] in "\"'“":
            continue
        line = clause(sentence, 12)
        if line is not None:
            line = re.sub(r"^(?:The|An?) (?=\w)", "", line)
            return line[0].upper() + line[1:]
    return None


def _section(passage: Passage) -> str | None:
    title = passage.section
    there = set(content(passage.text))
    mine = content(title)
    if (
        not 2 <= len(words(title)) <= 6
        or not mine
        or not all(w in there for w in mine)
        or fold(title) in STOP
    ):
        return None
    return title


def make(passage: Passage, wording: Wording) -> Record | None:
    """A headline task of the passage, or None if it yields no good headline."""
    rng = wording.rng
    line: str | None = None
    asks: tuple[str, ...] = _ASKS
    if passage.section and rng.random() < 0.25 and (line := _section(passage)):
        asks = _TITLES
    if line is None and not passage.section and rng.random() < 0.4:
        line = _defined(passage.sentences[0])
    line = line or _newslike(passage)
    if line is None:
        return None
    most = max(8, len(words(line))) if rng.random() < 0.5 else 12
    prompt = wording.place(wording.pick(asks, n=most), passage.text)
    source = {"text": passage.text, "max_words": 14}
    return Record(task="headline", messages=wording.messages(prompt, line), source=source)
