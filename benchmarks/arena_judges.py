"""Automatic judges against answers whose order is known: how often each finds the worse one.

Design choices
- No person's votes are needed: of each pair one side is the same answer made worse in one known way, by a
  known amount. What a judge can't find here it can't find anywhere; what it finds says little about fine
  differences.
- Speech: sentences of the in-house voices against themselves with noise, a telephone band, fewer bits, or a
  word swallowed. Text: grounded summaries of our passages against themselves with a wrong number, a cut end,
  a loop.
- The arena's own code judges: `duologue.arena.judging`; agreement by `duologue.arena.agreement`.

    make judges && .venv/bin/python benchmarks/arena_judges.py [--sentences 12]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from duologue.arena.agreement import agreement
from duologue.arena.checkjudge import CheckJudge
from duologue.arena.clips import RATE, matched
from duologue.arena.judging import Exhibit, Judge, judge, judge_named
from report import machine, write

HERE = Path(__file__).parent
VOICES = ("heart", "emma", "fenrir", "fable")
Audio = NDArray[np.float32]


def noisy(decibels: float) -> Callable[[Audio], Audio]:
    """White noise, so many dB below the speech."""

    def worse(audio: Audio) -> Audio:
        level = float(np.sqrt(np.mean(audio**2))) * 10 ** (-decibels / 20)
        return audio + np.float32(level) * np.random.default_rng(0).standard_normal(len(audio)).astype(
            np.float32
        )

    return worse


def telephone(audio: Audio) -> Audio:
    """300 to 3400 Hz."""
    spectrum = np.fft.rfft(audio)
    hertz = np.fft.rfftfreq(len(audio), 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    return np.fft.irfft(spectrum, len(audio)).astype(np.float32)


def coarse(audio: Audio) -> Audio:
    """Six bits."""
    return (np.round(audio * 32) / 32).astype(np.float32)


def swallowed(audio: Audio) -> Audio:
    """A third of a second gone from the middle."""
    middle, gap = len(audio) // 2, RATE // 6
    out = audio.copy()
    out[middle - gap : middle + gap] = 0
    return out


SPEECH: dict[str, Callable[[Audio], Audio]] = {
    "noise at 30 dB": noisy(30),
    "noise at 20 dB": noisy(20),
    "noise at 10 dB": noisy(10),
    "telephone band": telephone,
    "six bits": coarse,
    "0.33 s swallowed": swallowed,
}


def _number(text: str) -> str:
    """The first number, another one; a number put in where there is none."""
    if re.search(r"\d", text):
        return re.sub(r"\d+", lambda m: str(int(m[0]) + 7), text, count=1)
    return re.sub(r"[.]$", " in 1731.", text)


TEXT: dict[str, Callable[[str], str]] = {
    "a wrong number": _number,
    "cut before its end": lambda text: text[: len(text) * 2 // 3].rsplit(" ", 1)[0] + " and",
    "said twice": lambda text: f"{text} {text}",
    "a name that isn't there": lambda text: re.sub(r"[.]$", ", said Peter Olsen.", text),
}


def row(name: str, by: Judge, pairs: list[tuple[Exhibit, Exhibit]]) -> dict[str, str]:
    """How often the judge prefers the first of each pair, which is better."""
    found = [judge(by, *(pair if k % 2 else pair[::-1])).winner for k, pair in enumerate(pairs)]
    truth = ["model_a" if k % 2 else "model_b" for k in range(len(pairs))]
    told = agreement(list(zip(truth, found, strict=True)))
    wrong = told.decided - round(told.decided_share * told.decided) if told.decided else 0
    return {
        "judge": by.name,
        "made worse by": name,
        "pairs": str(told.battles),
        "found": f"{100 * told.share:.0f} % ({100 * told.lower:.0f} to {100 * told.upper:.0f})",
        "the wrong way": f"{100 * wrong / told.battles:.0f} %",
        "no difference": f"{100 * (1 - told.decided / told.battles):.0f} %",
    }


def speech(count: int) -> list[dict[str, str]]:
    """Both judges of speech over all ways."""
    from duologue.voice import Voice

    voice = Voice.load(threads=1)
    texts = [
        line.strip()
        for line in (HERE / "voice_sentences.txt").read_text("utf-8").splitlines()
        if line.strip()
    ]
    said = [(t, voice.speak(t, voice=VOICES[k % 4]).audio) for k, t in enumerate(texts[:count])]
    rows = []
    for name in ("distillmos", "wer"):
        by = judge_named(name)
        for way, worse in SPEECH.items():
            pairs = []
            for text, audio in said:
                clips = matched([(audio, RATE), (worse(audio), RATE)])
                better, other = (Exhibit(prompt=text, task="plain", audio=c.audio, rate=RATE) for c in clips)
                pairs.append((better, other))
            rows.append(row(way, by, pairs))
            print(rows[-1], file=sys.stderr, flush=True)
    return rows


def text(count: int) -> list[dict[str, str]]:
    """The checks over all ways: the passage's own first sentence is a sound summary of it."""
    lines = (HERE / "text_prompts" / "passages.jsonl").read_text("utf-8").splitlines()
    passages = [json.loads(line)["text"] for line in lines][:count]
    rows = []
    for way, worse in TEXT.items():
        pairs = []
        for passage in passages:
            sound = re.split(r"(?<=[.!?]) ", passage)[0]
            source = {"text": passage, "constraints": {"max_words": 60}}
            better, other = (
                Exhibit(prompt="Summarise this.", task="summary", answer=answer, source=source)
                for answer in (sound, worse(sound))
            )
            pairs.append((better, other))
        rows.append(row(way, CheckJudge(), pairs))
    return rows


def main() -> None:
    """Judge, and write benchmarks/results/arena_judges.md."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--sentences", type=int, default=12, help="of speech")
    parser.add_argument("--passages", type=int, default=40, help="of text")
    args = parser.parse_args()
    tables = [("Texts", text(args.passages)), ("Speech", speech(args.sentences))]
    about = (
        "`python benchmarks/arena_judges.py`: each pair is an answer and the same one made worse in a known "
        "way, equally loud, sides in turn. Found: the judge prefers the better one (Wilson's 95 % interval)."
    )
    facts = machine(("numpy", "distillmos", "faster-whisper"))
    print(write("arena_judges", "Automatic judges of the arena", about, tables, facts))


if __name__ == "__main__":
    main()
