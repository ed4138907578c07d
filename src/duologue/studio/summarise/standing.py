"""Which sentences stand by themselves, and what the others need before them.

Design choices
- A sentence that begins with a pronoun, a demonstrative or a connective leans on the one before it, and so
  does one with a bare "them", "it" or "there" early on that nothing in the sentence explains.
- One that uses only the last part of a name leans on the sentence that gives the whole name.
- A short one without a figure that is followed in its paragraph ("One result came as a surprise.") announces
  the next, and is told with it or not at all.
- The answer is a set to be told together (`closure`), so a summary never says "she" of nobody.
- Rules of words: they ask for a sentence too many now and then, which costs seconds, not sense.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from duologue.studio.claims import names

__all__ = ["closure", "is_tellable", "leans_on"]

_LEANING = re.compile(
    r"""[“"'‘(]?(
    he|she|they|it|his|her|hers|their|theirs|its|him|them|this|that|these|those|such|both|neither|either
    |each\ of|but|and|so|yet|however|instead|therefore|thus|hence|still|then|also|moreover|furthermore|besides
    |otherwise|nevertheless|nonetheless|consequently|likewise|similarly|another|others
    |the\ (former|latter|others?|same|two)|(most|some|all|many|none|one|few|half)\ of\ (them|it|these|those)
    |only\ one|with(out)?\ (it|them)|at\ (that|the\ same)|in\ (that|this|addition)
    |because\ of\ (it|this|that)|(after|before|for|by|until)\ (that|this|then)|since\ then|as\ a\ result
    |there|(one|the)\ reason|that's|it's|he's|she's|they're|elsewhere|meanwhile|the\ (difference|effect)
    |the\ (company|union|study|trial|team|group|firm|agency|report|law|plan|deal|idea|decision|move|result|man
      |woman|couple|pair|boy|girl|detour|rule|formula|agreement)\b(?!\ (of|for|in|on|to|that|who|by)\b)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_SAYS = re.compile(r"[”\"]\s+(he|she|they)\s+(said|added|says|told|wrote|asked|explained)\b")
_EARLY = re.compile(r"\b(he|she|they|them|it|him|her|their|his|its)\b", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"""[“"]?( it\ (is|was|will\ be|has\ been)\ (not\ )?(clear|likely|possible|\w+ed\ that)
    | there\ (is|are|was|were|will) )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POINTING = re.compile(
    r"""\b(there|this|that|them)(?=[,.;?!]|\s+(next|too|now|again)\b) | \bthe\ \w+\ there\b
    | \bpercent\ of\ (them|these)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ENDED = re.compile(r"[.!?…][\"”’')\]]*$")
_TITLES = frozenset("mr mrs ms miss dr prof sir dame lady lord judge".split())
_LONGEST, _SHORTEST = 60, 4
_ANNOUNCING = 8  # words


def is_tellable(sentence: str) -> bool:
    """Whether it is a sentence for the ear at all: ended by a mark, neither scrap nor endless, no address."""
    count = len(sentence.split())
    if not _SHORTEST <= count <= _LONGEST or not _ENDED.search(sentence):
        return False
    if re.search(r"https?://|www\.|\S+@\S+\.\w|[|{}<>\\]", sentence):
        return False
    letters = sum(c.isalpha() for c in sentence)
    return letters >= 0.6 * len(sentence.replace(" ", ""))


def _early_pronoun(sentence: str) -> bool:
    """A pronoun in the first words that no name or noun phrase comes before."""
    head = " ".join(sentence.split()[:7])
    match = _EARLY.search(head)
    if not match:
        return False
    before = head[: match.start()].split()
    return len(before) <= 4 and not any(w[:1].isupper() for w in before[1:]) and not _subject(before)


def _subject(before: Sequence[str]) -> bool:
    """Whether the words before the pronoun hold an article with a noun: "the crew did, as they …"."""
    return len(before) >= 3 and before[0].lower() in ("the", "a", "an")


def _announces(text: str) -> bool:
    """Whether a sentence, followed by another in its paragraph, only leads up to it."""
    return len(text.split()) <= _ANNOUNCING and not any(c.isdigit() or c in '“"' for c in text)


def leans_on(texts: Sequence[str], paragraphs: Sequence[int] | None = None) -> list[set[int]]:
    """For each sentence of a text, the others it needs directly. paragraphs: the number of each one's."""
    needs: list[set[int]] = []
    whole: dict[str, int] = {}  # last part of a name -> the sentence that gives it whole
    for i, text in enumerate(texts):
        mine: set[int] = set()
        leaning = (_LEANING.match(text) or _SAYS.search(text)) and not _EXPLETIVE.match(text)
        if i and (leaning or _early_pronoun(text) or _POINTING.search(text)):
            mine.add(i - 1)
        if paragraphs and paragraphs[i : i + 2] == [paragraphs[i]] * 2 and _announces(text):
            mine.add(i + 1)
        found = names(text)
        for name in found:
            parts = [p for p in name.split() if p.lower().rstrip(".") not in _TITLES]
            if len(parts) == 1 and parts[0] in whole:
                mine.add(whole[parts[0]])
        first = re.match(r"[“\"]?(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?([A-Z][\w'-]+)\b", text)
        if first and first[1] in whole:
            mine.add(whole[first[1]])
        for match in re.finditer(r"\b[A-Z][\w-]+\b", text):
            if match[0] in whole and not any(match[0] in n.split() and len(n.split()) > 1 for n in found):
                mine.add(whole[match[0]])
        for name in found:
            parts = name.split()
            if len(parts) > 1 and parts[-1][:1].isupper():
                whole.setdefault(re.sub(r"['’]s$", "", parts[-1]), i)
        mine.discard(i)
        needs.append(mine)
    return needs


def closure(index: int, needs: Sequence[set[int]]) -> set[int]:
    """`index` with everything it needs, directly or not."""
    found, open_ = set[int](), [index]
    while open_:
        i = open_.pop()
        if i not in found:
            found.add(i)
            open_.extend(needs[i])
    return found
