"""One passage on its way to utterances: sentences, tokens, phonemes, pauses and marks.

Design choices
- A passage is read stretch by stretch; pauses, paragraph ends and changes of voice, style or language end
  a stretch, stops end a sentence within one.
- One utterance is held back until it is known what pause follows it; nothing else is buffered.
- What can't be read as asked for (phonemes the voice lacks, a date that is none) is read as written
  and reported.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from duologue.voice.frontend.assembly import assemble, close, divide
from duologue.voice.frontend.g2p import Pronouncer
from duologue.voice.frontend.ipa import ipa_to_phonemes
from duologue.voice.frontend.lexicon import Lang, Lexicon
from duologue.voice.frontend.normalizer import tokens_of
from duologue.voice.frontend.passage import Atom, Cue, Passage
from duologue.voice.frontend.sayas import FREE, say_as
from duologue.voice.frontend.sentences import Sentence, sentences
from duologue.voice.frontend.token import Kind, Token
from duologue.voice.frontend.utterance import Mark, Notice, Utterance

__all__ = ["LONGEST_PAUSE", "Reading", "Sounding"]

LONGEST_PAUSE = 60.0
"""Seconds of the longest pause that is given."""

_LONGEST_WORD = 40
_PIECE = 20


class Sounding(Protocol):
    """What a reading needs of the front end."""

    max_phonemes: int

    def pronouncer(self, lang: Lang) -> Pronouncer: ...


class Reading:
    """One passage on its way through the stations."""

    def __init__(self, source: Sounding, passage: Passage, original: str, lang: Lang, notices: list[Notice]):
        self.source = source
        self.passage = passage
        self.text = passage.aligned.text
        self.original = original
        self.lang = lang
        self.notices = notices
        self.places = [position for position, _ in passage.manners]
        self.fixed = [(atom.start, atom.end) for atom in passage.atoms]

    def spoken(self) -> Iterator[tuple[Sentence, list[Token]]]:
        """Sentences with their tokens, spans in the original."""
        for sentence, _ in self._events():
            if isinstance(sentence, Sentence) and (tokens := self._tokens(sentence)):
                yield sentence, tokens

    def utterances(self) -> Iterator[Utterance]:
        """The utterances, each held back until it is known what pause follows it."""
        held: Utterance | None = None
        ahead = 0.0
        marks = [(cue.start, cue.name) for cue in self.passage.cues if cue.kind == "mark"]
        for event, ending in self._events():
            if isinstance(event, Cue):
                if event.kind == "paragraph" and held is not None:
                    held = replace(held, paragraph=True)
                elif event.kind == "pause" and held is not None:
                    held = replace(held, pause_after=self._pause(held.pause_after or 0.0, event))
                elif event.kind == "pause":
                    ahead = self._pause(ahead, event)
                continue
            tokens = self._tokens(event)
            if not tokens:
                continue
            limit_of_marks = self._original_end(event.end)
            here = [mark for mark in marks if mark[0] < limit_of_marks]
            del marks[: len(here)]
            for utterance in self._said(event, tokens, here, ending):
                if held is not None:
                    yield held
                held = replace(utterance, pause_before=ahead) if ahead else utterance
                ahead = 0.0
        if held is not None:
            if marks:
                last = [Mark(name, len(held.phonemes)) for _, name in marks]
                held = replace(held, marks=(*held.marks, *last))
            yield held

    def _pause(self, before: float, cue: Cue) -> float:
        total = before + cue.seconds
        if total > LONGEST_PAUSE:
            message = f"a pause of {total:g} s is longer than {LONGEST_PAUSE:g} s and was cut to that"
            self.notices.append(Notice(message, cue.start, cue.end))
        return min(total, LONGEST_PAUSE)

    def _original_end(self, position: int) -> int:
        return self.passage.aligned.span(position - 1, position)[1] if position else 0

    def _events(self) -> Iterator[tuple[Sentence | Cue, str]]:
        """Sentences and cues in order; with a sentence comes the mark that closes it if it has none."""
        passage = self.passage
        stops: list[tuple[int, Cue | None]] = [(c.position, c) for c in passage.cues if c.kind != "mark"]
        before = passage.manners[0][1].spoken_by()
        changes: list[tuple[int, Cue | None]] = []
        for position, manner in passage.manners[1:]:
            if manner.spoken_by() != before:
                before = manner.spoken_by()
                changes.append((position, None))
        if changes:
            stops = sorted(stops + changes, key=lambda stop: stop[0])
        begin = 0
        for position, cue in stops:
            if position > begin:
                goes_on = cue is None or cue.kind == "pause"
                yield from self._stretch(begin, position, goes_on)
                begin = position
            if cue is not None:
                yield cue, ""
        yield from self._stretch(begin, len(self.text), False)

    def _stretch(self, begin: int, end: int, goes_on: bool) -> Iterator[tuple[Sentence, str]]:
        for sentence in sentences(self.text, begin, end, fixed=self.fixed):
            if goes_on and sentence.end >= len(self.text[:end].rstrip()) and self._small(end):
                yield sentence, ","
            else:
                yield sentence, "" if sentence.cut else "."

    def _small(self, position: int) -> bool:
        """Whether the text goes on with a small letter."""
        return self.text[position : position + 40].lstrip(" \n\"“'(")[:1].islower()

    def _tokens(self, sentence: Sentence) -> list[Token]:
        """Tokens of a sentence, spans in the original; none if nothing in it can be said."""
        passage = self.passage
        start, end = sentence.start, sentence.end
        lang = self._spoken_by(start)[2] or self.lang
        british = lang == "en-gb"
        known = Lexicon.load("en-gb" if british else "en-us").__contains__
        tokens: list[Token] = []
        if self.fixed:
            begin = start
            for atom in passage.atoms[bisect_right([last for _, last in self.fixed], start) :]:
                if atom.start >= end:
                    break
                self._join(tokens, tokens_of(self.text, begin, atom.start, british=british, known=known))
                self._join(tokens, self._atom(atom, "en-gb" if british else "en-us", known))
                begin = atom.end
            self._join(tokens, tokens_of(self.text, begin, end, british=british, known=known))
        else:
            tokens = tokens_of(self.text, start, end, british=british, known=known)
        first = 0
        while first < len(tokens) and tokens[first].kind == "punct" and tokens[first].text not in "“(":
            first += 1
        tokens = tokens[first:]
        if all(token.kind == "punct" for token in tokens):
            return []
        if any(len(token.text) > _LONGEST_WORD and token.kind in ("word", "spell") for token in tokens):
            tokens = [piece for token in tokens for piece in _pieces(token)]
        if passage.aligned.identical and len(self.places) == 1:
            return tokens
        return self._placed(tokens)

    def _atom(self, atom: Atom, lang: Lang, known: Callable[[str], bool]) -> list[Token]:
        """Tokens of a stretch read in a given way; as written if that can't be."""
        where = self.passage.aligned.span(atom.start, atom.end)
        text = self.text[atom.start : atom.end]
        if atom.kind == "ipa":
            try:
                return [Token(ipa_to_phonemes(atom.value, lang), atom.start, atom.end, "ipa")]
            except ValueError as error:
                self.notices.append(Notice(f"{error}; the text is spoken as it is", *where))
        else:
            words = say_as(atom.value, text, atom.detail, british=lang == "en-gb")
            if words:
                return [
                    Token(w, atom.start, atom.end, _kind(w), space_before=w != ",") for w in words.split()
                ]
            if atom.value not in FREE and text.strip():
                message = f"{text.strip()[:40]!r} is no {atom.value}; it is spoken as it is"
                self.notices.append(Notice(message, *where))
        return tokens_of(self.text, atom.start, atom.end, british=lang == "en-gb", known=known)

    @staticmethod
    def _join(tokens: list[Token], more: list[Token]) -> None:
        """Append tokens, counting their written words on."""
        base = tokens[-1].source + 1 if tokens else 0
        tokens += [replace(token, source=token.source + base) for token in more] if base else more

    def _placed(self, tokens: list[Token]) -> list[Token]:
        """The tokens with their original spans and the manner that holds where they stand.

        What stands as a whole for one original stretch (an alias) is one written word there.
        """
        placed: list[Token] = []
        merged = 0
        before: Token | None = None
        for token in tokens:
            manner = self.passage.manners[max(0, bisect_right(self.places, token.start) - 1)][1]
            start, end = self.passage.aligned.span(token.start, token.end)
            if before is not None and start < before.end and token.source - merged > before.source:
                merged = token.source - before.source
            before = Token(
                token.text,
                start,
                end,
                token.kind,
                token.space_before,
                token.source - merged,
                manner.prosody,
                manner.emphasis,
            )
            placed.append(before)
        return placed

    def _spoken_by(self, position: int) -> tuple[str | None, str | None, str | None]:
        return self.passage.manners[max(0, bisect_right(self.places, position) - 1)][1].spoken_by()

    def _said(
        self, sentence: Sentence, tokens: list[Token], marks: list[tuple[int, str]], ending: str
    ) -> Iterator[Utterance]:
        voice, style, own = self._spoken_by(sentence.start)
        lang: Lang = "en-gb" if (own or self.lang) == "en-gb" else "en-us"
        sounds = self.source.pronouncer(lang).pronounce(tokens)
        line = assemble(tokens, sounds, marks)
        if ending:
            close(line, ending)
        pieces = divide(
            line,
            self.original,
            self.source.max_phonemes,
            lang=lang,
            voice=voice,
            style=style,
            whole=bool(ending),
        )
        last: Utterance | None = None
        for piece in pieces:
            if last is not None:
                yield last
            last = piece
        if last is not None:
            yield replace(last, paragraph=True) if sentence.paragraph else last


def _kind(word: str) -> Kind:
    """The kind of a word that say-as gives: capitals are letters."""
    if word == ",":
        return "punct"
    return "spell" if word.isupper() else "word"


def _pieces(token: Token) -> Iterator[Token]:
    """A word too long to be one, in pieces that are said without a gap."""
    if len(token.text) <= _LONGEST_WORD or token.kind not in ("word", "spell"):
        yield token
        return
    for at in range(0, len(token.text), _PIECE):
        space = token.space_before if at == 0 else token.kind == "spell"
        yield replace(token, text=token.text[at : at + _PIECE], space_before=space)
