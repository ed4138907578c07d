"""What grounding found out: a verdict on each sentence, and the report of an episode."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from duologue.studio.files import write_whole

__all__ = ["Report", "Verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of one sentence.

    kind: "verbatim", "supported", "phrase" (of the programme), or "unsupported"; source, start, end: the
    span; coverage: share of its content found there; faults: what the checks found; said: the sentence as
    it was before it was replaced or left out, else empty.
    """

    text: str
    kind: str
    source: str = ""
    start: int = 0
    end: int = 0
    coverage: float = 0.0
    faults: tuple[str, ...] = ()
    turn: str = ""
    said: str = ""

    @property
    def good(self) -> bool:
        """Whether it may be said."""
        return self.kind != "unsupported" and not self.faults


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on what is said, and what was left out."""

    verdicts: tuple[Verdict, ...]
    dropped: tuple[Verdict, ...] = ()
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def supported(self) -> float:
        """Share of the claims said that a span supports, 0 to 1."""
        claimed = [v for v in self.verdicts if v.kind != "phrase"]
        return sum(v.good for v in claimed) / len(claimed) if claimed else 1.0

    @property
    def kept(self) -> float:
        """Share of the writer's own claims that passed, 0 to 1; the others were replaced or left out."""
        claimed = [v for v in self.verdicts if v.kind != "phrase"]
        total = len(claimed) + len(self.dropped)
        return sum(not v.said for v in claimed) / total if total else 1.0

    def json_text(self) -> str:
        """The file form."""
        kinds = Counter(v.kind for v in self.verdicts)
        return (
            json.dumps(
                {
                    "supported": round(self.supported, 4),
                    "kept": round(self.kept, 4),
                    "sentences": len(self.verdicts),
                    "kinds": dict(kinds),
                    "replaced": sum(bool(v.said) for v in self.verdicts),
                    "dropped": [asdict(v) for v in self.dropped],
                    **self.figures,
                    "verdicts": [asdict(v) for v in self.verdicts],
                },
                ensure_ascii=False,
                indent=2,
            )
            + "\n"
        )

    def save(self, path: str | Path) -> Path:
        """Write `grounding.json`, whole or not at all."""
        return write_whole(path, self.json_text())
