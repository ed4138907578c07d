"""Conversations of ../shared/data/instruct: small talk between people, and dialogues with an assistant.

Design choices
- Cheap repairs only: capitals, "i" and "dont", spaces before marks, a final mark; what is still odd is
  dropped (shouting, links, foul words, talk of the task itself, turns that are too long or say nothing).
- A record holds one to four exchanges from the start of a conversation and ends with the assistant.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator, Sequence
from typing import Any

from duologue.text.sentences import words
from duologue.text.train.documents import data_folder
from duologue.text.train.tasks.passages import foul
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["Row", "make", "repair", "rows"]

Row = dict[str, Any]

_SPELLING = {
    "i": "I", "im": "I'm", "i'm": "I'm", "i've": "I've", "ive": "I've", "i'll": "I'll", "i'd": "I'd",
    "dont": "don't", "didnt": "didn't", "doesnt": "doesn't", "isnt": "isn't", "wasnt": "wasn't",
    "cant": "can't", "wont": "won't", "couldnt": "couldn't", "wouldnt": "wouldn't", "havent": "haven't",
    "thats": "that's", "whats": "what's", "youre": "you're", "theyre": "they're", "alot": "a lot",
    "definately": "definitely", "definetly": "definitely", "favourit": "favourite", "favorit": "favorite",
    "recieve": "receive", "beleive": "believe", "adn": "and", "teh": "the", "becuase": "because",
    "cuz": "because", "u": "you", "ur": "your", "gonna": "going to", "wanna": "want to",
    "kinda": "kind of", "yea": "yeah", "ya": "you", "ok": "OK", "tho": "though", "realy": "really",
    "hes": "he's", "shes": "she's", "arent": "aren't", "wierd": "weird", "untill": "until", "tv": "TV",
    "usa": "USA",
}  # fmt: skip
_REFUSED = re.compile(
    r"https?:|www\.|\b(?:ass|asshole|dick|nazi|hit|hits|turk|mturk|topic|task|conversation|partner|self[-"
    r" ]dialog|dialogue)s?\b"
    r"|[<>{}\[\]|\\^~]|(.)\1{3}|[^\x00-\x7f‘’“”–—éèáíóñüö°…]",
    re.I,
)
_KINDS = {"small-talk": "small-talk", "service": "task-dialogue"}


def rows(kind: str) -> Iterator[Row]:
    """The conversations of a kind, "small-talk" or "service", in the file's order."""
    path = data_folder() / "instruct" / f"{_KINDS[kind]}.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield {**json.loads(line), "kind": kind}


def repair(turn: str) -> str | None:
    """A turn with its small faults mended, or None if it isn't worth keeping."""
    text = " ".join(turn.replace("’", "'").split())
    text = re.sub(r"\s+([,.!?;:])", r"\1", text)
    text = re.sub(r"([!?])[.,]+", r"\1", re.sub(r"([!?.,])\1+", r"\1", text))
    text = re.sub(r"([,;!?])(?=[A-Za-z])|([a-z]\.)(?=[A-Z][a-z])", r"\1\2 ", text)
    if not text or _REFUSED.search(text) or foul(text) or not 1 <= len(words(text)) <= 60:
        return None
    if sum(c.isupper() for c in text) > 0.4 * sum(c.isalpha() for c in text) and len(text) > 6:
        return None
    text = re.sub(
        r"(?<![\w'])[A-Za-z']+(?![\w'])",
        lambda m: _SPELLING.get(m[0].lower() if m[0] != "U" else "", m[0]),
        text,
    )
    text = re.sub(r"(^|[.!?] )([a-z])", lambda m: m[1] + m[2].upper(), text)
    return text if text[-1] in ".!?\"')" else f"{text}."


def _substance(answers: Sequence[str]) -> bool:
    return all(len(words(a)) >= 3 for a in answers[-1:]) and sum(len(words(a)) for a in answers) >= 4 * len(
        answers
    )


def make(row: Row, wording: Wording) -> Record | None:
    """The beginning of a conversation, mended, up to an answer of the assistant."""
    rng = wording.rng
    messages = row["messages"]
    start = 0 if messages[0]["role"] == "user" else 1
    turns: list[tuple[str, str]] = []
    for i, message in enumerate(messages[start : start + 2 * rng.randint(1, 5)]):
        if message["role"] != ("user", "assistant")[i % 2]:
            break
        text = repair(message["content"])
        if text is None:
            break
        turns.append((message["role"], text))
    while turns and (turns[-1][0] != "assistant" or len(words(turns[-1][1])) < 3):
        turns.pop()
    if len(turns) < 2 or not _substance([text for role, text in turns if role == "assistant"]):
        return None
    if len({text for _, text in turns}) < len(turns):
        return None
    return Record(task=row["kind"], messages=tuple(turns), source={"max_words": 80})
