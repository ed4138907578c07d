"""Compile misaki's lexicons and our own additions into the files the front end reads.

Design choices
- The source is PyPI's `misaki` (Apache-2.0), its four JSON files; `pip download misaki` and unzip.
- The flap ɾ becomes T and the glottal stop t, as the teacher reads them.
- Our own words and corrections (`frontend/data/additions_us.txt`, `additions_gb.txt`; lines "word
  TAB phonemes") are edited entries and win over the source.

    python -m duologue.voice.train.lexicon --misaki DIR_OF_JSON [--out DIR]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from duologue.voice.frontend.alphabet import SYMBOLS
from duologue.voice.frontend.lexicon import DATA, pack

__all__ = ["compile_accent", "main"]

Source = dict[str, str | dict[str, str | None]]

_AS_TAUGHT = str.maketrans({"ɾ": "T", "ʔ": "t"})


def _value(said: str | dict[str, str | None]) -> str:
    if isinstance(said, str):
        return said.translate(_AS_TAUGHT)
    default = said["DEFAULT"]
    assert default is not None
    senses = [
        f"{tag}={'-' if p is None else p}" for tag, p in said.items() if tag != "DEFAULT" and p != default
    ]
    return "|".join([default, *senses]).translate(_AS_TAUGHT) if senses else default.translate(_AS_TAUGHT)


def compile_accent(gold: Source, silver: Source, additions: str) -> bytes:
    """The lexicon file of one accent. Raises ValueError for an addition outside the alphabet."""
    merged = {word: "~" + _value(said) for word, said in silver.items()}
    merged |= {word: _value(said) for word, said in gold.items()}
    for number, line in enumerate(additions.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, _, value = line.partition("\t")
        symbols = set("".join(part.split("=")[-1] for part in value.split("|"))) - {"-"}
        if not value or not symbols <= SYMBOLS:
            raise ValueError(f"additions, line {number}: want 'word TAB phonemes', got {line!r}")
        merged[word] = value
    return pack(merged.items())


def main() -> None:
    parser = argparse.ArgumentParser(description="Compile the lexicons of the front end.")
    parser.add_argument("--misaki", type=Path, required=True, help="folder of us_gold.json and the others")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()
    for accent in ("us", "gb"):
        gold, silver = (
            json.loads((args.misaki / f"{accent}_{tier}.json").read_text("utf-8"))
            for tier in ("gold", "silver")
        )
        additions = DATA / f"additions_{accent}.txt"
        data = compile_accent(gold, silver, additions.read_text("utf-8") if additions.exists() else "")
        target = args.out / f"lexicon_{accent}.bin"
        target.write_bytes(data)
        print(f"{target}: {len(gold) + len(silver)} words, {len(data) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
