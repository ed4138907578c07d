"""A shallow reading of a sentence: its words with parts of speech, and its subject and verb where they are
plain.

Design choices
- The tags come from the front end's tagger (a window network in numpy, a millisecond per sentence); nothing
  else is learnt and nothing is parsed.
- Precision before recall: `clause` answers only for a sentence that opens with its subject, with at most one
  insertion between commas, followed by a finite verb. A question that is built on it must always fit; where
  there is no clause, a question that needs none is asked.
- Offsets are those of the sentence, so that every piece can be cut out of it unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from duologue.voice.frontend.tagger import Tagger

__all__ = ["Clause", "Token", "clause", "lower_first", "tokens", "upper_first"]

_WORD = re.compile(r"[^\W_]+(?:[.,'’:-][^\W_]+)*(?:['’](?=\s))?|[^\w\s]")
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_INSIDE = frozenset(
    {
        "DT",
        "PDT",
        "PRP$",
        "CD",
        "JJ",
        "JJR",
        "JJS",
        "NN",
        "NNS",
        "NNP",
        "NNPS",
        "POS",
        "IN",
        "VBG",
        "TO",
        "CC",
    }
    | {"RB", "RBR", "RBS", "PRP"}
)
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS", "PRP"})
_OPENERS = frozenset({"DT", "PDT", "PRP$", "CD", "JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "PRP"})
_NO_SUBJECT = frozenset(
    "there here in on at by from with to for of as if when while after before since".split()
)

_OPEN_CLASS = ("NN", "JJ", "VB", "RB", "FW")
_ROUGHLY = frozenset("about almost nearly roughly around only some".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark with its Penn Treebank tag, at [start, end) of the sentence."""

    text: str
    tag: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """subject: as written; insertion: what stands between commas after it; verb: the finite verb;
    rest: all that follows the verb; head: the noun the subject is about; plural: whether it is many."""

    subject: str
    insertion: str
    verb: str
    verb_tag: str
    rest: str
    head: str
    plural: bool
    proper: bool
    pronoun: bool


@lru_cache(maxsize=4096)
def tokens(sentence: str) -> tuple[Token, ...]:
    """Words and marks of `sentence` with their tags."""
    found = list(_WORD.finditer(sentence))
    tags = Tagger.load()([match[0] for match in found])
    return tuple(Token(m[0], tag, m.start(), m.end()) for m, tag in zip(found, tags, strict=True))


def clause(sentence: str) -> Clause | None:
    """Subject and verb of a sentence that opens with them, or None."""
    words = tokens(sentence)
    if len(words) > 2 and words[0].text.lower() in _ROUGHLY and words[1].tag == "CD":
        words = words[1:]
    if not words or words[0].tag not in _OPENERS or words[0].text.lower() in _NO_SUBJECT:
        return None
    insertion, end = "", 0
    for at, word in enumerate(words):
        if at > 12:
            return None
        if _finite(words, at):
            end = end or at
            return _clause(sentence, words, end, at, insertion)
        if word.text == ",":
            if end:  # a second comma: what follows must be the verb
                if at + 1 < len(words) and _finite(words, at + 1):
                    return _clause(sentence, words, end, at + 1, insertion)
                return None
            close = next((i for i in range(at + 1, min(at + 14, len(words))) if words[i].text == ","), None)
            if close is None or close + 1 >= len(words) or not _finite(words, close + 1):
                return None
            insertion = sentence[words[at + 1].start : words[close - 1].end]
            return _clause(sentence, words, at, close + 1, insertion)
        if word.tag not in _INSIDE or word.text in '"“”()':
            return None
    return None


def _finite(words: Sequence[Token], at: int) -> bool:
    """Whether the word is a finite verb; so is a participle between a noun and 'that' or 'the'."""
    word = words[at]
    if at == 0:
        return False
    if word.tag in _FINITE:
        return True
    after = words[at + 1].text.lower() if at + 1 < len(words) else ""
    return word.tag == "VBN" and words[at - 1].tag in _NOUNS and after in {"that", "the", "a", "an", "no"}


def _clause(sentence: str, words: Sequence[Token], end: int, verb: int, insertion: str) -> Clause | None:
    stop = end
    while stop > 1 and words[stop - 1].tag.startswith("RB"):  # "Novak never said"
        stop -= 1
    inner = words[:stop]
    if not inner:
        return None
    limit = next((i for i, w in enumerate(inner) if w.tag in ("IN", "TO") and i), len(inner))
    heads = [w for w in inner[:limit] if w.tag in _NOUNS] or [w for w in inner if w.tag in _NOUNS]
    if not heads:
        return None
    head = heads[-1]
    several = any(w.tag == "CC" and w.text.lower() == "and" for w in inner[:limit])
    they = inner[0].text.lower() in {"they", "we", "these", "those", "many", "both", "several"}
    return Clause(
        subject=sentence[inner[0].start : inner[-1].end],
        insertion=insertion,
        verb=words[verb].text,
        verb_tag=words[verb].tag,
        rest=sentence[words[verb].end :].strip(),
        head=head.text,
        plural=several or they or head.tag in ("NNS", "NNPS"),
        proper=head.tag.startswith("NNP"),
        pronoun=inner[0].tag == "PRP",
    )


def lower_first(text: str, common: Collection[str] = ()) -> str:
    """`text` as it reads inside a sentence: a name, "I" and initials keep their capital.

    common: words known to be no names, in lower case; where given, only these lose the capital among nouns,
    for the tagger takes many a noun at the head of a sentence for a name, and some names for nouns.
    """
    words = tokens(text)
    if not words:
        return text
    first = words[0]
    low = first.text.lower()
    if first.text.split("'")[0] == "I" or first.text[1:2].isupper():
        return text
    if low not in common and first.tag.startswith(_OPEN_CLASS if common else "NNP"):
        return text
    return text[: first.start] + first.text[:1].lower() + text[first.start + 1 :]


def upper_first(text: str) -> str:
    """`text` with a capital where its first word is; what opens a quotation counts."""
    match = re.search(r"[^\W_]", text)
    return text if match is None else text[: match.start()] + match[0].upper() + text[match.end() :]
