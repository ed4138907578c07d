"""How fast the voice is, beside its peers: the same text, one process, repeats in turn.

Design choices
- The whole way from text to samples in memory is timed, front end included, models loaded and warm.
- Peers take turns, repeat by repeat, so a machine that others use slows all of them alike; the minimum is
  what the machine can do, the median what it did.
- Processor time is measured beside the clock: it doesn't count what other programs on the machine take, so
  ratios are of its minima. On a quiet machine and one thread the two are the same.
- Seconds of speech per second of compute, because voices differ in how fast they talk. Latency is that of
  a ten-word sentence, and of the first audio of a minute of text.
- Peak memory is that of a fresh process that loads, speaks the text and ends.

    python benchmarks/voice_speed.py [--peers duologue,hibari,teacher,espeak,flite] [--repeats 9]
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

from peers import PEERS, Peer, peak_memory
from report import machine, merge, write
from stopwatch import Times

TEXT = Path(__file__).parent / "minute.txt"
SENTENCE = "The ferry leaves the old harbour at half past six."
SLOW = frozenset({"teacher"})  # reads the first paragraph only, and only twice
ABOUT = """\
`python benchmarks/voice_speed.py`: {words} words (benchmarks/minute.txt) from text to samples, {repeats}
repeats in turn; Kokoro reads the first paragraph only, twice. CPU seconds are the processor's, the least of
all repeats, and don't count what other programs take; seconds without CPU are the clock's. `ours is faster
by` compares CPU seconds on one thread, the clock on more. espeak-ng and flite include starting the program,
and write a file. Rows measured at the same moment took turns in one run."""


def excerpt(name: str, text: str) -> str:
    """What this peer reads: the whole text, or the first paragraph where that takes long enough."""
    return text.split("\n\n")[0] if name in SLOW else text


def measure(peers: dict[str, Peer], text: str, repeats: int) -> dict[str, dict[str, Times]]:
    """Times of every peer in turn: the text, the sentence, the first piece of the text."""
    times = {name: {what: Times() for what in ("text", "sentence", "first")} for name in peers}
    for peer in peers.values():
        peer.speak(SENTENCE)
    for repeat in range(repeats):
        for name, peer in peers.items():
            if name in SLOW and repeat > 1:
                continue
            own = excerpt(name, text)
            times[name]["text"].time(lambda p=peer, t=own: p.speak(t))
            for _ in range(1 if name in SLOW else 3):
                times[name]["sentence"].time(lambda p=peer: p.speak(SENTENCE))
            times[name]["first"].time(lambda p=peer: next(iter(p.pieces(text))))
            print(f"  {name:<10} {times[name]['text'].clock[-1]:7.3f} s", file=sys.stderr)
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
    memory = {name: peak_memory(name, excerpt(name, text)) for name in names}
    rows: list[dict[str, str]] = []
    moment = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M}"
    for threads in (int(t) for t in args.threads.split(",")):
        print(f"{threads} thread(s)", file=sys.stderr)
        # The programs know one thread only.
        wanted = [n for n in names if threads == 1 or n not in ("espeak", "flite")]
        peers: dict[str, Peer] = {name: PEERS[name](threads=threads) for name in wanted}
        spoken = {}
        for name, peer in peers.items():
            audio, rate = peer.speak(excerpt(name, text))
            spoken[name] = len(audio) / rate
        times = measure(peers, text, args.repeats)
        best = {
            name: min(t["text"].processor if threads == 1 else t["text"].clock) for name, t in times.items()
        }
        ours = spoken["duologue"] / best["duologue"] if "duologue" in best else 0
        for name, peer in peers.items():
            text_, sentence, first = (times[name][what] for what in ("text", "sentence", "first"))
            pace = spoken[name] / best[name]
            rows.append(
                {
                    "engine": f"{peer.name} {peer.version}",
                    "threads": str(threads),
                    "speech per CPU s": f"{spoken[name] / min(text_.processor):.1f}",
                    "ours is faster by": f"{ours / pace:.2f}" if ours else "",
                    "speech per s (best)": f"{spoken[name] / min(text_.clock):.1f}",
                    "speech per s (median)": f"{spoken[name] / statistics.median(text_.clock):.1f}",
                    "ten words, CPU ms": f"{1000 * min(sentence.processor):.1f}",
                    "ten words, ms (best)": f"{1000 * min(sentence.clock):.1f}",
                    "first audio, CPU ms": f"{1000 * min(first.processor):.1f}",
                    "first audio, ms (best)": f"{1000 * min(first.clock):.1f}",
                    "peak memory, MB": f"{memory[name]:.0f}",
                    "measured": moment,
                }
            )
    about = ABOUT.format(words=len(text.split()), repeats=args.repeats)
    for row in rows:
        print("  ".join(f"{k}: {v}" for k, v in row.items()))
    if not args.dry:
        rows = merge("voice_speed", rows, ("engine", "threads"))
        facts = machine(("numpy", "onnxruntime", "hibari-tts"))
        print(write("voice_speed", "Speed of the voice", about, [("", rows)], facts))


if __name__ == "__main__":
    main()
