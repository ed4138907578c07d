"""Learn the tokenizer from a sample of the corpus.

Design choices
- The sample mixes encyclopaedia, books and dialogue in about the shares that training sees, JSON included.
- Every k-th document of the train split, so the sample spans all files; the held-out split is not looked at.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
from collections.abc import Iterator
from pathlib import Path

from duologue.text.chat import TEMPLATE, render
from duologue.text.tokenizer import FOLDER, VOCABULARY, save, train
from duologue.text.train.documents import Source, data_folder, documents

__all__ = ["main", "sample"]

DIALOGUES = ("small-talk", "task-dialogue")


def _documents(source: Source, megabytes: float) -> Iterator[str]:
    size = 0
    for text in itertools.islice(documents("train", source), 0, None, 5):
        piece = text[:8000]
        size += len(piece)
        yield piece
        if size > megabytes * 1e6:
            return


def sample(megabytes: float) -> Iterator[str]:
    """About `megabytes` of text: half encyclopaedia, a third books, the rest dialogue and JSON."""
    yield from _documents("wiki", megabytes * 0.5)
    yield from _documents("books", megabytes * 0.3)
    for name in DIALOGUES:
        size = 0
        with lzma.open(data_folder() / "instruct" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as file:
            for line in file:
                messages = json.loads(line)["messages"]
                yield render(messages, generation=False)
                yield json.dumps(messages[0], indent=1)
                size += len(line)
                if size > megabytes * 0.1 * 1e6:
                    break


def main() -> None:
    """`duologue train text vocabulary`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--megabytes", type=float, default=60)
    parser.add_argument("--context", type=int, default=1024)
    parser.add_argument("--size", type=int, default=VOCABULARY, help="tokens")
    args = parser.parse_args()
    tokenizer = train(sample(args.megabytes), args.size)
    save(tokenizer, args.out, template=TEMPLATE, context=args.context)
    probe = "".join(itertools.islice(documents("train", "wiki"), 3, 4))
    size = len(probe.encode())
    print(
        f"{args.out}: {tokenizer.get_vocab_size()} tokens, "
        f"{size / len(tokenizer.encode(probe).ids):.2f} bytes a token"
    )


if __name__ == "__main__":
    main()
