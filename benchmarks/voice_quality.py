"""How good the voice is, beside its peers: DistillMOS, DNSMOS and word error rate of Whisper-base.

Design choices
- The project's own forty sentences (voice_sentences.txt), each spoken by itself; scores are means over
  sentences, the error rate is errors over words of all sentences.
- The standard error of the mean stands beside DistillMOS: differences below twice that say nothing.
- Rows that aren't measured anew stay in the result with their date.
- `rate` is in seconds of speech for the whole set: a voice that hurries or drags shows there.

    python benchmarks/voice_quality.py [--voices heart,emma|all] [--styles all] [--n 40] [--save DIR]
                                       [--peers teacher,hibari,espeak,flite]

Set up with `make judges`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np

import judges
from duologue.arena.wordtext import word_errors
from peers import PEERS, Duologue, Peer
from report import machine, merge, today, write

SENTENCES = Path(__file__).parent / "voice_sentences.txt"


@dataclass
class Scores:
    """What the judges say of one speaker, sentence by sentence."""

    mos: list[float] = field(default_factory=list)
    p808: list[float] = field(default_factory=list)
    wrong: int = 0
    words: int = 0
    seconds: float = 0.0

    def row(self, engine: str, voice: str, style: str) -> dict[str, str]:
        """A row of the result."""
        error = np.std(self.mos) / np.sqrt(len(self.mos))
        return {
            "engine": engine,
            "voice": voice,
            "style": style,
            "DistillMOS": f"{np.mean(self.mos):.2f}",
            "±": f"{error:.2f}",
            "lowest": f"{min(self.mos):.2f}",
            "DNSMOS p808": f"{np.mean(self.p808):.2f}",
            "WER": f"{100 * self.wrong / max(self.words, 1):.1f} %",
            "sentences": str(len(self.mos)),
            "seconds of speech": f"{self.seconds:.0f}",
            "measured": today(),
        }


def judge(peer: Peer, sentences: list[str], save: Path | None = None) -> Scores:
    """Speak and judge every sentence; `save` keeps the audio."""
    scores = Scores()
    for i, text in enumerate(sentences):
        audio, rate = peer.speak(text)
        scores.seconds += len(audio) / rate
        scores.mos.append(judges.distillmos(audio, rate))
        scores.p808.append(judges.dnsmos(audio, rate)["p808"])
        heard = judges.hear(audio, rate)
        wrong, words = word_errors(text, heard)
        scores.wrong += wrong
        scores.words += words
        if wrong:
            print(f"    {wrong} wrong: {text}\n             heard {heard}", file=sys.stderr)
        if save is not None:
            import soundfile

            save.mkdir(parents=True, exist_ok=True)
            soundfile.write(save / f"{i:02d}.wav", audio, rate)
    return scores


def main() -> None:
    """Judge, print and write results/voice_quality.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--voices", default="heart", help="names, blends, 'all' or 'none' (heart)")
    parser.add_argument(
        "--styles", default="neutral", help="names or 'all'; in the first voice only (neutral)"
    )
    parser.add_argument("--peers", default="", help="of teacher, hibari, espeak, flite")
    parser.add_argument("--n", type=int, default=40, help="sentences, spread over the set (40)")
    parser.add_argument("--save", type=Path, help="keep the audio in this folder")
    parser.add_argument("--dry", action="store_true", help="print only, write no result")
    args = parser.parse_args()
    lines = SENTENCES.read_text("utf-8").splitlines()
    sentences = [lines[i * len(lines) // args.n] for i in range(min(args.n, len(lines)))]

    runs: list[tuple[str, str, str]] = []
    if args.voices != "none":
        from duologue.voice import Voice
        from duologue.voice.styles import STYLES

        known = [v.name for v in Voice.load().voices()]
        voices = known if args.voices == "all" else args.voices.split(",")
        styles = list(STYLES) if args.styles == "all" else args.styles.split(",")
        runs += [("duologue", voice, styles[0]) for voice in voices]
        runs += [("duologue", voices[0], style) for style in styles[1:]]
    runs += [(peer, "", "") for peer in args.peers.split(",") if peer]

    rows: list[dict[str, str]] = []
    for name, voice, style in runs:
        begun = time.perf_counter()
        peer = Duologue(1, voice, style) if name == "duologue" else PEERS[name]()
        print(f"{name} {voice} {style}", file=sys.stderr)
        scores = judge(
            peer, sentences, args.save and args.save / "-".join(filter(None, (name, voice, style)))
        )
        rows.append(scores.row(f"{peer.name} {peer.version}", voice or "its own", style or "neutral"))
        print(f"  {rows[-1]}  ({time.perf_counter() - begun:.0f} s)")
    if rows and not args.dry:
        about = (
            "`python benchmarks/voice_quality.py`: benchmarks/voice_sentences.txt, each sentence by itself; "
            "DistillMOS 0.9.1, DNSMOS p808, word error rate of Whisper-base (int8, beam 5) after "
            "duologue.arena.wordtext. ± is the standard error of the mean."
        )
        rows = merge("voice_quality", rows, ("engine", "voice", "style", "sentences"))
        rows.sort(key=lambda row: (not row["engine"].startswith("duologue"), row["style"] != "neutral"))
        facts = machine(("numpy", "onnxruntime", "torch", "distillmos", "faster-whisper"))
        print(write("voice_quality", "Quality of the voice", about, [("", rows)], facts))


if __name__ == "__main__":
    main()
