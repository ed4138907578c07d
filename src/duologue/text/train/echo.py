"""Documents to learn copying from: a passage, and the assistant says it, or one sentence of it, once more.

Design choices
- Copying a span of the prompt is what grounded answers are made of, and plain text asks for it so seldom
  that a model of few tokens never learns it. Here every second half can be copied from the first.
- A third are words in no order: what can't be guessed from the words before it must be looked up.
- Articles only, other ones than the corpus begins with, at most four sentences each.
- Packed like the rest of the corpus, without a mask: the passage itself is text to learn from, too.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

from duologue.text.chat import render
from duologue.text.train.corpus import Contaminated, cut, write
from duologue.text.train.documents import documents

__all__ = ["echo", "main", "texts"]

_ASK = {
    "whole": (
        "Repeat this text.", "Copy the text below word for word.", "Repeat after me:", "Say this again:",
        "Write the following once more.", "Please copy this exactly.",
    ),
    "first": (
        "Give the first sentence of this text.", "Copy only the first sentence.",
        "What is the first sentence?", "Repeat the opening sentence.",
    ),
    "last": (
        "Give the last sentence of this text.", "Copy only the last sentence.", "What is the last sentence?",
        "Repeat the closing sentence.",
    ),
    "with": (
        "Copy the sentence that mentions {word}.", "Which sentence speaks of {word}?",
        'Find the sentence with the word "{word}" and repeat it.',
    ),
}  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z])")
_WORD = re.compile(r"[A-Za-z]{5,}")


def echo(paragraph: str, rng: random.Random) -> str | None:
    """A conversation about the first sentences of `paragraph`; None where it doesn't lend itself."""
    sentences = _SENTENCE.split(paragraph)[: rng.randint(1, 4)]
    passage = " ".join(sentences)
    if shuffled := rng.random() < 0.35:
        some = passage.split()
        rng.shuffle(some)
        sentences = [passage := " ".join(some[: rng.randint(6, 60)])]
    if not (20 if shuffled else 60) < len(passage) < 900:
        return None
    kind = rng.choice(("whole", "whole", "first", "last", "with")) if len(sentences) > 1 else "whole"
    ask = rng.choice(_ASK[kind])
    answer = {"whole": passage, "first": sentences[0], "last": sentences[-1]}.get(kind, "")
    if kind == "with":
        answer = rng.choice(sentences)
        words = [w for w in _WORD.findall(answer) if sum(w in s for s in sentences) == 1]
        if not words:
            return None
        ask = ask.format(word=rng.choice(words))
    user = f"{ask}\n\n{passage}" if rng.random() < 0.7 else f"{passage}\n\n{ask}"
    return render(
        [{"role": "user", "content": user}, {"role": "assistant", "content": answer}], generation=False
    )


def texts(first: int, count: int, seed: int = 5) -> Iterator[str]:
    """Conversations about two paragraphs of each of `count` articles, from the `first` on."""
    rng = random.Random(seed)
    for document in itertools.islice(documents("train", "wiki"), first, first + count):
        paragraphs = [p for p in cut(document, 3000).split("\n") if len(p) > 120 and not p.startswith("#")]
        rng.shuffle(paragraphs)
        for paragraph in paragraphs[:2]:
            if conversation := echo(paragraph, rng):
                yield conversation


def main() -> None:
    """`duologue train text echo`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=Path("work/text/corpus/echo.bin"))
    parser.add_argument("--first", type=int, default=6000, help="article to begin with")
    parser.add_argument("--articles", type=int, default=8000)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    held_out = [text for source in ("wiki", "books") for text in documents("held-out", source)]  # type: ignore[arg-type]
    print(args.out, write(texts(args.first, args.articles), args.out, forbidden=Contaminated(held_out)))


if __name__ == "__main__":
    main()
