"""The pretraining corpus: clean, split, decontaminate, tokenize, pack.

Design choices
- One file of uint16 tokens per source, documents one after the other, each begun by `<|endoftext|>`; a run
  reads windows of it in an order that its seed fixes.
- A document may be cut at a paragraph to its first characters: an article's beginning says most, and a small
  budget of tokens is better spent on many beginnings.
- Decontamination: a training document that shares a run of 13 words with the held-out split or with a set of
  evaluation prompts is dropped. Runs are compared by 64-bit hashes.
- Dialogues become chat-formatted documents, so the format is no news to the finetuning.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duologue.text.chat import render
from duologue.text.tokenizer import BOS, load
from duologue.text.train.documents import data_folder, documents

__all__ = ["NGRAM", "Contaminated", "cut", "dialogues", "main", "ngrams", "write"]

NGRAM = 13
DIALOGUES = ("small-talk", "task-dialogue")
_WORD = re.compile(r"[a-z0-9]+")


def ngrams(text: str, n: int = NGRAM) -> NDArray[np.uint64]:
    """A hash for each run of `n` words of `text`, punctuation and case left out: (words - n + 1,)."""
    words = _WORD.findall(text.lower())
    if len(words) < n:
        return np.zeros(0, np.uint64)
    ids = np.array([_word_hash(w) for w in words], np.uint64)
    total = np.zeros(len(ids) - n + 1, np.uint64)
    for i in range(n):
        total = total * np.uint64(0x9E3779B97F4A7C15 | 1) + ids[i : i + len(total)]
    return total


_hashes: dict[str, int] = {}


def _word_hash(word: str) -> int:
    # Python's own hash of a string changes from process to process.
    found = _hashes.get(word)
    if found is None:
        found = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
        if len(_hashes) < 2_000_000:
            _hashes[word] = found
    return found


class Contaminated:
    """The runs of words that no training document may hold."""

    def __init__(self, texts: Iterable[str]) -> None:
        runs = [ngrams(text) for text in texts]
        self.runs = np.unique(np.concatenate(runs)) if runs else np.zeros(0, np.uint64)

    def __contains__(self, text: object) -> bool:
        found = ngrams(str(text))
        if not len(found) or not len(self.runs):
            return False
        at = np.minimum(np.searchsorted(self.runs, found), len(self.runs) - 1)
        return bool((self.runs[at] == found).any())


def cut(text: str, characters: int) -> str:
    """The beginning of `text`, ended at a paragraph, or at a sentence where the first paragraph is longer."""
    if len(text) <= characters:
        return text
    head = text[:characters]
    for mark, keep in (("\n", 0), (". ", 1)):
        at = head.rfind(mark)
        if at > characters // 3:
            head = head[: at + keep]
            break
    return re.sub(r"\n## [^\n]*\Z", "", head.rstrip()).rstrip()


def dialogues(names: Iterable[str] = DIALOGUES) -> Iterator[str]:
    """The dialogue sets as chat-formatted documents."""
    for name in names:
        with lzma.open(data_folder() / "instruct" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as file:
            for line in file:
                yield render(json.loads(line)["messages"], generation=False)


def write(
    texts: Iterable[str], path: Path, *, forbidden: Contaminated | None = None, seed: int = 0
) -> dict[str, int]:
    """Tokenize `texts` in a shuffled order into `path`; returns what was counted."""
    from tqdm import tqdm

    tokenizer = load()
    kept, dropped = [], 0
    for text in tqdm(texts, desc=path.stem, unit=" documents"):
        if forbidden is not None and text in forbidden:
            dropped += 1
        else:
            kept.append(text)
    random.Random(seed).shuffle(kept)
    beside = path.with_suffix(".part")
    count = size = 0
    with beside.open("wb") as file:
        for i in tqdm(range(0, len(kept), 500), desc=f"{path.stem} tokens", unit=" x 500"):
            batch = kept[i : i + 500]
            for encoding, text in zip(tokenizer.encode_batch(batch), batch, strict=True):
                ids = np.array([BOS, *encoding.ids], np.uint16)
                file.write(ids.tobytes())
                count += len(ids)
                size += len(text.encode())
    beside.replace(path)
    return {"documents": len(kept), "dropped": dropped, "tokens": count, "bytes": size}


def main() -> None:
    """`duologue train text corpus`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=Path("work/text/corpus"))
    parser.add_argument("--characters", type=int, default=4000, help="of each article; 0: all of it")
    parser.add_argument("--megabytes", type=float, default=60, help="of books; 0: all of them")
    parser.add_argument(
        "--against", type=Path, nargs="*", default=[], help="JSON lines or text not to be trained on"
    )
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    held_out = [text for source in ("wiki", "books") for text in documents("held-out", source)]  # type: ignore[arg-type]
    forbidden = Contaminated(
        [*held_out, *(line for path in args.against for line in path.read_text().splitlines())]
    )

    def books() -> Iterator[str]:
        left = args.megabytes * 1e6 if args.megabytes else float("inf")
        for text in documents("train", "books"):
            yield text
            left -= len(text)
            if left < 0:
                return

    def articles() -> Iterator[str]:
        return (cut(t, args.characters) if args.characters else t for t in documents("train", "wiki"))

    report = {}
    for name, texts in (("dialogue", dialogues()), ("books", books()), ("wiki", articles())):
        report[name] = write(texts, args.out / f"{name}.bin", forbidden=forbidden)
        print(name, report[name])
    (args.out / "report.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
