"""Rewriting under checkable constraints: shorter, one sentence, without a word, as a list, in capitals.

Design choices
- One function per way of rewriting; each returns what to ask, the answer and the constraints it keeps, or
  None where the passage doesn't lend itself.
- Answers are selections and deletions of the passage's words, or changes of form, so they stay true to it.
- The passage is often cut to its first sentences: a list of ten sentences teaches no more than one of four.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from duologue.text.facts import contains, content
from duologue.text.sentences import split, words
from duologue.text.train.tasks import rewriteasks as asks
from duologue.text.train.tasks.compression import clause, lean
from duologue.text.train.tasks.passages import Passage, standalone
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.salience import best, ranked
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

# (text shown, what is asked, answer, constraints)
Made = tuple[str, str, str, dict[str, Any]]


def _cut(passage: Passage, wording: Wording, least: int, most: int) -> tuple[str, ...]:
    return passage.sentences[: wording.rng.randint(least, most)]


def _single(sentences: tuple[str, ...] | list[str]) -> bool:
    return all(len(split(s)) == 1 for s in sentences)


def _lead_in(sentence: str, lead: str) -> str:
    first = sentence.split(" ", 1)[0]
    opening = sentence[0].lower() if first in ("The", "A", "An", "In", "It") else sentence[0]
    return f"{lead} {opening}{sentence[1:]}"


def _short(p: Passage, w: Wording) -> Made | None:
    sentences = p.sentences
    for count in w.rng.sample((1, 2), 2):
        answer = " ".join(lean(sentences[i]) for i in best(sentences, count, p.subject))
        n = len(words(answer))
        limit = (n + w.rng.randint(1, 9)) // 5 * 5 + 5
        if n <= limit <= 0.6 * len(words(p.text)) and _single(split(answer)) and limit <= 60:
            return p.text, w.pick(asks.SHORT, n=limit), answer, {"max_words": limit}
    return None


def _one(p: Passage, w: Wording) -> Made | None:
    answer = lean(p.sentences[best(p.sentences, 1, p.subject)[0]])
    if not _single([answer]) or len(words(answer)) > 40:
        return None
    return p.text, w.pick(asks.ONE), answer, {"sentences": 1, "max_words": 60}


def _without(p: Passage, w: Wording) -> Made | None:
    sentences = _cut(p, w, 3, 5)
    text = " ".join(sentences)
    adverbs = re.findall(r"(?<=[a-z] )(?:very |[a-z]{3,}ly )(?=[a-z])", text)
    adverbs = [
        a.strip()
        for a in adverbs
        if a.strip()
        not in (
            "early",
            "only",
            "family",
            "likely",
            "daily",
            "apply",
            "supply",
            "fly",
            "rely",
            "italy",
            "assembly",
            "july",
            "monthly",
            "yearly",
            "weekly",
            "friendly",
            "elderly",
            "nearly",
            "reply",
            "ally",
            "holy",
            "multiply",
            "respectively",
            "mainly",
            "known",
        )
    ]
    if adverbs and w.rng.random() < 0.6:
        word = w.rng.choice(adverbs)
        answer = re.sub(rf" {word}(?= )", "", text)
    else:
        later = [
            i for i in range(1, len(sentences)) if i + 1 == len(sentences) or standalone(sentences[i + 1])
        ]
        if not later or len(sentences) < 3:
            return None
        i = w.rng.choice(later)
        others = " ".join(s for j, s in enumerate(sentences) if j != i)
        mine = [c for c in content(sentences[i]) if c.isalpha() and len(c) > 3 and not contains(others, c)]
        if not mine:
            return None
        word, answer = w.rng.choice(mine), others
    if contains(answer, word) or len(words(answer)) < 15:
        return None
    return text, w.pick(asks.WITHOUT, w=word), answer, {"without": word, "min_words": 10}


def _bullets(p: Passage, w: Wording) -> Made | None:
    sentences = _cut(p, w, 2, 5)
    if not _single(sentences):
        return None
    answer = "\n".join(f"- {s}" for s in sentences)
    return " ".join(sentences), w.pick(asks.BULLETS), answer, {"bullets": len(sentences)}


def _numbered(p: Passage, w: Wording) -> Made | None:
    sentences = _cut(p, w, 2, 5)
    if not _single(sentences):
        return None
    answer = "\n".join(f"{i}. {s}" for i, s in enumerate(sentences, 1))
    return " ".join(sentences), w.pick(asks.NUMBERED), answer, {"numbered": len(sentences)}


def _key(p: Passage, w: Wording) -> Made | None:
    count = w.rng.choice((2, 3, 3, 3, 4))
    if len(p.sentences) < count + 1:
        return None
    points = []
    for i in sorted(ranked(p.sentences, p.subject)[:count]):
        line = lean(p.sentences[i])
        points.append(f"{clause(line, 16) or line.rstrip('.')}.")
    if not _single(points):
        return None
    n = w.pick(("{a}", "{b}"), a=count, b=("two", "three", "four")[count - 2])
    return p.text, w.pick(asks.KEY, n=n), "\n".join(f"- {s}" for s in points), {"bullets": count}


def _upper(p: Passage, w: Wording) -> Made | None:
    for i in ranked(p.sentences, p.subject)[:3]:
        if standalone(p.sentences[i]) and (line := clause(lean(p.sentences[i]), 10)):
            line = re.sub(r"^(?:The|An?) ", "", line)
            return p.text, w.pick(asks.UPPER), line.upper(), {"upper": True, "max_words": 14, "lines": 1}
    return None


def _case(p: Passage, w: Wording) -> Made | None:
    sentence = w.rng.choice(p.sentences)
    if len(words(sentence)) > 25 or not _single([sentence]):
        return None
    if w.rng.random() < 0.5:
        return sentence, w.pick(asks.CAPITALS), sentence.upper(), {"upper": True, "min_words": 3}
    return sentence, w.pick(asks.LOWER), sentence.lower(), {"lower": True, "min_words": 3}


def _first(p: Passage, w: Wording) -> Made | None:
    count = w.rng.choice((1, 2, 3))
    if len(p.sentences) < count + 2 or not _single(p.sentences[:count]):
        return None
    ask = w.pick(asks.FIRST, n=("one", "two", "three")[count - 1])
    if count == 1:
        ask = w.pick(
            (
                "Keep only the first sentence.",
                "Copy the first sentence of the text.",
                "Write only the first sentence.",
            )
        )
    return p.text, ask, " ".join(p.sentences[:count]), {"sentences": count}


def _brackets(p: Passage, w: Wording) -> Made | None:
    sentences = [s for s in p.sentences if "(" in s][:2]
    if not sentences:
        return None
    answer = re.sub(r"\s*\([^()]*\)", "", " ".join(sentences))
    return " ".join(sentences), w.pick(asks.BRACKETS), answer, {"no_marks": "()", "min_words": 4}


def _starts(p: Passage, w: Wording) -> Made | None:
    lead = w.pick(asks.LEAD_INS)
    sentence = lean(p.sentences[best(p.sentences, 1, p.subject)[0]])
    if not _single([sentence]) or len(words(sentence)) > 40:
        return None
    return p.text, w.pick(asks.STARTS, s=lead), _lead_in(sentence, lead), {"starts": lead, "sentences": 1}


def _fewer(p: Passage, w: Wording) -> Made | None:
    sentences = _cut(p, w, 3, 5)
    text = " ".join(sentences)
    shorter = [lean(s) for s in sentences]
    if len(sentences) > 3:
        drop = ranked(sentences, p.subject)[-1]
        shorter = [s for i, s in enumerate(shorter) if i != drop or i == 0]
    answer = " ".join(shorter)
    if not 15 <= len(words(answer)) <= 0.8 * len(words(text)):
        return None
    return text, w.pick(asks.FEWER), answer, {"max_words": int(0.85 * len(words(text))), "min_words": 10}


def _lines(p: Passage, w: Wording) -> Made | None:
    sentences = _cut(p, w, 2, 4)
    if not _single(sentences):
        return None
    return " ".join(sentences), w.pick(asks.LINES), "\n".join(sentences), {"lines": len(sentences)}


_WAYS: dict[str, tuple[float, Callable[[Passage, Wording], Made | None]]] = {
    "short": (3, _short),
    "one": (2, _one),
    "without": (3, _without),
    "bullets": (2, _bullets),
    "numbered": (1, _numbered),
    "key": (2, _key),
    "upper": (1.5, _upper),
    "case": (1, _case),
    "first": (1, _first),
    "brackets": (1, _brackets),
    "starts": (1.5, _starts),
    "fewer": (2, _fewer),
    "lines": (0.5, _lines),
}


def make(passage: Passage, wording: Wording) -> Record | None:
    """A rewriting task of the passage in one of the ways, or None if that way doesn't suit it."""
    way = wording.rng.choices(list(_WAYS), [weight for weight, _ in _WAYS.values()])[0]
    made = _WAYS[way][1](passage, wording)
    if made is None:
        return None
    text, ask, answer, constraints = made
    if not constraints.keys() & {"exactly", "upper", "lower"} and wording.rng.random() < 0.4:
        ask += wording.pick(asks.KEEP)
    source = {"text": text, "way": way, "constraints": constraints}
    return Record(task="rewrite", messages=wording.messages(wording.place(ask, text), answer), source=source)
