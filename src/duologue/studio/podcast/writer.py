"""Lines by a writer model: each told turn said anew, and kept only where it holds.

Design choices
- The extractive conversation is the plan. The model sees one turn with the question before it and says it in
  the persona's words; so the smallest model has a job it can do, and the largest can't wander off.
- Grounding is the judge: a line with any fault (a number, name, quotation, negation or direction that its
  span doesn't bear out), one that is too long or too short, or one that says a phrase again is dropped, and
  the source's own sentence stays. So the episode is truthful with any model.
- A model that fails three times in a row isn't asked again.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import Any

from duologue.studio.episode import Source, Step, Turn
from duologue.studio.grounding import Grounding
from duologue.studio.podcast.formats import Format
from duologue.studio.podcast.personas import Persona
from duologue.studio.protocols import Message, Write

__all__ = ["SCHEMA", "rewritten"]

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"line": {"type": "string", "minLength": 8, "maxLength": 700}},
    "required": ["line"],
    "additionalProperties": False,
}
_PATIENCE = 3


def rewritten(
    turns: Sequence[Turn],
    sources: Sequence[Source],
    people: Sequence[Persona],
    form: Format,
    write: Write,
    seed: int,
) -> tuple[list[Turn], Step, str]:
    """(turns, what it cost, a note or ""): the turns with spans in the model's words where those hold."""
    begun = time.perf_counter()
    grounding = Grounding(sources)
    texts = {s.id: s.text or "" for s in sources}
    personas = {p.name: p for p in people}
    made: list[Turn] = []
    kept = asked = failed = tokens = 0
    for at, turn in enumerate(turns):
        persona = personas.get(turn.speaker)
        quoted = "“" in turn.text or '"' in turn.text
        if persona is None or not turn.spans or len(turn.text.split()) < 9 or quoted or failed >= _PATIENCE:
            made.append(turn)
            continue
        facts = " ".join(texts[s.source][s.start : s.end] for s in turn.spans)
        before = turns[at - 1].text if at else ""
        asked += 1
        try:
            answer = write.write(
                _messages(persona, form, before, turn.text, facts),
                max_tokens=220,
                temperature=0.7,
                seed=seed + at,
                json_schema=SCHEMA,
            )
            failed = 0
        except (ValueError, OSError):
            failed += 1
            made.append(turn)
            continue
        tokens += len(answer) // 4
        line = _line(answer)
        if line and _holds(line, turn, grounding, made):
            kept += 1
            made.append(turn.model_copy(update={"text": line}))
        else:
            made.append(turn)
    step = Step(step="rewrite", backend=write.model, seconds=time.perf_counter() - begun, tokens=tokens)
    note = f"{write.model} wrote {kept} of {asked} lines; the others are the sources' own words"
    return made, step, note


def _messages(persona: Persona, form: Format, before: str, text: str, facts: str) -> list[Message]:
    quirks = f" Manner: {persona.quirks}." if persona.quirks else ""
    return [
        {
            "role": "system",
            "content": f"You are {persona.name}, {persona.role} of a podcast ({form.name}).{quirks} Say the "
            "given line in your own spoken words. Use only the facts given. Keep every number, "
            "name and date exactly. "
            'Add nothing. At most 60 words. Answer with JSON: {"line": "..."}.',
        },
        {
            "role": "user",
            "content": f"Facts: {facts}\nBefore you, somebody said: {before}\n"
            f"Your line, to be said in your words: {text}",
        },
    ]


def _line(answer: str) -> str:
    """The line in the model's answer, or nothing."""
    try:
        value = json.loads(answer)
    except ValueError:
        return ""
    line = value.get("line") if isinstance(value, dict) else None
    return " ".join(line.split()) if isinstance(line, str) else ""


def _holds(line: str, turn: Turn, grounding: Grounding, said: Sequence[Turn]) -> bool:
    words, old = len(line.split()), len(turn.text.split())
    if not 0.5 * old <= words <= 1.4 * old + 6 or re.search(r"[*#<>{}\[\]]|https?:", line):
        return False
    if not re.search(r"[.!?]$", line):
        return False
    if not all(
        grounding.check(s, [p.source for p in turn.spans]).good for s in re.split(r"(?<=[.!?])\s+", line)
    ):
        return False
    start = " ".join(line.split()[:4]).lower()
    return all(" ".join(t.text.split()[:4]).lower() != start for t in said)
