"""Captions from word times: WebVTT and SRT.

Design choices
- A cue holds whole words: at most two lines of 42 characters (what broadcasters allow) and seven seconds.
- A new cue begins after the end of a sentence and at a pause; what is too long for one cue is cut near its
  middle, after punctuation if it can be, so no word is left over alone. Lines break by the same rule.
- Text is the user's own: what stands around the words comes from the original when it is given, so
  punctuation and quotes that belong to no word are kept, and markup is not.
- A cue stays up to a second longer than its last word if nothing follows, for slow readers.
- Pure functions to str; files are written by `write_captions`, beside and renamed.

WebVTT: W3C, webvtt1. Line length and reading speed: BBC Subtitle Guidelines, 2024.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.voice.errors import VoiceError

if TYPE_CHECKING:
    from duologue.voice.speech import Word

__all__ = ["Cue", "cues", "srt", "webvtt", "write_captions"]

LINE = 42
LINES = 2
LONGEST = 7.0
SHORTEST = 1.0
PAUSE = 0.6
_STOPS = ".!?…"
_BREAKS = ",;:—–)" + _STOPS
_CLOSERS = "\"'”’)]»"
_HIDDEN = "\0"
_INLINE = re.compile(r"\[([^\[\]\n]+)\]\(/[^()\n]*/\)|\[pause:[^\[\]\n]*\]")
_BLOCK_TAG = re.compile(r"</?(?:speak|p|s|break|voice|mark)\b[^>]*>|<[!?][^>]*>")
_ANY_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Cue:
    """Text of one or two lines, shown in [start, end) seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with the punctuation that clings to it."""

    text: str
    start: float
    end: float
    paragraph: bool


def _visible(original: str) -> str:
    """`original` with markup put out by NUL, character for character, so that offsets still hold."""

    def hide(match: re.Match[str]) -> str:
        return "".join(c if c.isspace() else _HIDDEN for c in match[0])

    if original.lstrip("\ufeff \t\r\n").startswith(("<speak", "<?xml")):
        original = _BLOCK_TAG.sub(lambda m: " " * len(m[0]), original)
        return _ANY_TAG.sub(hide, original)
    return _INLINE.sub(
        lambda m: _HIDDEN + m[1] + _HIDDEN * (len(m[0]) - len(m[1]) - 1) if m[1] else hide(m), original
    )


def _tokens(words: Sequence[Word], original: str) -> list[_Token]:
    """What stands between white space, with the times of the words in it.

    What holds no word (a dash, an emoji) goes with the token before it.
    """
    if not original:
        return [_Token(" ".join(w.text.split()), w.start, w.end, False) for w in words if w.text.strip()]
    visible = _visible(original)
    tokens: list[_Token] = []
    lead, at, last_end = "", 0, 0
    for chunk in re.finditer(r"\S+", visible):
        text = html.unescape(chunk[0].replace(_HIDDEN, ""))
        if not text:
            continue
        first = at
        while at < len(words) and words[at].char_start < chunk.end():
            at += 1
        paragraph = "\n\n" in visible[last_end : chunk.start()].replace(_HIDDEN, "").replace("\r", "")
        last_end = chunk.end()
        if tokens and paragraph:
            tokens[-1] = replace(tokens[-1], paragraph=True)
        if first == at and tokens:  # no word begins here: it is the rest of the one before, or a sign
            tokens[-1] = replace(tokens[-1], text=f"{tokens[-1].text} {text}")
        elif first == at:
            lead += text + " "
        else:
            tokens.append(_Token(lead + text, words[first].start, words[at - 1].end, False))
            lead = ""
    return tokens


def _chopped(tokens: Iterable[_Token]) -> Iterator[_Token]:
    """Tokens no longer than a line: a word that is longer is cut, its time shared by length."""
    for token in tokens:
        size = max(len(token.text), 1)
        step = (token.end - token.start) / size
        for at in range(0, size, LINE):
            last = at + LINE >= size
            end = token.end if last else token.start + step * (at + LINE)
            yield _Token(token.text[at : at + LINE], token.start + step * at, end, token.paragraph and last)


def _lines(texts: Sequence[str]) -> list[str] | None:
    """Set `texts` in at most two lines, balanced, breaking after punctuation if it can; None if too long."""
    whole = " ".join(texts)
    if len(whole) <= LINE:
        return [whole]
    best: tuple[float, list[str]] | None = None
    for i in range(1, len(texts)):
        first, second = " ".join(texts[:i]), " ".join(texts[i:])
        if len(first) > LINE or len(second) > LINE:
            continue
        cost = abs(len(first) - len(second)) - 12 * (first[-1:] in _BREAKS)
        if best is None or cost < best[0]:
            best = (cost, [first, second])
    return best[1] if best else None


def _runs(tokens: Iterable[_Token]) -> Iterator[list[_Token]]:
    """Tokens that may share a cue: up to the end of a sentence or paragraph, or a pause."""
    run: list[_Token] = []
    for token in tokens:
        if run:
            last = run[-1]
            ends = last.text.rstrip(_CLOSERS)[-1:] in _STOPS and last.end - run[0].start >= SHORTEST
            if ends or last.paragraph or token.start - last.end >= PAUSE:
                yield run
                run = []
        run.append(token)
    if run:
        yield run


def _split(run: list[_Token]) -> list[list[_Token]]:
    """Cut a run until every part fits a cue, near its middle and, if it can be, after punctuation."""
    texts = [t.text for t in run]
    if len(run) == 1 or (_lines(texts) is not None and run[-1].end - run[0].start <= LONGEST):
        return [run]

    def cost(i: int) -> int:
        left, right = sum(map(len, texts[:i])), sum(map(len, texts[i:]))
        return abs(left - right) - (LINE if texts[i - 1][-1] in _BREAKS else 0)

    at = min(range(1, len(run)), key=cost)
    return [*_split(run[:at]), *_split(run[at:])]


def cues(words: Sequence[Word], original: str = "") -> list[Cue]:
    """Cues in order of time that don't overlap.

    words: with times in seconds, in order; original: the text their offsets point into, for its punctuation.
    """
    groups = [g for run in _runs(_chopped(_tokens(words, original))) for g in _split(run)]
    made: list[Cue] = []
    for i, group in enumerate(groups):
        start, end = group[0].start, group[-1].end
        follows = groups[i + 1][0].start if i + 1 < len(groups) else float("inf")
        end = min(max(end, start + SHORTEST), end + 1.0, max(follows, start))
        text = "\n".join(_lines([t.text for t in group]) or [" ".join(t.text for t in group)])
        if end > start and text.strip():
            made.append(Cue(start, end, text))
    return made


def _clock(seconds: float, point: str) -> str:
    millis = max(0, round(seconds * 1000))
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"


def _timed(made: Iterable[Cue], point: str) -> Iterator[tuple[str, str]]:
    """Timing line and text of each cue that still lasts after rounding to milliseconds."""
    for cue in made:
        if round(cue.end * 1000) > round(cue.start * 1000):
            yield f"{_clock(cue.start, point)} --> {_clock(cue.end, point)}", cue.text


def webvtt(made: Iterable[Cue]) -> str:
    """A WebVTT file; `&`, `<` and `>` are escaped, so no text can be taken for a tag or an arrow."""
    body = [f"{timing}\n{html.escape(text, quote=False)}\n" for timing, text in _timed(made, ".")]
    return "\n".join(["WEBVTT\n\nNOTE AI-generated speech\n", *body])


def srt(made: Iterable[Cue]) -> str:
    """An SRT file: numbered cues, comma before the milliseconds."""
    body = [f"{i}\n{timing}\n{text}\n" for i, (timing, text) in enumerate(_timed(made, ","), 1)]
    return "\n".join(body)


def write_captions(path: str | Path, words: Sequence[Word], original: str = "") -> Path:
    """Write WebVTT (.vtt) or SRT (.srt) in UTF-8; returns the path.

    Raises VoiceError for another suffix or a missing folder, OSError as the disk does.
    """
    from duologue.voice.audio import replacing

    path = Path(path)
    make = {".vtt": webvtt, ".srt": srt}.get(path.suffix.lower())
    if make is None:
        raise VoiceError(
            f"'{path.name}' is no kind of captions that can be written; end the name in .vtt or .srt"
        )
    text = make(cues(words, original))
    with replacing(path) as file:
        file.write(text.encode())
    return path
