"""How fast the voice is, beside its peers: the same text, one process, repeats in turn.

Design choices
- The whole way from text to samples in memory is timed, front end included, models loaded and warm.
- Peers take turns, repeat by repeat, so a machine that others use slows all of them alike; the minimum is
  what the machine can do, the median what it did. Ratios are of minima.
- Two figures: seconds of speech per second of compute (voices differ in how fast they talk), and the time
  for the text. Latency is that of a ten-word sentence, and of the first audio of a minute of text.
- Peak memory is that of a fresh process that loads, speaks the text and ends.

    python benchmarks/voice_speed.py [--peers duologue,hibari,teacher,espeak,flite] [--repeats 9]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

from peers import PEERS, Peer, peak_memory
from report import machine, write

TEXT = Path(__file__).parent / "minute.txt"
SENTENCE = "The ferry leaves the old harbour at half past six."
SLOW = {"teacher": 3}  # repeats are costly: so many at most


def seconds(action: Callable[[], object]) -> float:
    """Wall time of `action`."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def measure(peers: dict[str, Peer], text: str, repeats: int) -> dict[str, dict[str, list[float]]]:
    """Times of every peer in turn: the text, the sentence, the first piece of the text."""
    times: dict[str, dict[str, list[float]]] = {n: {"text": [], "sentence": [], "first": []} for n in peers}
    for peer in peers.values():
        peer.speak(SENTENCE)
    for repeat in range(repeats):
        for name, peer in peers.items():
            if repeat >= SLOW.get(name, repeats):
                continue
            times[name]["text"].append(seconds(lambda p=peer: p.speak(text)))
            for _ in range(3):
                times[name]["sentence"].append(seconds(lambda p=peer: p.speak(SENTENCE)))
            times[name]["first"].append(seconds(lambda p=peer: next(iter(p.pieces(text)))))
            print(f"  {name:<10} {times[name]['text'][-1]:7.3f} s", file=sys.stderr)
    return times


def main() -> None:
    """Measure, print and write results/voice_speed.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--peers", default="duologue,hibari,teacher,espeak,flite")
    parser.add_argument("--threads", default="1,2", help="numbers of threads to measure (1,2)")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--dry", action="store_true", help="print only, write no result")
    args = parser.parse_args()
    names = [n.strip() for n in args.peers.split(",")]
    text = TEXT.read_text("utf-8")
    memory = {name: peak_memory(name, text) for name in names}
    rows: list[dict[str, str]] = []
    for threads in (int(t) for t in args.threads.split(",")):
        print(f"{threads} thread(s)", file=sys.stderr)
        # The programs know one thread only.
        wanted = [n for n in names if threads == 1 or n not in ("espeak", "flite")]
        peers: dict[str, Peer] = {name: PEERS[name](threads=threads) for name in wanted}
        spoken = {}
        for name, peer in peers.items():
            audio, rate = peer.speak(text)
            spoken[name] = len(audio) / rate
        times = measure(peers, text, args.repeats)
        base = spoken.get("duologue", 0) / min(times["duologue"]["text"]) if "duologue" in times else 0
        for name, peer in peers.items():
            took = times[name]
            pace = spoken[name] / min(took["text"])
            rows.append(
                {
                    "engine": f"{peer.name} {peer.version}",
                    "threads": str(threads),
                    "speech/s (best)": f"{pace:.1f}",
                    "speech/s (median)": f"{spoken[name] / statistics.median(took['text']):.1f}",
                    "ours is faster by": f"{base / pace:.2f}" if base else "",
                    "text in s (best)": f"{min(took['text']):.3f}",
                    "ten words in ms (best)": f"{1000 * min(took['sentence']):.1f}",
                    "ten words in ms (median)": f"{1000 * statistics.median(took['sentence']):.1f}",
                    "first audio in ms (best)": f"{1000 * min(took['first']):.1f}",
                    "peak memory in MB": f"{memory[name]:.0f}",
                }
            )
    slowest = max(SLOW.values())
    about = (
        f"`python benchmarks/voice_speed.py`: {len(text.split())} words (benchmarks/minute.txt) from text to "
        f"samples, {args.repeats} repeats in turn (Kokoro at most {slowest}). `speech/s` is seconds of speech "
        "per second of compute. espeak-ng and flite include starting the program, and write a file."
    )
    for row in rows:
        print("  ".join(f"{k}: {v}" for k, v in row.items()))
    if not args.dry:
        facts = machine(("numpy", "onnxruntime", "hibari-tts"))
        print(write("voice_speed", "Speed of the voice", about, [("", rows)], facts))


if __name__ == "__main__":
    main()
