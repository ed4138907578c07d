"""Regular expressions inside a JSON string, as grammar nodes.

Design choices
- The part of ECMA-262 that JSON Schema recommends: literals, classes, groups, alternatives, quantifiers, and
  anchors at both ends; without an anchor anything may stand there, as in a search.
- What a grammar can't say (look-around, back references, word boundaries) is refused by name.
- Quotes and backslashes are written as JSON writes them; control characters can't be asked for.
"""

from __future__ import annotations

from duologue.text.errors import TextError
from duologue.text.grammar.gbnf import LONGEST, Chars, Either, Literal, Node, Repeat, Rule, Seq

__all__ = ["pattern"]

Ranges = tuple[tuple[int, int], ...]
_DIGIT: Ranges = ((0x30, 0x39),)
_WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Ranges = ((0x20, 0x20), (0xA0, 0xA0), (0x2000, 0x200A), (0x3000, 0x3000))
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_PLAIN = ((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E), (0xA0, 0xD7FF), (0xE000, 0x10FFFF))
_QUOTES = ((0x22, '\\"'), (0x5C, "\\\\"))


def _inverse(ranges: Ranges) -> Ranges:
    gaps, start = [], 0x20
    for low, high in sorted(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = max(start, high + 1)
    return (*gaps, (start, 0x10FFFF)) if start <= 0x10FFFF else tuple(gaps)


def _one_of(ranges: Ranges) -> Node:
    """One character of `ranges` as it stands in a JSON string."""
    plain = tuple(
        (max(a, low), min(b, high)) for a, b in ranges for low, high in _PLAIN if max(a, low) <= min(b, high)
    )
    options: list[Node] = [Chars(plain)] if plain else []
    options += [Literal(text) for code, text in _QUOTES if any(a <= code <= b for a, b in ranges)]
    return Either(tuple(options))


class _Reader:
    """A recursive descent over the expression."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def fail(self, what: str) -> TextError:
        return TextError(
            f"the pattern {self.text!r} {what} (character {self.at + 1}); grammars can't say that"
        )

    @property
    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        if self.at >= len(self.text):
            raise TextError(f"the pattern {self.text!r} ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def either(self) -> Node:
        options = [self.sequence()]
        while self.next == "|":
            self.take()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.next not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return Seq(tuple(parts))

    def repeated(self, part: Node) -> Node:
        bounds: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self.next in bounds and self.next:
            low, high = bounds[self.take()]
        elif self.next == "{":
            end = self.text.find("}", self.at)
            low_, comma, high_ = self.text[self.at + 1 : max(end, self.at + 1)].partition(",")
            if end < 0 or not low_.isdecimal() or not (high_ == "" or high_.isdecimal()):
                raise self.fail("has a '{' that begins no quantifier")
            low, high = int(low_), int(high_) if high_ else None if comma else int(low_)
            self.at = end + 1
        else:
            return part
        if max(low, high or 0) > LONGEST:
            raise self.fail(f"repeats more than {LONGEST} times")
        if self.next == "?":  # lazy: the same language
            self.take()
        elif self.next in ("+", "*"):
            raise self.fail("has two quantifiers in a row")
        return Repeat(part, low, high)

    def atom(self) -> Node:
        c = self.take()
        if c == "(":
            if self.next == "?":
                self.take()
                if self.take() != ":":
                    raise self.fail("looks around or names a group")
            inside = self.either()
            if self.take() != ")":
                raise TextError(f"the pattern {self.text!r} has a group that doesn't end")
            return inside
        if c == "[":
            return _one_of(self.members())
        if c == ".":
            return _one_of(_inverse(()))
        if c == "\\":
            return _one_of(self.escape())
        if c in "^$":
            raise self.fail(f"has {c!r} in the middle")
        if c in "*+?{":
            raise self.fail(f"has a {c!r} after nothing")
        return _one_of(((ord(c), ord(c)),))

    def escape(self) -> Ranges:
        c = self.take()
        if c.lower() in _CLASSES:
            return _CLASSES[c] if c.islower() else _inverse(_CLASSES[c.lower()])
        if c in "xu":
            size = 2 if c == "x" else 4
            digits = self.text[self.at : self.at + size]
            if len(digits) < size or any(d not in "0123456789abcdefABCDEF" for d in digits):
                raise self.fail(f"has a \\{c} without {size} hexadecimal digits")
            self.at += size
            return ((int(digits, 16), int(digits, 16)),)
        if c.isalnum():
            raise self.fail(f"uses \\{c}")
        return ((ord(c), ord(c)),)

    def members(self) -> Ranges:
        negated = self.next == "^"
        if negated:
            self.take()
        found: list[tuple[int, int]] = []
        while self.next != "]":
            low = self.member()
            if self.next == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.take()
                high = self.member()
                if len(low) > 1 or len(high) > 1 or low[0][0] > high[0][0]:
                    raise TextError(f"the pattern {self.text!r} has a range that runs backwards")
                found.append((low[0][0], high[0][1]))
            else:
                found += low
        self.take()
        return _inverse(tuple(found)) if negated else tuple(found)

    def member(self) -> Ranges:
        c = self.take()
        return self.escape() if c == "\\" else ((ord(c), ord(c)),)


def pattern(expression: str) -> Node:
    """What stands between the quotes of a JSON string that matches; refers to the rule "char".

    Raises TextError for an expression that is broken or can't be said in a grammar.
    """
    begins, ends = expression.startswith("^"), expression.endswith("$") and not expression.endswith("\\$")
    inner = expression[begins : len(expression) - ends]
    reader = _Reader(inner)
    node = reader.either()
    if reader.at < len(inner):
        raise TextError(f"the pattern {expression!r} has a ')' too many")
    if (begins or ends) and "|" in inner and isinstance(node, Either):
        raise TextError(f"in the pattern {expression!r} the anchors hold one alternative only; use ^(?:a|b)$")
    anything = Repeat(Rule("char"), 0, None)
    return Seq(((Seq(()) if begins else anything), node, (Seq(()) if ends else anything)))
