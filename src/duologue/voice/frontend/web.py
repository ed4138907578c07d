"""Addresses and names of the net and of files: e-mail, URLs, hashtags, handles, paths.

Design choices
- What a person would say: the scheme "https://" is left out, "." is "dot", "/" "slash", "@" "at".
- Pieces that look like words are words, even glued in CamelCase; short endings of hosts and files are
  letters unless people say them ("com", "org", "net", "zip").
- Every piece keeps its own span, so a long address can be followed while it is spoken.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.codes import code_parts
from duologue.voice.frontend.initialisms import capitals
from duologue.voice.frontend.numbers import cardinal, digits, number_words
from duologue.voice.frontend.rule import Part, Rule, Site

__all__ = ["WEB_RULES", "spell_address"]

_SAID = frozenset(
    """com org net info edu gov mil biz name app dev blog shop online zip exe bin bat log dot pages me co bak
    tar doc""".split()
)
_SUFFIXES = frozenset(
    """txt text pdf doc docx xls xlsx ppt pptx csv tsv json xml yaml yml toml ini cfg conf py js ts jsx
    tsx java c h cpp
    cc hpp cs go rs rb php sh bat exe dll so zip tar gz bz xz rar iso png jpg jpeg gif bmp svg webp tiff
    mp mp3 mp4 wav
    flac ogg opus avi mkv mov webm html htm css md rst tex log bak db sql ipynb onnx gguf whl deb rpm
    apk dmg bin lock
    env swift kt lua pl r m ttf otf epub""".split()
)
_SPOKEN = {
    "readme": "read me",
    "usr": "user",
    "jpg": "J peg",
    "jpeg": "J peg",
    "txt": "text",
    "wifi": "wi fi",
    "json": "jason",
}
_SYMBOLS = {
    ".": "dot", "/": "slash", "\\": "backslash", "@": "at", "_": "underscore", "-": "dash", ":": "colon",
    "?": "question mark", "=": "equals", "&": "and", "#": "hash", "%": "percent", "+": "plus", "~": "tilde",
    "!": "exclamation mark", "*": "star", "$": "dollar", ";": "semicolon", ",": "comma", "(": "",
    ")": "", "'": "",
}  # fmt: skip
_HOSTS = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|co|uk|us|ca|au|de|fr|es|it|nl|jp|cn|in|ru|br|eu|ch|se|no|dk|fi|pl|ie|nz|be|at"
    "|app|dev|me|tv|xyz|fm|ly|gg|gl|be|online|site|tech|blog|shop|news|cloud|store|wiki"
)
_PIECE = re.compile(r"\d+|[A-Z]{2,}(?![a-z])|[A-Z]?[a-zß-öø-ÿ]+|[A-Z]|[^\W\d_]+|[^\w\s]|_")
_VOWEL = re.compile(r"[aeiouy]")
_BAD = re.compile(r"^[bcdfgjkmnpqrtvwxz]{3}|[bcdfghjklmnpqrstvwxz]{5}")


def _piece(written: str, after: str, site: Site) -> str:
    """How a run of letters in an address is said; `after` is the symbol before it."""
    low = written.lower()
    if low in _SPOKEN and not (low in ("txt", "json") and after != "."):
        return _SPOKEN[low]
    if low in _SAID:
        return low
    if len(low) == 1 or (after == "." and low in _SUFFIXES) or not _VOWEL.search(low) or _BAD.search(low):
        return low.upper()
    if len(low) <= 3 and not (site.known is not None and site.known(low)):
        return low.upper()
    if len(low) <= 2:
        return (
            low
            if low
            in (
                "at",
                "by",
                "do",
                "go",
                "in",
                "is",
                "me",
                "my",
                "of",
                "on",
                "or",
                "to",
                "up",
                "we",
                "be",
                "an",
                "it",
            )
            and after != "."
            else low.upper()
        )
    return written if not written.isupper() else low


def spell_address(text: str, start: int, end: int, site: Site, *, silent_dash: bool = False) -> list[Part]:
    """Parts of an address or path text[start:end], one per piece and symbol."""
    parts: list[Part] = []
    after = ""
    for piece in _PIECE.finditer(text, start, end):
        written = piece.group()
        first = written[0]
        if first.isdecimal():
            words = (
                digits(written)
                if len(written) > 4 or (written[0] == "0" and len(written) > 1)
                else cardinal(written)
            )
            parts.append(Part(piece.start(), piece.end(), words))
        elif first.isalpha():
            if written.isupper() and len(written) > 1 and written.lower() not in _SPOKEN:
                part = capitals(piece.start(), piece.end(), written, site)
                if after == "." and written.lower() in _SUFFIXES:
                    part = Part(piece.start(), piece.end(), written)
                parts.append(part)
            else:
                words = _piece(written, after, site)
                parts.append(
                    Part(
                        piece.start(), piece.end(), words, None if words.isupper() or " " in words else "word"
                    )
                )
        elif words := _SYMBOLS.get(first, ""):
            if silent_dash and first == "-" and parts:
                words = ""
            if words:
                parts.append(Part(piece.start(), piece.end(), words))
        after = first
    return parts


def _email(match: re.Match[str], site: Site) -> list[Part] | None:
    return spell_address(site.text, match.start(), match.end(), site)


def _url(match: re.Match[str], site: Site) -> list[Part] | None:
    start = match.end("scheme") if match.group("scheme") else match.start()
    end = match.end()
    stop = end
    while stop > start and site.text[stop - 1] in ".,;:!?)'\"/":
        stop -= 1
    parts: list[Part] = []
    if match.group("www"):
        parts.append(Part(match.start(), match.end("www") - 1, "W W W"))
        start = match.end("www") - 1
    parts += spell_address(site.text, start, stop, site)
    if parts:
        parts[0] = parts[0]._replace(start=match.start())
        parts[-1] = parts[-1]._replace(end=stop)
    return parts


def _host(match: re.Match[str], site: Site) -> list[Part] | None:
    if match.group("port"):
        parts = spell_address(site.text, match.start(), match.start("port"), site)
        port = match.group("port")[1:]
        return [*parts, Part(match.start("port"), match.end("port"), digits(port))]
    return spell_address(site.text, match.start(), match.end(), site)


def _file(match: re.Match[str], site: Site) -> list[Part] | None:
    if match.group("suffix").lower() not in _SUFFIXES:
        return None
    return spell_address(site.text, match.start(), match.end(), site)


def _path(match: re.Match[str], site: Site) -> list[Part] | None:
    if site.text[match.start() - 1 : match.start()].isalnum() and match.start():
        return None
    return spell_address(site.text, match.start(), match.end(), site)


def _hashtag(match: re.Match[str], site: Site) -> list[Part] | None:
    tag = match.group("tag")
    if tag.isdigit():
        number = "number " + number_words(tag)
        return [Part(match.start(), match.end(), number)]
    parts = [Part(match.start(), match.start() + 1, "hashtag")]
    if tag.islower() or (tag.istitle() and "_" not in tag):
        return [*parts, *code_parts(site.text, match.start("tag"), match.end(), site)]
    for piece in _PIECE.finditer(site.text, match.start("tag"), match.end()):
        written = piece.group()
        if written[0].isdecimal():
            parts.append(
                Part(piece.start(), piece.end(), cardinal(written) if len(written) < 4 else digits(written))
            )
        elif written.isupper() and len(written) > 1:
            parts.append(capitals(piece.start(), piece.end(), written, site))
        elif written != "_":
            parts.append(Part(piece.start(), piece.end(), written, "word"))
    return parts


def _handle(match: re.Match[str], site: Site) -> list[Part] | None:
    return spell_address(site.text, match.start(), match.end(), site)


def _flag(match: re.Match[str], site: Site) -> list[Part] | None:
    """--help, -v."""
    if site.text[match.start() - 1 : match.start()].strip(" (`\"'["):
        return None
    return spell_address(site.text, match.start(), match.end(), site)


_WORD = r"[^\W_]"
WEB_RULES = [
    Rule(
        "e-mail",
        re.compile(
            rf"(?:mailto:)?[\w+-]{{1,64}}(?:[.'][\w+-]{{1,64}}){{0,9}}@{_WORD}[\w-]{{0,62}}"
            rf"(?:\.{_WORD}[\w-]{{0,62}}){{1,9}}"
        ),
        _email,
    ),
    Rule(
        "url",
        re.compile(
            r"(?P<scheme>(?i:https?|ftp|file)://)(?P<www>(?i:www)\.)?[^\s<>\"“”]+|(?P<www2>www\.)[^\s<>\"“”]+"
        ),
        _url,
    ),
    Rule(
        "host",
        re.compile(
            rf"(?:(?i:localhost)(?P<port>:\d{{2,5}})|{_WORD}[\w-]{{0,62}}(?:\.{_WORD}[\w-]{{0,62}}){{0,9}}\.(?i:{_HOSTS})(?!\w)(?:/[\w./?=&%#~+-]*[\w/])?(?!\.\w))"
        ),
        _host,
    ),
    Rule(
        "file",
        re.compile(
            rf"{_WORD}[\w-]{{0,80}}(?:\.[\w-]{{1,80}}){{0,9}}\.(?P<suffix>[A-Za-z][A-Za-z0-9]{{0,5}})(?![\w])"
        ),
        _file,
    ),
    Rule("windows path", re.compile(r"[A-Za-z]:\\[\w\\.-]*\w"), _path),
    Rule("path", re.compile(r"(?:~|\.{1,2})?(?:/[\w.@-]*\w)+/?|(?:~|\.{1,2})/"), _path),
    Rule("suffix", re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}(?!\w)"), _path),
    Rule("hashtag", re.compile(r"#(?P<tag>\w+)"), _hashtag),
    Rule("handle", re.compile(r"@[\w][\w.-]*\w|@\w"), _handle),
    Rule("flag", re.compile(r"--?[A-Za-z][\w-]*"), _flag),
]
