"""Everyday talk: greetings, thanks, advice on common matters, common things explained, tiny stories, notes.

Design choices
- Written here, composed of parts: an opening, two or three tips of a topic, a closing; a hero, a place, a
  trouble, a way out. The parts combine to far more conversations than a run draws.
- The assistant says what it is and what it can't know (the time, the news, sums) instead of guessing.
- The phrases lie in everyday.txt beside this file, so that anyone can add to them without reading code.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import product

from duologue.text.train.documents import Split
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["feed", "make"]

_ADVICE = (
    "How can I {t}?",
    "How do I {t}?",
    "Any advice on how to {t}?",
    "I want to {t}. What should I do?",
    "Can you help me {t}?",
    "What helps if you want to {t}?",
    "Give me some tips to {t}.",
    "I'd like to {t}. Any ideas?",
    "What is a good way to {t}?",
    "Do you have tips? I want to {t}.",
    "I need to {t}.",
    "Please tell me how to {t}.",
)
_OPEN = (
    "",
    "",
    "",
    "Sure! ",
    "Good question. ",
    "Here is what often helps. ",
    "Of course. ",
    "Happy to help. ",
    "I have a few ideas. ",
)
_CLOSE = (
    "",
    "",
    "",
    " Good luck!",
    " I hope that helps.",
    " Small steps are fine.",
    " You can do it.",
    " Be patient with yourself.",
)
_JOIN = (
    ("", ""),
    ("First, ", "Then "),
    ("", "Also, "),
    ("", "It also helps if you do this: "),
    ("To begin with, ", "After that, "),
)
_EXPLAIN = (
    "What is {t}?",
    "Explain {t} in simple words.",
    "Tell me about {t}.",
    "What can you tell me about {t}?",
    "How would you explain {t}?",
    "Describe {t} in a few words.",
    "What do you know about {t}?",
    "Give me a fact about {t}.",
    "Teach me something about {t}.",
    "I want to learn about {t}.",
    "Please explain {t}.",
    "Write a few sentences about {t}.",
)
_CHAT = (
    "What are your thoughts on {t}?",
    "Do you like {t}?",
    "I really like {t}.",
    "Let's talk about {t}.",
    "Can we talk about {t}?",
    "Why do people like {t}?",
    "What is good about {t}?",
    "I was thinking about {t} today.",
    "What would you say about {t}?",
    "My friend asked me about {t}.",
    "What is important about {t}?",
    "Say something about {t}.",
)
_REPLIES = (
    "{T}: a good subject! ",
    "I like to talk about {t}. ",
    "There is a lot to say about {t}. ",
    "I find {t} interesting. ",
    "Gladly! Here is what I know about {t}. ",
    "",
)
_AFTER = (
    "",
    "",
    " What do you think?",
    " Do you agree?",
    " What do you like about it?",
    " Would you like to know more?",
)
_STORY = (
    "Tell me a short story about {h}.",
    "Write a short story about {h}.",
    "Can you tell a story about {h}?",
    "A story about {h}, please.",
    "Make up a tiny story about {h}.",
    "I want to hear a story about {h}.",
    "Tell a little bedtime story about {h}.",
    "Write a very short story with {h} in it.",
)
_BEGIN = (
    "Once upon a time, {h} lived {p}.",
    "There was once {h} who lived {p}.",
    "{H} lived {p}.",
    "One morning, {h} woke up {p}.",
)


@cache
def phrases() -> dict[str, list[tuple[str, ...]]]:
    """The phrase book: section -> blocks of lines. "[name]" opens a section, an empty line ends a block."""
    sections: dict[str, list[tuple[str, ...]]] = {}
    block: list[str] = []
    current: list[tuple[str, ...]] = []
    text = resources.files("duologue.text.train.tasks").joinpath("everyday.txt").read_text("utf-8")
    for line in [*text.split("\n"), ""]:
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line.strip():
            block.append(line.strip())
        elif block:
            current.append(tuple(block))
            block = []
    return sections


def _alternatives(line: str) -> list[str]:
    return [part.strip() for part in line.split(" | ")]


def feed(split: Split) -> Sequence[tuple[str, int]]:
    """What can be made: (kind, number of the block), each many times; the same for both splits."""
    book = phrases()
    items = [(kind, i) for kind in ("talk", "advice", "explain") for i in range(len(book[kind]))]
    items += [("story", i) for i in range(len(book["heroes"][0]))]
    return [item for item, _ in product(items, range(60))]


def _talk(block: tuple[str, ...], wording: Wording) -> tuple[str, str]:
    return wording.rng.choice(_alternatives(block[0])), wording.rng.choice(_alternatives(block[1]))


def _advice(block: tuple[str, ...], wording: Wording) -> tuple[str, str]:
    rng = wording.rng
    topic = rng.choice(_alternatives(block[0]))
    tips = rng.sample(block[1:], rng.choice((2, 2, 3)))
    if len(tips) == 2:
        before = rng.choice(_JOIN)
        tips = [
            f"{b}{t[0].lower() + t[1:] if b.endswith(', ') or b == 'Then ' else t}"
            for b, t in zip(before, tips, strict=True)
        ]
    answer = (
        f"{rng.choice(_OPEN)}To {topic}, {tips[0][0].lower()}{tips[0][1:]}"
        if rng.random() < 0.5
        else f"{rng.choice(_OPEN)}{tips[0]}"
    )
    return wording.pick(_ADVICE, t=topic), f"{' '.join([answer, *tips[1:]])}{rng.choice(_CLOSE)}"


def _explain(block: tuple[str, ...], wording: Wording) -> tuple[str, str]:
    rng = wording.rng
    topic = rng.choice(_alternatives(block[0]))
    said = block[1:]
    if rng.random() < 0.55:
        count = rng.choice((1, 2, 2, 3))
        return wording.pick(_EXPLAIN, t=topic), " ".join(said[:count])
    start = rng.randint(0, len(said) - 2)
    reply = wording.pick(_REPLIES, t=topic, T=topic[0].upper() + topic[1:])
    return wording.pick(_CHAT, t=topic), f"{reply}{' '.join(said[start : start + 2])}{rng.choice(_AFTER)}"


def _story(hero: str, wording: Wording) -> tuple[str, str]:
    book, rng = phrases(), wording.rng
    name, noun = hero, hero.split(" ", 1)[1]
    parts = [rng.choice(book[section][0]) for section in ("places", "troubles", "turns", "ends")]
    begin = wording.pick(_BEGIN, h=name, H=name[0].upper() + name[1:], p=parts[0])
    told = (
        " ".join(parts[1:])
        .replace("{h}", f"the {noun.split()[-1]}")
        .replace("{H}", f"The {noun.split()[-1]}")
    )
    return wording.pick(_STORY, h=name), f"{begin} {told}"


def make(item: tuple[str, int], wording: Wording) -> Record | None:
    """One or two exchanges of everyday talk."""
    kind, i = item
    book, rng = phrases(), wording.rng
    if kind == "story":
        ask, answer = _story(book["heroes"][0][i], wording)
    else:
        ask, answer = {"talk": _talk, "advice": _advice, "explain": _explain}[kind](book[kind][i], wording)
    messages = [("user", ask), ("assistant", answer)]
    if rng.random() < 0.2:
        before = _talk(rng.choice(book["talk"][:6]), wording)
        if before[0] != ask:
            messages = [("user", before[0]), ("assistant", before[1]), *messages[-2:]]
    if rng.random() < 0.12:
        messages[-2] = ("user", messages[-2][1].lower().rstrip("?.! "))
    source = {"max_words": 120} | ({"topic": ask} if kind == "story" else {})
    return Record(task="everyday", messages=tuple(messages), source=source)
