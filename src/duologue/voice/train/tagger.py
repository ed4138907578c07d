"""Train the part-of-speech tagger of the front end.

Design choices
- Labels: `hibari-tts` (PyPI, Apache-2.0) holds a tagger that was itself taught by spaCy's
  en_core_web_sm (MIT); it labels text of the training data (books, encyclopedia, conversations).
  The network learns from those labels; it sees no other tool's output.
- A quarter of the words is shown blind (by neighbours and inflection only), so that the network
  learns what a place in a sentence asks for, whatever word stands there.
- Words as our own tokens: contractions whole (the tag of their first part), hyphens split.
- Budget of processor time, as in `duologue.voice.train.unknown`.

    python -m duologue.voice.train.tagger --minutes 3 --data ../shared/data --out runs/tagger
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import math
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from duologue.voice.frontend.tagger import BLIND, ENDINGS, REACH, SHAPES, blind_id, ending_id, shape_id
from duologue.voice.frontend.tensors import write

__all__ = ["WindowNet", "labelled", "main", "sentences"]

_SPAN = 2 * REACH + 1
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”']?\s+(?=[\"“A-Z])")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|\d[\d,.]*\w*|[^\w\s]")
_PER_SOURCE = 350_000
Row = tuple[list[str], list[str]]


def sentences(data: Path) -> Iterator[str]:
    """Sentences of the training text: a share each of books, encyclopedia and conversation."""
    for name in ("books-0", "wiki-0", "books-1", "wiki-1"):
        with lzma.open(data / "text" / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
            for line in itertools.islice(lines, 60_000):
                if len(line) > 30 and not line.startswith(("#", "<|")):
                    yield from _SENTENCE_END.split(line.strip())
            yield ""
    with lzma.open(data / "instruct" / "small-talk.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            for message in json.loads(line)["messages"]:
                text = message["content"]
                yield text[:1].upper() + text[1:]


def labelled(data: Path) -> Iterator[Row]:
    """(words, tags) of sentences, about `_PER_SOURCE` words from each source."""
    from hibari.g2p import G2P

    teacher = G2P(oov=False)
    words_here = 0
    for sentence in sentences(data):
        if not sentence:
            words_here = 0
        if not sentence or words_here > _PER_SOURCE or len(sentence) > 600:
            continue
        tagged, place = {}, 0
        for text, _ in teacher.tokenizer(sentence):
            place = sentence.index(text, place)
            tagged[place] = text
            place += len(text)
        tags = dict(zip(tagged, teacher.tagger(list(tagged.values())), strict=True))
        found = [(m.group(), tags.get(m.start())) for m in _TOKEN.finditer(sentence)]
        if found and all(tag for _, tag in found):
            words_here += len(found)
            yield [w for w, _ in found], [t for _, t in found if t]


class WindowNet(nn.Module):
    """words, endings, shapes: (B, 7) ids -> tag scores (B, T)."""

    def __init__(self, vocabulary: int, tags: int, width: int = 32, hidden: int = 96):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.endings = nn.Embedding(ENDINGS, width)
        self.shapes = nn.Embedding(len(SHAPES), width)
        self.hidden = nn.Linear(_SPAN * width, hidden)
        self.out = nn.Linear(hidden, tags)
        for table in (self.words, self.endings, self.shapes):
            nn.init.normal_(table.weight, std=0.3)

    def forward(self, words: Tensor, endings: Tensor, shapes: Tensor) -> Tensor:
        x = (self.words(words) + self.endings(endings) + self.shapes(shapes)).flatten(1)
        scores: Tensor = self.out(torch.relu(self.hidden(x)))
        return scores


def _arrays(rows: list[Row], ids: dict[str, int], tags: dict[str, int]) -> tuple[npt.NDArray[np.int64], ...]:
    """Word, ending, shape, blind and tag ids of all words, sentences apart by REACH of padding."""
    columns: list[list[int]] = [[], [], [], [], []]
    for words, labels in rows:
        first = True
        for column in columns:
            column += [0] * (REACH - 1) + [-1 if column is columns[4] else 0]
        for word, label in zip(words, labels, strict=True):
            values = (
                ids.get(word.lower(), 1),
                ending_id(word),
                shape_id(word, first),
                blind_id(word),
                tags[label],
            )
            for column, value in zip(columns, values, strict=True):
                column.append(value)
            first = not word[-1:].isalpha() and word not in (",", ";", ")")
    for column in columns:
        column += [0] * REACH
    arrays = [np.array(column, dtype=np.int64) for column in columns]
    padding = arrays[2] == 0
    arrays[4][padding] = -1
    return tuple(arrays)


def _quantized(matrix: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    scale = np.maximum(np.abs(matrix).max(1), 1e-8) / 127
    return np.round(matrix / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def export(net: WindowNet, vocabulary: list[str], tags: list[str], path: Path) -> None:
    """Write the weights as `Tagger` reads them."""
    state = {name: tensor.detach().numpy() for name, tensor in net.state_dict().items()}
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name in ("words", "endings", "shapes", "hidden", "out"):
        matrix = state[name + ".weight"]
        arrays[name], arrays[name + ".scale"] = _quantized(matrix.T if name in ("hidden", "out") else matrix)
    arrays |= {"hidden.bias": state["hidden.bias"], "out.bias": state["out.bias"]}
    write(path, arrays, {"tags": " ".join(tags), "words": " ".join(vocabulary)})


def train(minutes: float, data: Path, out: Path, size: int = 1024, rate: float = 3e-3) -> Path:
    """Label, train within the budget of processor time, write; returns the weights' file."""
    torch.manual_seed(0)
    out.mkdir(parents=True, exist_ok=True)
    rows_file = out / "labelled.jsonl"
    if not rows_file.exists():
        beside = rows_file.with_suffix(".part")
        with beside.open("w") as file:
            for row in labelled(data):
                file.write(json.dumps(row) + "\n")
        beside.replace(rows_file)
    rows: list[Row] = [tuple(json.loads(line)) for line in rows_file.open()]
    test, rows = rows[::50], [row for i, row in enumerate(rows) if i % 50]
    counts = Counter(word.lower() for words, _ in rows for word in words)
    vocabulary = [word for word, n in counts.most_common(12_000) if n >= 8 and " " not in word]
    ids = {word: 2 + len(BLIND) + i for i, word in enumerate(vocabulary)}
    names = sorted({tag for _, tags in rows + test for tag in tags})
    tag_ids = {tag: i for i, tag in enumerate(names)}
    net = WindowNet(2 + len(BLIND) + len(vocabulary), len(names))
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    columns = [torch.from_numpy(column) for column in _arrays(rows, ids, tag_ids)]
    places = torch.nonzero(columns[4] >= 0).squeeze(1)
    window = torch.arange(-REACH, REACH + 1)
    print(f"{len(places)} words, {len(vocabulary)} in the vocabulary, {len(names)} tags", flush=True)

    def scores(columns: list[Tensor], chosen: Tensor, blind: Tensor) -> Tensor:
        words, endings, shapes = (column[chosen.unsqueeze(1) + window] for column in columns[:3])
        words[blind, REACH] = columns[3][chosen[blind]]
        endings[blind, REACH] = 0
        result: Tensor = net(words, endings, shapes)
        return result

    budget, begun, step, used = minutes * 60, time.process_time(), 0, 0.0
    while used < budget:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * used / budget))
        chosen = places[torch.randint(len(places), (size,))]
        loss = nn.functional.cross_entropy(
            scores(columns, chosen, torch.rand(size) < 0.25), columns[4][chosen], label_smoothing=0.02
        )
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        step += 1
        used = time.process_time() - begun
        if step % 200 == 0:
            print(f"\r{100 * used / budget:5.1f} %  step {step}  loss {loss.item():.3f}", end="", flush=True)
    export(net, vocabulary, names, out / "tagger.safetensors")
    held = [torch.from_numpy(column) for column in _arrays(test, ids, tag_ids)]
    chosen = torch.nonzero(held[4] >= 0).squeeze(1)
    with torch.no_grad():
        for name, blind in (("seen", False), ("blind", True)):
            right = scores(held, chosen, torch.full((len(chosen),), blind)).argmax(1) == held[4][chosen]
            print(f"\nagreement with the labels, {name}: {right.float().mean():.4f}", end="")
    print()
    return out / "tagger.safetensors"


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the tagger of the front end.")
    parser.add_argument("--minutes", type=float, default=3.0, help="budget of processor time")
    parser.add_argument("--data", type=Path, required=True, help="folder with text/ and instruct/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(train(args.minutes, args.data, args.out))


if __name__ == "__main__":
    main()
