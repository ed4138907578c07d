"""Written English to spoken words, each with the place it was read from.

Design choices
- One scan, left to right. A run of small letters before a space or a stop is a word at once; rules are
  tried only at figures, capitals, symbols and listed abbreviations, in a fixed order per kind of first
  character, each matched at the position. The scan never goes back, so time is linear in the text.
- The text given is one sentence whose spaces and quotes are folded one to one (see `cleaning`), so every
  position in it is a position in the text it came from.
- Nothing is dropped that can be said: foreign scripts are romanised, unknown symbols named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from duologue.voice.frontend.abbreviations import ABBREVIATION_RULES, ABBREVIATIONS, BEFORE_FIGURES
from duologue.voice.frontend.clock import CLOCK_RULES
from duologue.voice.frontend.codes import CODE_RULES, COLOUR_RULES
from duologue.voice.frontend.dates import DATE_RULES, DAYS, MONTH_RULES, MONTHS
from duologue.voice.frontend.initialisms import CAPITAL_RULES
from duologue.voice.frontend.letters import LETTER, SMALL, write_letters
from duologue.voice.frontend.money import MONEY_RULES
from duologue.voice.frontend.numbers import cardinal
from duologue.voice.frontend.numerals import FRACTION_RULES, NUMERAL_RULES
from duologue.voice.frontend.quantities import QUANTITY_RULES
from duologue.voice.frontend.roman import numbered, roman_part
from duologue.voice.frontend.rule import Rule, Site
from duologue.voice.frontend.symbols import SYMBOL_RULES, symbol_name
from duologue.voice.frontend.telephone import TELEPHONE_RULES
from duologue.voice.frontend.token import Token
from duologue.voice.frontend.tokenwriter import TokenWriter
from duologue.voice.frontend.units import SYMBOLS
from duologue.voice.frontend.web import WEB_RULES

__all__ = ["tokens_of"]

_PLAIN = re.compile(
    rf"\s*([{LETTER}][{SMALL}]*(?:['-][A-Z]?[{SMALL}]+)*'?)(?=[\s,;:!?\"”)…]|$|\.(?!\w)|—|-{{2}})"
)
_TRIGGERS = frozenset(
    {*MONTHS, *DAYS}
    | set("mr mrs ms dr vs jr sr st mt ft ltd inc corp blvd ave dept govt prof approx etc hwy gov't".split())
)
_STOPPED = frozenset({*ABBREVIATIONS, *BEFORE_FIGURES, *MONTHS, *DAYS, "rs"})
_SMALL_ROMAN = frozenset("ii iii iv vi vii viii ix xi xii xiii xiv xv xvi xvii xviii xix xx".split())
_SHORT = frozenset({*MONTHS, *DAYS} - {"may", "march", "sat", "sun", "wed"})

_BY_FIGURE: list[Rule] = [
    r
    for group in (
        [w for w in WEB_RULES if w.name in ("e-mail", "host", "file")],
        CODE_RULES[-1:],
        DATE_RULES[:3],
        CLOCK_RULES,
        TELEPHONE_RULES,
        MONEY_RULES[2:],
        FRACTION_RULES,
        DATE_RULES[3:4],
        QUANTITY_RULES,
        NUMERAL_RULES[:4],
        CODE_RULES,
        NUMERAL_RULES[4:],
    )
    for r in group
]
_WEB_WORDS = [w for w in WEB_RULES if w.name in ("e-mail", "url", "host", "file", "windows path")]
_BY_LETTER: list[Rule] = [
    r
    for group in (
        ABBREVIATION_RULES[1:3],
        CAPITAL_RULES[1:2],
        _WEB_WORDS,
        MONTH_RULES,
        MONEY_RULES[:2],
        [s for s in SYMBOL_RULES if s.name in ("language", "by")],
        NUMERAL_RULES[1:2],
        ABBREVIATION_RULES[:1],
        ABBREVIATION_RULES[3:],
        CODE_RULES[:3],
        CAPITAL_RULES,
    )
    for r in group
]
_BY_SYMBOL: list[Rule] = [
    r
    for group in (
        MONEY_RULES[:2],
        [r for r in TELEPHONE_RULES if r.name in ("international", "north american", "leading zero")],
        COLOUR_RULES,
        DATE_RULES[4:],
        [w for w in WEB_RULES if w.name in ("path", "hashtag", "handle", "flag", "suffix", "url")],
        FRACTION_RULES[3:],
        SYMBOL_RULES,
        QUANTITY_RULES,
        NUMERAL_RULES[4:],
    )
    for r in group
]

_PUNCTUATION = re.compile(r"\.{2,}|…+|[!?]+|-{2,}|[—―]+|[,;:.!?\"“”()\[\]{}。、！？：；，]")
_WIDE = {
    "。": ".",
    "、": ",",
    "！": "!",
    "？": "?",
    "：": ":",
    "；": ";",
    "，": ",",
    "[": "(",
    "{": "(",
    "]": ")",
    "}": ")",
}
_CAPITAL_WORD = re.compile(r"(?<![^\W_])[A-Z]{2,}(?![^\W_])")
__SMALL_LETTER = re.compile(rf"[{SMALL}]{{2}}")


def tokens_of(
    text: str,
    start: int = 0,
    end: int | None = None,
    *,
    british: bool = False,
    known: Callable[[str], bool] | None = None,
) -> list[Token]:
    """Tokens of the sentence text[start:end] (folded), with spans in `text`.

    known: whether the lexicon has a word in small letters; decides on unlisted words in capitals.
    """
    sentence = text if start == 0 and end in (None, len(text)) else text[start:end]
    site = Site(sentence, british=british, known=known, shouting=_shouting(sentence))
    writer = TokenWriter(sentence)
    position, size = 0, len(sentence)
    plain = _PLAIN.match
    while position < size:
        found = plain(sentence, position)
        if found is not None:
            word = found.group(1)
            if _is_plain(word, sentence, found, site):
                writer.apart = True
                writer.word(found.start(1), found.end(), word)
                position = found.end()
                continue
            position = found.start(1)
        if sentence[position].isspace():
            position += 1
            writer.apart = True
            continue
        position = _special(sentence, position, site, writer)
    if start:
        return [
            Token(t.text, t.start + start, t.end + start, t.kind, t.space_before, t.source)
            for t in writer.tokens
        ]
    return writer.tokens


def _shouting(sentence: str) -> bool:
    """Two or more words of capitals, one of them long, and no small letters."""
    return __SMALL_LETTER.search(sentence) is None and len(_CAPITAL_WORD.findall(sentence)) > 2


def _is_plain(word: str, sentence: str, found: re.Match[str], site: Site) -> bool:
    """Whether a word made of small letters after its first is read as written."""
    if len(word) == 1:
        return word in ("a", "I", "O", "o") and not (word == "I" and numbered(sentence, found.start(1)))
    after = sentence[found.end() : found.end() + 1]
    low = word.lower()
    if (after == "." and low in _STOPPED) or low in _SMALL_ROMAN:
        return False
    if after == ":" and not sentence[found.end() + 1 : found.end() + 2].isspace():
        return False
    if "-" in low and low.partition("-")[0] in _SHORT:
        return False
    return not (
        low in _TRIGGERS and (word[0].isupper() or low in ("vs", "etc", "approx", "gov't", "govt", "dept"))
    )


def _special(sentence: str, position: int, site: Site, writer: TokenWriter) -> int:
    """Read what stands at a position that is no plain word; returns where to go on."""
    first = sentence[position]
    if not first.isalnum() and (run := _RUN.match(sentence, position)):
        if first in ".!?…-—":
            return _mark(sentence, position, writer)
        if first.isascii():
            return run.end()
    if first.isdigit() and first.isascii():
        counted = _COUNTED.match(sentence, position)
        rules = _BY_FIGURE
        if counted and counted.group("word") not in _NOT_COUNTED and counted.group("n") not in _EMERGENCY:
            rules = _BARE_NUMBER
    elif first.isalpha():
        if (numeral := roman_part(sentence, position)) is not None:
            writer.part(*numeral)
            return numeral.end
        rules = _BY_LETTER if first.isascii() else []
    elif (
        first in _PAUSING
        and not (first == "." and sentence[position + 1 : position + 2].isalnum())
        and first != "("
    ):
        return _mark(sentence, position, writer)
    else:
        rules = _BY_SYMBOL
    for rule in rules:
        match = rule.pattern.match(sentence, position)
        if match is None or match.end() == position:
            continue
        parts = rule.speak(match, site)
        if parts is None:
            continue
        for part in parts:
            writer.part(*part)
        return max(parts[-1].end if parts else match.end(), position + 1)
    if first.isalpha():
        return write_letters(sentence, position, site, writer)
    if first in _PAUSING:
        return _mark(sentence, position, writer)
    return _symbol(sentence, position, writer)


_COUNTED = re.compile(r"(?P<n>\d{1,3})(?:[,;)]?\s(?P<word>[a-z]+)(?=[\s,;!?)]|\.?$)|[,;.!?)]*$)")
_NOT_COUNTED = SYMBOLS | set(
    "am pm a p x sq cu fl kr k hundred thousand million billion trillion lakh crore".split()
)
_EMERGENCY = frozenset("911 999 112 101 111 411 311 988".split())
_BARE_NUMBER = [rule for rule in NUMERAL_RULES if rule.name == "number"]
_RUN = re.compile(r"([^\w\s])\1{3,}")
_PAUSING = frozenset(',;:.!?"“”()[]{}。、！？：；，—―…')


def _mark(sentence: str, position: int, writer: TokenWriter) -> int:
    match = _PUNCTUATION.match(sentence, position)
    if match is None:
        return _symbol(sentence, position, writer)
    written, end = match.group(), match.end()
    first = _WIDE.get(written[0], written[0])
    if len(written) > 1:
        if first in ".…":
            first = "…"
        elif first in "!?":
            first = "?" if "?" in written else "!"
        else:
            first = "—"
    elif first == "―":
        first = "—"
    writer.mark(position, end, first)
    return end


def _symbol(sentence: str, position: int, writer: TokenWriter) -> int:
    """Anything else: a dash, a quote, an emoji, a foreign figure."""
    character = sentence[position]
    if character in "–-":
        before, after = sentence[position - 1 : position], sentence[position + 1 : position + 2]
        if sentence.startswith("--", position):
            return _mark(sentence, position, writer)
        if (not before or before.isspace()) and (not after or after.isspace()):
            if writer.tokens:
                writer.mark(position, position + 1, "—")
        elif character == "–" and writer.tokens and not (before.isalnum() and after.isalnum()):
            writer.mark(position, position + 1, "—")
        return position + 1
    if character.isdigit():
        end = position
        while end < len(sentence) and sentence[end].isdigit():
            end += 1
        figures = "".join(str(unicodedata.digit(c)) for c in sentence[position:end])
        writer.part(position, end, cardinal(figures), "word")
        return end
    name = symbol_name(character)
    if name:
        end = position + 1
        while end < len(sentence) and sentence[end] == character:
            end += 1
        writer.apart = True
        writer.part(position, end, name, "word")
        writer.apart = True
        return end
    if character.isnumeric():
        value = unicodedata.numeric(character)
        writer.part(position, position + 1, cardinal(str(int(value))), "word")
    return position + 1
