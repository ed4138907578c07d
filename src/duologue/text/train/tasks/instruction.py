"""Small instructions that a program can check: repeat, capitals, one word, lists, beginnings and ends, order.

Design choices
- Material is short sentences and words of the articles, and a few lists of common things written here.
- What the checker asks is exactly what the prompt says; the answer is computed, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from duologue.text.facts import content, names
from duologue.text.sentences import split, words
from duologue.text.train.tasks import instructionasks as asks
from duologue.text.train.tasks.passages import Passage
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

Made = tuple[str, str, dict[str, Any]]  # prompt, answer, constraints


def _sentence(p: Passage, w: Wording, most: int = 16) -> str | None:
    fit = [
        s
        for s in p.sentences
        if 4 <= len(words(s)) <= most and '"' not in s and len(split(s)) == 1 and "(" not in s
    ]
    return w.rng.choice(fit) if fit else None


def _repeat(p: Passage, w: Wording) -> Made | None:
    s = _sentence(p, w)
    return s and (w.pick(asks.REPEAT, s=s), s, {"exactly": s})  # type: ignore[return-value]


def _case(p: Passage, w: Wording) -> Made | None:
    s = _sentence(p, w, 12)
    if s is None:
        return None
    if w.rng.random() < 0.65:
        return w.pick(asks.CAPS, s=s), s.upper(), {"exactly": s.upper()}
    return w.pick(asks.LOWER, s=s), s.lower(), {"exactly": s.lower()}


def _things(_: Passage, w: Wording) -> Made | None:
    kind = w.rng.choice(list(asks.LISTS))
    every = asks.LISTS[kind].split()
    count = w.rng.randint(2, min(5, len(every)))
    chosen = (
        sorted(w.rng.sample(every, count), key=every.index)
        if kind.startswith(("days", "months"))
        else w.rng.sample(every, count)
    )
    number = asks.NUMBERS[count - 2] if w.rng.random() < 0.7 else str(count)
    ask = w.pick(asks.THINGS, n=number, k=kind)
    way = w.rng.random()
    plain = {"items": count, "any_of": every}
    if way < 0.25:
        return (
            f"{ask} {w.pick(('Use a bullet list.', 'As bullets.', 'Put each on a line with a dash.'))}",
            "\n".join(f"- {c}" for c in chosen),
            {"bullets": count, "any_of": every},
        )
    if way < 0.45:
        return (
            f"{ask} {w.pick(('Use a numbered list.', 'Number them.', 'As a numbered list.'))}",
            "\n".join(f"{i}. {c}" for i, c in enumerate(chosen, 1)),
            {"numbered": count, "any_of": every},
        )
    if way < 0.65:
        how = w.pick(
            ("Separate them with commas.", "Use commas between them.", "Only the words, with commas.")
        )
        return f"{ask} {how}", ", ".join(chosen), plain
    answer = ", ".join(chosen[:-1]) + f" and {chosen[-1]}."
    return ask, answer[0].upper() + answer[1:], plain


def _opposite(_: Passage, w: Wording) -> Made | None:
    pair = w.rng.choice(asks.OPPOSITES.split("|")).split()
    if w.rng.random() < 0.5 and pair != ["young", "old"]:
        pair = pair[::-1]
    twin = {"old": ["new", "young"], "short": ["tall", "long"], "light": ["dark", "heavy"]}.get(
        pair[0], [pair[1]]
    )
    return (
        w.pick(asks.OPPOSITE, a=f'"{pair[0]}"' if w.rng.random() < 0.5 else pair[0]),
        pair[1].capitalize() + w.pick(("", ".")),
        {"equals": twin},
    )


def _kind(_: Passage, w: Wording) -> Made | None:
    kind, other = w.rng.sample([k for k in asks.LISTS if " " not in k and k not in ("seasons", "months")], 2)
    thing = w.rng.choice(asks.LISTS[kind].split())
    if thing in asks.LISTS[other].split():
        return None
    pair = w.rng.sample((kind, other), 2)
    return w.pick(asks.KIND[1:], a=thing, k=pair[0], o=pair[1]), kind.capitalize(), {"equals": kind}


def _ends(p: Passage, w: Wording) -> Made | None:
    s = _sentence(p, w)
    end = w.pick(
        (
            "That is all.",
            "Thank you.",
            "The end.",
            "I hope this helps.",
            "And so it is.",
            "Isn't that nice?",
            "Done.",
        )
    )
    if s is None or p.subject.lower() not in s.lower():
        return None
    return w.pick(asks.END, t=p.subject, e=end), f"{s} {end}", {"ends": end}


def _starts(p: Passage, w: Wording) -> Made | None:
    s = _sentence(p, w, 20)
    if s is None or p.subject.lower() not in s.lower():
        return None
    begin = w.pick(("Of course,", "In fact,", "As we know,", "I think that", "It is said that", "Well,"))
    first = s.split(" ")[0]
    rest = s[0].lower() + s[1:] if first in ("The", "A", "An", "In", "It", "This", "There") else s
    return w.pick(asks.START, t=p.subject, b=begin), f"{begin} {rest}", {"starts": begin}


def _word(p: Passage, w: Wording) -> Made | None:
    s = _sentence(p, w, 18)
    plain = [c for c in content(s or "") if c.isalpha() and len(c) > 3 and not names(f"A {c}")]
    if s is None or not plain:
        return None
    word = w.rng.choice(plain)
    return w.pick(asks.WORD, w=word), s, {"with": word, "sentences": 1}


def _which(p: Passage, w: Wording) -> Made | None:
    s = _sentence(p, w, 10)
    if s is None:
        return None
    place = w.rng.choice(("first", "last"))
    word = words(s)[0 if place == "first" else -1]
    return w.pick(asks.WHICH, o=place, s=s), word, {"equals": word}


def _joined(p: Passage, w: Wording) -> Made | None:
    """Words put in order or joined by a mark."""
    every = asks.LISTS[w.rng.choice([k for k in asks.LISTS if k not in ("body parts",)])].split()
    chosen = w.rng.sample(every, min(4, len(every)))
    if w.rng.random() < 0.5:
        answer = ", ".join(sorted(chosen, key=str.lower))
        return (
            w.pick(
                (
                    "Sort these words by the alphabet: {l}",
                    "Put these words in alphabetical order: {l}",
                    "Alphabetize: {l}",
                ),
                l=", ".join(chosen),
            ),
            answer,
            {"exactly": answer},
        )
    answer = " - ".join(chosen)
    return (
        w.pick(
            ("Join these words with dashes: {l}", "Put a dash between these words: {l}"), l=", ".join(chosen)
        ),
        answer,
        {"with": chosen, "lines": 1},
    )


def _yes(p: Passage, w: Wording) -> Made | None:
    kind, other = w.rng.sample(
        [k for k in asks.LISTS if k not in ("seasons", "days of the week", "months", "body parts")], 2
    )
    thing = w.rng.choice(asks.LISTS[kind].split())
    right = w.rng.random() < 0.5
    if thing in asks.LISTS[other].split():
        return None
    one = re.sub(r"ies$", "y", kind if right else other)
    one = one if one.endswith("s") is False else one[:-1]
    if one in ("clothe",):
        return None
    article = "an" if one[0] in "aeiou" else "a"
    of = (
        ""
        if thing[0].isupper() or thing in ("water", "tea", "coffee", "milk", "juice")
        else "an "
        if thing[0] in "aeiou"
        else "a "
    )
    ask = w.pick(
        (
            "Is {t} {o}? Answer with yes or no.",
            "Yes or no: is {t} {o}?",
            "Is {t} {o}? Just say yes or no.",
            "Answer only yes or no. Is {t} {o}?",
        ),
        t=of + thing,
        o=f"{article} {one}",
    )
    answer = "Yes" if right else "No"
    return ask, answer + w.pick(("", ".")), {"equals": answer}


_WAYS: tuple[tuple[float, Callable[[Passage, Wording], Made | None]], ...] = (
    (2, _repeat),
    (1.5, _case),
    (3, _things),
    (0.8, _opposite),
    (0.8, _kind),
    (1, _ends),
    (1, _starts),
    (2, _word),
    (1, _which),
    (1, _joined),
    (1, _yes),
)


def make(passage: Passage, wording: Wording) -> Record | None:
    """A small instruction, made of the passage's words or of the lists."""
    made = wording.rng.choices([f for _, f in _WAYS], [weight for weight, _ in _WAYS])[0](passage, wording)
    if made is None:
        return None
    prompt, answer, constraints = made
    return Record(
        task="instruction", messages=wording.messages(prompt, answer), source={"constraints": constraints}
    )
