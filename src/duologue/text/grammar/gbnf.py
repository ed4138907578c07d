"""The nodes of a grammar, whether they can produce anything, and how they are written as GBNF.

Design choices
- Five kinds of node and a reference are enough for JSON; everything is frozen, so nodes can be shared.
- `Either(())` is what nothing matches. `possible` finds by a least fixed point which rules derive a finite
  text, so contradictions and endless recursions are found before a model is asked.
- Options that can't produce anything are left out of what is written.

GBNF: grammars/README.md of llama.cpp.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "LONGEST",
    "NOTHING",
    "Chars",
    "Either",
    "Literal",
    "Node",
    "Repeat",
    "Rule",
    "Seq",
    "gbnf",
    "possible",
]

LONGEST = 2000
"""llama.cpp refuses more repetitions than this."""


@dataclass(frozen=True, slots=True)
class Literal:
    """This text."""

    text: str


@dataclass(frozen=True, slots=True)
class Chars:
    """One character: of these inclusive ranges of code points, or of none of them."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Seq:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`part`, from `low` to `high` times; None is without end."""

    part: Node
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What the rule of this name says."""

    name: str


Node = Literal | Chars | Seq | Either | Repeat | Rule
NOTHING = Either(())


def _finite(node: Node, known: frozenset[str]) -> bool:
    match node:
        case Literal():
            return True
        case Chars(ranges, negated):
            return negated or bool(ranges)
        case Seq(parts):
            return all(_finite(p, known) for p in parts)
        case Either(options):
            return any(_finite(o, known) for o in options)
        case Repeat(part, low, high):
            return (high is None or low <= high) and (low == 0 or _finite(part, known))
        case Rule(name):
            return name in known


def possible(rules: Mapping[str, Node]) -> frozenset[str]:
    """Names of the rules that can produce a finite text."""
    known: frozenset[str] = frozenset()
    while True:
        more = frozenset(name for name, node in rules.items() if _finite(node, known))
        if more == known:
            return known
        known = more


def _escaped(text: str, special: str) -> str:
    def one(c: str) -> str:
        if c in special or c == "\\":
            return "\\" + c
        if c.isascii() and c.isprintable():
            return c
        code = ord(c)
        return f"\\x{code:02X}" if code < 0x80 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"

    return "".join(map(one, text))


def _write(node: Node, known: frozenset[str]) -> str:
    match node:
        case Literal(text):
            return '"' + _escaped(text, '"') + '"'
        case Chars(ranges, negated):
            inside = "".join(
                _escaped(chr(a), "[]^-") + ("" if a == b else "-" + _escaped(chr(b), "[]^-"))
                for a, b in ranges
            )
            return f"[{'^' if negated else ''}{inside}]"
        case Seq(parts):
            return "(" + " ".join(_write(p, known) for p in parts) + ")" if parts else '""'
        case Either(options):
            return "(" + " | ".join(_write(o, known) for o in options if _finite(o, known)) + ")"
        case Repeat(part, low, high):
            if not _finite(part, known) or high == 0:
                return '""'
            sign = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((low, high))
            return _write(part, known) + (sign or f"{{{low},{'' if high is None else high}}}")
        case Rule(name):
            return name


def gbnf(rules: Mapping[str, Node]) -> str:
    """The grammar as text; begins at the rule "root", which must be possible."""
    known = possible(rules)
    return (
        "\n".join(f"{name} ::= {_write(node, known)}" for name, node in rules.items() if name in known) + "\n"
    )
