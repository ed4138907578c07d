"""Shorter forms of a sentence that say less but nothing new: made by deleting, never by adding.

Design choices
- Only spans whose loss keeps English whole are deleted: brackets, an opening adverbial ("In 1969, "),
  a relative clause between commas, what follows a semicolon.
- `clause` also cuts the end off, before a preposition, conjunction or relative word, and never leaves a
  dangling function word or a verb that waits for its object.
- The words that stay keep their order and case, so numbers and names remain those of the source.
"""

from __future__ import annotations

import re

from duologue.text.facts import STOP, fold
from duologue.text.sentences import words

__all__ = ["clause", "lean"]

_BRACKET = re.compile(r"\s*\([^()]*\)")
_OPENING = re.compile(
    r"^(?:In|On|At|By|During|After|Before|Since|From|Following|However|Nevertheless|Moreover|Furthermore|Also|Today"
    r"|Thus|Therefore|Finally|Later|Eventually|Instead|Meanwhile|Although|While|When|As|For example|For"
    r" instance"
    r"|In addition|As a result|According to|Despite|With|Additionally|Consequently|Currently"
    r"|Originally)\b[^,]{0,60}, "
)
_RELATIVE = re.compile(r", (?:which|who|whose|where|whom)\b[^,;]{3,90}(?:, (?=[a-z])|(?=[.!?]$))")
_CUT = re.compile(
    r",? (?=(?:and|or|but|which|who|whose|that|where|when|while|because|although|though|with|after|before"
    r"|during|since"
    r"|until|for|through|under|over|between|among|as|by|from|into|at|in|on|including|such|following|despite"
    r"|along|throughout|using|making|against|around|near|within|without|so|thus|if|than|to)\b)|[,;:] | [–—-] "
)
_SUBORDINATE = re.compile(
    r"^.*\b(?:because|although|though|while|when|where|which|who|whose|if|that|until) (?P<rest>.*)$"
)
_WAITING = frozenset(
    "said says stated found believed believes claimed claims argued argues showed shows suggested noted"
    " known called"
    " considered used based made became become becomes include includes included such began begins able"
    " likely well"
    " rather more less most least either neither both believe think thought consists consisted regarded"
    " referred"
    " refers defined described divided according due related similar different located led given according"
    " responsible tend tends seems seemed appears appeared allowed allows caused causes forced continued"
    " tried"
    " wanted decided helped aimed intended required due prior next close up part parts number variety one"
    " some"
    " many several each any various other certain first second early late new old large small great high"
    " low common"
    " main major minor several important different possible necessary difficult composed comprised"
    " derived able".split()
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|do|does|did|became|began|made|took|came"
    r"|went|gave|found|held|led|won|lost|built|wrote|grew|fell|rose|ran|saw|left|met|sent|set|cut|put|kept|stood|brought"
    r"|spread|bought|sold|fought|thought|taught|struck|broke|spoke|chose|flew|drew|threw|knew|sang|[a-z]{2,}ed|[a-z]{3,}[^s\W]s)\b"
)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def lean(sentence: str) -> str:
    """`sentence` without brackets, opening adverbial, relative clauses and what follows a semicolon."""
    mark = sentence[-1] if sentence[-1] in ".!?" else "."
    short = _BRACKET.sub("", sentence)
    short = re.sub(r"; .*$", mark, short)
    short = _RELATIVE.sub(lambda m: " " if m[0].endswith(", ") else "", short)
    opened = _OPENING.sub("", short)
    if _VERB.search(opened) and len(words(opened)) >= 5 and not opened.startswith(("and ", "or ", "but ")):
        short = opened
    return _upper(" ".join(short.split()))


def clause(sentence: str, most: int, least: int = 4) -> str | None:
    """The longest beginning of `sentence`, `least` to `most` words, that can stand alone; no final mark.

    None if there is none.
    """
    bare = sentence.rstrip(".!?\"'”’ ")
    if sentence.count('"') % 2 or "?" in sentence[:-1]:
        return None
    if least <= len(words(bare)) <= most:
        return bare if _VERB.search(bare) else None
    for match in reversed(list(_CUT.finditer(bare))):
        short = bare[: match.start()]
        tokens = words(short)
        if len(tokens) > most:
            continue
        if len(tokens) < least:
            return None
        last = fold(tokens[-1])
        if last in STOP or last in _WAITING or short.count('"') % 2 or short.count("(") != short.count(")"):
            continue
        if (inner := _SUBORDINATE.search(short)) and not _VERB.search(inner["rest"][:-1]):
            continue
        verb = _VERB.search(short)
        if verb is None or verb.end() >= len(short) - 1:
            continue
        return short
    return None
