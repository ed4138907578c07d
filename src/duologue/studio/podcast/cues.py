"""What a sentence is about, by the words that give it away: money, time, cause, contrast, feeling, and so on.

Design choices
- A cue is a pattern that is rarely wrong rather than one that finds everything: questions, reactions, chapter
  titles and the roles of a debate are chosen by cues, and a missing one only means a plainer line.
- What stands inside quotation marks is somebody's opinion: only money, percent and number are looked for
  there.
- Polarity counts words of gain and loss, a negation before one turning it round.
"""

from __future__ import annotations

import re

__all__ = ["CUES", "amount", "cues", "polarity", "quantities"]

_MONEY = (
    r"(?:[$£€]\s?\d[\d.,]*(?:\s?(?:million|billion|trillion|m|bn|k))?|"
    r"\b\d[\d.,]*(?:\s(?:million|billion|trillion|thousand))?\s(?:dollars?|euros?|pounds?|cents?|francs?|yen))\b"
)
_PERCENT = r"\b(?:\d[\d.,]*|a|ten|twenty|thirty|forty|fifty|half a)\s?(?:percent|per cent|%)"
_SPAN = (
    r"\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|eighteen|twenty|thirty|forty|fifty|sixty|a hundred)\s(?:more\s)?"
    r"(?:years|months|decades|centuries)\b"
)
_BIG = r"\b(?:\d{1,3}(?:,\d{3})+|\d[\d.,]*\s(?:million|billion|trillion))(?:\s[a-z]+s\b)?"

CUES: dict[str, re.Pattern[str]] = {
    "money": re.compile(_MONEY),
    "cost": re.compile(
        r"\b(?:costs?|budget|bill|pays?|paid|price|fund(?:s|ed|ing)?|grants?|loan|borrowed|invest\w*)\b"
    ),
    "percent": re.compile(_PERCENT),
    "number": re.compile(r"\b\d[\d.,]*\b|\b(?:half|third|quarter|fifth|tenth|double[sd]?|tripled?)\b"),
    "cause": re.compile(r"\b(?:because|due to|caused by|as a result of|owing to|thanks to)\b", re.I),
    "contrast": re.compile(
        r"^(?:However|But|Yet|Still|Nevertheless|Even so|On the other hand|Critics|"
        r"Sceptics|Skeptics|Despite)\b|"
        r"\b(?:however|although|warned|warns|criticis\w+|opposed|doubts?|doubted|sceptical|skeptical)\b"
    ),
    "future": re.compile(
        r"\b(?:will|plans? to|is expected to|are expected to|next (?:year|month|week|"
        r"spring|summer|autumn|winter)|"
        r"promised to|aims? to|is due to|are due to)\b"
    ),
    "past": re.compile(
        r"\b(?:in (?:the )?(?:1[5-9]\d\d|20[01]\d)s?|"
        r"(?<!is )(?<!are )(?<!be )(?<!was )(?<!were )(?<!been )used to|years ago|decades ago|"
        r"by the turn of|at the time|originally|for years|since (?:1[5-9]\d\d|20[01]\d)|began in|"
        r"came to light|goes back|dates from)\b",
        re.I,
    ),
    "how": re.compile(
        r"\b(?:works? by|by \w+ing\b|so that|using|uses|is designed|was designed|are designed)\b"
    ),
    "finding": re.compile(
        r"\b(?:found|showed|shows?|measured|discovered|confirmed|analysis|study|survey|records show|figures|"
        r"according to a study|reported)\b"
    ),
    "surprise": re.compile(
        r"\b(?:surpris\w+|unexpected\w*|never before|astonish\w+|hopeless|nobody had|no one had)\b"
    ),
    "caution": re.compile(
        r"\b(?:might|could|may|not clear|uncertain|caution|unusually|cannot say|could not say|too early)\b"
    ),
    "problem": re.compile(
        r"\b(?:disaster|damaged?|trouble|problems?|crack(?:ed)?|failed|failure|ruined|refused|setbacks?|delays?|"
        r"crisis|corrosion|collapsed|went wrong|did not go|not everything)\b",
        re.I,
    ),
    "grave": re.compile(
        r"\b(?:disaster|died|dies|killed|deaths|ruined|angered|torn up|smothered|collapsed|destroyed|"
        r"injured|sacked|laid off)\b"
    ),
    "glad": re.compile(
        r"\b(?:improved|praised|returned|recovered|saved|won|relief|celebrat\w+|rescued|"
        r"agreed to pay|succeeded|"
        r"grown by|turning point|earned|never go back)\b"
    ),
    "affected": re.compile(
        r"\b(?:worried|angered|angry|afraid|hit|affected|suffer\w*|had to|forced to|have "
        r"to|must|lose|loses|fear)\b"
    ),
    "warning": re.compile(r"\b(?:warned|warns|caution|doubts?|doubted|could not say|cannot say|unusually)\b"),
    "reason": re.compile(
        r"^(?:The (?:reason|cause)|That is because|This is because)\b|\b(?:the trouble "
        r"began with|blames?|blamed)\b"
    ),
    "people": re.compile(
        r"\b(?:residents|shopkeepers|parents|teachers|workers|patients|pupils|students|customers|families|farmers|"
        r"neighbours|neighbors|drivers|passengers|apprentices|visitors|staff|employees|tenants|owners)\b",
        re.I,
    ),
}

_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) $"
)

_GOOD = frozenset(
    """improve improved improves gain gains gained grow grown grew rose success win wins won winning beat
    benefit benefits praised praise good better best free safe relief relieved happy helps help helped
    promising hope hopes opportunity returned recovered saved saves save celebrate champion earned earns
    enjoy warm agreed surplus cheaper faster stronger healthier longer rescued praised permanent""".split()
)
_BAD = frozenset(
    """damage damaged broken lost lose loses losing worried worry fear fears trouble problem
    problems died die dies death deaths killed disaster crisis angered angry refused cut
    cuts threatened ruined smothered rust corrosion failed fails failure warned warns warning doubt doubts
    sceptical skeptical opposed cracked crack tired harder hard worse worst blocked unsafe torn late gone
    hopeless depressed depression headaches accidents mistake mistakes poor disease waste expensive cost
    costs debt less missing questioned cautious caution divided""".split()
)
_NOT = frozenset("not no never without hardly n't nobody none".split())
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_WORD = re.compile(r"[a-z]+(?:n't)?|[a-z]+")


def cues(text: str) -> frozenset[str]:
    """The cues of a sentence; "quote" where it has direct speech."""
    bare = _QUOTED.sub(" ", text)
    found = {name for name, pattern in CUES.items() if pattern.search(bare)}
    found |= {name for name in ("money", "percent", "number") if CUES[name].search(text)}
    if bare != text:
        found.add("quote")
    return frozenset(found)


def polarity(text: str) -> float:
    """From -1 (loss, trouble) to 1 (gain, success); 0 where nothing speaks either way."""
    words = _WORD.findall(text.lower())
    good = bad = 0
    for at, word in enumerate(words):
        sign = (word in _GOOD) - (word in _BAD)
        if sign and any(w in _NOT or w.endswith("n't") for w in words[max(0, at - 3) : at]):
            sign = -sign
        good, bad = good + (sign > 0), bad + (sign < 0)
    return 0.0 if good == bad else (good - bad) / (good + bad)


def amount(text: str) -> str | None:
    """The one figure of a sentence worth saying again: money, a share, a large count, a long time.

    With the word that qualifies it ("almost", "more than"); None where there is no such figure, or several.
    """
    for pattern in (_MONEY, _PERCENT, _BIG, _SPAN):
        found = list(
            re.finditer(rf"(?:\b(?:about|almost|nearly|roughly|around|more than|up to) )?(?:{pattern})", text)
        )
        if len(found) == 1 and not re.search(r"\b(?:every|longer than|than) $", text[: found[0].start()]):
            return found[0][0].strip()
        if found:
            return None
    return None


def quantities(text: str) -> int:
    """How many figures the text has that are neither years nor days of the month."""
    return sum(
        not (re.fullmatch(r"(?:1[0-9]|20)\d\d", m[1]) or _MONTH.search(text[: m.start()]))
        for m in re.finditer(r"(?<![\w-])(\d[\d.,]*\d|\d)(?![\w-])", text)
    )
