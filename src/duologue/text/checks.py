"""Whether an answer is sound, as far as a program can say: grounded in its source, well formed, to the point.

Design choices
- One entry: `check(task, source, answer)`; `source` is what the prompt was made of (the passage under
  "text", limits of form under "constraints", a JSON schema under "schema"): so any answer can be checked.
- Grounding is strict: a number or name that the source doesn't hold fails the answer, however likely it is.
- Every answer must also be fluent: not empty, like English, ended, and free of repetition loops.
- A verdict lists every reason, so that reports can say what a model does wrong most often.
- Standard library only: benchmarks, training and the studio all use it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from duologue.text.constraints import broken
from duologue.text.errors import TextError
from duologue.text.facts import STOP, contains, fold, missing_numbers
from duologue.text.fluency import disfluent
from duologue.text.relevance import on_topic, shared, ungrounded
from duologue.text.sentences import words

__all__ = ["TASKS", "Verdict", "check"]

_SPEAKER = re.compile(r"^([A-Z][\w.' -]{0,30}):\s*(\S.*)$")
_FENCE = re.compile(r"^```(?:json)?\s*|\s*```$")
_DANGLING = STOP - frozenset(
    "it him her them us you me up down out off over under again here there not no all".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check found. `reasons` is empty exactly if `passed`."""

    passed: bool
    reasons: tuple[str, ...]


def _text(source: Mapping[str, Any]) -> str:
    text = source.get("text")
    if not isinstance(text, str) or not text.strip():
        raise TextError("the source of this task needs its passage under 'text'")
    return text


def _headline(source: Mapping[str, Any], answer: str) -> list[str]:
    text, line = _text(source), answer.strip().strip('"“”*').strip()
    reasons = disfluent(line, closed=False)
    tokens = words(line)
    if "\n" in line:
        reasons.append("more than one line")
    if not 2 <= len(tokens) <= int(source.get("max_words", 14)):
        reasons.append(f"{len(tokens)} words")
    if line.endswith((".", ",", ";", ":", "-", "–")) or (tokens and fold(tokens[-1]) in _DANGLING):
        reasons.append("doesn't end as a headline does")
    capitals = sum(t[0].isupper() for t in tokens) > 0.6 * len(tokens)
    # In title case every word looks like a name: then the words themselves must come from the source.
    reasons += ungrounded(line.lower() if capitals else line, text)
    if shared(line, text) < (0.75 if capitals else 0.6):
        reasons.append("not about the source")
    return reasons


def _summary(source: Mapping[str, Any], answer: str) -> list[str]:
    text = _text(source)
    reasons = disfluent(answer) + ungrounded(answer, text)
    reasons += broken(source.get("constraints", {"sentences": 2, "max_words": 80}), answer.strip())
    if len(words(answer)) > 0.85 * len(words(text)):
        reasons.append("hardly shorter than the source")
    if shared(answer, text) < 0.6:
        reasons.append("not about the source")
    return reasons


def _value(name: str, schema: Mapping[str, Any], value: Any, text: str) -> list[str]:
    """Why a value disagrees with its schema or isn't in the text."""
    kind = schema.get("type")
    if kind == "array":
        if not isinstance(value, list):
            return [f"{name}: not a list"]
        reasons = [r for item in value for r in _value(name, schema.get("items", {}), item, text)]
        if len(value) > schema.get("maxItems", 99) or len(value) < schema.get("minItems", 0):
            reasons.append(f"{name}: {len(value)} items")
        if len({json.dumps(v) for v in value}) != len(value):
            reasons.append(f"{name}: an item twice")
        return reasons
    if kind == "integer":
        if not isinstance(value, int) or isinstance(value, bool):
            return [f"{name}: not a whole number"]
        return [] if not missing_numbers(str(value), text) else [f"{name}: {value} isn't in the source"]
    if kind == "string":
        if not isinstance(value, str) or not value.strip():
            return [f"{name}: not a text"]
        return [] if contains(text, value) else [f"{name}: '{value[:40]}' isn't in the source"]
    raise TextError(f"the checker knows array, integer and string, not '{kind}'")


def _extraction(source: Mapping[str, Any], answer: str) -> list[str]:
    text, schema = _text(source), source.get("schema")
    if not isinstance(schema, Mapping):
        raise TextError("the source of an extraction needs its JSON schema under 'schema'")
    try:
        found = json.loads(_FENCE.sub("", answer.strip()))
    except json.JSONDecodeError:
        return ["not JSON"]
    if not isinstance(found, dict):
        return ["not a JSON object"]
    fields = schema["properties"]
    if set(found) != set(fields):
        return [f"fields {', '.join(found)} instead of {', '.join(fields)}"]
    reasons = [r for name, value in found.items() for r in _value(name, fields[name], value, text)]
    if not any(found.values()):
        reasons.append("nothing found")
    return reasons


def _rewrite(source: Mapping[str, Any], answer: str) -> list[str]:
    text, constraints = _text(source), source.get("constraints", {})
    free = {"upper", "bullets", "numbered", "exactly", "no_marks"} & set(constraints)
    reasons = disfluent(answer, closed=not free) + broken(constraints, answer.strip())
    added = " ".join(str(constraints.get(k, "")) for k in ("starts", "ends", "with"))
    whole = f"{text}\n{added}"
    # A text in capitals has no names to tell apart: there the words decide.
    reasons += ungrounded(
        answer.lower() if "upper" in constraints else re.sub(r"(?m)^\s*\d+[.)]", "", answer), whole
    )
    if shared(answer, whole) < 0.7:
        reasons.append("not about the source")
    return reasons


def _continuation(source: Mapping[str, Any], answer: str) -> list[str]:
    reasons = disfluent(answer)
    if len(answer) > 30 and fold(answer)[:60] in fold(_text(source)):
        reasons.append("copies the beginning")
    if not 8 <= len(words(answer)) <= 160:
        reasons.append(f"{len(words(answer))} words")
    return reasons


def _script(source: Mapping[str, Any], answer: str) -> list[str]:
    text = _text(source)
    lines = [line for line in answer.strip().split("\n") if line.strip()]
    turns = [m for line in lines if (m := _SPEAKER.match(line.strip()))]
    if len(turns) != len(lines) or len(turns) < 2:
        return ["not a script of lines with speakers"]
    said = "\n".join(m[2] for m in turns)
    reasons = disfluent(said) + ungrounded(said, text)
    speakers = [m[1] for m in turns]
    wanted = source.get("speakers")
    if wanted and set(speakers) != set(wanted):
        reasons.append(f"speakers {', '.join(dict.fromkeys(speakers))} instead of {', '.join(wanted)}")
    if len(set(speakers)) < 2:
        reasons.append("only one speaker")
    return reasons


def _answer(source: Mapping[str, Any], answer: str) -> list[str]:
    """A question about a passage: grounded, and holding one of the accepted answers if any is known."""
    text = f"{_text(source)}\n{source.get('question', '')}"
    reasons = disfluent(answer, closed=len(words(answer)) > 8) + ungrounded(answer, text)
    accepted = source.get("answers", [])
    if accepted and not any(contains(answer, a) for a in accepted):
        reasons.append(f"lacks '{accepted[0][:40]}'")
    return reasons


def _choice(source: Mapping[str, Any], answer: str) -> list[str]:
    choices = source["choices"]
    mine = fold(answer).strip(" .")
    chosen = [c for c in choices if fold(c).strip(" .") == mine]
    if not chosen:
        named = [c for c in choices if contains(answer, c)]
        chosen = named if len(words(answer)) <= 15 else []
    return [] if len(chosen) == 1 else ["none of the choices" if not chosen else "several choices"]


def _instruction(source: Mapping[str, Any], answer: str) -> list[str]:
    constraints = source["constraints"]
    free = {
        "exactly",
        "equals",
        "upper",
        "lower",
        "items",
        "bullets",
        "numbered",
        "max_words",
        "ends",
        "lines",
        "with",
    }
    form = disfluent(answer, closed=not free & set(constraints))
    if {"exactly", "equals", "items", "numbered", "bullets"} & set(constraints) or len(words(answer)) < 3:
        form = [r for r in form if r == "empty"]
    return form + broken(constraints, answer.strip())


def _chat(source: Mapping[str, Any], answer: str) -> list[str]:
    reasons = disfluent(answer, closed=len(words(answer)) > 3)
    if len(words(answer)) > int(source.get("max_words", 200)):
        reasons.append(f"{len(words(answer))} words")
    if source.get("topic") and not on_topic(answer, str(source["topic"])):
        reasons.append("off the topic")
    return reasons


_CHECKS: dict[str, Callable[[Mapping[str, Any], str], list[str]]] = {
    "headline": _headline,
    "summary": _summary,
    "extraction": _extraction,
    "rewrite": _rewrite,
    "continuation": _continuation,
    "script": _script,
    "question": _answer,
    "factbook": _answer,
    "trivia": _choice,
    "instruction": _instruction,
    "chat": _chat,
    "definition": _chat,
    "topic": _chat,
    "small-talk": _chat,
    "service": _chat,
    "everyday": _chat,
}
TASKS = tuple(_CHECKS)


def check(task: str, source: Mapping[str, Any], answer: str) -> Verdict:
    """Check an answer to a task against what its prompt was made of.

    Raises TextError for an unknown task or a source that lacks what the task's check needs.
    """
    rule = _CHECKS.get(task)
    if rule is None:
        raise TextError(f"no task '{task}'; there are {', '.join(TASKS)}")
    reasons = tuple(dict.fromkeys(rule(source, answer)))
    return Verdict(passed=not reasons, reasons=reasons)
