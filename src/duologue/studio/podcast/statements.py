"""Statements: the sentences of a source as a person would say them, each with its span.

Design choices
- A quotation is introduced before it is heard ("Ruth Adeyemi said: ..."), for a listener sees no quotation
  marks; the words stay as they are.
- What links a sentence to the one before is known: a connective in front can be left out where a question
  has taken its place, and a sentence that opens with "They" or "This" is never told without its predecessor.
- A pronoun in front is replaced by the name only where one single person can be meant; else it is a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from duologue.studio.episode import Span
from duologue.studio.podcast.cues import cues, polarity
from duologue.studio.podcast.document import Document
from duologue.studio.podcast.grammar import Clause, clause, lower_first, tokens, upper_first
from duologue.studio.podcast.people import People, Person
from duologue.studio.podcast.spoken import without_asides
from duologue.studio.podcast.stem import stem

__all__ = ["Statement", "contracted", "expanded", "naturally", "statements"]

_CONNECTIVE = re.compile(
    r"^(However|But|Yet|Still|Nevertheless|Even so|On the other hand|Meanwhile|"
    r"Moreover|In addition|Furthermore|"
    r"And|So|Also|Indeed|In fact|Then|For example|For instance|Similarly|Likewise|Therefore|Thus|"
    r"Consequently|As a result(?! of)|Hence|Finally|Additionally|Nonetheless|Conversely|By contrast|"
    r"In contrast|"
    r"Instead(?! of)|Accordingly|Subsequently|Eventually),? (?=[\w\"“])"
)
_SAID = (
    r"(?:said|says|added|adds|explained|explains|argued|argues|warned|recalled|"
    r"recalls|noted|asked|told|wrote|joked)"
)
_QUOTE_FIRST = re.compile(
    r"^[\"“](?P<first>[^\"“”]+?)(?P<mark>[,.?!])[\"”]\s+(?P<who>[^\"“”]+?)"
    r"(?:[.,]\s+[\"“](?P<second>[^\"“”]+)[\"”])?(?P<last>[.,]?)$"
)
_INVERTED = re.compile(rf"^(?P<verb>{_SAID}) (?P<subject>.+)$")
_PRONOUN = re.compile(r"^(He|She|His|Her)\b(?! own)")
_LINKED = re.compile(
    r"^(?:He|She|It|They|This|That|These|Those|His|Her|Its|Their|Such|Both|Neither|"
    r"Another|The other|The others|"
    r"The latter|The former|The second|The first of them|None of them|Each of them|Some of them|Most of them|"
    r"One of them|All of them|Many of them|Many said|Others?|Two of them|Here|There|Even|Nor|Only then)\b"
)
_BODY = re.compile(
    r"^The (?:company|firm|institute|team|group|agency|charity|organi[sz]ation|association|foundation|"
    r"society|"
    r"committee|department|book|film|album|band|song|novel|law|bill|act|treaty|ship|building|church|species|"
    r"term|name|word|plan|scheme|project|idea|theory|method|process|wearer|animal|plant|region|area)\b"
)
_LATE = re.compile(
    r"^(?:In|On|At|By|From|Since|Starting|Beginning|During|After|Before|Until|For|Under|With|Over|Through|"
    r"Within)\b[^,]{1,60}, (?:it|its|they|their|this|these)\b"
)
_GENERAL = frozenset(
    """end beginning day year week month summer winter spring autumn morning evening night afternoon world
    rest number way first last past future time moment hour share same difference part side top bottom
    middle turn""".split()
)
_ANAPHORIC = re.compile(
    r"\b(?:the drop|the fall|the rise|the increase|the decline|the dispute|the decision|the same|that sum|"
    r"(?:these|those) (?!who|of|that|which|in|with|days|years|two|three)[a-z]+|"
    r"(?<!that )(?:this|such an?) (?!year|week|month|morning|afternoon|evening|summer|winter|spring|autumn|"
    r"time|is|"
    r"was|way|day|century)[a-z]+)\b"
)
_CONTRACTIONS = [
    (re.compile(rf"\b{full}\b"), short)
    for full, short in (
        ("did not", "didn't"),
        ("does not", "doesn't"),
        ("do not", "don't"),
        ("is not", "isn't"),
        ("are not", "aren't"),
        ("was not", "wasn't"),
        ("were not", "weren't"),
        ("could not", "couldn't"),
        ("would not", "wouldn't"),
        ("has not", "hasn't"),
        ("have not", "haven't"),
        ("had not", "hadn't"),
        ("cannot", "can't"),
        ("will not", "won't"),
        ("should not", "shouldn't"),
    )
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One thing a source says.

    text: as it is said, without its connective; needs: index of the statement it can't do without; speaker:
    who is quoted; words: its quotation alone; lead: what introduces the quotation ("Brandt said"); referent:
    whom the pronoun in front means; after: how much of the paragraph stands before it.
    """

    index: int
    raw: str
    text: str
    span: Span
    paragraph: int
    connective: str
    cues: frozenset[str]
    polarity: float
    needs: int | None
    speaker: Person | None
    quoted: str
    lead: str
    referent: Person | None
    clause: Clause | None
    definite: frozenset[str]
    """Stems of the nouns it takes for known ("the shells")."""
    nouns: frozenset[str]
    """Stems of all its nouns and verbs."""
    heading: str = ""
    """The source's own above it."""
    explains: bool = False
    """Whether its document explains rather than tells news."""
    orphan: bool = False
    """Whether what it leans on can't be told."""
    titled: bool = False
    """Whether its subject is what the whole document is about."""

    @property
    def length(self) -> int:
        """Words."""
        return len(self.text.split())


def statements(document: Document, people: People | None = None) -> list[Statement]:
    """Every sentence of the document as a statement, in order."""
    known = people or People(document)
    about = {stem(w.lower()) for w in re.findall(r"\w+", document.title)}
    made: list[Statement] = []
    for index, sentence in enumerate(document.sentences):
        raw = " ".join(sentence.text.split())
        text, connective = without_asides(raw), ""
        if match := _CONNECTIVE.match(text):
            connective, text = match[1], upper_first(text[match.end() :])
        quote = _QUOTE_FIRST.match(text)
        speaker, quoted, lead, needs, referent = None, "", "", None, None
        if quote is not None:
            text, quoted, lead = _introduced(quote, document.common)
            named = known.named(quote["who"])
            if named:
                speaker = named[0]
            elif said_by := re.search(r"\b(?:he|she)\b", quote["who"], re.I):
                speaker = known.meant(index, said_by[0]) if index else None
                needs = index - 1 if speaker is None and index else None
        elif match := _PRONOUN.match(text):
            referent = known.meant(index, match[1]) if index else None
            opening = index and document.sentences[index - 1].paragraph != sentence.paragraph
            needs = index - 1 if index and not (referent and opening) else None
        elif (index and (_LINKED.match(text) or _leans(text, known))) or (
            index and _BODY.match(text) and document.sentences[index - 1].paragraph == sentence.paragraph
        ):
            needs = index - 1
        if connective and index and document.sentences[index - 1].paragraph == sentence.paragraph:
            needs = index - 1
        orphan = needs is not None and sentence.torn
        if needs is not None and document.sentences[needs].paragraph < sentence.paragraph - 1:
            needs = None
        parsed = clause(text) if quote is None else None
        named_so = re.findall(r"\w+", parsed.subject) if parsed is not None else []
        made.append(
            Statement(
                index=index,
                raw=raw,
                text=text,
                span=Span(source=document.source.id, start=sentence.start, end=sentence.end),
                paragraph=sentence.paragraph,
                connective=connective,
                cues=cues(raw),
                polarity=polarity(raw),
                needs=needs,
                speaker=speaker,
                quoted=quoted,
                lead=lead,
                referent=referent,
                clause=parsed,
                definite=_definite(raw),
                nouns=_nouns(raw),
                heading=sentence.heading,
                explains=document.explains,
                orphan=orphan,
                titled=bool(named_so)
                and all(stem(w.lower()) in about or w.lower() in ("the", "a", "an") for w in named_so),
            )
        )
    return made


def _definite(text: str) -> frozenset[str]:
    found = set()
    words = tokens(text)
    for at, word in enumerate(words):
        if word.text.lower() not in ("the", "those", "these"):
            continue
        for after in words[at + 1 : at + 4]:
            if after.tag in ("NN", "NNS"):
                found.add(stem(after.text.lower()))
            if not after.tag.startswith(("JJ", "NN", "CD")):
                break
    return frozenset(found - _GENERAL)


def _nouns(text: str) -> frozenset[str]:
    return frozenset(stem(t.text.lower()) for t in tokens(text) if t.tag.startswith(("NN", "VB")))


def _there(text: str) -> bool:
    """Whether "there" means a place, rather than "there is"."""
    words = tokens(text)
    return any(
        w.text.lower() == "there" and (w.tag != "EX" or (at > 0 and words[at - 1].tag.startswith("NN")))
        for at, w in enumerate(words)
    )


def _leans(text: str, people: People) -> bool:
    """Whether a pronoun or "there" early in the sentence means something outside it."""
    bare = re.sub(r"“[^”]*”|\"[^\"]*\"", lambda m: " " * len(m[0]), text)
    if _ANAPHORIC.search(bare) or _there(bare) or _LATE.match(bare):
        return True
    nouns = plurals = 0
    for word in tokens(bare):
        low = word.text.lower()
        if low in ("he", "she", "him", "his", "her") and not nouns and not people.named(bare[: word.start]):
            return True
        if low in ("it", "its") and not nouns:
            return True
        if low in ("they", "them", "their") and not plurals:
            return True
        nouns += word.tag.startswith("NN")
        plurals += word.tag in ("NNS", "NNPS") or low in ("half", "rest", "people", "team", "company", "and")
    return False


def _introduced(match: re.Match[str], common: frozenset[str]) -> tuple[str, str, str]:
    """(text with the attribution in front, the quotation alone, the attribution)."""
    mark = "." if match["mark"] == "," else match["mark"]
    first = match["first"].strip()
    second = (match["second"] or "").strip()
    if second and match["mark"] == "," and second[:1].islower():
        quoted = f"{first}, {second}"
    else:
        quoted = first + mark + (" " + second if second else "")
    if quoted[-1] not in ".!?":
        quoted = quoted.rstrip(",") + "."
    who = match["who"].strip().rstrip(".,")
    if inverted := _INVERTED.match(who):
        subject = inverted["subject"]
        comma = "," if "," in subject else ""
        lead = f"{subject}{comma} {inverted['verb']}"
    else:
        lead = who
    lead = upper_first(lead)
    return f"{lead}: “{quoted}”", quoted, lead


def contracted(text: str) -> str:
    """`text` with the contractions of speech, outside quotations."""
    parts = re.split(r"([\"“][^\"“”]*[\"”])", text)
    for at in range(0, len(parts), 2):
        for pattern, short in _CONTRACTIONS:
            parts[at] = pattern.sub(short, parts[at])
    return "".join(parts)


def expanded(text: str) -> str:
    """`text` with the contractions that `contracted` makes undone."""
    for pattern, short in _CONTRACTIONS:
        text = re.sub(rf"\b{short}\b", pattern.pattern.replace(r"\b", ""), text.replace("’t", "'t"))
    return text


def naturally(text: str, connective: str, common: frozenset[str]) -> str:
    """`text` behind the plain spoken form of its connective."""
    spoken = {
        "However": "But",
        "Yet": "But",
        "Nevertheless": "But",
        "Still": "Still,",
        "Moreover": "And",
        "In addition": "And",
        "Furthermore": "And",
        "Meanwhile": "Meanwhile,",
        "Even so": "Even so,",
        "On the other hand": "On the other hand,",
        "Indeed": "Indeed,",
        "In fact": "In fact,",
        "Then": "Then",
        "But": "But",
        "So": "So",
        "And": "And",
        "Also": "And",
        "Additionally": "And",
        "Thus": "So",
        "Hence": "So",
        "Therefore": "So",
        "Consequently": "So",
    }
    if not connective:
        return text
    return f"{spoken.get(connective, f'{connective},')} {lower_first(text, common)}"
