"""The pieces of JSON that every schema's grammar is built of.

Compact JSON with at most one space after a comma or colon: small models get lost in white space.
"""

from __future__ import annotations

from duologue.text.grammar.gbnf import NOTHING, Chars, Either, Literal, Node, Repeat, Rule, Seq
from duologue.text.grammar.intervals import numbers

__all__ = ["COLON", "COMMA", "QUOTE", "any_json", "listed"]

SPACE = Repeat(Literal(" "), 0, 1)
COMMA = Seq((Literal(","), SPACE))
COLON = Seq((Literal(":"), SPACE))
QUOTE = Literal('"')
STRING = Seq((QUOTE, Repeat(Rule("char"), 0, None), QUOTE))
# Escapes of the u kind are left out: the model can write any character itself, and no half ones.
CHAR = Either(
    (
        Chars(((0x00, 0x1F), (0x22, 0x22), (0x5C, 0x5C), (0x7F, 0x9F)), negated=True),
        Seq((Literal("\\"), Chars(tuple((ord(c), ord(c)) for c in '"\\/bfnrt')))),
    )
)


def listed(item: Node, low: int = 0, high: int | None = None) -> Node:
    """Items with commas between them."""
    if high == 0:
        return Seq(()) if low == 0 else NOTHING
    more = Repeat(Seq((COMMA, item)), max(low - 1, 0), None if high is None else high - 1)
    some = Seq((item, more))
    return some if low else Repeat(some, 0, 1)


def any_json() -> dict[str, Node]:
    """The rules of any value, object, array and string, and an empty "root"."""
    member = Seq((Rule("string"), COLON, Rule("value")))
    return {
        "root": NOTHING,
        "value": Either(
            (
                *(Rule("object"), Rule("array"), Rule("string"), numbers(None, None)),
                *map(Literal, ("true", "false", "null")),
            )
        ),
        "object": Seq((Literal("{"), listed(member), Literal("}"))),
        "array": Seq((Literal("["), listed(Rule("value")), Literal("]"))),
        "string": STRING,
        "char": CHAR,
    }
