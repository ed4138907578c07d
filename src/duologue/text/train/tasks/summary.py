"""Summaries: the salient sentences of a passage, made leaner by deletion.

Design choices
- Two sentences mostly; one or three now and then, so that the number in the prompt means something.
- The first sentence stands alone; the order is the text's; brackets and side clauses go.
"""

from __future__ import annotations

from duologue.text.sentences import split, words
from duologue.text.train.tasks.compression import lean
from duologue.text.train.tasks.passages import Passage
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.salience import best
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

_ASKS = (
    "Summarize this text in {n} {sentences}.",
    "Write a summary of {n} {sentences}.",
    "Sum up the passage in exactly {n} {sentences}.",
    "Give me a {n}-sentence summary of this.",
    "In {n} {sentences}, what does this text say?",
    "Please summarise the following in {n} {sentences}.",
    "Shorten this to {n} {sentences}.",
    "What are the main points? Answer in {n} {sentences}.",
    "Write {n} {sentences} that sum up the text.",
    "Summarize in {n} {sentences}, using only facts from the text.",
    "Tell me in {n} {sentences} what this is about.",
    "Can you summarize this passage in {n} {sentences}?",
    "A summary of {n} {sentences}, please.",
    "Condense the article into {n} {sentences}.",
    "Describe the content of this text in {n} {sentences}.",
    "Briefly summarize the passage ({n} {sentences}).",
    "I have no time to read this. Give me {n} {sentences}.",
    "Make a {n}-sentence summary.",
    "Read the text and summarize it in {n} {sentences}.",
    "Your summary should have {n} {sentences}.",
)
_NUMBER = {1: "one", 2: "two", 3: "three"}


def make(passage: Passage, wording: Wording, *, count: int | None = None) -> Record | None:
    """A summary task of the passage; `count` sentences, drawn if None. None if the passage is too short."""
    rng = wording.rng
    count = count or rng.choices((1, 2, 3), (0.15, 0.7, 0.15))[0]
    if len(passage.sentences) < count + 2:
        return None
    chosen = [passage.sentences[i] for i in best(passage.sentences, count, passage.subject)]
    shorter = [lean(s) for s in chosen]
    answer = " ".join(s if len(split(s)) == 1 else c for s, c in zip(shorter, chosen, strict=True))
    most = {1: 45, 2: 80, 3: 110}[count]
    if (
        len(chosen) != count
        or len(words(answer)) > most
        or len(words(answer)) > 0.75 * len(words(passage.text))
    ):
        return None
    number = _NUMBER[count] if rng.random() < 0.7 else str(count)
    ask = wording.pick(_ASKS, n=number, sentences="sentence" if count == 1 else "sentences")
    source = {"text": passage.text, "constraints": {"sentences": count, "max_words": most}}
    return Record(
        task="summary", messages=wording.messages(wording.place(ask, passage.text), answer), source=source
    )
