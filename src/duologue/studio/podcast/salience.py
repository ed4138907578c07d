"""How much each statement matters to its document, and which to tell in the words there are.

Design choices
- Weight is centrality: the stationary share of a random walk over sentences that share rare words (TextRank,
  Mihalcea & Tarau 2004, with the tf-idf similarity of LexRank, Erkan & Radev 2004), lifted by place (the
  lead), by what listeners keep (a figure, a voice, a reason, a contrast) and damped for what can't be
  followed by ear.
- Choice is greedy by weight per word with a discount for paragraphs already heard, so every part of the story
  comes up; a statement brings along those that it can't be understood without.
- The opening and the last paragraph are always in: a story needs its beginning and its end.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from duologue.studio.podcast.statements import Statement
from duologue.studio.podcast.stem import stem

__all__ = ["choose", "weights"]

_WORD = re.compile(r"[a-z][a-z'’-]{2,}|\d[\d.,]*")
_STOP = frozenset(
    """the and that this with from for are was were been have has had will would could can not but they them
    their there which who whom whose what when where why how its his her him she you your our out into onto
    than then over under after before about also more most some such only same other all any each both
    between because said says say one two three very just now new did does do it's who's""".split()
)
_PROMISES = re.compile(
    r"\b(?:two|three|four|five|several|many|following|a few|other) (?:\w+ )?(?:choices|options|reasons|ways|"
    r"problems|"
    r"questions|things|parts|steps|results|findings|ideas|answers|types|kinds|groups|stages)\.$|:$"
)
_LIFT = {
    "number": 0.12,
    "money": 0.15,
    "quote": 0.25,
    "cause": 0.2,
    "contrast": 0.2,
    "surprise": 0.15,
    "finding": 0.1,
}


def weights(statements: Sequence[Statement], title: str = "") -> NDArray[np.float64]:
    """The weight of each statement: (n,), mean about 1."""
    count = len(statements)
    if count == 0:
        return np.zeros(0)
    bags = [Counter(_terms(s.raw)) for s in statements]
    seen = Counter(term for bag in bags for term in bag)
    vocabulary = {term: i for i, term in enumerate(seen)}
    matrix = np.zeros((count, len(vocabulary) or 1))
    for row, bag in enumerate(bags):
        for term, times in bag.items():
            matrix[row, vocabulary[term]] = (1 + math.log(times)) * math.log(1 + count / seen[term])
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    similar = matrix @ matrix.T
    np.fill_diagonal(similar, 0.0)
    walk = similar / np.maximum(similar.sum(1, keepdims=True), 1e-9)
    rank = np.full(count, 1 / count)
    for _ in range(40):
        rank = 0.15 / count + 0.85 * (rank @ walk)
    rank = rank / rank.mean()
    heading = set(_terms(title))
    for at, statement in enumerate(statements):
        lift = sum(_LIFT.get(cue, 0.0) for cue in statement.cues)
        shared = len(heading & set(bags[at])) / max(len(heading), 1)
        place = 0.8 if at == 0 else (0.2 if statement.paragraph == 0 else 0.0)
        long = max(0, statement.length - 34) * 0.02
        first = at == 0 or statements[at - 1].paragraph != statement.paragraph
        place += 0.3 if first else 0.0
        short = 0.15 if statement.length < 7 and not first else 0.0
        rank[at] = max(0.05, rank[at] * (1 + lift + 0.5 * shared + place) - long - short)
    return np.asarray(rank, np.float64)


def choose(statements: Sequence[Statement], rank: NDArray[np.float64], words: int) -> list[Statement]:
    """Statements of about `words` words in all, in the order of the document."""
    if sum(s.length for s in statements) <= words:
        return [s for s in statements if not s.orphan]
    chosen: set[int] = set()
    spent = 0
    openings = {s.paragraph: s.index for s in reversed(statements)}
    if statements:
        last = max(s.paragraph for s in statements)
        final = [s for s in statements if s.paragraph == last]
        end = final[0] if sum(s.length for s in final) <= 42 else final[-1]
        for must in (statements[0], *(() if statements[0].explains else (final[-1], end))):
            closure = _closure(statements, must.index, chosen)
            cost = sum(statements[i].length for i in closure)
            if any(statements[i].orphan for i in closure):
                continue
            if not chosen or spent + cost <= words * 0.6:
                chosen |= closure
                spent += cost
    while True:
        best, best_value = None, 0.0
        taken = Counter(statements[i].paragraph for i in chosen)
        for statement in statements:
            if statement.index in chosen or statement.orphan:
                continue
            if spent + statement.length > words:
                continue
            closure = _closure(statements, statement.index, chosen)
            cost = sum(statements[i].length for i in closure)
            if spent + cost > words or any(statements[i].orphan for i in closure):
                continue
            discount = (1.0, 0.62, 0.4, 0.3)[min(taken[statement.paragraph], 3)]
            opening = openings[statement.paragraph]
            if opening not in chosen and opening not in closure:
                discount *= 0.7  # the first sentence of a paragraph says what it is about
            value = float(sum(rank[i] for i in closure)) * discount / (cost + 12)
            if value > best_value:
                best, best_value = closure, value
        if best is None:
            return [statements[i] for i in sorted(chosen)]
        chosen |= best
        spent += sum(statements[i].length for i in best)


def _closure(statements: Sequence[Statement], index: int, chosen: set[int]) -> set[int]:
    """The statement with those it needs, as far as they aren't chosen yet.

    It needs the one it leans on, and for each thing it takes for known ("the shells") one of those that
    spoke of it before: the nearest, unless one is chosen already.
    """
    found: set[int] = set()
    todo = [index]
    while todo:
        at = todo.pop()
        if at in chosen or at in found:
            continue
        found.add(at)
        here = statements[at]
        if here.needs is not None:
            todo.append(here.needs)
        # A short opening ("Not everything went well.") and what follows it belong together.
        if at + 1 < len(statements) and (_announces(statements, at) or _PROMISES.search(here.raw)):
            todo.append(at + 1)
        if at and _announces(statements, at - 1):
            todo.append(at - 1)
        for noun in here.definite:
            near = [
                i
                for i in range(max(0, at - 24), at)
                if noun in statements[i].nouns and statements[i].paragraph >= here.paragraph - 1
            ]
            if near and not any(i < at and noun in statements[i].nouns for i in (*chosen, *found, *todo)):
                todo.append(near[-1])
    return found


def _announces(statements: Sequence[Statement], at: int) -> bool:
    """Whether a statement is the short opening of a paragraph that goes on."""
    here = statements[at]
    opens = at == 0 or statements[at - 1].paragraph != here.paragraph
    goes_on = at + 1 < len(statements) and statements[at + 1].paragraph == here.paragraph
    return opens and goes_on and here.length <= 10 and not here.quoted and "number" not in here.cues


def _terms(text: str) -> list[str]:
    return [stem(w) for w in _WORD.findall(text.lower()) if w not in _STOP]
