"""What each style does to the sound: F0 mean and range, rate, level, voiced share, against neutral.

Design choices
- Measured on the audio by an estimator of our own (pitch.py), which knows nothing of the engine's controls.
- Rate is syllables per second of speech, pauses included (`rate`) and left out (`articulation`); syllables
  are the vowels of the front end's phonemes.
- Range is the 10th to 90th percentile of F0 in semitones, so that outliers don't count.
- What was asked for stands beside what was heard: `range asked` is the range of the contour that the engine
  gives, `F0 as asked` the share of voiced frames in which the estimator is within a semitone of it. Where the
  two ranges differ or the share is low, the estimator is wrong, not the voice.

    python benchmarks/voice_styles.py [--voice heart] [--n 12]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from numpy.typing import NDArray

from duologue.voice import Voice
from duologue.voice.frontend import phonemize
from duologue.voice.styles import STYLES
from pitch import Pitch, track
from report import machine, write

SENTENCES = Path(__file__).parent / "voice_sentences.txt"
_VOWELS = frozenset("AIOQWYaeiouæɑɐɒɔəɚɛɜɝɪʊʌᵻ")


def syllables(text: str) -> int:
    """Vowels of what will be said."""
    return sum(symbol in _VOWELS for symbol in phonemize(text))


def asked(contour: NDArray[np.float32], pitch: Pitch) -> tuple[float, float]:
    """Range of a contour (F,), a frame every 12.5 ms, in semitones; share of the estimator's voiced frames
    that are within a semitone of it."""
    voiced = contour[contour > 0]
    if not len(voiced):
        return float("nan"), float("nan")
    at = (np.arange(len(pitch.f0)) * 0.01 + 0.02) / 0.0125
    wanted = contour[np.clip(np.rint(at).astype(int), 0, len(contour) - 1)]
    both = (wanted > 0) & (pitch.f0 > 0)
    low, high = np.percentile(voiced, [10, 90])
    near = np.abs(12 * np.log2(pitch.f0[both] / wanted[both])) < 1
    return float(12 * np.log2(high / low)), float(near.mean()) if both.any() else float("nan")


def measure(voice: Voice, name: str, style: str, sentences: list[str]) -> dict[str, float]:
    """Means over `sentences` of what is heard."""
    figures = []
    for text in sentences:
        speech = voice.speak(text, voice=name, style=style)
        pitch = track(speech.audio, speech.sample_rate)
        count = syllables(text)
        figures.append(
            (
                np.log(pitch.mean),
                pitch.range,
                count / speech.duration,
                count / max(pitch.speech_seconds, 0.1),
                pitch.level,
                pitch.voiced_share,
                *asked(voice.contour(text, voice=name, style=style), pitch),
            )
        )
    with np.errstate(all="ignore"):
        table = np.array(figures)
        heard = ~np.isnan(table)
        mean = np.where(heard, table, 0).sum(0) / np.where(heard.any(0), heard.sum(0), np.nan)
    names = ("f0", "range", "rate", "articulation", "level", "voiced", "asked", "near")
    return dict(zip(names, mean.tolist(), strict=True))


def main() -> None:
    """Measure, print and write results/voice_styles.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--voice", default="heart")
    parser.add_argument("--n", type=int, default=12, help="sentences (12)")
    parser.add_argument("--dry", action="store_true", help="print only, write no result")
    args = parser.parse_args()
    lines = [s for s in SENTENCES.read_text("utf-8").splitlines() if len(s) > 40]
    sentences = [lines[i * len(lines) // args.n] for i in range(min(args.n, len(lines)))]
    voice = Voice.load()
    neutral = measure(voice, args.voice, "neutral", sentences)
    rows = []
    for style in STYLES:
        m = measure(voice, args.voice, style, sentences)
        silent = m["voiced"] < 0.3 * neutral["voiced"]  # a whisper has no pitch
        rows.append(
            {
                "style": style,
                "F0 in Hz": "none" if silent else f"{np.exp(m['f0']):.0f}",
                "F0, semitones": "" if silent else f"{12 * (m['f0'] - neutral['f0']) / np.log(2):+.1f}",
                "range, semitones": "" if silent else f"{m['range']:.1f}",
                "range, factor": "" if silent else f"{m['range'] / neutral['range']:.2f}",
                "range asked, factor": "" if silent else f"{m['asked'] / neutral['asked']:.2f}",
                "F0 as asked": "" if silent else f"{100 * m['near']:.0f} %",
                "syllables/s": f"{m['rate']:.2f}",
                "rate, factor": f"{m['rate'] / neutral['rate']:.2f}",
                "articulation, factor": f"{m['articulation'] / neutral['articulation']:.2f}",
                "level, dB": f"{m['level'] - neutral['level']:+.1f}",
                "voiced share": f"{100 * m['voiced']:.0f} %",
            }
        )
        print("  ".join(f"{k}: {v}" for k, v in rows[-1].items()))
    if not args.dry:
        about = (
            f"`python benchmarks/voice_styles.py --voice {args.voice}`: {len(sentences)} sentences, measured "
            "on the audio. Semitones, factors and dB are against neutral."
        )
        print(write("voice_styles", "Styles of the voice, measured", about, [("", rows)], machine()))


if __name__ == "__main__":
    main()
