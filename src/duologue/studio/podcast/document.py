"""A source as the writer reads it: title, paragraphs, sentences, each with its place in the text.

Design choices
- Offsets are those of the text as it was given, so a span can always be shown where it stands.
- The title is the source's own, or the first line if it stands alone and ends in no full stop.
- Sentences that quote one speaker without a break are one: the words and who said them must not be parted.
- Captions, bylines, items of lists and torn sentences are passed over (`spoken.py`).
- A document that begins by saying what its title is (an encyclopedia's article, a manual) explains; any other
  tells news. The two are asked about in different words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from duologue.studio.episode import Source
from duologue.studio.podcast.grammar import tokens
from duologue.studio.podcast.spoken import is_sentence, without_asides
from duologue.studio.podcast.stem import stem
from duologue.voice.frontend.sentences import sentences

__all__ = ["Document", "Sentence"]

_QUOTE_ENDS = re.compile(r"[\"”]\s*$")
_TITLE_MARK = re.compile(r"^#{1,3}\s*|\s*#*$")
_HEADING = re.compile(r"^#{1,6}\s+\S")
_SHORT_HEADING = re.compile(
    r"^(?!By |Photo|Image|Picture|Source|Share|Published|Updated|Related|Read |See |Main )"
    r"[A-Z][^\n.!?:;,\"“|()]*[a-z]$"
)
_DATELINE = re.compile(
    r"^[A-Z][A-Z .,'-]{2,40}(?:,\s*[^—–\n]{2,24})?\s*(?:\([^)]*\)\s*)?[—–-]{1,2}\s+(?=[\"“A-Z])"
)
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence (or one quotation) at [start, end) of the source's text; paragraph counts from 0; heading:
    the source's own above it."""

    text: str
    start: int
    end: int
    paragraph: int
    heading: str = ""
    torn: bool = False
    """Whether something before it in its paragraph was passed over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A source, read."""

    source: Source
    title: str
    sentences: tuple[Sentence, ...]
    common: frozenset[str] = field(repr=False)
    """Words that stand in lower case somewhere: no names."""
    explains: bool = False
    """Whether it says what something is, rather than what happened."""

    @classmethod
    def read(cls, source: Source) -> Document:
        """The document in `source.text`; empty sentences where there is no text."""
        text = source.text or ""
        title, body = _title(source, text)
        found = tuple(_merged(list(_sentences(text, body))))
        if len({s.heading for s in found if s.heading}) < 2:  # one line that stands alone is a caption
            found = tuple(replace(s, heading="") for s in found)
        headed = any(s.heading for s in found)
        explains = bool(found) and _defines(found[0].text, title, headed)
        return cls(
            source=source, title=title, sentences=found, common=_common(text, found), explains=explains
        )

    @property
    def words(self) -> int:
        """Words in all sentences."""
        return sum(len(s.text.split()) for s in self.sentences)


_IS = re.compile(
    r"\b(?:is|are|was|were|refers to|means)\s+(?:(?:also|often|usually|generally)\s+)?"
    r"(?:an?|the|one|any|some|several|used|based|methods?|known|found|[a-z]+ (?:of|in|that|which))\b"
)


def _defines(first: str, title: str, headed: bool) -> bool:
    """Whether the first sentence says of the title what it is."""
    bare = without_asides(first)
    verb = (re.compile(r"\b(?:is|are|was|were)\b") if headed else _IS).search(bare[:220])
    if verb is None or re.search(r"[“\"][^”\"]+,[”\"]|\bsaid\b", bare):
        return False
    names = {stem(w.lower()) for w in _WORD.findall(title) if len(w) > 2}
    before = {stem(w.lower()) for w in _WORD.findall(bare[: verb.start()])}
    return bool(names) and len(names & before) * 2 >= len(names) and len(before) <= 22


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
    paragraph, last, heading = -1, None, ""
    blank = re.search(r"\S[ \t]*\n[ \t]*\n\s*\S", text[body:])  # else each line is a paragraph
    for block in re.finditer(r"(?:(?!\n[ \t]*\n).)+" if blank else r"[^\n]+", text[body:], re.S):
        start, end = body + block.start(), body + block.end()
        while (line := re.match(r"\s*(#{1,6}\s+\S[^\n]*)(?:\n|$)", text[start:end])) is not None:
            heading = _TITLE_MARK.sub("", re.sub(r"^#+\s*", "", line[1])).strip(" #")
            start += line.end()
        block_text = text[start:end].strip()
        if not block_text:
            continue
        if _SHORT_HEADING.match(block_text) and len(block_text.split()) <= 7:
            heading = block_text
            continue
        torn = False
        for one in sentences(text, start, end):
            raw = text[one.start : one.end]
            lead = len(raw) - len(raw.lstrip())
            raw = raw.strip()
            first = one.start + lead
            dateline = _DATELINE.match(raw)
            if dateline:
                first, raw = first + dateline.end(), raw[dateline.end() :]
            if len(_WORD.findall(raw)) < 4 or not is_sentence(raw):
                torn = True
                continue
            if last != start:
                last, paragraph = start, paragraph + 1
            yield Sentence(
                text=raw, start=first, end=first + len(raw), paragraph=paragraph, heading=heading, torn=torn
            )
            torn = False


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
            held = replace(held, text=held.text + gap[:1] + part.text, end=part.end)
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
