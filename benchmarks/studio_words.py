"""How far the words of an episode are from where an independent aligner hears them.

    python benchmarks/studio_words.py [EPISODE ...] [--seconds 120]

Whisper-base with word times (the cross-attention alignment of faster-whisper, from the judges) listens to
the finished MP3; its words are matched with the words of the record by their letters, in order. Such an
aligner has an error of its own: it is shown on words spoken one by one, cut where their sound begins and
ends and put end to end, so that their boundaries are known. So it can tell how steady our times are, around
the median difference, not where they lie; that is told by the sound: where a word stands after a pause, its
start is compared with the moment at which the sound rises. Without arguments a daily and a podcast are made
of examples/. The table goes to benchmarks/results/studio_words.md.
"""

from __future__ import annotations

import argparse
import difflib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from duologue.studio.episode import Episode
from judges import resample
from report import machine, write

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
Audio = NDArray[np.float32]


def made(place: Path) -> list[Path]:
    """A daily and a podcast in two folders of `place`."""
    from datetime import date

    from duologue.studio import make_daily, make_podcast
    from duologue.studio.daily import Listener
    from duologue.studio.sources.gather import gather
    from duologue.voice import Voice

    voice = Voice.load(threads=2)
    feeds = tuple(map(str, sorted((EXAMPLES / "feeds").glob("*.xml"))))
    make_daily(Listener(feeds=feeds, minutes=2), voice, place / "daily", day=date(2026, 11, 22))
    article = gather([str(EXAMPLES / "articles/bridge.txt")]).sources()
    make_podcast(article, voice, place / "podcast", minutes=2)
    return [place / "daily", place / "podcast"]


def heard(audio: Audio, rate: int) -> list[tuple[str, float, float]]:
    """(word, start, end) as Whisper hears them."""
    from duologue.arena.listening import _whisper

    found, _ = _whisper().transcribe(
        resample(audio, rate).astype(np.float32), language="en", beam_size=1, word_timestamps=True,
        condition_on_previous_text=False,
    )  # fmt: skip
    return [(w.word, float(w.start), float(w.end)) for segment in found for w in segment.words or ()]


def _letters(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def rises(audio: Audio, rate: int) -> list[float]:
    """The moments at which sound begins after at least 0.15 s of quiet."""
    hop = rate // 200
    frames = audio[: len(audio) // hop * hop].reshape(-1, hop)
    loud = np.sqrt((frames**2).mean(1)) > 10 ** (-42 / 20) * max(float(np.abs(audio).max()), 0.1)
    quiet, found = 0, []
    for at, one in enumerate(loud):
        if one and quiet >= 30:
            found.append(at * hop / rate)
        quiet = 0 if one else quiet + 1
    return found


def matched(
    ours: Sequence[tuple[str, float, float]], its: Sequence[tuple[str, float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Differences of starts and of ends in milliseconds, ours minus its, of the words that match."""
    mine, other = [_letters(w) for w, _, _ in ours], [_letters(w) for w, _, _ in its]
    match = difflib.SequenceMatcher(None, mine, other, False)
    pairs = [(ours[a + i], its[b + i]) for a, b, n in match.get_matching_blocks() for i in range(n)]
    starts = np.array([1000 * (one[1] - two[1]) for one, two in pairs])
    return starts, np.array([1000 * (one[2] - two[2]) for one, two in pairs])


def calibration() -> tuple[float, float, int]:
    """The aligner's median error of starts and ends in milliseconds (true minus its), on how many words."""
    from duologue.voice import Voice

    voice = Voice.load(threads=2)
    text = (EXAMPLES / "articles/sleep.txt").read_text("utf-8").split("\n", 2)[2]
    pieces, true, at, rate = [], [], 0.25, 24_000
    for word in re.findall(r"[A-Za-z]{2,}", text)[:70]:
        audio = voice.speak(f"{word},", voice="heart").audio
        loud = np.flatnonzero(np.abs(audio) > 10 ** (-40 / 20) * float(np.abs(audio).max()))
        piece = audio[loud[0] : loud[-1] + 1]
        true.append((word, at, at + len(piece) / rate))
        at += len(piece) / rate
        pieces.append(piece)
    sound = np.concatenate([np.zeros(rate // 4, np.float32), *pieces, np.zeros(rate // 2, np.float32)])
    starts, ends = matched(true, heard(sound, rate))
    return float(np.median(starts)), float(np.median(ends)), len(starts)


def measure(folder: Path, seconds: float) -> dict[str, str]:
    """One row of the table."""
    episode = Episode.load(folder)
    audio, rate = soundfile.read(folder / "episode.mp3", dtype="float32", always_2d=True)
    mono = audio.mean(1)[: round(seconds * rate)]
    ours = [(w.text, w.start, w.end) for t in episode.turns for w in t.words if w.end < seconds]
    starts, ends = matched(ours, heard(mono, rate))
    begins, stops = starts - np.median(starts), ends - np.median(ends)
    firsts = np.array([w[1] for w in ours])
    near = [(float(firsts[np.abs(firsts - moment).argmin()]), moment) for moment in rises(mono, rate)]
    rise = np.array([1000 * (first - moment) for first, moment in near if abs(first - moment) < 0.4])

    def spread(values: NDArray[np.float64]) -> str:
        return f"{np.median(values):+.0f} ({np.percentile(np.abs(values), 90):.0f})"

    return {
        "episode": episode.kind,
        "words": str(len(ours)),
        "matched": f"{len(starts) / max(len(ours), 1):.0%}",
        "starts, ours minus its": spread(starts),
        "within 100 ms of the median": f"{(np.abs(begins) <= 100).mean():.0%}",
        "ends, ours minus its": spread(ends),
        "within 100 ms of the median ": f"{(np.abs(stops) <= 100).mean():.0%}",
        "after pauses": str(len(rise)),
        "from the rise": spread(rise),
        "within 100 ms of it": f"{(np.abs(rise) <= 100).mean():.1%}",
    }


def main() -> None:
    """Print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("episode", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=120.0)
    args = parser.parse_args()
    rows = []
    bias = calibration()
    print(bias)
    with tempfile.TemporaryDirectory() as place:
        for folder in args.episode or made(Path(place)):
            rows.append(measure(folder, args.seconds))
            print(rows[-1], flush=True)
    about = (
        "Word times of finished episodes beside those of Whisper-base, in milliseconds (median difference;"
        " in brackets the ninetieth percentile of its size), and beside the moments at which the sound rises"
        f" after a pause. Whisper's own times are early: on {bias[2]} words put end to end, whose boundaries"
        f" are known, by {bias[0]:.0f} ms at starts and {bias[1]:.0f} ms at ends (median)."
    )
    print(write("studio_words", "Word highlights", about, [("", rows)], machine()))


if __name__ == "__main__":
    main()
