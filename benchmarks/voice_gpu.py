"""Seconds per minute of speech on a GPU, one sentence at a time and at full load; on a CPU it says so.

python benchmarks/voice_gpu.py [--device cuda] [--minutes 4]
"""

from __future__ import annotations

import argparse
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.voice import Voice

MINUTE = Path(__file__).parent / "minute.txt"


def best(voice: Voice, text: str, repeats: int) -> tuple[float, float]:
    """Seconds of speech, and the least seconds of compute it took to make it."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        seconds = voice.speak(text).duration
        times.append(time.perf_counter() - begun)
    return seconds, min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", help="default: cuda if there is one, else the GPU code on the CPU")
    parser.add_argument("--minutes", type=int, default=4, help="text of full load")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()

    import torch

    from duologue.voice import Voice
    from duologue.voice.gpu import GpuRenderer
    from duologue.voice.weights import Weights

    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cpu":
        torch.set_num_threads(1)
        print(f"no GPU: the GPU code runs eagerly on one thread of {platform.processor() or 'this CPU'}")
    else:
        print(torch.cuda.get_device_name(device))
    weights = Weights.open()
    voice = Voice(weights, GpuRenderer(weights, device))
    minute = MINUTE.read_text("utf-8")
    sentence = minute.split(". ")[0] + "."
    for name, text in (("one sentence", sentence), ("full load", (minute + "\n\n") * args.minutes)):
        voice.speak(text)  # captures the graphs
        seconds, took = best(voice, text, args.repeats)
        print(
            f"{name}: {seconds:.1f} s of speech in {took * 1e3:.1f} ms, "
            f"{took / seconds * 60:.4f} s per minute"
        )


if __name__ == "__main__":
    main()
