"""Codes: letters and figures in one word ("MP3", "B2B", "H2O", "iPhone15", "GPT-4", "1080p", "#FF8800").

Design choices
- A code is cut where letters meet figures. Runs of capitals are letters or, if known, words ("COVID");
  other letters are words if they look like words, else letters.
- Figures beside letters are read as numbers up to two digits, in pairs at three or four ("F-150",
  "802.11"), singly when long.
- Chemical formulas are the same: symbols letter by letter, counts as numbers ("C6H12O6").
"""

from __future__ import annotations

import re

from duologue.voice.frontend.initialisms import capitals
from duologue.voice.frontend.numbers import cardinal, century_pairs, digits, plural
from duologue.voice.frontend.rule import Part, Rule, Site

__all__ = ["CODE_RULES", "code_parts"]

_RUN = re.compile(r"\d+(?:\.\d+)?|[A-Z]+(?![a-z])|[A-Z]?[a-zß-öø-ÿ]+|[^\W\d_]|[₀-₉]+|.")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")


def _figures(written: str, alone: bool) -> str:
    if "." in written:
        whole, _, after = written.partition(".")
        said = cardinal(after) if len(after) == 2 and after[0] != "0" else digits(after)
        return f"{century_pairs(whole) if len(whole) == 3 else cardinal(whole)} point {said}"
    if written[0] == "0" or len(written) > 4:
        return digits(written)
    if len(written) in (3, 4):
        return century_pairs(written)
    return cardinal(written)


def code_parts(text: str, start: int, end: int, site: Site) -> list[Part]:
    """Parts of the code text[start:end], one per run of letters or figures."""
    parts: list[Part] = []
    for run in _RUN.finditer(text, start, end):
        written = run.group().translate(_SUBSCRIPTS)
        if written[0].isdecimal():
            parts.append(Part(run.start(), run.end(), _figures(written, False)))
        elif (
            written == "s"
            and parts
            and parts[-1].words[-1].isalpha()
            and text[run.start() - 1].isdecimal()
            and run.end() == end
        ):
            last = parts.pop()
            parts.append(Part(last.start, run.end(), plural(last.words)))
        elif written.isalpha():
            if written.isupper() and len(written) < 4:
                parts.append(Part(run.start(), run.end(), written))
            elif written.isupper():
                parts.append(capitals(run.start(), run.end(), written, site))
            elif _lettered(written, site):
                parts.append(Part(run.start(), run.end(), written.upper()))
            else:
                parts.append(Part(run.start(), run.end(), written, "word"))
    return parts


def _lettered(written: str, site: Site) -> bool:
    """Whether small letters in a code are read one by one: too few, unsayable or unknown."""
    if len(written) == 1 or not _VOWEL.search(written):
        return True
    if site.known is None:
        return len(written) < 3
    return len(written) < 5 and not site.known(written.lower())


def _code(match: re.Match[str], site: Site) -> list[Part] | None:
    return code_parts(site.text, match.start(), match.end(), site) or None


_ELEMENT = (
    "(?:A[cglrstu]|B[aeir]?|C[adeflorsu]?|E[rsu]|F[er]?|G[ade]|H[efgo]?|I[nr]?|Kr?|L[aiu]|M[gno]|N[abdeip]?"
    "|Os?|P[abdtu]?|R[abehn]|S[bceimnr]?|T[aehil]|U|V|W|Xe|Yb?|Z[nr])"
)


def _formula(match: re.Match[str], site: Site) -> list[Part] | None:
    """Na2CO3, C6H12O6, NaCl: every symbol letter by letter; single capitals with figures only if two or
    more."""
    written = match.group()
    if not re.search(r"[a-z]", written) or len(re.findall(r"[A-Z]", written)) < 2:
        return None
    if not re.search(r"\d|[₀-₉]", written) and written not in _SALTS:
        return None
    parts = []
    for run in re.finditer(r"[A-Za-z]+|\d+|[₀-₉]+", written):
        figures = run.group().translate(_SUBSCRIPTS)
        words = cardinal(figures) if figures.isdigit() else figures.upper()
        parts.append(Part(match.start() + run.start(), match.start() + run.end(), words))
    return parts


_SALTS = frozenset(
    "NaCl KCl NaOH KOH HCl HBr NaF LiF MgO CaO ZnO FeO CuO TiO FeS ZnS NaBr KBr AgCl NaH LiH".split()
)


def _colour(match: re.Match[str], site: Site) -> list[Part] | None:
    figures = match.group("figures")
    if not re.search(r"[A-Fa-f]", figures) and len(figures) == 3:
        return None
    if figures.isalpha() and not re.fullmatch(r"[A-F]+", figures):
        return None
    words = " ".join(digits(c) if c.isdigit() else c.upper() for c in figures)
    return [Part(*match.span(), "hash " + words)]


CODE_RULES = [
    Rule("formula", re.compile(rf"(?:{_ELEMENT}(?:\d{{1,2}}|[₀-₉]+)?)+(?![\w'’-])"), _formula),
    Rule(
        "code",
        re.compile(
            r"(?=[^\W_]*[^\W\d_])(?=[^\W_]*[\d₀-₉])[^\W_]+(?:\.\d+[^\W_]*)?(?:-(?=[^\W_]{0,12}\d)[^\W_]{1,24}){0,5}(?![\w])"
        ),
        _code,
    ),
    Rule("code with hyphen", re.compile(r"[^\W\d_]{1,6}-\d+(?:\.\d+)?[A-Za-z]{0,3}(?![\w]|[-/.,]\d)"), _code),
    Rule("figures with letters", re.compile(r"\d+(?:\.\d+)?(?:-?[A-Za-z]{1,3})(?!\w)"), _code),
    Rule("model", re.compile(r"7\d7-\d{1,3}(?!\w)"), _code),
]
COLOUR_RULES = [
    Rule(
        "colour", re.compile(r"#(?P<figures>[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?|[0-9A-Fa-f]{3})(?!\w)"), _colour
    )
]
