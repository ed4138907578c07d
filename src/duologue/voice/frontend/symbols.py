"""Symbols that are said: mathematics, marks, arrows, Greek letters and emoji.

Design choices
- Ambiguous signs are decided by their neighbours: a hyphen before a figure is "minus", between figures
  "to", between words nothing; "x" between figures is "by"; "<" is said only between spaces or figures.
- Emoji are called by their Unicode names (the standard library has them), shortened where people do;
  joiners, variation selectors and skin tones are silent.
- Decoration (bullets, asterisks of emphasis, rules of dashes, trademark signs) is silent.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from duologue.voice.frontend.numbers import cardinal
from duologue.voice.frontend.rule import Part, Rule, Site, previous_word

__all__ = ["SYMBOL_RULES", "symbol_name"]

_NAMES = {
    "&": "and", "@": "at", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "±": "plus or minus",
    "%": "percent", "‰": "per mille", "<": "less than", ">": "greater than", "≤": "less than or equal to",
    "≥": "greater than or equal to", "≠": "not equal to", "≈": "approximately", "≡": "identical to",
    "√": "square root of", "∞": "infinity", "∑": "sum of", "∏": "product of", "∫": "integral of",
    "∂": "partial", "∆": "delta", "∇": "nabla", "∈": "in", "∉": "not in", "∅": "empty set", "∪": "union",
    "∩": "intersection", "⊂": "subset of", "∀": "for all", "∃": "there exists", "∧": "and",
    "∨": "or", "¬": "not",
    "→": "to", "←": "from", "↔": "to and from", "⇒": "implies", "⇔": "if and only if", "↑": "up",
    "↓": "down",
    "°": "degrees", "§": "section", "¶": "paragraph", "©": "copyright", "№": "number", "♥": "heart",
    "❤": "heart",
    "♯": "sharp", "♭": "flat", "♮": "natural", "∙": "times", "⋅": "times", "−": "minus",
    "^": "to the power of",
    "$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee", "¢": "cent", "#": "hash",
    "\\": "backslash",
    "~": "about", "µ": "micro", "Ω": "omega", "★": "star", "☆": "star", "✓": "check", "✔": "check",
    "✗": "cross",
    "✘": "cross", "☎": "telephone", "♂": "male", "♀": "female", "℃": "degrees celsius",
    "℉": "degrees fahrenheit",
    "₿": "bitcoin", "∼": "about", "≅": "approximately", "≪": "much less than", "≫": "much greater than",
    "‽": "", "½": "one half", "🙏": "folded hands", "👍": "thumbs up", "👎": "thumbs down",
    "👌": "okay", "🎉": "party popper",
    "💯": "one hundred points", "🔥": "fire", "🙌": "raising hands", "👏": "clapping hands",
    "💪": "flexed biceps",
    "😊": "smiling face", "😉": "winking face", "😢": "crying face", "😭": "crying face", "😍": "heart eyes",
    "😘": "face blowing a kiss", "😎": "cool face", "😁": "beaming face", "😅": "smiling face with sweat",
    "🤣": "rolling on the floor laughing", "✅": "check mark", "❌": "cross mark", "⚠": "warning",
    "✨": "sparkles",
    "💔": "broken heart", "💕": "two hearts", "👀": "eyes", "🤔": "thinking face", "🙂": "smiling face",
    "🙃": "upside down face", "😡": "angry face", "😱": "screaming face", "🤷": "shrug", "🤦": "facepalm",
    "☀": "sun", "☁": "cloud", "☔": "umbrella", "⭐": "star", "🐶": "dog", "🐱": "cat", "👋": "waving hand",
}  # fmt: skip
_OPERATORS = {
    "!=": "is not equal to", "==": "equals", "->": "to", "=>": "implies", "<-": "from",
    "+/-": "plus or minus",
    "&&": "and", "||": "or", "<3": "love", "++": "plus plus", "+=": "plus equals",
}  # fmt: skip
_LANGUAGES = {
    "C++": "C plus plus", "C#": "C sharp", "F#": "F sharp", ".NET": "dot net", "g++": "G plus plus",
    "A+": "A plus", "B+": "B plus", "C+": "C plus", "D+": "D plus", "A-": "A minus", "B-": "B minus",
    "C-": "C minus", "D-": "D minus",
}  # fmt: skip
_SILENT = frozenset("*_`|•‣◦▪·●○■□◆◇►▶–-—~^™®†‡¦¨¯´¸​{}[]<>/\\\"'‘’‚„‹›«»¿¡゠ー…")
_GREEK = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)")
_NOISE = re.compile(
    r"^(?:heavy|black|white|emoji component) |\b(?:sign|symbol|emoji)$| with (?:open|smiling) .*$"
)


@lru_cache(maxsize=2048)
def symbol_name(character: str) -> str:
    """The spoken name of a symbol or an emoji; "" for decoration and what has no name."""
    if character in _NAMES:
        return _NAMES[character]
    if character in _SILENT:
        return ""
    name = unicodedata.name(character, "")
    if greek := _GREEK.match(name):
        return greek.group(1).lower().replace("lamda", "lambda")
    category = unicodedata.category(character)
    if 0x1F3FB <= ord(character) <= 0x1F3FF or category not in ("So", "Sm", "Sc"):
        return ""
    if name.startswith(("BOX ", "BLOCK", "BRAILLE")):
        return ""
    name = _NOISE.sub("", name.lower().replace("-", " ").replace("’", "'")).strip()
    return re.sub(r"[^a-z ]+", " ", name).strip()


_POWERS = {"²": "squared", "³": "cubed"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _superscript(match: re.Match[str], site: Site) -> list[Part] | None:
    written = match.group("figures")
    sign = "minus " if match.group("sign") else ""
    before = site.text[match.start() - 1 : match.start()]
    if not (before.isalnum() or before == ")"):
        return [Part(*match.span(), cardinal(written.translate(_SUPERSCRIPTS)))]
    if not sign and written in _POWERS:
        return [Part(*match.span(), _POWERS[written])]
    return [Part(*match.span(), f"to the power of {sign}{cardinal(written.translate(_SUPERSCRIPTS))}")]


def _minus(match: re.Match[str], site: Site) -> list[Part] | None:
    """-7, −3.5: a sign only where no word or figure stands directly before."""
    before = site.text[match.start() - 1 : match.start()]
    if before and (before.isalnum() or before in ")]%°"):
        return None
    return [Part(*match.span(), "minus")]


def _between(match: re.Match[str], site: Site) -> list[Part] | None:
    """A hyphen or dash directly between figures: "to", or nothing in a score."""
    text, start = site.text, match.start()
    before = re.search(
        r"(?:(?<![A-Za-z\d-])\d[\d.,:/]*(?:s|am|pm|[ap]\.m\.|st|nd|rd|th|%|\")?|[½¼¾]|[°CF]|[ap]\.?m\.?)\s?$",
        text[max(0, start - 12) : start],
    )
    if before is None:
        return None
    low = re.match(r"\d+", before.group().strip())
    high = re.match(r"\d+", text[match.end() :])
    dash = match.group().strip()
    if text[start - 1 : start].isspace() and "=" in text:
        return [Part(*match.span(), "minus")]
    if dash == "-" and low and high and before.group().strip().isdigit():
        pair = (int(low.group()), int(high.group()))
        if (pair[0] >= pair[1] and pair not in _OFFICE) or _scored(text, start):
            return [Part(*match.span(), "")]
    return [Part(*match.span(), "to")]


_OFFICE = frozenset({(9, 5), (8, 5), (9, 6), (10, 6), (10, 4), (8, 4), (8, 6), (10, 5), (7, 3), (9, 4)})
"""Opening hours, where the later hour is the smaller figure."""


def _scored(text: str, start: int) -> bool:
    head = re.sub(r"\d+$", "", text[max(0, start - 30) : start])
    return previous_word(head, len(head)).lower() in (
        "won",
        "win",
        "wins",
        "lost",
        "beat",
        "score",
        "lead",
        "leads",
        "led",
        "drew",
        "defeat",
        "victory",
    )


def _by(match: re.Match[str], site: Site) -> list[Part] | None:
    """10 x 15, 4x4, 10 cm x 15 cm; 5x alone is "times"."""
    head = site.text[max(0, match.start() - 6) : match.start()].rstrip()
    if not re.search(r"\d(?: ?(?:mm|cm|m|km|in|ft|px|\"|'))?$", head):
        return None
    if re.match(r"\s?\d", site.text[match.end() : match.end() + 2]):
        return [Part(*match.span(), "times" if match.group() == "×" else "by")]
    return [Part(*match.span(), "times")]


def _compare(match: re.Match[str], site: Site) -> list[Part] | None:
    spaced = re.match(r"\s?[\w.-]", site.text[match.end() : match.end() + 2])
    if not spaced:
        return [Part(*match.span(), "")]
    words = _NAMES[match.group().replace("<=", "≤").replace(">=", "≥")]
    copula = "is " if site.text[: match.start()].strip() else ""
    return [Part(*match.span(), copula + words)]


def _operator(match: re.Match[str], site: Site) -> list[Part] | None:
    return [Part(*match.span(), _OPERATORS[match.group()])]


def _language(match: re.Match[str], site: Site) -> list[Part] | None:
    return [Part(*match.span(), _LANGUAGES[match.group()])]


def _about(match: re.Match[str], site: Site) -> list[Part] | None:
    before = previous_word(site.text, match.start()).lower()
    return [Part(*match.span(), "" if before in ("about", "approximately", "around") else "about")]


def _slash(match: re.Match[str], site: Site) -> list[Part] | None:
    """A slash between words is silent; spaced or doubled too; beside figures it is said."""
    return [Part(*match.span(), "")]


def _emoticon(match: re.Match[str], site: Site) -> list[Part] | None:
    return [Part(*match.span(), "")]


SYMBOL_RULES = [
    Rule(
        "language",
        re.compile(r"C\+\+(?!\w)|[CF]#(?!\w)|\.NET(?!\w)|g\+\+(?!\w)|[A-D][+](?![\w+])|[A-D]-(?=\s|[.,]?$)"),
        _language,
    ),
    Rule("emoticon", re.compile(r"[:;=]['’]?-?[)(DPp/\\|](?![\w/\\])"), _emoticon),
    Rule("heading", re.compile(r"#{1,6}(?=\s)"), _slash),
    Rule("operator", re.compile(r"!=|==|->|=>|<-(?![\d-])|\+/-|&&|\|\||<3(?!\d)|\+\+|\+="), _operator),
    Rule("comparison", re.compile(r"<=?|>=?"), _compare),
    Rule("superscript", re.compile(r"(?P<sign>⁻)?(?P<figures>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), _superscript),
    Rule("between", re.compile(r"(?<=\s)[-–—−]\s(?=\d)|[-–—](?=[-−]?\d)"), _between),
    Rule("minus", re.compile(r"[-−–](?=\.?\d|[xyz∞]\b|[$£€])"), _minus),
    Rule("minus", re.compile(r"−"), lambda match, site: [Part(*match.span(), "minus")]),
    Rule("by", re.compile(r"[xX×](?![A-Za-z])"), _by),
    Rule("about", re.compile(r"~(?=\s?[\d$£€.])"), _about),
    Rule("slash", re.compile(r"/+"), _slash),
]
