"""Agreement with the teacher's phonemizer: phoneme error rate and like sentences, beside nothing else.

hibari-tts' own front end agrees with misaki (the phonemizer the teacher was taught with) on 99.5 % of
words and needs no spaCy, so it stands for it. Sentences of books and encyclopedia with letters and
plain punctuation only, so that pronunciation is compared and not normalisation. What differs is
printed by word, the most frequent first: ours may well be the right one.

    python benchmarks/frontend_reference.py --data ../shared/data --lang en-us [--sentences 2000]
"""

from __future__ import annotations

import argparse
import lzma
import re
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from duologue.voice.frontend.g2p import Pronouncer
from frontend_homographs import plain_tokens

__all__ = ["distance", "sentences"]

_PLAIN = re.compile(r"[A-Z][A-Za-z'’ ,;:\-]{25,200}[.!?]")


def sentences(data: Path, count: int) -> list[str]:
    """`count` plain sentences, half of books and half of encyclopedia, spread over the files."""
    found: list[str] = []
    for name in ("books-2", "wiki-3"):
        here: list[str] = []
        with lzma.open(data / "text" / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number % 7:
                    continue
                whole = [s for s in re.split(r"(?<=[.!?]) +", line.strip()) if _PLAIN.fullmatch(s)]
                here += whole[:1]
                if len(here) >= count // 2:
                    break
        found += here
    return found


def distance(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def main() -> None:
    from hibari.g2p import G2P

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lang", choices=("en-us", "en-gb"), default="en-us")
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--show", type=int, default=60, help="how many differing words to print")
    args = parser.parse_args()
    peer, pronouncer = G2P(british=args.lang == "en-gb"), Pronouncer(args.lang)
    errors = length = alike = words = 0
    spent_here = spent_there = 0.0
    differing: Counter[tuple[str, str, str]] = Counter()
    where: dict[tuple[str, str, str], str] = {}
    for sentence in sentences(args.data, args.sentences):
        tokens = plain_tokens(sentence)
        begun = time.perf_counter()
        said = pronouncer.pronounce(tokens)
        middle = time.perf_counter()
        reference = peer(sentence)
        spent_there += time.perf_counter() - middle
        spent_here += middle - begun
        joined = "".join(
            (" " if t.start and sentence[t.start - 1] == " " else "") + p
            for t, p in zip(tokens, said, strict=True)
        )
        errors += distance(joined, reference)
        length += len(reference)
        alike += joined == reference
        ours, theirs = joined.split(), reference.split()
        written = sentence.split()
        words += len(written)
        if len(ours) == len(theirs) == len(written):
            for word, a, b in zip(written, ours, theirs, strict=True):
                if a != b:
                    differing[word, a, b] += 1
                    where[word, a, b] = sentence
    count = args.sentences
    print(f"{args.lang}: {count} sentences, {words} words")
    print(f"phoneme error rate {errors / length:.4f}, sentences alike {alike / count:.4f}")
    print(f"words differing {sum(differing.values()) / words:.4f}")
    print(f"ms per sentence: ours {1e3 * spent_here / count:.3f}, hibari {1e3 * spent_there / count:.3f}")
    for (word, a, b), n in differing.most_common(args.show):
        print(f"{n:4d} {word}: ours {a}, reference {b} | {where[word, a, b][:110]}")


if __name__ == "__main__":
    main()
