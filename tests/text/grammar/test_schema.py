"""JSON schema to grammar: whatever the grammar derives satisfies the schema; what can't be is refused."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from duologue.text import TextError
from duologue.text.grammar import grammar
from duologue.text.grammar.gbnf import Chars, Either, Literal, Node, Repeat, Rule, Seq, possible
from duologue.text.grammar.schema import rules


def derive(made: Mapping[str, Node], dice: random.Random, depth: int = 0) -> Callable[[Node], str]:
    """A function that derives one random text from a node."""
    known = possible(made)

    def text(node: Node, depth: int) -> str:
        match node:
            case Literal(literal):
                return literal
            case Chars(ranges, negated):
                if negated:
                    return dice.choice("abcXYZ 09é€😀{}[]:,")
                low, high = dice.choice(ranges)
                return chr(dice.randint(low, min(high, low + 200)))
            case Seq(parts):
                return "".join(text(p, depth) for p in parts)
            case Either(options):
                able = [o for o in options if not (isinstance(o, Rule) and o.name not in known)]
                able = [o for o in able if o != Either(())]
                plain = [o for o in able if not isinstance(o, Rule)]
                return text(dice.choice(plain if depth > 6 and plain else able), depth)
            case Repeat(part, low, high):
                if part == Either(()) or high == 0:
                    return ""
                more = 0 if depth > 6 else dice.choice((0, 0, 1, 2, 30))
                most = low + more if high is None else min(low + more, high)
                return "".join(text(part, depth) for _ in range(dice.randint(low, most)))
            case Rule(name):
                return text(made[name], depth + 1)

    return lambda node: text(node, depth)


def samples(schema: Any, number: int = 60) -> list[Any]:
    made = rules(schema)
    write = derive(made, random.Random(1))
    return [json.loads(write(made["root"])) for _ in range(number)]


PERSON = {
    "type": "object",
    "title": "a person",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 12},
        "age": {"type": "integer", "minimum": 0, "maximum": 130},
        "mail": {"type": ["string", "null"], "pattern": r"^[a-z]+\.[a-z]{2,5}@(?:here|there)\.org$"},
        "tags": {"type": "array", "items": {"enum": ["a", 'q"uote', "ü"]}, "minItems": 1, "maxItems": 3},
    },
    "required": ["name", "tags"],
    "additionalProperties": False,
}


def test_an_object_holds_what_its_schema_says() -> None:
    people = samples(PERSON)
    for p in people:
        assert set(p) >= {"name", "tags"}
        assert list(p) == [k for k in ("name", "age", "mail", "tags") if k in p]
        assert 1 <= len(p["name"]) <= 12
        assert 0 <= p.get("age", 0) <= 130
        assert p.get("mail") is None or re.fullmatch(r"[a-z]+\.[a-z]{2,5}@(?:here|there)\.org", p["mail"])
        assert 1 <= len(p["tags"]) <= 3
        assert set(p["tags"]) <= {"a", 'q"uote', "ü"}
    assert {"age" in p for p in people} == {"mail" in p for p in people} == {True, False}


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 9), (7, 7), (5, 123), (98, 1002), (-5, 5), (-130, -7), (0, 0), (None, -3), (17, None), (-20, None)],
)
def test_whole_numbers_stay_in_their_bounds_and_reach_them(low: int | None, high: int | None) -> None:
    schema = {"type": "integer", "minimum": low, "maximum": high}
    schema = {k: v for k, v in schema.items() if v is not None}
    for n in samples(schema, 60):
        assert isinstance(n, int)
        assert low is None or n >= low
        assert high is None or n <= high
    accepted = re.compile(as_regex(rules(schema)["root"]))
    for n in [*range(-140, 140), *range(-1200, 1200, 7), 999, 1000, 1002, 1003]:
        inside = (low is None or n >= low) and (high is None or n <= high)
        assert bool(accepted.fullmatch(str(n))) is inside, n


def as_regex(node: Node) -> str:
    """A node without rules as a regular expression."""
    match node:
        case Literal(text):
            return re.escape(text)
        case Chars(ranges, _):
            return "[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges) + "]"
        case Seq(parts):
            return "".join(map(as_regex, parts))
        case Either(options):
            return "(?:" + "|".join(map(as_regex, options)) + ")" if options else "(?!)"
        case Repeat(part, low, high):
            return f"(?:{as_regex(part)}){{{low},{'' if high is None else high}}}"
        case Rule(name):
            raise AssertionError(name)


@pytest.mark.parametrize(
    "bounds",
    [
        {"minimum": 0, "maximum": 1},
        {"exclusiveMinimum": 0},
        {"exclusiveMinimum": -2, "exclusiveMaximum": 1},
        {"minimum": -7, "maximum": -3},
        {"maximum": 0},
        {"exclusiveMinimum": 2, "maximum": 3},
        {"exclusiveMaximum": 0, "minimum": -1},
        {"minimum": 4, "maximum": 4},
    ],
)
def test_numbers_stay_in_their_bounds(bounds: dict[str, int]) -> None:
    accepted = re.compile(as_regex(rules({"type": "number", **bounds})["root"]))
    for x in [k / 4 for k in range(-40, 41)] + [0.1, -0.001, 2.0001, -2.0001, 3.9999]:
        inside = (
            x >= bounds.get("minimum", -1e9)
            and x <= bounds.get("maximum", 1e9)
            and x > bounds.get("exclusiveMinimum", -1e9)
            and x < bounds.get("exclusiveMaximum", 1e9)
        )
        text = str(int(x)) if x == int(x) else str(x)
        assert bool(accepted.fullmatch(text)) is inside, x


def test_any_json_references_and_choices() -> None:
    assert {type(v) for v in samples({}, 100)} >= {dict, list, str, bool, type(None)}
    tree = {
        "$ref": "#/$defs/tree",
        "$defs": {
            "tree": {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}, "x": {"const": 1}}}
        },
    }
    assert any("left" in t for t in samples(tree))
    assert {type(v) for v in samples({"anyOf": [{"type": "boolean"}, {"const": [1, {"a": None}]}]})} == {
        bool,
        list,
    }
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert all(isinstance(v, int) for made in samples(counts) for v in made.values())
    triple = {"type": "array", "prefixItems": [{"const": "x"}], "items": {"type": "null"}, "maxItems": 3}
    assert all(v[0] == "x" and len(v) <= 3 for v in samples(triple))
    for day in samples({"type": "string", "format": "date"}):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)


def test_patterns_match_what_python_matches() -> None:
    for expression in (r"^[^a-y\s]{2}\"\\[\]x-]$", r"b(?:lue|rown)?\d+", r"^\w{3}-.$", r"^(a|b|)c*?\u00e9$"):
        for text in samples({"type": "string", "pattern": expression}):
            assert re.search(expression, text), (expression, text)


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ([], "give an object"),
        ({"type": "foo"}, "the type ['foo'] at # is unknown"),
        ({"type": "integer", "minimum": 5, "maximum": 3}, "at least 5 and at most 3"),
        ({"type": "object", "properties": {"a": {"enum": []}}, "required": ["a"]}, "#/properties/a/enum"),
        ({"type": "object", "required": ["b"], "additionalProperties": False}, "'b' is required but not"),
        ({"type": "string", "minLength": 5, "maxLength": 3}, "at least 5 and at most 3 characters"),
        ({"type": "array", "minItems": 2, "maxItems": 1}, "no list"),
        ({"type": "array", "items": False, "minItems": 1}, "no JSON can satisfy"),
        (False, "nothing is allowed"),
        ({"not": {}}, "excludes everything"),
        ({"not": {"type": "null"}}, "say what is allowed"),
        ({"$ref": "#/nowhere"}, "points at nothing"),
        ({"$ref": "other.json"}, "leaves the schema"),
        ({"$ref": "#"}, "recurs without end"),
        ({"$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "required": ["n"]}},
          "$ref": "#/$defs/n"}, "recurs without end"),
        ({"type": "string", "pattern": "(("}, "ends too early"),
        ({"type": "string", "pattern": "a(?=b)"}, "looks around"),
        ({"type": "string", "pattern": r"(a)\1"}, r"uses \1"),
        ({"type": "string", "pattern": "[z-a]"}, "backwards"),
        ({"type": "string", "pattern": "a)"}, "too many"),
        ({"type": "string", "pattern": "^a|b$"}, "one alternative only"),
        ({"type": "integer", "multipleOf": 3}, "'multipleOf' at # can't be enforced"),
        ({"type": "number", "minimum": 0.5}, "give a whole number"),
        ({"type": "array", "uniqueItems": True}, "'uniqueItems'"),
        ({"allOf": [{}, {}]}, "'allOf'"),
        ({"enum": [float("nan")]}, "can't be written"),
        ({"type": "string", "maxLength": 10**9}, "from 0 to 2000"),
        ({"type": "object", "propertes": {}}, "'propertes' at # can't be enforced"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(schema: Any, says: str) -> None:
    with pytest.raises(TextError, match=re.escape(says)):
        grammar(schema)


def test_deep_nesting_is_one_clear_error() -> None:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(3000):
        schema = {"type": "array", "items": schema}
    with pytest.raises(TextError, match="nested too deeply"):
        grammar(schema)


def test_the_grammar_reads_as_gbnf() -> None:
    assert 'root ::= ("\\"a\\\\\\"b\\"" | "1")' in grammar({"enum": ['a"b', 1]})
    assert grammar({"type": "boolean"}).startswith('root ::= (("true" | "false"))\n')
