"""A corpus on disk: per utterance phonemes, durations, F0 and energy, with sound or spectral features.

Design choices
- Append-only flat binary files, one per field, and an index of lengths written last: a corpus that
  is cut off by kill -9 or a full disk loses at most the utterance in flight, and making it resumes.
- Read through memory maps: hours of speech cost no memory until they are used.
- Everything the stages need is exact teacher output; nothing is estimated by an aligner or tracker.

    python -m duologue.voice.train.corpus --voice am_fenrir --sentences work/sentences.txt --minutes 20
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Corpus", "CorpusWriter", "Item"]

Row = dict[str, Any]

# name -> (dtype, what one row is counted by, columns)
FIELDS = {
    "ids": (np.uint8, "phonemes", 1),
    "durations": (np.uint16, "phonemes", 1),
    "f0": (np.float32, "fine", 1),
    "energy": (np.float32, "fine", 1),
    "audio": (np.int16, "samples", 1),
    "features": (np.float16, "fine", 256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One utterance: ids, durations (L,); f0, energy (2T,); audio (600 T,) int16 or features (2T, 256)."""

    ids: np.ndarray
    durations: np.ndarray
    f0: np.ndarray
    energy: np.ndarray
    audio: np.ndarray | None = None
    features: np.ndarray | None = None


class CorpusWriter:
    """Appends utterances to `folder`; `count` says how many are there already."""

    def __init__(self, folder: Path, voice: str, fields: tuple[str, ...]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index_path = folder / "index.jsonl"
        rows = _read_index(self._index_path)
        self.count = len(rows)
        self._fields = fields
        self._voice = voice
        self._files = {}
        for name in fields:
            dtype, unit, columns = FIELDS[name]
            size = sum(_rows(row, unit) for row in rows) * columns * np.dtype(dtype).itemsize
            file = (folder / f"{name}.bin").open("ab")
            file.truncate(size)  # what an interrupted run wrote beyond its index
            self._files[name] = file
        self._index = self._index_path.open("a", encoding="utf-8")

    def append(self, item: Item, line: int) -> None:
        """Add one utterance; `line` is the sentence it came from."""
        for name, file in self._files.items():
            value = getattr(item, name)
            file.write(np.ascontiguousarray(value, dtype=FIELDS[name][0]).tobytes())
            file.flush()
        row = {
            "voice": self._voice,
            "line": line,
            "phonemes": len(item.ids),
            "frames": int(item.durations.sum()),
        }
        self._index.write(json.dumps(row) + "\n")
        self._index.flush()
        self.count += 1

    def close(self) -> None:
        for file in (*self._files.values(), self._index):
            file.close()


def _rows(row: Row, unit: str) -> int:
    return row["phonemes"] if unit == "phonemes" else row["frames"] * (2 if unit == "fine" else 600)


def _read_index(path: Path) -> list[Row]:
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    if not text.endswith("\n"):  # a line cut off by an interruption
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


class Corpus:
    """Read access: `len(corpus)`, `corpus[i] -> Item`, `corpus.frames[i]` frames of 25 ms, `corpus.voice`."""

    def __init__(self, folder: Path) -> None:
        rows = _read_index(folder / "index.jsonl")
        if not rows:
            raise FileNotFoundError(
                f"no corpus in {folder}: make it with duologue.voice.train.corpus or .bootstrap"
            )
        self.voice: str = rows[0]["voice"]
        self.lines = [row["line"] for row in rows]
        self.frames = np.array([row["frames"] for row in rows])
        self._maps: dict[str, np.ndarray] = {}
        self._offsets: dict[str, np.ndarray] = {}
        for name, (dtype, unit, columns) in FIELDS.items():
            path = folder / f"{name}.bin"
            if path.exists():
                counts = np.array([_rows(row, unit) for row in rows])
                self._offsets[name] = np.concatenate([[0], np.cumsum(counts)])
                flat = np.memmap(path, dtype, mode="r")[: self._offsets[name][-1] * columns]
                self._maps[name] = flat.reshape(-1, columns) if columns > 1 else flat

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, index: int) -> Item:
        return Item(
            **{
                name: flat[self._offsets[name][index] : self._offsets[name][index + 1]]
                for name, flat in self._maps.items()
            }
        )

    def __iter__(self) -> Iterator[Item]:
        return (self[index] for index in range(len(self)))

    @property
    def seconds(self) -> float:
        return float(self.frames.sum()) * 0.025


def read_phonemes(path: Path) -> list[str]:
    """Lines of a file made by `duologue.voice.train.phonemes`: one utterance's phonemes each."""
    return path.read_text(encoding="utf-8").splitlines()


def main() -> None:
    from tqdm import tqdm

    from duologue.voice.frontend.alphabet import PAD, encode
    from duologue.voice.train.teacher import Teacher

    parser = argparse.ArgumentParser(description="Speak sentences with the teacher into a corpus.")
    parser.add_argument("--voice", default="af_heart")
    parser.add_argument(
        "--phonemes", type=Path, required=True, help="file with one utterance's phonemes per line"
    )
    parser.add_argument("--teacher", type=Path, default=Path("work/teacher"))
    parser.add_argument(
        "--out", type=Path, help="default work/corpus/VOICE, or work/prosody/VOICE without audio"
    )
    parser.add_argument("--minutes", type=float, default=20, help="minutes of speech to reach")
    parser.add_argument("--budget", type=float, default=60, help="minutes of compute at most")
    parser.add_argument(
        "--first", type=int, default=0, help="first line to use, so that voices differ in text"
    )
    parser.add_argument("--prosody-only", action="store_true", help="durations, F0 and energy without sound")
    args = parser.parse_args()
    audio = not args.prosody_only
    out = args.out or Path("work/corpus" if audio else "work/prosody") / args.voice
    teacher = Teacher(args.teacher, audio=audio)
    lines = read_phonemes(args.phonemes)
    fields = ("ids", "durations", "f0", "energy") + (("audio",) if audio else ())
    writer = CorpusWriter(out, args.voice, fields)
    made = Corpus(out) if writer.count else None
    done = made.seconds if made else 0.0
    line = made.lines[-1] + 1 if made else args.first
    start = time.monotonic()
    with tqdm(total=args.minutes * 60, initial=done, unit="s", desc=args.voice) as bar:
        while done < args.minutes * 60 and time.monotonic() - start < args.budget * 60:
            ids = np.array([PAD, *encode(lines[line % len(lines)]), PAD])
            if len(ids) <= 400:
                play = teacher.perform(ids, args.voice)
                sound = None if play.audio is None else (np.clip(play.audio, -1, 1) * 32767).astype(np.int16)
                item = Item(ids=ids, durations=play.durations, f0=play.f0, energy=play.energy, audio=sound)
                writer.append(item, line)
                seconds = float(play.durations.sum()) * 0.025
                done += seconds
                bar.update(seconds)
            line += 1
    writer.close()
    print(f"{out}: {writer.count} utterances, {done / 60:.1f} minutes")


if __name__ == "__main__":
    main()
