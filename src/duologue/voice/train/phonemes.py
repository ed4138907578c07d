"""Sentences to phonemes, one utterance per line, with the front end that ships."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["phonemize_lines"]


def phonemize_lines(lines: list[str], lang: str) -> list[str]:
    """The phonemes of each line; a line that says nothing becomes an empty one."""
    from duologue.voice.frontend import Frontend

    frontend = Frontend()
    return [" ".join(str(u) for u in frontend.script(line, lang=lang).utterances) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description="Turn sentences into phonemes.")
    parser.add_argument("--sentences", type=Path, default=Path("work/sentences.txt"))
    parser.add_argument("--lang", choices=("en-us", "en-gb"), default="en-us")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    lines = phonemize_lines(args.sentences.read_text(encoding="utf-8").splitlines(), args.lang)
    args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} lines -> {args.out}")


if __name__ == "__main__":
    main()
