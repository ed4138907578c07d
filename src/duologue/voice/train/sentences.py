"""Sentences to be spoken by the teachers, drawn from the shared text.

Design choices
- Books, encyclopaedia and small talk in fixed shares, so that dialogue, questions and exclamations
  occur as often as plain statements do.
- The documents kept as held-out text (the last 500 of wiki-3 and of books-2) are never touched.
- Only sentences of plain letters and punctuation: what digits and symbols sound like is the front
  end's business, and the voice should learn from phonemes that are certain.
- Deterministic in the seed; no sentence twice.

    python -m duologue.voice.train.sentences --data ../shared/data --count 8000 --out work/sentences.txt
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["draw_sentences"]

_BOUNDARY = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[A-Z\"“‘(])")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z ,;:.!?'’\"“”()—-]*[.!?][\"”’]?")
_SHARES = {"books": 0.45, "wiki": 0.35, "talk": 0.20}
_FILES = {"books": ("books-0", "books-1"), "wiki": ("wiki-0", "wiki-1")}


def _documents(path: Path, limit: int) -> Iterator[str]:
    lines: list[str] = []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("<|endoftext|>"):
                yield "".join(lines)
                lines = []
                limit -= 1
                if limit == 0:
                    return
            else:
                lines.append(line)


def _speakable(sentence: str, low: int, high: int) -> bool:
    if not low <= len(sentence) <= high or not _PLAIN.fullmatch(sentence):
        return False
    words = sentence.split()
    return len(words) >= 2 and sum(w.isupper() and len(w) > 1 for w in words) == 0


def _text_sentences(path: Path, documents: int, low: int, high: int) -> Iterator[str]:
    for document in _documents(path, documents):
        for paragraph in document.split("\n"):
            if not paragraph.startswith("##"):
                for sentence in _BOUNDARY.split(paragraph):
                    sentence = sentence.strip()
                    if _speakable(sentence, low, high):
                        yield sentence


def _talk_sentences(path: Path, low: int, high: int) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            for message in json.loads(line)["messages"]:
                text = message["content"].strip()
                if text and text[0].isalpha():
                    text = text[0].upper() + text[1:]
                    text += "" if text[-1] in ".!?" else "."
                    if _speakable(text, low, high):
                        yield text


def draw_sentences(data: Path, count: int, *, seed: int = 0, low: int = 12, high: int = 190) -> list[str]:
    """`count` distinct sentences of `low` to `high` characters from the shared data folder, shuffled."""
    rng = random.Random(seed)
    drawn: dict[str, None] = {}
    for kind, share in _SHARES.items():
        want = round(count * share)
        pool: list[str] = []
        if kind == "talk":
            pool.extend(_talk_sentences(data / "instruct" / "small-talk.jsonl.xz", low, high))
        else:
            for name in _FILES[kind]:
                pool.extend(_text_sentences(data / "text" / f"{name}.txt.xz", 400, low, high))
        pool = list(dict.fromkeys(pool))
        rng.shuffle(pool)
        for sentence in pool[:want]:
            drawn[sentence] = None
    sentences = list(drawn)
    rng.shuffle(sentences)
    return sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("work/sentences.txt"))
    args = parser.parse_args()
    sentences = draw_sentences(args.data, args.count, seed=args.seed)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text("\n".join(sentences) + "\n", encoding="utf-8")
    print(f"{len(sentences)} sentences -> {args.out}")


if __name__ == "__main__":
    main()
