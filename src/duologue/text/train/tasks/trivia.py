"""Trivia with choices: the answer is one of the choices given, word for word.

Design choices
- Broken characters of the source are mended or the row is dropped; so are rows whose answer isn't a choice.
- Choices stand in a list, in a line or behind letters; the answer is always the choice itself.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from typing import Any

from duologue.text.sentences import words
from duologue.text.train.documents import data_folder
from duologue.text.train.tasks.passages import foul
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["make", "rows"]

_ASKS = (
    "{q}\n{c}",
    "{q} Choose one: {l}.",
    "Question: {q}\nChoices: {l}\nAnswer with one of the choices.",
    "{q}\nPick the right answer.\n{c}",
    "{q} {o}",
    "Choose the right answer.\n{q}\n{c}",
    "{q}\nPossible answers: {l}",
)


def rows() -> Iterator[dict[str, Any]]:
    """The questions in the file's order."""
    with lzma.open(data_folder() / "instruct" / "trivia.jsonl.xz", "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _clean(text: str) -> str:
    return " ".join(re.sub(r"[âÂ][\x80-\xbf€™œ“”¤]*", "", text).split())


def make(row: dict[str, Any], wording: Wording) -> Record | None:
    """A question with its choices, or None if the row is broken."""
    question, answer = _clean(row["question"]), _clean(row["answer"])
    choices = [_clean(c) for c in row["choices"]]
    whole = " ".join([question, *choices])
    if (
        answer not in choices
        or len(set(choices)) < 2
        or not whole.isascii()
        or foul(whole)
        or not 4 <= len(words(question)) <= 40
    ):
        return None
    if any(not c or len(words(c)) > 8 for c in choices):
        return None
    wording.rng.shuffle(choices)
    mark = wording.rng.choice(("- ", "* ", ""))
    either = f"{', '.join(choices[:-1])} or {choices[-1]}?"
    slots = {"q": question, "c": "\n".join(mark + c for c in choices), "l": ", ".join(choices), "o": either}
    return Record(
        task="trivia",
        messages=wording.messages(wording.pick(_ASKS, **slots), answer),
        source={"choices": choices},
    )
