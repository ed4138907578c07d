"""The people of a document: full names, what is said of them, and who a bare name or pronoun means.

Design choices
- A name is two or more capitalised words in a row, with a title in front if there is one; a later bare
  surname is the same person. Places and institutions are let through only where they speak.
- A descriptor is the apposition after the first full name ("Ruth Adeyemi, the city's chief engineer,") or the
  relative clause ("Lena Brandt, who teaches at the university,"); both are the source's words.
- The listener hears the full name and the descriptor once, the first time the person comes up, even where the
  sentence that introduced the person was left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from duologue.studio.firstnames import Sex, sex_of_name
from duologue.studio.podcast.document import Document

__all__ = ["People", "Person"]

TITLES = (
    r"(?:Dr|Prof|Professor|Mr|Mrs|Ms|Mayor|President|Senator|Judge|Captain|Sir|Lady|Minister|Sergeant)\.?"
)
_NAME = re.compile(
    rf"(?P<title>{TITLES} )?(?P<name>[A-Z][a-zà-ÿ'’-]+(?: (?:[A-Z]\.|de|van|von|der|al|"
    rf"bin|[A-Z][a-zà-ÿ'’-]+))*"
    r" [A-Z][a-zà-ÿ'’-]+)"
)
_DESCRIPTOR = re.compile(
    r"^(?:,| of (?:the )?[A-Z][\w ]{2,50}?,) "
    r"(?P<words>(?:(?:the|a|an|who|one of|head|director|chief|professor)\b)[^,.;:\"“”]{3,80}|"
    r"(?:[a-z][\w'’-]*(?: [\w'’-]+){0,8}))(?P<end>[,.])"
)
_ORGANISATION = re.compile(
    r"\b(?:University|Institute|College|Bank|Council|Company|Power|Thermal|Bay|Street|Road|School|Hospital|Bakery|"
    r"Inc|Ltd|Group|Party|Union|Department|Ministry|Court|Agency|Association|Club|Museum|Park|River|Lake|States|"
    r"Kingdom|Republic|City|County|North|South|East|West|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
_SAYS = re.compile(
    r"\b(?:said|says|told|added|warned|argued|argues|noted|suggested|explained|believes|remembers|asked|wrote)\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """full: as first written, with a title; last: the surname; descriptor: the source's words, or empty."""

    full: str
    last: str
    descriptor: str
    sex: Sex
    at: int

    @property
    def introduced(self) -> str:
        """Name and descriptor, ready to open a sentence."""
        return f"{self.full}, {self.descriptor}," if self.descriptor else self.full


class People:
    """Who occurs in a document, in order of first mention."""

    def __init__(self, document: Document) -> None:
        self._people: dict[str, Person] = {}
        for sentence in document.sentences:
            for match in _NAME.finditer(sentence.text):
                self._meet(sentence.text, sentence.start, match, document.common)
        self._sentences = document.sentences

    def _meet(self, text: str, start: int, match: re.Match[str], common: frozenset[str]) -> None:
        name = match["name"]
        words = name.split()
        if words[0].lower() in common and match.start() == 0 and len(words) > 2 and not match["title"]:
            name, words = " ".join(words[1:]), words[1:]  # "When Mirela Novak ..."
        if _ORGANISATION.search(name) or words[0].lower() in common or words[-1] in self._people:
            return
        after = _DESCRIPTOR.match(text[match.end() :])
        descriptor = ""
        if after is not None and not _SAYS.search(after["words"]) and len(after["words"].split()) > 1:
            descriptor = after["words"].strip()
        full = (match["title"] or "") + name
        self._people[words[-1]] = Person(
            full=full,
            last=words[-1],
            descriptor=descriptor,
            sex=_sex(match["title"] or "", words[0]),
            at=start + match.start(),
        )

    def __iter__(self) -> Iterator[Person]:
        return iter(self._people.values())

    def named(self, text: str) -> list[Person]:
        """The people whose surname stands in `text`, in order of first occurrence."""
        found = [
            (match.start(), person)
            for person in self._people.values()
            if (match := re.search(rf"\b{re.escape(person.last)}\b", text))
        ]
        return [person for _, person in sorted(found, key=lambda pair: pair[0])]

    def meant(self, index: int, pronoun: str) -> Person | None:
        """The one person a pronoun at the head of sentence `index` can mean, or None.

        Looked for in the three sentences before, not further back than the paragraph before; a second
        person of that sex, or one whose sex is unknown, leaves it open.
        """
        sex = "female" if pronoun.lower() in ("she", "her") else "male"
        here = self._sentences[index].paragraph
        near: dict[str, Person] = {}
        for back in range(index - 1, max(index - 4, -1), -1):
            if self._sentences[back].paragraph < here - 1:
                break
            outside = re.sub(r"[\"“][^\"“”]*[\"”]", " ", self._sentences[back].text)
            near |= {p.last: p for p in self.named(outside)}
        fitting = [p for p in near.values() if p.sex in (sex, "")]
        if not fitting:  # or the only one of that sex in all that came before
            start = self._sentences[index].start
            fitting = [p for p in self if p.at < start and p.sex in (sex, "")]
        return fitting[0] if len(fitting) == 1 and fitting[0].sex == sex else None


def _sex(title: str, first: str) -> Sex:
    if title.strip(" .") in ("Mr", "Sir"):
        return "male"
    if title.strip(" .") in ("Mrs", "Ms", "Lady"):
        return "female"
    return sex_of_name(first)
