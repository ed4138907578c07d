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
from functools import lru_cache

from duologue.voice.frontend.abbreviations import ABBREVIATION_RULES, ABBREVIATIONS, BEFORE_FIGURES
from duologue.voice.frontend.clock import CLOCK_RULES
from duologue.voice.frontend.codes import CODE_RULES, COLOUR_RULES
from duologue.voice.frontend.dates import DATE_RULES, DAYS, MONTH_RULES, MONTHS
from duologue.voice.frontend.initialisms import CAPITAL_RULES
from duologue.voice.frontend.money import MONEY_RULES
from duologue.voice.frontend.numbers import cardinal, ordinal
from duologue.voice.frontend.numerals import FRACTION_RULES, NUMERAL_RULES
from duologue.voice.frontend.quantities import QUANTITY_RULES
from duologue.voice.frontend.roman import NUMBERED, ROMAN, RULERS, roman_value
from duologue.voice.frontend.rule import Part, Rule, Site, next_word, previous_word
from duologue.voice.frontend.symbols import SYMBOL_RULES, symbol_name
from duologue.voice.frontend.telephone import TELEPHONE_RULES
from duologue.voice.frontend.token import Token
from duologue.voice.frontend.web import WEB_RULES

__all__ = ["spoken_text", "tokens_of"]

_LETTER = "A-Za-zÀ-ÖØ-öø-ɏ"
_SMALL = "a-zß-öø-ɏ"
_PLAIN = re.compile(
    rf"\s*([{_LETTER}][{_SMALL}]*(?:['-][A-Z]?[{_SMALL}]+)*'?)(?=[\s,;:!?\"”)…]|$|\.(?!\w)|—|-{{2}})"
)
_FIGURE = re.compile(r"\s*\d")
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

_ALPHA = r"[^\W\d_²³¹¼-¾⁰-₟⅐-↏①-⓿]"
_WORD = re.compile(rf"{_ALPHA}+(?:['-]{_ALPHA}+)*'?")
_LATIN = re.compile(rf"[{_LETTER}'-]+")
_PUNCTUATION = re.compile(r"\.{2,}|…+|[!?]+|-{2,}|[—―]+|[,;:.!?\"“”()\[\]{}。、！？：；，]")
_NUMERALS = re.compile(r"\d+")
_SPELLED = re.compile(r"[A-Z]+(?:'?s)?")
_WIDE = {"。": ".", "、": ",", "！": "!", "？": "?", "：": ":", "；": ";", "，": ",", "[": "(", "{": "(", "]": ")", "}": ")"}
_CAPITAL_WORD = re.compile(r"(?<![^\W_])[A-Z]{2,}(?![^\W_])")
_SMALL_LETTER = re.compile(rf"[{_SMALL}]{{2}}")


class _Writer:
    """Collects parts as tokens, keeping count of the written words."""

    def __init__(self, text: str):
        self.text = text
        self.tokens: list[Token] = []
        self.source = -1
        self.end = 0
        self.open = False
        """Whether the last token was an opening mark, after which no space is said."""
        self.apart = True
        """Whether a punctuation mark or a space has ended the last written word."""

    def part(self, start: int, end: int, words: str, kind: str | None) -> None:
        if not words:
            return
        if self.apart or start > self.end and not self.text[self.end : start].strip(" \t\n") == self.text[self.end : start]:
            self.source += 1
        self.apart = False
        self.end = end
        space = not self.open
        self.open = False
        for word in words.split() if " " in words else (words,):
            if word == ",":
                self.tokens.append(Token(",", start, end, "punct", False, self.source))
                continue
            what = kind or ("spell" if _SPELLED.fullmatch(word) else "word")
            self.tokens.append(Token(word, start, end, what, space, self.source))  # type: ignore[arg-type]
            space = True

    def word(self, start: int, end: int, word: str) -> None:
        """The common case: one written word, read as it is."""
        self.source += 1
        self.tokens.append(Token(word, start, end, "word", not self.open, self.source))
        self.end = end
        self.open = False
        self.apart = False

    def mark(self, start: int, end: int, symbol: str) -> None:
        self.apart = True
        if symbol == '"':
            before = self.text[start - 1 : start]
            symbol = "“" if not before or before.isspace() or before in "([—-“" else "”"
        last = self.tokens[-1] if self.tokens else None
        if last is not None and last.text == symbol and last.kind == "punct" and symbol in ",;:.—":
            return
        opening = symbol in "(“"
        space = opening or (symbol == "—" and self.text[start - 1 : start].isspace())
        self.tokens.append(Token(symbol, start, end, "punct", space and not self.open, max(self.source, 0)))
        self.end = end
        self.open = opening or (symbol == "—" and not self.text[end : end + 1].isspace())


def tokens_of(
    text: str, start: int = 0, end: int | None = None, *, british: bool = False, known: Callable[[str], bool] | None = None
) -> list[Token]:
    """Tokens of the sentence text[start:end] (folded), with spans in `text`.

    known: whether the lexicon has a word in small letters; decides on unlisted words in capitals.
    """
    sentence = text if start == 0 and end in (None, len(text)) else text[start:end]
    site = Site(sentence, british=british, known=known, shouting=_shouting(sentence))
    writer = _Writer(sentence)
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
            Token(t.text, t.start + start, t.end + start, t.kind, t.space_before, t.source) for t in writer.tokens
        ]
    return writer.tokens


def _shouting(sentence: str) -> bool:
    """Two or more words of capitals, one of them long, and no small letters."""
    return _SMALL_LETTER.search(sentence) is None and len(_CAPITAL_WORD.findall(sentence)) > 2


def _is_plain(word: str, sentence: str, found: re.Match[str], site: Site) -> bool:
    """Whether a word made of small letters after its first is read as written."""
    if len(word) == 1:
        return word in ("a", "I", "O", "o") and not (word == "I" and _numbered(sentence, found.start(1)))
    after = sentence[found.end() : found.end() + 1]
    low = word.lower()
    if after == "." and low in _STOPPED or low in _SMALL_ROMAN:
        return False
    if after == ":" and not sentence[found.end() + 1 : found.end() + 2].isspace():
        return False
    if "-" in low and low.partition("-")[0] in _SHORT:
        return False
    return not (low in _TRIGGERS and (word[0].isupper() or low in ("vs", "etc", "approx", "gov't", "govt", "dept")))


def _numbered(sentence: str, position: int) -> bool:
    """Whether "I" here is a numeral ("Part I", "Elizabeth I was"), not the speaker."""
    before = previous_word(sentence, position)
    if not before[:1].isupper() or sentence[position - 2 : position - 1] in ",.;:":
        return False
    low = before.lower()
    following = next_word(sentence, position + 1)
    if low in NUMBERED or low in RULERS:
        return following in _AFTER_NUMERAL or (low in RULERS and following.endswith("ed"))
    return False


_AFTER_NUMERAL = frozenset(
    """is was of and had has in to who by the at for on as or with from did died ruled reigned became came made took
    gave left went fought could would""".split()
) | {""}


def _special(sentence: str, position: int, site: Site, writer: _Writer) -> int:
    """Read what stands at a position that is no plain word; returns where to go on."""
    first = sentence[position]
    if not first.isalnum() and (run := _RUN.match(sentence, position)):
        if first in ".!?…-—":
            return _mark(sentence, position, writer)
        if first.isascii():
            return run.end()
    if first.isdigit() and first.isascii():
        rules = _BY_FIGURE
    elif first.isalpha():
        if numeral := _roman(sentence, position, site):
            writer.part(*numeral)
            return numeral.end
        rules = _BY_LETTER if first.isascii() else ()
    elif first in _PAUSING and not (first == "." and sentence[position + 1 : position + 2].isalnum()) and first != "(":
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
        return _letters(sentence, position, site, writer)
    if first in _PAUSING:
        return _mark(sentence, position, writer)
    return _symbol(sentence, position, writer)


_RUN = re.compile(r"([^\w\s])\1{3,}")
_PAUSING = frozenset(",;:.!?\"“”()[]{}。、！？：；，—―…")


def _roman(sentence: str, position: int, site: Site) -> Part | None:
    """The part of a Roman numeral, if the words around it make it one."""
    match = ROMAN.match(sentence, position)
    if match is None and sentence[position] in "ivx":
        before = previous_word(sentence, position).lower()
        small = re.compile(r"[ivx]+(?![\w'])").match(sentence, position)
        if small and before in ("scene", "act", "chapter", "p", "pp", "page", "pages", "part", "section", "vol") and ROMAN.fullmatch(small.group().upper()):
            return Part(position, small.end(), cardinal(str(roman_value(small.group().upper()))))
        return None
    if match is None or match.end() == position:
        return None
    numeral, end = match.group(), match.end()
    before = previous_word(sentence, position)
    touching = sentence[position - 1 : position] == " " and sentence[position - 2 : position - 1] not in ".,;:)"
    value = str(roman_value(numeral))
    tail = "'s" if sentence.startswith("'s", end) and not sentence[end + 2 : end + 3].isalnum() else ""
    stop = end + len(tail)
    if next_word(sentence, end).lower() in ("century", "centuries", "dynasty") and not tail:
        return Part(position, end, ordinal(value))
    low = before.lower()
    if touching and before[:1].isupper() or low in ("chapter", "part", "act", "type", "volume", "section"):
        if low in NUMBERED:
            return Part(position, stop, cardinal(value) + tail)
        if numeral == "I" and not _numbered(sentence, position):
            return None
        if low in RULERS or (len(numeral) > 1 and numeral not in ("CD", "DC", "MD", "DI", "MC", "MI", "LI", "CV", "CC", "MM", "CIV", "DVD", "MIX", "XL", "DM", "CM", "LCD", "XXL", "XX")):
            if low in RULERS or (before.istitle() and numeral in ("II", "III", "IV", "VI", "VII", "VIII")):
                named = low in RULERS or (before.istitle() and len(before) > 2 and low not in _SERIES)
                if not named or (low not in RULERS and not _person(sentence, position)):
                    return Part(position, stop, cardinal(value) + tail)
                return Part(position, stop, "the " + ordinal(value) + tail)
            if len(numeral) > 2:
                return Part(position, stop, cardinal(value) + tail)
    if len(numeral) > 2 and len(sentence.strip(" .")) == len(numeral) and numeral not in ("MIX", "DIM", "MILD", "CIVIL", "LCD", "CIV"):
        return Part(position, stop, cardinal(value) + tail)
    return None


_SERIES = frozenset("fantasy rocky rambo quest warcraft craft battlefield creed diablo mario zelda".split())


def _person(sentence: str, position: int) -> bool:
    """Two capitalised words before ("Sammy Davis III" is read so too)."""
    return bool(re.search(r"(?:^|\s)[A-Z][a-z]+ [A-Z][a-z]+ $", sentence[max(0, position - 40) : position]))


def _letters(sentence: str, position: int, site: Site, writer: _Writer) -> int:
    match = _WORD.match(sentence, position)
    if match is None:
        return _symbol(sentence, position, writer)
    written, end = match.group(), match.end()
    if sentence[end : end + 1] == "-" or written.endswith("-"):
        end = match.end()
    if _LATIN.fullmatch(written):
        if len(written) == 1:
            return _letter(sentence, position, site, writer)
        if "-" in written and (pieces := written.split("-")) and any(p.isupper() or len(p) == 1 for p in pieces):
            here = position
            for piece in pieces:
                stop = here + len(piece)
                if piece.isupper() and len(piece) > 1:
                    for rule in CAPITAL_RULES[2:]:
                        if inner := rule.pattern.match(sentence, here, stop):
                            for part in rule.speak(inner, site) or ():
                                writer.part(*part)
                elif len(piece) == 1:
                    writer.part(here, stop, piece.upper(), "spell")
                elif piece:
                    writer.part(here, stop, piece, "word")
                here = stop + 1
            return end
        low = written.lower() if written.isupper() else written
        writer.part(position, end, low, "word")
        return end
    if len(written) == 1 and (name := symbol_name(written)):
        writer.part(position, end, name, "word")
        return end
    for piece in _ROMANISED.finditer(written):
        romanised = _romanise(piece.group())
        if romanised:
            writer.part(position + piece.start(), position + piece.end(), romanised, "word")
    return end


_ROMANISED = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\u3040-\u9fff\uac00-\ud7af]+")


def _letter(sentence: str, position: int, site: Site, writer: _Writer) -> int:
    """A single letter: the article, the speaker, an initial with its stop, or the letter's name."""
    letter = sentence[position]
    end = position + 1
    if letter == "A" and not sentence[:position].strip(" \"“'(—"):
        if sentence[end : end + 1] == " " and sentence[end + 1 : end + 2].isalpha():
            writer.part(position, end, "a", "word")
            return end
    if letter in "AIO" and (site.shouting or (letter == "A" and _titled(sentence, position))):
        writer.part(position, end, letter.lower() if letter == "A" else letter, "word")
        return end
    if letter == "I" and sentence[end : end + 1] == "'":
        match = re.compile(r"I'[a-z]+").match(sentence, position)
        if match:
            writer.part(position, match.end(), match.group(), "word")
            return match.end()
    if letter.isupper() and sentence[end : end + 1] == "." and re.match(r"\.[ ]?[A-Z]|\.[,']", sentence[end : end + 3]):
        end += 1
    spelled = letter.upper() if letter.isascii() else (unicodedata.normalize("NFKD", letter)[0].upper())
    writer.part(position, end, spelled if spelled.isascii() else letter, "spell" if spelled.isascii() else "word")
    return end


def _titled(sentence: str, position: int) -> bool:
    """ "Once Upon A Time", or after a mark that begins a sentence."""
    if sentence[:position].rstrip(" \"“'(")[-1:] in ".!?:":
        return True
    return next_word(sentence, position + 1)[:1].isupper() and previous_word(sentence, position)[:1].isupper()


@lru_cache(maxsize=4096)
def _romanise(written: str) -> str:
    """Letters of another script in Latin ones; "" if nothing is known of them."""
    from anyascii import anyascii

    spoken = re.sub(r"[^A-Za-z' ]+", " ", anyascii(unicodedata.normalize("NFKC", written))).strip()
    return spoken.lower() if written[:1].islower() or not written.isalpha() else spoken


def _mark(sentence: str, position: int, writer: _Writer) -> int:
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


def _symbol(sentence: str, position: int, writer: _Writer) -> int:
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


def spoken_text(tokens: list[Token]) -> str:
    """Tokens as a line of text: words in order, letters apart, punctuation attached."""
    out: list[str] = []
    glued = True
    for token in tokens:
        if token.kind == "spell":
            letters, tail = (token.text, "") if token.text.isupper() else re.fullmatch(r"(.*?)('?s)?", token.text).groups()  # type: ignore[union-attr]
            written = " ".join(letters) + (tail or "")
        elif token.kind == "ipa":
            written = f"/{token.text}/"
        else:
            written = token.text
        if out and (token.space_before or not glued):
            out.append(" ")
        out.append(written)
        glued = True
    return "".join(out)
