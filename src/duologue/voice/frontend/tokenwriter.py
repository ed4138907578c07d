"""Writes tokens from the parts that rules give, keeping count of the written words.

Design choices
- Tokens of one written word share a source: parts that touch ("$5", "bob@site.com") are one word, a space
  or a punctuation mark between them begins another.
- Straight quotes become opening or closing ones by what stands beside them, else in turn.
- The same mark twice in a row (", ,") is one.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.token import Kind, Token

__all__ = ["TokenWriter", "spoken_text"]

LONGEST_ROW = 3
"""Punctuation marks kept of several in a row."""
_SPELLED = re.compile(r"[A-Z]+(?:'?s)?")
_SPACE = re.compile(r"\s")


class TokenWriter:
    """Tokens of one sentence in the making."""

    def __init__(self, text: str):
        self.text = text
        self.tokens: list[Token] = []
        self.source = -1
        self.end = 0
        self.open = False
        """Whether the last token was an opening mark, after which no space is said."""
        self.quoted = False
        """Whether a quotation is open."""
        self.apart = True
        """Whether a punctuation mark or a space has ended the last written word."""

    def part(self, start: int, end: int, words: str, kind: Kind | None = None) -> None:
        """Words read from [start, end); none if `words` is empty."""
        if not words:
            return
        if self.apart or (start > self.end and _SPACE.search(self.text, self.end, start)):
            self.source += 1
        self.apart = False
        self.end = end
        space = not self.open
        self.open = False
        for word in words.split() if " " in words else (words,):
            if word == ",":
                self.tokens.append(Token(",", start, end, "punct", False, self.source))
                continue
            what: Kind = kind or ("spell" if _SPELLED.fullmatch(word) else "word")
            self.tokens.append(Token(word, start, end, what, space, self.source))
            space = True

    def word(self, start: int, end: int, word: str) -> None:
        """The common case: one written word, read as it is."""
        self.source += 1
        self.tokens.append(Token(word, start, end, "word", not self.open, self.source))
        self.end = end
        self.open = False
        self.apart = False

    def mark(self, start: int, end: int, symbol: str) -> None:
        """A punctuation mark written at [start, end)."""
        self.apart = True
        if symbol == '"':
            before, after = self.text[start - 1 : start], self.text[end : end + 1]
            if before and not before.isspace():
                symbol = "“" if before in "([—-“" else "”"
            else:
                symbol = "”" if self.quoted and (not after or after.isspace()) else "“"
        if symbol in "“”":
            self.quoted = symbol == "“"
        # Marks in a row say no more than the first few, and a voice would drone on them.
        row = [token.text for token in self.tokens[-LONGEST_ROW:] if token.kind == "punct"]
        if len(row) == LONGEST_ROW or (row and self.tokens[-1].kind == "punct" and row[-1] == symbol):
            return
        opening = symbol in "(“"
        space = opening or (symbol == "—" and self.text[start - 1 : start].isspace())
        self.tokens.append(Token(symbol, start, end, "punct", space and not self.open, max(self.source, 0)))
        self.end = end
        self.open = opening or (symbol == "—" and not self.text[end : end + 1].isspace())


def spoken_text(tokens: list[Token]) -> str:
    """Tokens as a line of text: words in order, letters apart, punctuation attached."""
    out: list[str] = []
    glued = True
    for token in tokens:
        if token.kind == "spell":
            letters = token.text.rstrip("'s")
            written = " ".join(letters) + token.text[len(letters) :]
        elif token.kind == "ipa":
            written = f"/{token.text}/"
        else:
            written = token.text
        if out and (token.space_before or not glued):
            out.append(" ")
        out.append(written)
        glued = True
    return "".join(out)
