"""JSON schema -> GBNF: the answer can only be JSON that satisfies the schema.

Design choices
- What the grammar can't enforce is refused by name; nothing of a schema is dropped in silence. Annotations
  (title, description, default, format names that only annotate) are what they are.
- A schema that nothing satisfies is found here, with the place where it contradicts itself.
- Objects have the named properties, in the order of the schema; others only where none is named.
- Own translation instead of llama.cpp's: that one prints to standard error, accepts contradictions, and in
  the build with LLGuidance lets the model run free when a schema is broken.

After https://json-schema.org/draft/2020-12/json-schema-validation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from duologue.text.errors import TextError
from duologue.text.grammar.blocks import COLON, COMMA, QUOTE, any_json, listed
from duologue.text.grammar.gbnf import NOTHING, Either, Literal, Node, Repeat, Rule, Seq, gbnf, possible
from duologue.text.grammar.intervals import integers, numbers
from duologue.text.grammar.limits import bounds, count
from duologue.text.grammar.pattern import pattern

__all__ = ["grammar", "rules"]

_ANNOTATIONS = frozenset(
    "title description default examples $schema $id $comment $defs definitions deprecated readOnly writeOnly "
    "contentMediaType contentEncoding".split()
)
_KEYWORDS = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems"}),
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "integer": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "boolean": frozenset[str](),
    "null": frozenset[str](),
}
_FORMATS = {
    "date": r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$",
    "time": r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$",
    "uuid": r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
}
_FORMATS["date-time"] = _FORMATS["date"][:-1] + "T" + _FORMATS["time"][1:]


class _Reader:
    """The rules made so far, and why something was found to be impossible."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.rules = any_json()
        self.references: dict[str, str] = {}
        self.contradictions: list[str] = []

    def name(self) -> str:
        return f"r{len(self.rules)}"

    def never(self, path: str, why: str) -> Node:
        self.contradictions.append(f"{why} at {path}")
        return NOTHING

    def node(self, schema: Any, path: str) -> Node:
        """What satisfies `schema`, which stands at `path`."""
        if schema is True:
            return Rule("value")
        if schema is False:
            return self.never(path, "nothing is allowed")
        if not isinstance(schema, Mapping):
            raise TextError(f"the JSON schema at {path} is {schema!r:.60}; give an object")
        given = {k: v for k, v in schema.items() if k not in _ANNOTATIONS and not str(k).startswith("x-")}
        for key, read in self.compound.items():
            if key in given:
                if others := set(given) - {key, "type"}:
                    raise TextError(f"'{key}' at {path} stands beside '{min(others)}'; give one of them")
                return read(given[key], path, given.get("type"))
        return self.typed(given, path)

    @property
    def compound(self) -> dict[str, Callable[[Any, str, Any], Node]]:
        return {
            "$ref": self.reference,
            "const": lambda v, path, kind: self.values([v], f"{path}/const", kind),
            "enum": lambda v, path, kind: self.values(v, f"{path}/enum", kind),
            "anyOf": lambda v, path, kind: self.options(v, f"{path}/anyOf"),
            "oneOf": lambda v, path, kind: self.options(v, f"{path}/oneOf"),
            "allOf": self.all_of,
            "not": self.negation,
        }

    def reference(self, target: Any, path: str, _: Any) -> Node:
        if not isinstance(target, str) or not target.startswith("#"):
            raise TextError(f"the $ref {target!r:.80} at {path} leaves the schema; refer to '#/$defs/...'")
        if target not in self.references:
            found: Any = self.schema
            for step in target[1:].split("/")[1:]:
                step = step.replace("~1", "/").replace("~0", "~")
                if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                    found = found[int(step)]
                elif isinstance(found, Mapping) and step in found:
                    found = found[step]
                else:
                    raise TextError(f"the $ref {target!r:.80} at {path} points at nothing")
            self.references[target] = name = self.name()
            self.rules[name] = NOTHING  # until it is read; it may refer to itself
            self.rules[name] = self.node(found, target)
        return Rule(self.references[target])

    def values(self, values: Any, path: str, kind: Any) -> Node:
        if not isinstance(values, list):
            raise TextError(f"{path} is {values!r:.60}; give a list of values")
        if kind is not None:
            kinds = kind if isinstance(kind, list) else [kind]
            values = [v for v in values if _type(v) in kinds or (_type(v) == "integer" and "number" in kinds)]
        try:
            texts = [json.dumps(v, ensure_ascii=False, allow_nan=False) for v in values]
            "".join(texts).encode()
        except (TypeError, ValueError):
            raise TextError(f"a value of {path} can't be written as JSON") from None
        return Either(tuple(map(Literal, texts))) if texts else self.never(path, "no value is allowed")

    def options(self, options: Any, path: str) -> Node:
        if not isinstance(options, list):
            raise TextError(f"{path} is {options!r:.60}; give a list of schemas")
        if not options:
            return self.never(path, "there is no alternative")
        return Either(tuple(self.node(o, f"{path}/{i}") for i, o in enumerate(options)))

    def all_of(self, parts: Any, path: str, _: Any) -> Node:
        if not isinstance(parts, list) or len(parts) != 1:
            raise TextError(f"'allOf' at {path} can't be enforced; write the parts as one schema")
        return self.node(parts[0], f"{path}/allOf/0")

    def negation(self, schema: Any, path: str, _: Any) -> Node:
        if schema in ({}, True):
            return self.never(path, "'not' excludes everything")
        raise TextError(f"'not' at {path} can't be enforced; say what is allowed instead")

    def typed(self, schema: dict[str, Any], path: str) -> Node:
        """A schema with a type, or with keywords that tell it."""
        kinds = schema.pop("type", None)
        if kinds is None:
            kinds = [k for k, words in _KEYWORDS.items() if schema.keys() & words][:1]
            if not schema:
                return Rule("value")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not isinstance(kinds, list) or any(k not in _KEYWORDS for k in kinds):
            raise TextError(f"the type {kinds!r:.60} at {path} is unknown; there are {', '.join(_KEYWORDS)}")
        words = frozenset[str]().union(*(_KEYWORDS[k] for k in kinds))
        for key in schema:
            if key not in words:
                able = ", ".join(sorted(words)) or "no keywords"
                raise TextError(
                    f"'{key}' at {path} can't be enforced; for {' or '.join(kinds) or 'it'} there are {able}"
                )
        if not kinds:
            return self.never(path, "there is no type")
        return Either(tuple(getattr(self, "_" + kind)(schema, path) for kind in kinds))

    def _null(self, schema: dict[str, Any], path: str) -> Node:
        return Literal("null")

    def _boolean(self, schema: dict[str, Any], path: str) -> Node:
        return Either((Literal("true"), Literal("false")))

    def _integer(self, schema: dict[str, Any], path: str) -> Node:
        low, high, above, below = bounds(schema, path)
        low = None if low is None else low + above
        high = None if high is None else high - below
        if low is not None and high is not None and low > high:
            return self.never(path, f"no whole number is at least {low} and at most {high}")
        return integers(low, high)

    def _number(self, schema: dict[str, Any], path: str) -> Node:
        low, high, above, below = bounds(schema, path)
        if low is not None and high is not None and (low > high or (low == high and (above or below))):
            return self.never(path, f"no number is between {low} and {high}")
        return numbers(low, high, above, below)

    def _string(self, schema: dict[str, Any], path: str) -> Node:
        low, high = count(schema, "minLength", path) or 0, count(schema, "maxLength", path)
        expression, format_ = schema.get("pattern"), _FORMATS.get(str(schema.get("format")))
        if sum((bool(low or high is not None), expression is not None, format_ is not None)) > 1:
            raise TextError(f"length, pattern and format at {path} can't be enforced together; give one")
        if expression is not None and not isinstance(expression, str):
            raise TextError(f"'pattern' at {path} is {expression!r:.40}; give a regular expression")
        if expression is not None or format_ is not None:
            return Seq((QUOTE, pattern(expression if expression is not None else str(format_)), QUOTE))
        if high is not None and low > high:
            return self.never(path, f"no text is at least {low} and at most {high} characters long")
        return (
            Seq((QUOTE, Repeat(Rule("char"), low, high), QUOTE))
            if low or high is not None
            else Rule("string")
        )

    def _array(self, schema: dict[str, Any], path: str) -> Node:
        low, high = count(schema, "minItems", path) or 0, count(schema, "maxItems", path)
        if high is not None and low > high:
            return self.never(path, f"no list has at least {low} and at most {high} items")
        prefix = schema.get("prefixItems", [])
        if not isinstance(prefix, list):
            raise TextError(f"'prefixItems' at {path} is {prefix!r:.40}; give a list of schemas")
        head = tuple(self.node(s, f"{path}/prefixItems/{i}") for i, s in enumerate(prefix))
        items = schema.get("items", True)
        if not head:
            # False: no items, which is no contradiction as long as none is needed.
            tail = NOTHING if items is False else self.node(items, f"{path}/items")
            return Seq((Literal("["), listed(tail, low, high), Literal("]")))
        if high is not None and high < len(head):
            head = head[:high]
        more = NOTHING if items is False else self.node(items, f"{path}/items")
        rest = Repeat(Seq((COMMA, more)), max(low - len(head), 0), None if high is None else high - len(head))
        parts = [part for i, node in enumerate(head) for part in ((COMMA, node) if i else (node,))]
        return Seq((Literal("["), *parts, rest, Literal("]")))

    def _object(self, schema: dict[str, Any], path: str) -> Node:
        properties, required = schema.get("properties", {}), schema.get("required", [])
        others = schema.get("additionalProperties", True)
        if not isinstance(properties, Mapping):
            raise TextError(f"'properties' at {path} is {properties!r:.40}; give an object")
        if not isinstance(required, list) or not all(isinstance(r, str) for r in required):
            raise TextError(f"'required' at {path} is {required!r:.40}; give a list of names")
        missing = [r for r in dict.fromkeys(required) if r not in properties]
        if missing and others is False:
            return self.never(path, f"the property {missing[0]!r} is required but not allowed")
        members = {str(k): self.node(v, f"{path}/properties/{k}") for k, v in properties.items()}
        other = NOTHING if others is False else self.node(others, f"{path}/additionalProperties")
        members |= dict.fromkeys(missing, other)
        if not members:
            pair = Seq((Rule("string"), COLON, other))
            return Seq((Literal("{"), Repeat(listed(pair, 1), 0, 1), Literal("}")))
        # From the last property to the first: what may follow where something, or nothing, stands before it.
        after: Node = Seq(())
        fresh: Node = Seq(())
        for key, value in reversed(members.items()):
            try:
                member = Seq((Literal(json.dumps(key, ensure_ascii=False)), COLON, value, after))
                key.encode()
            except UnicodeEncodeError:
                raise TextError(f"a property at {path} is named with half a character") from None
            name = self.name()
            self.rules[name] = member
            following = Seq((COMMA, Rule(name)))
            needed = key in required
            after = following if needed else Either((following, after))
            fresh = Rule(name) if needed else Either((Rule(name), fresh))
        return Seq((Literal("{"), fresh, Literal("}")))


def _type(value: object) -> str:
    """The JSON type of a Python value."""
    kinds: tuple[tuple[Any, str], ...] = (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
        (dict, "object"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def rules(schema: Any) -> dict[str, Node]:
    """The rules of the grammar of JSON that satisfies `schema`; it begins at "root".

    Raises TextError for a schema that is invalid, holds what can't be enforced, or that nothing satisfies.
    """
    reader = _Reader(schema)
    try:
        reader.rules["root"] = reader.node(schema, "#")
        if "root" not in possible(reader.rules):
            why = reader.contradictions[0] if reader.contradictions else "it recurs without end"
            raise TextError(f"no JSON can satisfy the schema: {why}")
        return reader.rules
    except RecursionError:
        raise TextError("the JSON schema is nested too deeply") from None


def grammar(schema: Any) -> str:
    """The same as GBNF. schema: a JSON schema as Python values. Raises TextError as `rules` does."""
    return gbnf(rules(schema))
