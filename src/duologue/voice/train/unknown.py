"""Train the network for unknown words from the lexicons.

Design choices
- Both accents in one network, the accent an input; edited entries are drawn twice as often as those
  made by machine.
- Held out are whole families: words that share their first five letters, a fiftieth of them, so an
  inflected form of a held-out word is never in training.
- A budget of processor time, not a number of steps: the learning rate follows the share of it that is
  used, and a run that is stopped goes on from its checkpoint.
- Muon (Jordan et al. 2024) on the convolutions as matrices, AdamW on the rest.
- Loss: CTC over two slots per letter; batches of words of like length.

    python -m duologue.voice.train.unknown --minutes 10 --out runs/unknown
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from duologue.voice.frontend.lexicon import Lang, Lexicon
from duologue.voice.frontend.tensors import write
from duologue.voice.frontend.unknown import LETTERS, SLOTS, UnknownWords, letters_of

__all__ = ["Example", "LetterNet", "edit_distance", "examples", "held_out", "main", "score"]

_SOUND = re.compile(r"[ˈˌ]?.ː?")
_ACCENTS: tuple[Lang, Lang] = ("en-us", "en-gb")


class Example(NamedTuple):
    """A word as it is written and said, in which accent, and whether an editor looked at it."""

    word: str
    phonemes: str
    lang: Lang
    gold: bool


def examples() -> list[Example]:
    """All words of the lexicons that are letters only and long enough for their sounds."""
    found = []
    for lang in _ACCENTS:
        for word, entry in Lexicon.load(lang).items():
            letters = letters_of(word)
            if len(letters) < 2 or len(letters) != len(word) or (word.isupper() and entry.gold):
                continue
            if len(_SOUND.findall(entry.default)) <= SLOTS * len(letters):
                found.append(Example(letters, entry.default, lang, entry.gold))
    return found


def held_out(word: str) -> bool:
    """Whether a word's family (its first five letters) is kept from training."""
    return zlib.crc32(word[:5].encode()) % 50 == 0


class LetterNet(nn.Module):
    """ids: (B, L) letters, accent: (B,) -> logits (B, SLOTS·L, C)."""

    def __init__(self, classes: int, width: int = 96, depth: int = 5):
        super().__init__()
        self.width = width
        self.letters = nn.Embedding(len(LETTERS) + 1, width, padding_idx=0)
        self.accents = nn.Embedding(2, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(depth))
        self.weights = nn.ParameterList(
            torch.randn(width, 5 * width) / (5 * width) ** 0.5 for _ in range(depth)
        )
        self.biases = nn.ParameterList(torch.zeros(width) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, SLOTS * classes)
        nn.init.normal_(self.letters.weight, std=0.5)
        nn.init.normal_(self.accents.weight, std=0.2)

    def forward(self, ids: Tensor, accent: Tensor) -> Tensor:
        here = (ids > 0).unsqueeze(-1)
        x = (self.letters(ids) + self.accents(accent).unsqueeze(1)) * here
        for norm, weight, bias in zip(self.norms, self.weights, self.biases, strict=True):
            h = (torch.relu(norm(x)) * here).transpose(1, 2)
            kernel = weight.view(self.width, self.width, 5)
            x = x + functional.conv1d(h, kernel, bias, padding=2).transpose(1, 2) * here
        logits: Tensor = self.head(self.norm(x))
        return logits.reshape(len(ids), -1, logits.shape[-1] // SLOTS)


def _batches(
    data: list[Example], classes: dict[str, int], size: int, seed: int
) -> Iterator[tuple[Tensor, ...]]:
    """Endless batches: ids, accents, targets, lengths of both; words of a batch are of like length."""
    rng = random.Random(seed)
    encoded = []
    for word, phonemes, lang, gold in data:
        target = [classes[s] for s in _SOUND.findall(phonemes) if s in classes]
        item = ([LETTERS.index(c) + 1 for c in word], int(lang == "en-gb"), target)
        encoded += [item, item] if gold else [item]
    while True:
        rng.shuffle(encoded)
        for start in range(0, len(encoded) - 16 * size, 16 * size):
            chunk = sorted(encoded[start : start + 16 * size], key=lambda item: len(item[0]))
            groups = [chunk[i : i + size] for i in range(0, len(chunk), size)]
            rng.shuffle(groups)
            for group in groups:
                ids = torch.zeros(size, max(len(i[0]) for i in group), dtype=torch.long)
                for row, item in enumerate(group):
                    ids[row, : len(item[0])] = torch.tensor(item[0])
                yield (
                    ids,
                    torch.tensor([i[1] for i in group]),
                    torch.tensor([s for i in group for s in i[2]]),
                    torch.tensor([SLOTS * len(i[0]) for i in group]),
                    torch.tensor([len(i[2]) for i in group]),
                )


def export(net: LetterNet, sounds: list[str], path: Path) -> None:
    """Write the weights as `UnknownWords` reads them."""
    state = {name: tensor.detach().float().numpy() for name, tensor in net.state_dict().items()}
    arrays = {"letters": state["letters.weight"], "accents": state["accents.weight"]}
    for i in range(len(net.weights)):
        weight = state[f"weights.{i}"].reshape(net.width, net.width, 5).transpose(2, 1, 0)
        arrays |= {f"{i}.gain": state[f"norms.{i}.weight"], f"{i}.shift": state[f"norms.{i}.bias"]}
        arrays |= {f"{i}.weight": weight.reshape(-1, weight.shape[-1]), f"{i}.bias": state[f"biases.{i}"]}
    arrays |= {"head.gain": state["norm.weight"], "head.shift": state["norm.bias"]}
    arrays |= {"head.weight": state["head.weight"].T, "head.bias": state["head.bias"]}
    write(
        path, {name: array.astype("float16") for name, array in arrays.items()}, {"sounds": " ".join(sounds)}
    )


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def score(said: list[str], wanted: list[str]) -> dict[str, float]:
    """Phoneme error rate and word accuracy, with stress marks and without."""
    plain = [
        (a.translate({712: None, 716: None}), b.translate({712: None, 716: None}))
        for a, b in zip(said, wanted, strict=True)
    ]
    return {
        "words": len(wanted),
        "per": sum(map(edit_distance, said, wanted)) / sum(map(len, wanted)),
        "accuracy": sum(a == b for a, b in zip(said, wanted, strict=True)) / len(wanted),
        "per_without_stress": sum(edit_distance(a, b) for a, b in plain) / sum(len(b) for _, b in plain),
        "accuracy_without_stress": sum(a == b for a, b in plain) / len(plain),
    }


def evaluate(path: Path) -> dict[Lang, dict[str, float]]:
    """Scores of a written network on the held-out edited words of each accent."""
    net = UnknownWords(path)
    result = {}
    for lang in _ACCENTS:
        test = [e for e in examples() if e.lang == lang and e.gold and held_out(e.word)]
        result[lang] = score([net(e.word, lang) for e in test], [e.phonemes for e in test])
    return result


def train(
    minutes: float,
    out: Path,
    size: int = 160,
    rate: float = 3e-3,
    seed: int = 0,
    data: list[Example] | None = None,
) -> Path:
    """Train within a budget of processor time (of this and earlier runs into `out`) on `data`, by
    default all words that are not held out; returns the file of the weights."""
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    data = [e for e in examples() if not held_out(e.word)] if data is None else data
    counts = Counter(s for e in data for s in _SOUND.findall(e.phonemes))
    sounds = ["", *sorted(s for s, n in counts.items() if n >= 20)]
    data = [e for e in data if all(counts[s] >= 20 for s in _SOUND.findall(e.phonemes))]
    classes = {s: i for i, s in enumerate(sounds)}
    net = LetterNet(len(sounds))
    matrices = {id(p) for p in net.weights}
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(net.weights, lr=rate, weight_decay=0.01, ns_steps=4, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW([p for p in net.parameters() if id(p) not in matrices], lr=rate, betas=(0.9, 0.98)),
    ]
    checkpoint, used, step = out / "checkpoint.pt", 0.0, 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(saved["net"])
        for optimizer, state in zip(optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        used, step = saved["used"], saved["step"]
    print(
        f"{len(data)} words, {len(sounds)} classes, {sum(p.numel() for p in net.parameters())} parameters",
        flush=True,
    )
    budget, begun, before = minutes * 60, time.process_time(), used
    batches = _batches(data, classes, size, seed + step)
    average = 0.0
    while used < budget:
        ids, accent, targets, long, short = next(batches)
        share = used / budget
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = rate * min(1.0, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * share))
        logs = net(ids, accent).log_softmax(-1).transpose(0, 1)
        loss = functional.ctc_loss(logs, targets, long, short, zero_infinity=True)
        net.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        used = before + time.process_time() - begun
        average = loss.item() if step == 1 else 0.98 * average + 0.02 * loss.item()
        if step % 50 == 0:
            with (out / "log.jsonl").open("a") as log:
                log.write(
                    json.dumps({"step": step, "seconds": round(used, 1), "loss": round(average, 4)}) + "\n"
                )
            print(f"\r{100 * share:5.1f} %  step {step}  loss {average:.3f}", end="", flush=True)
        if step % 100 == 0 or used >= budget:
            beside = checkpoint.with_suffix(".part")
            states = [optimizer.state_dict() for optimizer in optimizers]
            torch.save({"net": net.state_dict(), "optimizers": states, "used": used, "step": step}, beside)
            beside.replace(checkpoint)
    print()
    export(net, sounds, out / "unknown.safetensors")
    return out / "unknown.safetensors"


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the network for unknown words.")
    parser.add_argument("--minutes", type=float, default=10.0, help="budget of processor time")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint, log and weights")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(json.dumps(evaluate(train(args.minutes, args.out)), indent=1))


if __name__ == "__main__":
    main()
