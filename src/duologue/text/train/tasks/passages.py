"""Short passages of the documents, clean enough to ask about.

Design choices
- 60 to 220 words, whole paragraphs or the first sentences of a long one: the context is short.
- Of each document the lead and at most three passages of other sections, so that no article dominates.
- What the dump left broken (empty brackets, dropped links, tables) is repaired where a rule can, else
  refused; so are sentences with foul words or about sex, which a small model can't handle with care.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from duologue.text.sentences import split, words
from duologue.text.train.documents import Source, Split, documents

__all__ = ["Passage", "books", "foul", "good", "passages", "standalone", "tidy"]

SHORTEST, LONGEST, PER_DOCUMENT = 60, 220, 4

_BRACKETS = re.compile(
    r"\s*\((?:[^()]*[^\x00-\x7f–—’“”éèáíóúöüäñç£°][^()]*|[\s,;:.]*|[;,][^()]*|[^()]*\][^()]*)\)"
)
_BROKEN = re.compile(r"[|{}\[\]<>^]| [,;.](?:\s|$)|\(\s*[,;)]|''|https?:|&[a-z]+;")
_JUNK = frozenset("px thumb isbn colspan rowspan".split())
_CUT_OFF = frozenset("to from by with and of the in at for a an or than as on".split())
_FOUL = frozenset(
    "nigger niggers nigga niggas faggot faggots fag fags kike kikes spic chink chinks coon coons darkie"
    " darkies darky cunt"
    " fuck fucks fucked fucking fucker shit shits shitty bullshit bitch bitches whore whores slut sluts"
    " porn porno pornography"
    " pornographic rape rapes raped rapist rapists raping sex sexual sexually sexuality homosexual"
    " homosexuality bisexual"
    " penis penises vagina vaginal masturbate masturbation orgasm orgasms pedophile pedophilia paedophile"
    " incest"
    " prostitute prostitutes prostitution anal oral blowjob molest molested molestation erotic nude"
    " nudity genital"
    " genitals genitalia intercourse ejaculation sperm semen clitoris condom condoms fetish bdsm".split()
)
_OPENERS = re.compile(
    r"^(?:He|She|It|They|His|Her|Its|Their|This|These|That|Those|Such|But|And|So|Or|Nor|However|Then|Thus|Therefore|Hence)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage of one article: its sentences joined by spaces; `section` is "" in the lead."""

    title: str
    section: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The passage as one paragraph."""
        return " ".join(self.sentences)

    @property
    def subject(self) -> str:
        """The title without what Wikipedia puts in brackets to tell namesakes apart."""
        return re.sub(r"\s*\(.*\)$", "", self.title)


def tidy(paragraph: str) -> str:
    """A paragraph without brackets that hold other scripts, sounds or nothing."""
    if "(" in paragraph:
        paragraph = _BRACKETS.sub("", paragraph)
    return re.sub(r"\s+([,;.])(?=\s|$)", r"\1", re.sub(r"\s{2,}", " ", paragraph)).strip()


def foul(text: str) -> bool:
    """Whether `text` holds a word that no example should teach."""
    return not _FOUL.isdisjoint(words(text.lower()))


def good(sentence: str) -> bool:
    """Whether a sentence is whole: begins and ends as one, sane in length, balanced, nothing broken."""
    tokens = words(sentence)
    if not 4 <= len(tokens) <= 55 or not (
        sentence[0].isupper() or sentence[0].isdigit() or sentence[0] in "\"'“"
    ):
        return False
    if sentence.rstrip("\"”’')")[-1:] not in (".", "!", "?") or _BROKEN.search(sentence):
        return False
    lower = {token.lower() for token in tokens}
    if tokens[-1] in _CUT_OFF or not _FOUL.isdisjoint(lower) or not _JUNK.isdisjoint(lower):
        return False
    return sentence.count('"') % 2 == 0 and sentence.count("(") == sentence.count(")")


def standalone(sentence: str) -> bool:
    """Whether a sentence can be read on its own: it doesn't open with a word that points back."""
    return not _OPENERS.match(sentence)


def _gather(paragraphs: list[str]) -> Iterator[tuple[str, ...]]:
    """Runs of whole good sentences, SHORTEST to LONGEST words each."""
    held: list[str] = []
    size = 0
    for paragraph in paragraphs:
        for sentence in split(tidy(paragraph[:2400])):
            n = len(words(sentence))
            if not good(sentence) or size + n > LONGEST:
                if size >= SHORTEST:
                    yield tuple(held)
                held, size = [], 0
                if not good(sentence):
                    continue
            held.append(sentence)
            size += n
        if size >= SHORTEST:
            yield tuple(held)
            held, size = [], 0
    if size >= SHORTEST:
        yield tuple(held)


def _sections(document: str) -> Iterator[tuple[str, list[str]]]:
    section, held = "", list[str]()
    for line in document.split("\n")[1:]:
        if line.startswith("## "):
            yield section, held
            section, held = line[3:].strip(), []
        elif line.strip():
            held.append(line.strip())
    yield section, held


def passages(split: Split, rng: Random, *, per_document: int = PER_DOCUMENT) -> Iterator[Passage]:
    """Passages of the articles of a split, in the files' order; which sections of each, `rng` decides."""
    for document in documents(split, "wiki"):
        title = document.split("\n", 1)[0].strip()
        if (
            title.startswith(("List of", "Lists of", "Index of", "Outline of", "Timeline of"))
            or len(title) > 60
        ):
            continue
        parts = [(section, held) for section, held in _sections(document) if len(" ".join(held)) > 300]
        lead = [p for p in parts if p[0] == ""]
        rest = [p for p in parts if p[0] != ""]
        chosen = lead + rng.sample(rest, min(len(rest), per_document - 1))
        for section, held in chosen:
            for sentences in _gather(held[:3]):
                if len(sentences) >= 3 and (section or standalone(sentences[0])):
                    yield Passage(title=title, section=section, sentences=sentences)
                    break


def books(split: Split, rng: Random, *, per_document: int = PER_DOCUMENT) -> Iterator[list[str]]:
    """Runs of paragraphs of the books of a split, SHORTEST to LONGEST words each, a few of every piece."""
    source: Source = "books"
    for document in documents(split, source):
        paragraphs = [p.strip() for p in document.split("\n") if p.strip()]
        starts = rng.sample(range(len(paragraphs)), min(len(paragraphs), per_document))
        for start in starts:
            held: list[str] = []
            size = 0
            for paragraph in paragraphs[start:]:
                n = len(paragraph.split())
                if size + n > LONGEST:
                    break
                held.append(paragraph)
                size += n
                if size > 140:
                    break
            if size >= SHORTEST and not (_BROKEN.search(" ".join(held)) or foul(" ".join(held))):
                yield held
