"""The grounding of a podcast: what each sentence said rests on.

Design choices
- A sentence of a source that is said with its opening changed, its quotation put behind the speaker or its
  contractions made is checked word by word: every word must stand in the spans of its turn, but for names
  that the source has elsewhere and a handful of joints ("but", "that", "they"). That is stricter than
  likeness.
- Whatever else was said (lines of a writer model) goes to the studio's `Grounding`.
- Written phrases are counted apart; they may hold no number, and no name but the speakers'. So is
  what a critique has counted itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from duologue.studio.episode import Episode, Turn
from duologue.studio.grounding import Grounding
from duologue.studio.podcast.phrases import POOLS
from duologue.studio.podcast.statements import expanded
from duologue.studio.sentences import sentences

__all__ = ["podcast_report"]

_WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)*")
_JOINTS = frozenset(
    "but and so then still meanwhile that they it will are were is was because do did does what who how "
    "many much where when why s if happened feel about doing been more okay right today".split()
)
_COUNTED = re.compile(r"\b(?:named as a source|guarded with a may or a could)\b")
_PHRASES = frozenset(
    part.strip().lower()
    for pool in POOLS.values()
    for phrase in pool
    for part in re.split(r"(?<=[.!?])\s+", phrase)
    if "{}" not in part
)


def podcast_report(episode: Episode) -> str:
    """The report as JSON: shares, and a verdict for every sentence."""
    grounding = Grounding(episode.sources)
    texts = {s.id: s.text or "" for s in episode.sources}
    names = {w.lower() for t in texts.values() for w in re.findall(r"\b[A-Z][\w’'-]*", t)}
    speakers = {s.name for s in episode.speakers}
    rows: list[dict[str, Any]] = []
    for turn in episode.turns:
        told = " ".join(texts[s.source][s.start : s.end] for s in turn.spans)
        for sentence in sentences(turn.text):
            rows.append(
                {
                    "turn": turn.id,
                    "text": sentence.text,
                    **_verdict(sentence.text, turn, told, names, grounding, speakers),
                }
            )
    claims = [r for r in rows if r["kind"] not in ("phrase", "count")]
    good = [r for r in claims if r["kind"] in ("verbatim", "supported")]
    whole = {
        "sentences": len(rows),
        "phrases": len(rows) - len(claims),
        "claims": len(claims),
        "supported": round(len(good) / len(claims), 4) if claims else 1.0,
        "verdicts": rows,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _verdict(
    text: str, turn: Turn, told: str, names: set[str], grounding: Grounding, speakers: set[str]
) -> dict[str, Any]:
    if told and " ".join(text.split()) in " ".join(told.split()):
        return {"kind": "verbatim"}
    if told and not _strange(text, told, names):
        return {"kind": "supported"}
    if any(name in text for name in speakers) and not re.search(r"\d", text):
        return {"kind": "phrase"}
    if _COUNTED.search(text):
        return {"kind": "count"}
    if text.strip().lower() in _PHRASES or (not re.search(r"\d", text) and not turn.spans):
        return {"kind": "phrase"}
    verdict = grounding.check(text, [s.source for s in turn.spans])
    if verdict.good:
        return {"kind": verdict.kind}
    short = len(text.split()) <= 14 and not re.search(r"\d", text)
    return {"kind": "phrase"} if short else {"kind": "unsupported", "faults": list(verdict.faults)}


def _strange(text: str, told: str, names: set[str]) -> list[str]:
    """The words of `text` that neither its spans nor the names of the source have."""
    there = set(_words(told))
    stems = {w[:5] for w in there if len(w) >= 5}
    return [
        w
        for w in _words(text)
        if w not in there and w not in names and w not in _JOINTS and not (w[:5] in stems and not w.isdigit())
    ]


def _words(text: str) -> Sequence[str]:
    return _WORD.findall(expanded(text).lower().replace("’", "'").replace("'s", " "))
