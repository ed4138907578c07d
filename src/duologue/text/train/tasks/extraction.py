"""Extraction into JSON: fields that a program finds in a passage, under a schema shown in the prompt.

Design choices
- Fields: title, names, years, numbers, places, first words of definition (subject and what it is), years of
  birth and death. Values are spans of the passage; lists keep its order and hold each value once.
- The schema is shown as JSON schema, as an example of the shape, or in words; the answer is one line of JSON.
- Places are countries, capitals and great cities by a list (the factbook's, and one here).
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from duologue.text.errors import TextError
from duologue.text.facts import contains, names, numbers, years
from duologue.text.train.tasks.factbook import places as factbook_places
from duologue.text.train.tasks.passages import Passage
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["fields", "make"]

_MOST = 6
_GROUPS = (("subject", "description"), ("name", "born", "died"))  # fields that are asked for together
_ASKS = (
    "Extract {fields} from the text as JSON.\n{schema}",
    "Read the text and fill in this JSON.\n{schema}",
    "Give me {fields} as JSON. {schema}",
    "Return a JSON object with {fields}. {schema}",
    "From the passage, extract {fields}. Answer only with JSON.\n{schema}",
    "Answer with JSON that follows the schema.\n{schema}",
    "Find {fields} in the passage and write them as a JSON object.\n{schema}",
    "Turn the facts of this text into JSON: {fields}.\n{schema}",
    "List {fields} as JSON.\n{schema}",
    "Write a JSON object of this form about the text.\n{schema}",
    "Output JSON only. {schema}\nTake {fields} from the text.",
    "Extract the data as JSON.\n{schema}",
    "Please pull out {fields} and answer in JSON.\n{schema}",
    "Which facts are in the text? Use this format: {schema}",
)
_WORDS = {
    "title": "the title",
    "names": "the names",
    "years": "the years",
    "numbers": "the numbers",
    "places": "the places",
    "subject": "the subject",
    "description": "what it is",
    "name": "the name",
    "born": "the year of birth",
    "died": "the year of death",
}
_NOT_NAMES = frozenset(
    "January February March April May June July August September October November December Monday Tuesday"
    " Wednesday"
    " Thursday Friday Saturday Sunday AD BC CE BCE".split()
)
_DEFINED = re.compile(
    r"^(?P<subject>[A-Z][^,()]{1,45}?)(?: \([^()]*\))? (?:is|was) (?:an?|the) (?P<what>[^,;.()]{4,60}?)"
    r"(?= (?:who|which|that|in|of|from|by|located|founded|with|for|and|used|born|on|at)\b|[,;.])"
)
_LIVED = re.compile(
    r"^(?P<name>[A-Z][\w.'’ -]{3,40}?) \((?:[^()]*?\b)?(?P<born>1\d{3})(?: [–—-] [^()]*?(?P<died>\d{4}))?\)"
)
_CITIES = (
    "New York|Los Angeles|Chicago|Boston|San Francisco|Philadelphia|Detroit|Houston|Texas|California"
    "|Florida|Ohio|Hawaii"
    "|Alaska|Virginia|Georgia|Michigan|Illinois|Pennsylvania|Massachusetts|Washington|Manchester|Liverpool|Birmingham"
    "|Glasgow|Edinburgh|Oxford|Cambridge|Scotland|England|Wales|Ireland|Britain|Great"
    " Britain|Munich|Hamburg|Cologne"
    "|Frankfurt|Milan|Venice|Florence|Naples|Turin|Barcelona|Seville|Lyon|Marseille|Geneva|Zurich|Antwerp|Rotterdam"
    "|Saint Petersburg|Istanbul|Mumbai|Calcutta|Shanghai|Hong Kong|Osaka|Kyoto|Sydney|Melbourne|Toronto"
    "|Montreal"
    "|Vancouver|Rio de Janeiro|Jerusalem|Bavaria|Sicily|Normandy|Quebec|Ontario|Siberia|Europe|Asia"
    "|Africa|Australia"
    "|North America|South America|United States|United Kingdom|Soviet"
    " Union|Prussia|Persia|Constantinople|Russia"
).split("|")


@cache
def _places() -> frozenset[str]:
    try:
        return frozenset(_CITIES) | factbook_places()
    except (TextError, OSError):  # the data isn't there: the great cities must do
        return frozenset(_CITIES)


def fields(passage: Passage) -> dict[str, Any]:
    """Every field that the passage yields, with its value."""
    text, first = passage.text, passage.sentences[0]
    found: dict[str, Any] = {}
    named = [
        n for n in names(text) if n not in _NOT_NAMES and len(n) > 2 and '"' not in n and contains(text, n)
    ]
    if named:
        found["names"] = named[:_MOST]
    if there := [n for n in named if n in _places()]:
        found["places"] = there[:_MOST]
    if dated := years(text):
        found["years"] = dated[:_MOST]
    others = re.findall(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|,\d|\.\d)", text)
    others = [n for n in dict.fromkeys(others) if not (n.isdigit() and int(n) in dated)]
    if others and len(others) <= _MOST and set(numbers(" ".join(others))) <= set(numbers(text)):
        found["numbers"] = others
    if match := _DEFINED.match(first):
        found["subject"], found["description"] = match["subject"], match["what"]
    if match := _LIVED.match(first):
        found["name"], found["born"] = match["name"], int(match["born"])
        if match["died"]:
            found["died"] = int(match["died"])
    return found


def _property(name: str) -> dict[str, Any]:
    if name in ("years", "names", "numbers", "places"):
        items = {"type": "integer" if name == "years" else "string"}
        return {"type": "array", "items": items, "maxItems": _MOST}
    return {"type": "integer" if name in ("born", "died") else "string"}


def _shown(schema: dict[str, Any], wording: Wording) -> str:
    """The schema as the prompt shows it."""
    shape = {}
    for name, rule in schema["properties"].items():
        value = 0 if "integer" in (rule["type"], rule.get("items", {}).get("type")) else "..."
        shape[name] = [value] if rule["type"] == "array" else value
    way = wording.rng.random()
    if way < 0.3:
        plain = {
            name: {k: v for k, v in rule.items() if k != "maxItems"}
            for name, rule in schema["properties"].items()
        }
        return "Schema: " + json.dumps({"type": "object", "properties": plain})
    if way < 0.65:
        return wording.pick(
            ("{shape}", "Form: {shape}", "Use this shape: {shape}", "Like this: {shape}"),
            shape=json.dumps(shape),
        )
    kinds = {"array": "a list", "integer": "a number", "string": "a text"}
    told = ", ".join(f'"{name}" ({kinds[rule["type"]]})' for name, rule in schema["properties"].items())
    return wording.pick(("Keys: ", "Fields: ", "The keys are ", "Use the keys ")) + told


def make(passage: Passage, wording: Wording) -> Record | None:
    """An extraction task of the passage, or None if it holds too little."""
    rng = wording.rng
    found = fields(passage)
    titled = rng.random() < 0.35
    text = passage.text
    if titled:
        text, found = f"{passage.title}\n{text}", {"title": passage.title, **found}
    if len(found) < 2:
        return None
    group = next((g for g in _GROUPS if g[0] in found and rng.random() < 0.6), ())
    chosen = [k for k in group if k in found]
    rest = [k for k in found if not any(k in g for g in _GROUPS)]
    chosen += rng.sample(rest, min(len(rest), rng.randint(1, 2) if chosen else rng.randint(1, 4)))
    if titled and "title" not in chosen:
        chosen.insert(0, "title")
    if not chosen:
        return None
    rng.shuffle(chosen)
    value = {k: found[k] for k in chosen}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {k: _property(k) for k in chosen},
        "required": chosen,
        "additionalProperties": False,
    }
    told = [_WORDS[k] for k in chosen]
    listed = told[0] if len(told) == 1 else ", ".join(told[:-1]) + " and " + told[-1]
    ask = wording.pick(_ASKS, fields=listed, schema=_shown(schema, wording))
    messages = wording.messages(wording.place(ask, text), json.dumps(value, ensure_ascii=False))
    return Record(task="extraction", messages=messages, source={"text": text, "schema": schema})
