"""An episode as its page shows it: turns cut into words with their times, chapters, what each line rests on.

Design choices
- Pure: from the studio's view of an episode (`server.shelf`) to what the template writes out.
- The voice's markup isn't shown; a word's span is what lies between its offsets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["grounded", "parts", "sources_of", "turns_of"]

_MARKUP = re.compile(r"\[pause:[^\[\]\n]*\]|\]\(/[^()\n]*/\)|\[(?=[^\[\]\n]+\]\(/)")
_GOOD = ("verbatim", "supported", "source")
_BADGES = {"verbatim": "good", "supported": "good", "source": "good", "phrase": "", "count": ""}
_SAID = {"verbatim": "word for word", "source": "from the source", "count": "counted"}


def parts(turn: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The text of a turn in order: words with start and end, and what stands between them without."""
    text, at = str(turn["text"]), 0
    markup = {i for found in _MARKUP.finditer(text) for i in range(*found.span())}

    def plain(start: int, end: int) -> str:
        return "".join(text[i] for i in range(start, end) if i not in markup)

    made: list[dict[str, Any]] = []
    for word in turn["words"]:
        start, end = word["char_start"], word["char_end"]
        if start < at or end > len(text):
            continue
        made.append({"text": plain(at, start), "start": None, "end": None})
        made.append({"text": plain(start, end), "start": word["start"], "end": word["end"]})
        at = end
    made.append({"text": plain(at, len(text)), "start": None, "end": None})
    return [part for part in made if part["text"]]


def sources_of(view: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sources with a title to show, and links only where they lead into the web."""
    made = []
    for source in view["sources"]:
        url = source["url"] if source["url"].startswith(("http://", "https://")) else ""
        title = source["title"] or url or source["id"]
        made.append({"id": source["id"], "url": url, "title": title, "publisher": source["publisher"]})
    return made


def turns_of(view: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The turns for the template."""
    sources = {source["id"]: source for source in sources_of(view)}
    speakers = [speaker["name"] for speaker in view["speakers"]]
    heads = {c["turn"]: c for c in view["chapters"]} if len(view["chapters"]) > 1 else {}
    made, before = [], ""
    for turn in view["turns"]:
        heading = heads.get(turn["id"])
        named = (
            bool(turn["speaker"]) and len(speakers) > 1 and (turn["speaker"] != before or heading is not None)
        )
        before = turn["speaker"]
        lines = [_line(line, sources) for line in turn["grounding"]]
        made.append({
            **turn, "parts": parts(turn), "heading": heading, "named": named,
            "place": speakers.index(before) % 4 if before in speakers else 0,
            "grounding": lines, "grounding_label": _label(lines),
            "weak": any(line["badge"] == "bad" for line in lines),
        })  # fmt: skip
    return made


def _line(line: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    quotes = [
        {"quote": q["quote"], **{k: sources.get(q["source"], {}).get(k, "") for k in ("url", "title")}}
        for q in line["rests_on"]
        if q["quote"]
    ]
    kind = str(line["kind"])
    return {
        "text": line["text"], "kind": _SAID.get(kind, kind), "badge": _BADGES.get(kind, "bad"),
        "faults": line["faults"], "rests_on": quotes,
    }  # fmt: skip


def _label(lines: Sequence[Mapping[str, Any]]) -> str:
    if any(line["badge"] == "bad" for line in lines):
        return "not supported"
    named = {q["title"] for line in lines for q in line["rests_on"] if q["title"]}
    if named:
        return f"rests on {', '.join(sorted(named)[:2])}"
    return "rests on a source" if any(line["badge"] == "good" for line in lines) else "our own phrase"


def grounded(view: Mapping[str, Any]) -> dict[str, Any] | None:
    """How many of an episode's sentences are supported; None where it has no report."""
    lines = [line for turn in view["turns"] for line in turn["grounding"] if line["text"]]
    if not lines:
        return None
    claims = [line for line in lines if line["kind"] not in ("phrase", "count")]
    supported = sum(line["kind"] in _GOOD for line in claims)
    share = supported / len(claims) if claims else 1.0
    return {
        "claims": len(claims), "supported": supported, "phrases": len(lines) - len(claims),
        "share": round(share, 4),
    }  # fmt: skip
