"""A source as the writer reads it: title, paragraphs, sentences, each with its place in the text.

Design choices
- Offsets are those of the text as it was given, so a span can always be shown where it stands.
- The title is the source's own, or the first line if it stands alone and ends in no full stop.
- Sentences that quote one speaker without a break are one: the words and who said them must not be parted.
- Captions, bylines and other lines without a verb's worth of words are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from duologue.studio.episode import Source
from duologue.studio.podcast.grammar import tokens
from duologue.voice.frontend.sentences import sentences

__all__ = ["Document", "Sentence"]

_QUOTE_ENDS = re.compile(r"[\"”]\s*$")
_TITLE_MARK = re.compile(r"^#{1,3}\s*|\s*#*$")
_HEADING = re.compile(r"^#{1,6}\s+\S")
_DATELINE = re.compile(
    r"^[A-Z][A-Z .,'-]{2,40}(?:,\s*[^—–\n]{2,24})?\s*(?:\([^)]*\)\s*)?[—–-]{1,2}\s+(?=[\"“A-Z])"
)
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence (or one quotation) at [start, end) of the source's text; paragraph counts from 0."""

    text: str
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A source, read."""

    source: Source
    title: str
    sentences: tuple[Sentence, ...]
    common: frozenset[str] = field(repr=False)
    """Words that stand in lower case somewhere: no names."""

    @classmethod
    def read(cls, source: Source) -> Document:
        """The document in `source.text`; empty sentences where there is no text."""
        text = source.text or ""
        title, body = _title(source, text)
        found = tuple(_merged(list(_sentences(text, body))))
        return cls(source=source, title=title, sentences=found, common=_common(text, found))

    @property
    def words(self) -> int:
        """Words in all sentences."""
        return sum(len(s.text.split()) for s in self.sentences)


def _common(text: str, found: Sequence[Sentence]) -> frozenset[str]:
    """Words in lower case somewhere, and those that have a capital only where any word would."""
    lower = {w for w in _WORD.findall(text) if w.islower()}
    inside = {w for s in found for w in _WORD.findall(s.text)[1:] if w[:1].isupper()}
    first = {
        read[0].text
        for s in found
        if (read := tokens(s.text)) and read[0].tag in ("NN", "NNS", "VBG", "JJ", "CD")
    }
    return frozenset(lower | {w.lower() for w in first - inside})


def _title(source: Source, text: str) -> tuple[str, int]:
    """The title and where the body begins."""
    stripped = text.lstrip()
    begin = len(text) - len(stripped)
    own = source.title.strip()
    if own and stripped.startswith(own) and stripped[len(own) : len(own) + 1] in ("\n", ""):
        return own, begin + len(own)
    line, _, rest = stripped.partition("\n")
    plain = _TITLE_MARK.sub("", line).strip()
    alone = not rest.strip() or rest.startswith("\n") or _HEADING.match(line) is not None
    short = 0 < len(plain.split()) <= 24
    if short and alone and rest.strip() and (not plain.endswith((".", ":", ",")) or plain == source.title):
        return source.title.strip() or plain, begin + len(line)
    return source.title.strip() or "", begin


def _sentences(text: str, body: int) -> Iterator[Sentence]:
    paragraph, last = -1, None
    blank = re.search(r"\S[ \t]*\n[ \t]*\n\s*\S", text[body:])  # else each line is a paragraph
    for block in re.finditer(r"(?:(?!\n[ \t]*\n).)+" if blank else r"[^\n]+", text[body:], re.S):
        if not block[0].strip() or _HEADING.match(block[0].strip()):
            continue
        start, end = body + block.start(), body + block.end()
        for one in sentences(text, start, end):
            raw = text[one.start : one.end]
            lead = len(raw) - len(raw.lstrip())
            raw = raw.strip()
            first = one.start + lead
            dateline = _DATELINE.match(raw)
            if dateline:
                first, raw = first + dateline.end(), raw[dateline.end() :]
            if len(_WORD.findall(raw)) < 4 or raw[-1] not in ".!?…\"”’')":
                continue
            if last != start:
                last, paragraph = start, paragraph + 1
            yield Sentence(text=raw, start=first, end=first + len(raw), paragraph=paragraph)


def _merged(parts: list[Sentence]) -> Iterator[Sentence]:
    """Sentences, a quotation that goes on being joined to the one it goes on from."""
    held: Sentence | None = None
    for part in parts:
        if held is None:
            held = part
            continue
        goes_on = part.paragraph == held.paragraph and (
            _open(held.text) or (_starts(part.text) and _pure(part.text) and ends_in_quotation(held.text))
        )
        if goes_on and len(held.text) + len(part.text) < 700:
            gap = " " * (part.start - held.end) or " "
            held = Sentence(
                text=held.text + gap[:1] + part.text, start=held.start, end=part.end, paragraph=held.paragraph
            )
        else:
            yield held
            held = part
    if held is not None:
        yield held


def _starts(text: str) -> bool:
    return text[:1] in '"“'


def _pure(text: str) -> bool:
    """Whether all of the sentence is quotation."""
    return _starts(text) and _QUOTE_ENDS.search(text) is not None and len(re.findall(r"[\"“”]", text)) == 2


def _open(text: str) -> bool:
    """Whether a quotation is still open at the end of the text."""
    return text.count('"') % 2 == 1 or text.count("“") > text.count("”")


def ends_in_quotation(text: str) -> bool:
    """Whether the sentence quotes, with its attribution before or after."""
    return re.search(r"[\"“”]", text) is not None
