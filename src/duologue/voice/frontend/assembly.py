"""From pronounced tokens to utterances: phonemes with spans, words, and cuts where it gets too long.

Design choices
- The phonemes of a written piece share out its characters in proportion; starts never go back.
- Words are the user's: tokens that came from one written word are one `WordSpan`.
- An utterance over the limit is cut at a clause mark near the middle, else at a space, else anywhere;
  nothing is left out. Where no clause ends there is no pause.
- A sentence without a closing mark gets a full stop, for the model closes a phrase only at one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from duologue.voice.frontend.alphabet import SYMBOLS
from duologue.voice.frontend.token import Token
from duologue.voice.frontend.utterance import Mark, Phoneme, Utterance, WordSpan

__all__ = ["Line", "assemble", "close", "divide"]

_CLOSING = frozenset(".!?…:;,—")
_CLAUSES = frozenset(",;:—.!?…")


@dataclass(slots=True)
class Line:
    """Phonemes of a sentence, the word each belongs to (-1 for none), and marks by phoneme."""

    phonemes: list[Phoneme]
    words: list[int]
    marks: list[Mark]


def assemble(tokens: Sequence[Token], sounds: Sequence[str], marks: Sequence[tuple[int, str]] = ()) -> Line:
    """The phonemes of tokens in order. marks: original position and name, in order."""
    line = Line([], [], [])
    phonemes, words = line.phonemes, line.words
    waiting = list(marks)
    index, count = 0, len(tokens)
    end = tokens[0].start if tokens else 0
    floor = 0
    while index < count:
        token = tokens[index]
        start, stop = token.start, token.end
        last = index + 1
        while last < count and tokens[last].start == start and tokens[last].end == stop:
            last += 1
        while waiting and waiting[0][0] <= start:
            line.marks.append(Mark(waiting.pop(0)[1], len(phonemes)))
        if token.space_before and phonemes and sounds[index]:
            joined = token.kind != "punct" and words[-1] == token.source
            gap = max(floor, min(end, start))
            phonemes.append(Phoneme(" ", gap, max(gap, start), token.prosody))
            words.append(token.source if joined else -1)
            floor = gap
        symbols: list[tuple[str, int, Token]] = []
        for place in range(index, last):
            piece = tokens[place]
            word = -1 if piece.kind == "punct" else piece.source
            if piece.space_before and symbols and sounds[place]:
                symbols.append((" ", word, piece))
            symbols += [(symbol, word, piece) for symbol in sounds[place] if symbol in SYMBOLS]
        size, width = len(symbols), stop - start
        start = max(start, floor)
        for place, (symbol, word, piece) in enumerate(symbols):
            first = token.start + place * width // size
            if first < start:
                first = start
            over = token.start - (-(place + 1) * width // size)
            phonemes.append(Phoneme(symbol, first, over if over > first else first, piece.prosody))
            words.append(word)
            floor = first
        end = stop
        index = last
    for _, name in waiting:
        line.marks.append(Mark(name, len(phonemes)))
    return line


def close(line: Line, symbol: str = ".") -> None:
    """Give the line a full stop, or another mark, if it ends without any closing mark."""
    for phoneme in reversed(line.phonemes):
        if phoneme.symbol in _CLOSING:
            return
        if phoneme.symbol not in '”)" ':
            break
    if line.phonemes:
        last = line.phonemes[-1]
        line.phonemes.append(Phoneme(symbol, last.end, last.end, last.prosody))
        line.words.append(-1)


def divide(
    line: Line, text: str, limit: int, *, lang: str, voice: str | None, style: str | None, whole: bool
) -> Iterator[Utterance]:
    """Utterances of at most `limit` phonemes each. whole: the sentence ends where the line does."""
    begin, size = 0, len(line.phonemes)
    while begin < size:
        rest = size - begin
        if rest <= limit + (not line.phonemes[-1].symbol.isalpha()):  # a mark alone is nothing to say
            stop, pause = size, None if whole else 0.0
        else:
            stop = _cut(line, begin, limit, rest)
            pause = None if line.phonemes[stop - 1].symbol in _CLAUSES else 0.0
        after = stop
        while after < size and line.phonemes[after].symbol == " ":
            after += 1
        yield _utterance(line, begin, stop, text, lang, voice, style, pause)
        begin = after


def _cut(line: Line, begin: int, limit: int, rest: int) -> int:
    """Where to cut: after a clause mark near an even share, else before a space, else at the limit."""
    share = rest // -(-rest // limit)
    best, best_distance = 0, limit
    for at in range(begin + limit // 4, begin + limit):
        if line.phonemes[at].symbol in _CLAUSES and (
            at + 1 >= len(line.phonemes) or line.phonemes[at + 1].symbol == " "
        ):
            distance = abs(at + 1 - begin - share)
            if distance < best_distance:
                best, best_distance = at + 1, distance
    if best:
        return best
    for at in range(begin + limit, begin + limit // 4, -1):
        if line.phonemes[at].symbol == " ":
            return at
    return begin + limit


def _utterance(
    line: Line,
    begin: int,
    stop: int,
    text: str,
    lang: str,
    voice: str | None,
    style: str | None,
    pause: float | None,
) -> Utterance:
    phonemes = tuple(line.phonemes[begin:stop])
    words: list[WordSpan] = []
    place = begin
    while place < stop:
        word = line.words[place]
        if word < 0:
            place += 1
            continue
        first = place
        while place < stop and line.words[place] == word:
            place += 1
        start, end = line.phonemes[first].start, line.phonemes[place - 1].end
        words.append(WordSpan(text[start:end], start, end, first - begin, place - begin))
    marks = tuple(
        Mark(m.name, m.phoneme - begin)
        for m in line.marks
        if begin <= m.phoneme < stop or m.phoneme == stop == len(line.phonemes)
    )
    return Utterance(
        phonemes=phonemes,
        words=tuple(words),
        start=phonemes[0].start,
        end=phonemes[-1].end,
        lang=lang,
        voice=voice,
        style=style,
        pause_after=pause,
        marks=marks,
    )
