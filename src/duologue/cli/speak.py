"""Turn text into speech: a file, standard output or the loudspeaker.

Design choices
- TEXT that is the name of an existing file is read from it, and `-` is standard input.
- Long text on a terminal and `--stream` take the streaming way, which shows progress and writes as it goes;
  the sound is the same, sample for sample.
- The last line says where the sound is, how long it took and what it cost.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duologue.cli.progress import Progress
from duologue.cli.source import read_text
from duologue.voice.errors import VoiceError

if TYPE_CHECKING:
    from duologue.voice.frontend.utterance import Notice
    from duologue.voice.speech import Speech, Word

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
TEXT that names an existing file is read from that file; - is standard input; text that begins with a dash
goes after --. Without -o, --play or --show the sound is written to speech.wav.

examples:
  duologue speak "Hello there." -o hello.mp3
  duologue speak chapter.txt -o chapter.opus --voice emma --style story --captions chapter.vtt
  echo "Hello" | duologue speak - -o - | aplay
"""

LONG = 2000  # characters from which a terminal shows progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue speak`."""
    parser.add_argument("text", nargs="+", metavar="TEXT", help="text, the name of a file, or -")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="wav, flac, mp3, opus or ogg by suffix; - is WAV to standard output",
    )
    parser.add_argument(
        "--voice", default="heart", help="a voice or a blend such as 'heart(2)+emma(1)' (heart)"
    )
    parser.add_argument("--style", default="neutral", help="a style, see `duologue voices` (neutral)")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="0.25 to 4, a factor on the rate of speech (1)"
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same sound (0)")
    parser.add_argument("--ssml", action="store_true", help="the text is SSML 1.1")
    parser.add_argument(
        "--lexicon", metavar="FILE", help="pronunciations: lines of word = /ipa/ or word = respelling"
    )
    parser.add_argument("--captions", metavar="FILE", help="captions beside the sound: .vtt or .srt")
    parser.add_argument("--stream", action="store_true", help="write while speaking")
    parser.add_argument("--play", action="store_true", help="play the sound")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads (1)")
    parser.add_argument(
        "--show", choices=["normalized", "phonemes"], help="print what would be said, and stop"
    )


def _show(args: argparse.Namespace, text: str) -> int:
    """Print the words or the phonemes that would be said, in the accent of the voice."""
    from duologue.voice.frontend import Frontend, UserLexicon
    from duologue.voice.voices import Bank
    from duologue.voice.weights import Weights

    frontend = Frontend(UserLexicon.load(args.lexicon) if args.lexicon else None)
    lang = Bank(Weights.open()).find(args.voice).language
    show = frontend.normalize if args.show == "normalized" else frontend.phonemize
    print(show(text, ssml=args.ssml, lang=lang))
    return 0


def _outputs(args: argparse.Namespace) -> str | None:
    """The path to write to, checked before any work is done; None if the sound is only played."""
    from duologue.voice.encode import format_of

    path: str | None = args.output
    if path is None:
        path = None if args.play else "speech.wav"
    if path == "-" and sys.stdout.isatty():
        raise VoiceError("standard output is a terminal; write to a file, or into a pipe")
    if path not in (None, "-"):
        format_of(str(path))
    for place in (path, args.captions):
        if place not in (None, "-") and not Path(place).parent.is_dir():
            raise VoiceError(f"there is no folder '{Path(place).parent}' to write '{Path(place).name}' in")
    if args.captions and not args.captions.lower().endswith((".vtt", ".srt")):
        raise VoiceError(f"'{args.captions}' is no kind of captions; end the name in .vtt or .srt")
    return path


class _Stdout:
    """WAV to standard output, of unknown length."""

    def __init__(self, sample_rate: int, tags: Any, samples: int | None) -> None:
        from duologue.voice.encode import encoder

        self._encoder = encoder("wav", sample_rate, tags, samples)

    def write(self, audio: Any) -> None:
        sys.stdout.buffer.write(self._encoder.feed(audio))
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def _sinks(path: str | None, play: bool, speech: Speech, samples: int | None) -> Iterator[list[Any]]:
    """What takes the audio: a file or standard output, the player, or both."""
    from duologue.voice.audio import AudioFile, tags_of

    rate, tags = speech.sample_rate, tags_of(speech)
    with contextlib.ExitStack() as stack:
        sinks: list[Any] = []
        if path == "-":
            sinks.append(_Stdout(rate, tags, samples))
        elif path is not None:
            sinks.append(stack.enter_context(AudioFile(path, sample_rate=rate, tags=tags, samples=samples)))
        if play:
            from duologue.cli.player import Player

            sinks.append(stack.enter_context(Player(rate)))
        yield sinks


@dataclass
class _Tally:
    """What is known of the pieces spoken so far; their audio is not kept."""

    samples: int = 0
    rate: int = 1
    compute: float = 0.0
    words: list[Word] = field(default_factory=list)
    notices: dict[Notice, None] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.samples / self.rate

    def count(self, pieces: Iterator[Speech]) -> Iterator[Speech]:
        """Pass the pieces on, counting the time it takes to make them but not what is done with them."""
        while True:
            begun = time.perf_counter()
            piece = next(pieces, None)
            self.compute += time.perf_counter() - begun
            if piece is None:
                return
            self.rate = piece.sample_rate
            offset = self.seconds
            self.words += [replace(w, start=w.start + offset, end=w.end + offset) for w in piece.words]
            self.notices |= dict.fromkeys(piece.notices)
            self.samples += len(piece.audio)
            yield piece


def run(args: argparse.Namespace) -> int:
    """Speak; returns the exit code."""
    text = read_text(args.text)
    if args.show:
        return _show(args, text)
    path = _outputs(args)
    from duologue.voice import Voice

    voice = Voice.load(threads=args.threads)
    options: dict[str, Any] = {
        "voice": args.voice,
        "style": args.style,
        "speed": args.speed,
        "seed": args.seed,
        "ssml": args.ssml,
        "lexicon": args.lexicon,
    }
    watched = sys.stderr.isatty() and len(text) > LONG
    streaming = args.stream or watched
    progress = Progress(len(text), "speaking", shown=watched)
    tally = _Tally()
    made = voice.stream(text, **options) if streaming else (voice.speak(text, **options) for _ in "1")
    pieces = tally.count(iter(made))
    first = next(pieces, None)
    if first is None:
        raise VoiceError("there is nothing to say in this text")
    with (
        contextlib.closing(progress),
        _sinks(path, args.play, first, None if streaming else len(first.audio)) as sinks,
    ):
        for piece in itertools.chain([first], pieces):
            for sink in sinks:
                sink.write(piece.audio)
            if piece.words:
                progress.update(piece.words[-1].char_end)
    for notice in tally.notices:
        print(f"notice: {notice.message} (characters {notice.start} to {notice.end})", file=sys.stderr)
    if args.captions:
        from duologue.voice.captions import write_captions

        write_captions(args.captions, tally.words, text)
        print(f"captions in {args.captions}", file=sys.stderr)
    _report(path, tally)
    return 0


def _report(path: str | None, tally: _Tally) -> None:
    where = {None: "played", "-": "standard output"}.get(path, path)
    size = f" ({Path(path).stat().st_size / 1024:.0f} KiB)" if path and path != "-" else ""
    pace = tally.seconds / max(tally.compute, 1e-9)
    print(
        f"{where}{size}: {tally.seconds:.1f} s of speech in {tally.compute:.2f} s, "
        f"{pace:.0f} seconds of speech per second of compute; cost 0",
        file=sys.stderr,
    )
