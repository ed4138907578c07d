"""How fast the text model is, beside transformers on the same weights and beside SmolLM2 in llama.cpp.

Design choices
- Prefill is a prompt of so many tokens read at once; decode is so many tokens written after a short prompt,
  greedily, whatever the model would have ended with. Models are loaded and warm.
- transformers gets the same weights in float32 through our own export, with its cache, on as many threads.
- Peers take turns, repeat by repeat, so a machine that others use slows all of them alike. Processor time is
  measured beside the clock: it doesn't count what other programs on the machine take, so ratios on one thread
  are of its minima.
- Several at once: so many requests of the same length together, all their tokens by the clock.

    python benchmarks/text_speed.py [--weights FILE.gguf | --random] [--threads 1,2] [--repeats 5]
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

from duologue import __version__
from duologue.text import Text
from duologue.text.gguf import Gguf
from duologue.text.weights import find
from report import machine, merge, write
from stopwatch import Times

TEXT = Path(__file__).parent / "minute.txt"
ABOUT = """\
`python benchmarks/text_speed.py`: prefill of {prefill} tokens, decode of {decode} tokens after 16, {repeats}
repeats in turn. Rates are tokens per second. CPU rates divide by the processor's seconds, the least of all
repeats, and don't count what other programs take; the others are by the clock. `ours decodes faster by`
compares CPU seconds on one thread and the clock on more. `{parallel} at once` is all tokens of {parallel}
requests that run together. transformers runs the same weights in float32. First piece: from the messages to
the first piece of text, by the clock. Rows measured at the same moment took turns in one run."""


class Peer(Protocol):
    """What is measured. `tokens` are of the peer's own vocabulary."""

    name: str
    parameters: int

    def prefill(self, count: int) -> None: ...

    def decode(self, count: int) -> None: ...

    def together(self, count: int, requests: int) -> bool: ...

    def first(self) -> bool: ...


def parameters(gguf: Gguf) -> int:
    """How many numbers a model is."""
    total = 0
    for tensor in gguf.tensors.values():
        size = 1
        for axis in tensor.shape:
            size *= axis
        total += size
    return total


class LlamaCpp:
    """A model in our engine; the requests go past `chat` so that their lengths are exact."""

    def __init__(self, name: str, path: str | Path, threads: int, slots: int) -> None:
        self.name = name
        self.text = Text.load(path, threads=threads, slots=slots, context=1024)
        self.parameters = parameters(find(path))
        words = TEXT.read_text("utf-8") * 8
        self.tokens = self.text._ask("/tokenize", {"content": words})["tokens"]
        self.turn = 0

    def _complete(self, prompt: int, answer: int, turn: int) -> None:
        # A prompt that begins elsewhere each time, so nothing is taken from a cache.
        tokens = self.tokens[turn : turn + prompt]
        request = {"prompt": tokens, "n_predict": answer, "ignore_eos": True, "temperature": 0.0}
        done: dict[str, Any] = self.text._open().handle_completions(request | {"cache_prompt": False}, None)
        if "error" in done or done["usage"]["completion_tokens"] != answer:
            raise SystemExit(f"{self.name}: {str(done)[:200]}")

    def prefill(self, count: int) -> None:
        self.turn += 1
        self._complete(count, 1, self.turn)

    def decode(self, count: int) -> None:
        self.turn += 1
        self._complete(16, count, self.turn)

    def together(self, count: int, requests: int) -> bool:
        threads = [threading.Thread(target=self._complete, args=(16, count, i)) for i in range(requests)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return True

    def first(self) -> bool:
        self.turn += 1
        messages = [{"role": "user", "content": f"{self.turn}: tell me about the sea."}]
        for _ in self.text.stream(messages, max_tokens=1, seed=self.turn):
            pass
        return True


class Transformers:
    """The same weights in transformers, float32."""

    def __init__(self, source: Path, threads: int) -> None:
        import torch
        import transformers

        from duologue.text.export import export

        torch.set_num_threads(threads)
        self.torch = torch
        self.name = f"transformers {transformers.__version__}, float32"
        with tempfile.TemporaryDirectory() as folder:
            export(source, Path(folder), "hf")
            self.model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.parameters = sum(p.numel() for p in self.model.parameters())
        self.tokens = tokenizer(TEXT.read_text("utf-8") * 8, return_tensors="pt").input_ids
        self.turn = 0

    def prefill(self, count: int) -> None:
        self.turn += 1
        with self.torch.inference_mode():
            self.model(self.tokens[:, self.turn : self.turn + count], logits_to_keep=1)

    def _generate(self, count: int, requests: int) -> None:
        self.turn += 1
        prompt = self.tokens[:, self.turn : self.turn + 16].repeat(requests, 1)
        with self.torch.inference_mode():
            self.model.generate(
                prompt,
                attention_mask=self.torch.ones_like(prompt),
                max_new_tokens=count,
                min_new_tokens=count,
                do_sample=False,
                temperature=None,
            )

    def decode(self, count: int) -> None:
        self._generate(count, 1)

    def together(self, count: int, requests: int) -> bool:
        self._generate(count, requests)
        return True

    def first(self) -> bool:
        return False


def quantised(path: Path) -> str:
    """The type of a GGUF's embedding: "q8_0"."""
    return Gguf.open(path).tensors["token_embd.weight"].kind.lower()


def random_weights(folder: Path) -> Path:
    """The tiny model as it is before training, as q8_0."""
    from duologue.text.checkpoint import Checkpoint, Vocabulary
    from duologue.text.export import write_gguf
    from duologue.text.model import Model, tiny
    from duologue.text.tokenizer import FOLDER

    model = Model(tiny())
    arrays = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    vocabulary = Vocabulary.read(FOLDER / "tokenizer.json")
    write_gguf(Checkpoint(model.config.as_dict(), arrays, vocabulary), folder / "random-q8_0.gguf")
    return folder / "random-q8_0.gguf"


def measure(peers: list[Peer], args: argparse.Namespace) -> dict[str, dict[str, Times]]:
    """Times of every peer in turn."""
    times = {p.name: {what: Times() for what in ("prefill", "decode", "together", "first")} for p in peers}
    for peer in peers:
        peer.prefill(32)
        peer.decode(4)
    for _ in range(args.repeats):
        for peer in peers:
            t = times[peer.name]
            t["prefill"].time(lambda p=peer: p.prefill(args.prefill))
            t["decode"].time(lambda p=peer: p.decode(args.decode))
            t["together"].time(lambda p=peer: p.together(args.decode, args.parallel))
            begun = time.perf_counter()
            if peer.first():
                t["first"].clock.append(time.perf_counter() - begun)
            print(f"  {peer.name:<32} {args.decode / t['decode'].clock[-1]:8.1f} tokens/s", file=sys.stderr)
    return times


def main() -> None:
    """Measure, print and write results/text_speed.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--weights", type=Path, help="a GGUF of ours; else the one that ships")
    parser.add_argument("--random", action="store_true", help="the tiny model with random weights")
    parser.add_argument("--peers", default="duologue,transformers,smollm2")
    parser.add_argument("--threads", default="1,2", help="numbers of threads to measure (1,2)")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--prefill", type=int, default=512, metavar="TOKENS")
    parser.add_argument("--decode", type=int, default=128, metavar="TOKENS")
    parser.add_argument("--parallel", type=int, default=4, metavar="REQUESTS")
    parser.add_argument("--dry", action="store_true", help="print only, write no result")
    args = parser.parse_args()
    names = [n.strip() for n in args.peers.split(",")]
    rows: list[dict[str, str]] = []
    moment = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M}"
    with tempfile.TemporaryDirectory() as folder:
        ours = random_weights(Path(folder)) if args.random else find(args.weights).path
        label = f"duologue {__version__}{' (random weights)' if args.random else ''}, {quantised(ours)}"
        for threads in (int(t) for t in args.threads.split(",")):
            print(f"{threads} thread(s)", file=sys.stderr)
            makers: dict[str, Callable[[], Peer]] = {
                "duologue": lambda t=threads: LlamaCpp(label, ours, t, args.parallel),
                "transformers": lambda t=threads: Transformers(ours, t),
                "smollm2": lambda t=threads: LlamaCpp(
                    "SmolLM2-135M-Instruct in llama.cpp, q4_1", "smollm2", t, args.parallel
                ),
            }
            peers = [makers[name]() for name in names]
            times = measure(peers, args)

            def pace(name: str, what: str, tokens: int, processor: bool, made: Any = times) -> float:
                t = made[name][what]
                return tokens / min(t.processor if processor else t.clock)

            best = pace(label, "decode", args.decode, threads == 1) if label in times else 0.0
            for peer in peers:
                t = times[peer.name]
                first = f"{1000 * min(t['first'].clock):.0f}" if t["first"].clock else ""
                several = pace(peer.name, "together", args.decode * args.parallel, False)
                own = pace(peer.name, "decode", args.decode, threads == 1)
                rows.append(
                    {
                        "engine": peer.name,
                        "threads": str(threads),
                        "parameters, M": f"{peer.parameters / 1e6:.0f}",
                        "prefill, CPU": f"{pace(peer.name, 'prefill', args.prefill, True):.0f}",
                        "decode, CPU": f"{pace(peer.name, 'decode', args.decode, True):.1f}",
                        "ours decodes faster by": f"{best / own:.2f}" if best else "",
                        "prefill": f"{pace(peer.name, 'prefill', args.prefill, False):.0f}",
                        "decode (best)": f"{pace(peer.name, 'decode', args.decode, False):.1f}",
                        "decode (median)": f"{args.decode / statistics.median(t['decode'].clock):.1f}",
                        f"{args.parallel} at once": f"{several:.1f}",
                        "first piece, ms": first,
                        "measured": moment,
                    }
                )
            for peer in peers:
                if isinstance(peer, LlamaCpp):
                    peer.text.close()
    for row in rows:
        print("  ".join(f"{k}: {v}" for k, v in row.items()))
    if not args.dry:
        about = ABOUT.format(**{k: getattr(args, k) for k in ("prefill", "decode", "repeats", "parallel")})
        rows = merge("text_speed", rows, ("engine", "threads"))
        facts = machine(("numpy", "xllamacpp", "torch", "transformers"))
        print(write("text_speed", "Speed of the text model", about, [("", rows)], facts))


if __name__ == "__main__":
    main()
