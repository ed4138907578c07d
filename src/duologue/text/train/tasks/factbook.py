"""Questions about a country, answered from a passage made of the factbook's fields.

Design choices
- The passage holds the answer word for word, among four to nine other fields in random order; the answer is
  the field's value, alone or in a sentence.
- Now and then the asked field is left out: then the answer is that the text doesn't say.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from duologue.text.sentences import words
from duologue.text.train.documents import data_folder
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["make", "places"]

# label in the passage, path in the factbook, questions
_FIELDS = (
    (
        "Capital",
        "Government/Capital/name",
        "What is the capital of {c}?|Which city is the capital of {c}?|Name the capital of {c}.",
    ),
    (
        "Location",
        "Geography/Location",
        "Where is {c}?|Where is {c} located?|In which part of the world is {c}?",
    ),
    ("Area", "Geography/Area/total", "How large is {c}?|What is the area of {c}?|How big is {c}?"),
    (
        "Coastline",
        "Geography/Coastline",
        "How long is the coastline of {c}?|What is the length of {c}'s coast?",
    ),
    ("Climate", "Geography/Climate", "What is the climate of {c} like?|What climate does {c} have?"),
    ("Terrain", "Geography/Terrain", "What is the terrain of {c}?|What does the land of {c} look like?"),
    (
        "Highest point",
        "Geography/Elevation/highest point",
        "What is the highest point of {c}?|Which is the highest place in {c}?",
    ),
    (
        "Natural resources",
        "Geography/Natural resources",
        "Which natural resources does {c} have?|What are the natural resources of {c}?",
    ),
    (
        "Natural hazards",
        "Geography/Natural hazards",
        "Which natural hazards are there in {c}?|What natural hazards does {c} face?",
    ),
    (
        "Population",
        "People and Society/Population/total",
        "How many people live in {c}?|What is the population of {c}?",
    ),
    (
        "Languages",
        "People and Society/Languages/Languages",
        "Which languages are spoken in {c}?|What languages do people speak in {c}?",
    ),
    (
        "Religions",
        "People and Society/Religions",
        "Which religions are there in {c}?|What are the religions of {c}?",
    ),
    (
        "Median age",
        "People and Society/Median age/total",
        "What is the median age in {c}?|How old is the median inhabitant of {c}?",
    ),
    (
        "Life expectancy",
        "People and Society/Life expectancy at birth/total population",
        "What is the life expectancy in {c}?|How long do people live in {c}?",
    ),
    (
        "Government",
        "Government/Government type",
        "What type of government does {c} have?|How is {c} governed?",
    ),
    (
        "Currency",
        "Economy/Exchange rates/Currency",
        "What is the currency of {c}?|What money is used in {c}?",
    ),
    (
        "Independence",
        "Government/Independence",
        "When did {c} become independent?|When did {c} gain independence?",
    ),
    (
        "National holiday",
        "Government/National holiday",
        "What is the national holiday of {c}?|When is the national holiday of {c}?",
    ),
    (
        "Industries",
        "Economy/Industries",
        "Which industries does {c} have?|What are the main industries of {c}?",
    ),
    (
        "Farm products",
        "Economy/Agricultural products",
        "What do farmers grow in {c}?|What are the farm products of {c}?",
    ),
    (
        "Internet code",
        "Communications/Internet country code",
        "What is the internet code of {c}?|Which internet domain does {c} have?",
    ),
    (
        "Long name",
        "Government/Country name/conventional long form",
        "What is the full name of {c}?|What is the official name of {c}?",
    ),
    (
        "Area compared",
        "Geography/Area - comparative",
        "How does the area of {c} compare?|What can the size of {c} be compared with?",
    ),
)
_ASKS = (
    "{q}",
    "{q} Answer from the text.",
    "Use the facts to answer: {q}",
    "Question: {q}",
    "{q} Only use the facts given.",
    "Look at the facts and tell me: {q}",
)
_UNKNOWN = ("The text doesn't say.", "The facts don't say that.", "That isn't in the text.")


def _value(country: dict[str, Any], path: str) -> str:
    """A field's text, cleaned and shortened to its first part; "" if the country has none."""
    node: Any = country
    for step in path.split("/"):
        if not isinstance(node, dict):
            return ""
        node = next((v for k, v in node.items() if k.strip() == step), "")
    if not isinstance(node, str):
        return ""
    text = re.sub(r"<[^>]+>", " ", node)
    text = re.sub(r"\s*\((?:\d{4}[^()]*|[^()]*est\.[^()]*)\)|\s*note:.*", "", text)
    text = " ".join(text.split(";")[0].split())
    if len(words(text)) > 25:
        text = ", ".join(text.split(", ")[:6])
    return text.strip(" .,") if len(words(text)) <= 30 and "/" not in text[:0] else ""


@cache
def _countries() -> tuple[tuple[str, dict[str, str]], ...]:
    path = data_folder() / "instruct" / "world-factbook.jsonl.xz"
    found = []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            name = _value(row, "Government/Country name/conventional short form")
            facts = {
                label: v
                for label, p, _ in _FIELDS
                if (v := _value(row, p)) and v.lower() not in ("none", "na")
            }
            if name and name.lower() != "none" and len(facts) >= 8:
                found.append((re.sub(r"^(.+), The$", r"The \1", name), facts))
    return tuple(found)


@cache
def places() -> frozenset[str]:
    """The countries and capitals of the factbook."""
    capitals = {
        facts["Capital"] for _, facts in _countries() if "Capital" in facts and "," not in facts["Capital"]
    }
    return frozenset({name for name, _ in _countries()} | capitals)


def countries(*, held_out: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """The countries of a split: every tenth is held out."""
    for i, country in enumerate(_countries()):
        if (i % 10 == 9) == held_out:
            yield country


def make(country: tuple[str, dict[str, str]], wording: Wording) -> Record | None:
    """A question about the country with its facts at hand."""
    rng = wording.rng
    name, facts = country
    labels = rng.sample(list(facts), min(len(facts), rng.randint(5, 10)))
    asked = rng.choice(labels)
    questions = next(q for label, _, q in _FIELDS if label == asked)
    question = rng.choice(questions.split("|")).replace("{c}", name)
    known = rng.random() > 0.1
    shown = labels if known else [label for label in labels if label != asked]
    if rng.random() < 0.7:
        text = f"{name}\n" + "\n".join(f"{label}: {facts[label]}" for label in shown)
    else:
        text = f"Facts about {name}. " + " ".join(f"{label}: {facts[label]}." for label in shown)
    if len(words(text)) > 230:
        return None
    if not known:
        answer, accepted = wording.pick(_UNKNOWN), ["doesn't say", "don't say", "isn't in"]
    else:
        answer, accepted = facts[asked], [facts[asked]]
        if rng.random() < 0.35 and asked in (
            "Capital",
            "Population",
            "Currency",
            "Area",
            "Highest point",
            "Median age",
        ):
            answer = f"The {asked.lower()} of {name} is {answer}."
        elif len(words(answer)) > 3:
            answer = f"{answer[0].upper()}{answer[1:]}."
    prompt = wording.place(wording.pick(_ASKS, q=question), text)
    source = {"text": text, "question": question, "answers": accepted}
    return Record(task="factbook", messages=wording.messages(prompt, answer), source=source)
