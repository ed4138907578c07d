"""Measure the speed on this machine, now.

The benchmarks with peers are scripts in benchmarks/; this needs nothing but the base install.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time

from duologue.cli.progress import Progress

__all__ = ["add_arguments", "run"]

PARAGRAPH = (
    "The ferry leaves at half past six, and the last of the passengers are still on the pier. "
    "A boy holds a paper bag with both hands; his sister counts the gulls. "
    "Nobody speaks of the storm, although the sky in the west has turned the colour of slate. "
    "Then the engines start, the ropes fall, and the town begins to move away from them. "
)
SENTENCE = "The boy holds a paper bag with both of his hands."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue bench`."""
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads (1)")
    parser.add_argument(
        "--repeats", type=int, default=7, metavar="N", help="the fastest of so many counts (7)"
    )
    parser.add_argument("--voice", default="heart", help="which voice (heart)")


def run(args: argparse.Namespace) -> int:
    """Measure and print; returns the exit code."""
    begun = time.perf_counter()
    from duologue.voice import Voice

    voice = Voice.load(threads=args.threads)
    loaded = time.perf_counter() - begun
    minute = PARAGRAPH * 4
    voice.speak(SENTENCE, voice=args.voice)
    whole: list[float] = []
    short: list[float] = []
    first: list[float] = []
    seconds = 0.0
    progress = Progress(args.repeats, "measuring")
    for i in range(max(args.repeats, 1)):
        begun = time.perf_counter()
        seconds = voice.speak(minute, voice=args.voice).duration
        whole.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        voice.speak(SENTENCE, voice=args.voice)
        short.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        next(iter(voice.stream(minute, voice=args.voice)))
        first.append(time.perf_counter() - begun)
        progress.update(i + 1)
    progress.close()
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, {args.threads} thread(s), "
        f"Python {platform.python_version()}"
    )
    print(f"import and load        {loaded * 1000:8.0f} ms")
    print(f"seconds per second     {seconds / min(whole):8.1f} (text to samples, {seconds:.0f} s of speech)")
    print(f"a minute of speech     {60 * min(whole) / seconds * 1000:8.0f} ms")
    print(f"a sentence of 11 words {min(short) * 1000:8.1f} ms")
    print(f"first piece of stream  {min(first) * 1000:8.1f} ms")
    if sys.platform != "win32":
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        print(f"peak memory            {peak:8.0f} MB")
    return 0
