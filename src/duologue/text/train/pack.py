"""Conversations into packed tokens with a mask: finetuning learns the assistant's words only.

Design choices
- Rows are JSON lines with `messages`; what else they hold is left alone.
- A conversation is rendered as one text and tokenized once, so its tokens are those the engine will see; the
  mask follows from the characters of the assistant's answers, their `<|im_end|>` included.
- Rows longer than the window are dropped and counted, never cut: half an answer teaches not to end.
- Each conversation begins where the one before it ended; windows of the loop then cross from one to the next.
  With `--window`, as long as the loop's, every window begins with a conversation and holds whole ones only:
  an answer whose prompt is in another window teaches to make things up.
- `--whole` asks for the prompts' tokens, too: a passage is text to learn from.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue.text.chat import render
from duologue.text.errors import TextError
from duologue.text.tokenizer import BOS, SPECIAL, load

__all__ = ["encode", "main", "rows", "write"]

_OPEN = "<|im_start|>assistant\n"
_CLOSE = SPECIAL[2]


def rows(paths: Iterable[Path], limit: int = 0, seed: int = 0) -> Iterator[dict[str, Any]]:
    """The rows of all files, shuffled; at most `limit` of each file.

    Raises TextError naming file and line where a row has no messages.
    """
    generator = random.Random(seed)
    found: list[dict[str, Any]] = []
    for path in paths:
        own = []
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                row = json.loads(line)
                if "messages" not in row:
                    raise TextError(f"{path}, line {number}: a row needs 'messages'")
                own.append(row)
        generator.shuffle(own)
        found += own[:limit] if limit else own
    generator.shuffle(found)
    yield from found


def encode(tokenizer: Any, messages: list[dict[str, str]]) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """One conversation -> its tokens and which of them are to be learned, (n,) each."""
    text = render(messages, generation=False)
    encoding = tokenizer.encode(text)
    learned = np.zeros(len(text) + 1, bool)
    at = 0
    while (start := text.find(_OPEN, at)) >= 0:
        start += len(_OPEN)
        at = text.index(_CLOSE, start) + len(_CLOSE)
        learned[start:at] = True
    ids = np.array(encoding.ids, np.uint16)
    mask = np.array([learned[s] and e > s for s, e in encoding.offsets], np.uint8)
    return ids, mask


def _windows(
    encoded: Iterable[tuple[NDArray[np.uint16], NDArray[np.uint8]]], window: int
) -> Iterator[tuple[NDArray[np.uint16], NDArray[np.uint8]]]:
    """Whole conversations into windows, each into the first of sixteen open ones that has room for it."""
    open_ones: list[list[tuple[NDArray[np.uint16], NDArray[np.uint8]]]] = []

    def closed(parts: list[tuple[NDArray[np.uint16], NDArray[np.uint8]]]) -> Any:
        ids, mask = np.full(window, BOS, np.uint16), np.zeros(window, np.uint8)
        ids[: _size(parts)] = np.concatenate([p[0] for p in parts])
        mask[: _size(parts)] = np.concatenate([p[1] for p in parts])
        return ids, mask

    for one in encoded:
        place = next((w for w in open_ones if _size(w) + len(one[0]) <= window), None)
        if place is None:
            if len(open_ones) == 16:
                fullest = max(range(16), key=lambda i: _size(open_ones[i]))
                yield closed(open_ones.pop(fullest))
            open_ones.append(place := [])
        place.append(one)
    yield from map(closed, open_ones)


def _size(parts: list[tuple[NDArray[np.uint16], NDArray[np.uint8]]]) -> int:
    return sum(len(ids) for ids, _ in parts)


def write(
    conversations: Iterable[list[dict[str, str]]],
    path: Path,
    *,
    longest: int,
    window: int = 0,
    whole: bool = False,
) -> dict[str, int]:
    """Write `path` (tokens) and its `.mask`; returns what was counted."""
    from tqdm import tqdm

    tokenizer = load()
    kept = dropped = tokens = learned = 0
    part, mask_part = path.with_suffix(".part"), path.with_suffix(".mask-part")

    def encoded() -> Iterator[tuple[NDArray[np.uint16], NDArray[np.uint8]]]:
        nonlocal kept, dropped
        for messages in tqdm(conversations, desc=path.stem, unit=" rows"):
            ids, mask = encode(tokenizer, messages)
            if len(ids) > min(longest, window or longest):
                dropped += 1
                continue
            kept += 1
            yield ids, (np.ones_like(mask) if whole else mask)

    with part.open("wb") as file, mask_part.open("wb") as masks:
        for ids, mask in _windows(encoded(), window) if window else encoded():
            file.write(ids.tobytes())
            masks.write(mask.tobytes())
            tokens, learned = tokens + len(ids), learned + int(mask.sum())
    mask_part.replace(path.with_suffix(".mask"))
    part.replace(path)
    return {"rows": kept, "too long": dropped, "tokens": tokens, "learned": learned}


def main() -> None:
    """`duologue train text pack`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="+", type=Path, help="JSON lines with messages")
    parser.add_argument("--out", type=Path, required=True, help="the .bin to write")
    parser.add_argument("--limit", type=int, default=0, help="rows of each file at most")
    parser.add_argument("--longest", type=int, default=1024, help="tokens of a row at most")
    parser.add_argument("--window", type=int, default=0, help="tokens that whole rows are to fill; 0: none")
    parser.add_argument("--whole", action="store_true", help="prompts are learned, too")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    conversations = (row["messages"] for row in rows(args.files, args.limit))
    report = write(conversations, args.out, longest=args.longest, window=args.window, whole=args.whole)
    print(args.out, report)


if __name__ == "__main__":
    main()
