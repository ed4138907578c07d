"""Continuing a text: the sentences that really follow, of an article or a book.

Design choices
- The prompt ends at a sentence's end; the answer is one to four whole sentences of at most 110 words.
- The kind of text (article, story) is named in some phrasings only, so that style is taken from the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from duologue.text.sentences import split, words
from duologue.text.train.tasks.passages import Passage
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

_ASKS = (
    "Continue this text.",
    "Write what comes next.",
    "What could the next sentences be?",
    "Continue the {kind}.",
    "Go on with this text.",
    "Keep writing.",
    "Please continue the {kind} with a few sentences.",
    "Write the next part of this {kind}.",
    "How does the {kind} go on?",
    "Finish this paragraph.",
    "Carry on from here.",
    "Add some sentences to this {kind}.",
)


def make(passage: Passage | Sequence[str], wording: Wording) -> Record | None:
    """A continuation task of an article's passage or of a book's paragraphs."""
    rng = wording.rng
    if isinstance(passage, Passage):
        kind, sentences = "article", list(passage.sentences)
    else:
        kind, sentences = "story", split(" ".join(passage))
    if len(sentences) < 4:
        return None
    start = rng.randint(2, max(2, len(sentences) // 2))
    answer: list[str] = []
    for sentence in sentences[start : start + 4]:
        if len(words(" ".join([*answer, sentence]))) > 110:
            break
        answer.append(sentence)
    text, after = " ".join(sentences[:start]), " ".join(answer)
    if len(words(after)) < 12 or after.count('"') % 2:
        return None
    prompt = wording.place(wording.pick(_ASKS, kind=kind), text)
    return Record(task="continuation", messages=wording.messages(prompt, after), source={"text": text})
