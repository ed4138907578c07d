"""Grounding: every sentence said is tied to the span of a source that supports it, or replaced by that span.

    grounding = Grounding(episode.sources, phrases=written)
    turns, report = grounding.ground(turns)
    report.save("episode/grounding.json")

Design choices
- A sentence is aligned to the sentences of one source that share most of its content, rare words counting
  more; the checks compare it with these, not with the whole source, so a figure that belongs to something
  else is no support.
- Checked are numbers, names and their order, quotations, negations, directions (rose, fell) and certainty
  (may, allegedly); a date is a number and a name. The rest must share most of its content with these
  sentences, and hardly a word may be foreign to the source ("the winner" isn't "the finalist").
- What fails is replaced by the aligned sentence of the source itself, or left out where that was said
  already. So the result is truthful with any writer; a good writer is replaced less often.
- Phrases of the programme ("Now to science.") claim nothing of the world. They are passed in by whoever wrote
  them, and even their names and numbers must occur in what the episode rests on.
- Rules of words can't judge meaning: a paraphrase within these bounds may still mislead. The report says
  what was checked, sentence by sentence, so that a person or a stronger judge can go on from there.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from duologue.studio import claims
from duologue.studio.episode import Source, Span, Turn
from duologue.studio.evidence import Evidence
from duologue.studio.sentences import sentences
from duologue.studio.verdicts import Report, Verdict

__all__ = ["Grounding"]

ENOUGH = 0.6
"""Share of a sentence's content that its span must have."""
_STRANGE = 0.1
"""Share of a sentence's content words that may be foreign to the source: one in ten, for the grammar."""
_WIDEST = 3  # sentences of a source that one sentence may rest on
_HEDGES = re.compile(
    r"\b(may|might|could|alleged(ly)?|accused|suspected|reportedly|possibl[ey]|likely|appears?|claims?|claimed)\b"
)


class Grounding:
    """Checks sentences against `sources`. phrases: sentences of the programme's own, known in advance."""

    def __init__(self, sources: Iterable[Source], phrases: Collection[str] = ()) -> None:
        self._evidence = {s.id: Evidence(s) for s in sources}
        self._phrases = frozenset(claims.fold(p) for p in phrases)
        counts = Counter(stem for e in self._evidence.values() for stems in e.stems for stem in stems)
        self._total = sum(len(e.parts) for e in self._evidence.values()) + 1
        self._counts = counts

    def _weight(self, stem: str) -> float:
        return math.log((self._total + 1) / (self._counts[stem] + 0.5))

    def _align(self, text: str, among: Collection[str]) -> tuple[Evidence | None, list[int], float]:
        """The source and its sentences, best first, that `text` rests on, and the share of it they cover."""
        stems = frozenset(claims.content(text))
        whole = sum(map(self._weight, stems)) or 1.0
        best: tuple[float, float, Evidence | None, list[int]] = (0.0, 0.0, None, [])
        for name in among or self._evidence:
            evidence = self._evidence[name]
            left, chosen, covered = set(stems), list[int](), 0.0
            first = 0.0
            while len(chosen) < _WIDEST and left:
                gains = [sum(map(self._weight, left & s)) for s in evidence.stems]
                top = max(range(len(gains)), key=gains.__getitem__, default=-1)
                if top < 0 or gains[top] < (0.15 * whole if chosen else 1e-9):
                    break
                first = first or gains[top]
                covered += gains[top]
                chosen.append(top)
                left -= evidence.stems[top]
            if (covered + first, first) > best[:2]:
                best = (covered + first, first, evidence, chosen)
                share = covered / whole
        return best[2], best[3], share if best[2] else 0.0

    def check(self, text: str, among: Collection[str] = ()) -> Verdict:
        """The verdict on one sentence. among: ids of the sources it may rest on; empty: any."""
        if claims.fold(text) in self._phrases:
            return Verdict(text=text, kind="phrase", faults=tuple(self._strangers(text)))
        evidence, chosen, coverage = self._align(text, among)
        if evidence is None or not chosen:
            return Verdict(text=text, kind="unsupported", faults=("nothing like it in the sources",))
        span = evidence.parts[chosen[0]]
        known = {"source": evidence.id, "start": span.start, "end": span.end, "coverage": round(coverage, 3)}
        if claims.fold(text).strip(' ."') in claims.fold(span.text):
            return Verdict(text=text, kind="verbatim", **known)  # type: ignore[arg-type]
        faults = tuple(self._faults(text, evidence, chosen))
        strange = [
            w
            for w in dict.fromkeys(claims.content(text))
            if w not in evidence.stem_set and not claims.numbers(w)
        ]
        if len(strange) > _STRANGE * len(claims.content(text)):
            faults = (*faults, f"words the source doesn't have: {', '.join(strange[:5])}")
        if coverage < ENOUGH:
            faults = (*faults, f"only {coverage:.0%} of its content is in the source")
        kind = "unsupported" if faults else "supported"
        return Verdict(text=text, kind=kind, faults=faults, **known)  # type: ignore[arg-type]

    def _strangers(self, text: str) -> Iterable[str]:
        """Numbers and names of `text` that no source has."""
        for number in claims.numbers(text):
            if not any(number in e.numbers for e in self._evidence.values()):
                yield f"number {number:,.12g}"
        for name in claims.names(text):
            if not any(e.has_name(name) for e in self._evidence.values()):
                yield f"name {name}"

    def _faults(self, text: str, evidence: Evidence, chosen: list[int]) -> Iterable[str]:
        window = " ".join(evidence.parts[i].text for i in sorted(chosen))
        there = set(claims.numbers(window)) | set(claims.numbers(evidence.about))
        for number in claims.numbers(text):
            if number not in there:
                yield f"number {number:,.12g}"
        for name in _names(text):
            if not evidence.has_name(name):
                yield f"name {name}"
        order = [claims.fold(n).split()[-1] for n in claims.names(text)]
        places = [claims.fold(window).find(n) for n in order]
        if len(chosen) == 1 and [p for p in places if p >= 0] != sorted(p for p in places if p >= 0):
            yield "names in another order"
        for quotation in claims.quotations(text):
            for piece in re.split(r"\s*(?:…|\.\.\.)\s*", claims.fold(quotation)):
                if piece and piece not in evidence.folded:
                    yield f"quotation “{quotation}”"
        if bool(claims.negations(text)) != bool(claims.negations(window)):
            yield "negation"
        mine, its = claims.directions(text), claims.directions(window)
        for pair, side in mine - its:
            if (pair, 1 - side) in its:
                yield "direction"
        if _HEDGES.search(claims.fold(window)) and not _HEDGES.search(claims.fold(text)):
            yield "certainty"

    def ground(
        self, turns: Sequence[Turn], among: Mapping[str, Collection[str]] | None = None
    ) -> tuple[tuple[Turn, ...], Report]:
        """`turns` with each unsupported sentence replaced or left out and spans set, and the report.

        among: for a turn's id, the ids of the sources it may rest on. A turn that loses all its sentences is
        left out.
        """
        said: set[tuple[str, int]] = set()
        verdicts: list[Verdict] = []
        dropped: list[Verdict] = []
        done: list[Turn] = []
        for turn in turns:
            allowed = (among or {}).get(turn.id, ())
            mine: list[Verdict] = []
            for sentence in sentences(turn.text):
                verdict = self._settle(self.check(sentence.text, allowed), turn.id, said)
                if verdict.text:
                    mine.append(verdict)
                    said.add((verdict.source, verdict.start))
                else:
                    dropped.append(verdict)
            if not mine:
                continue
            verdicts += mine
            spans = [Span(source=v.source, start=v.start, end=v.end) for v in mine if v.source]
            changed = any(v.said for v in mine) or len(mine) != len(sentences(turn.text))
            text = " ".join(v.text for v in mine) if changed else turn.text
            done.append(turn.model_copy(update={"text": text, "spans": tuple(dict.fromkeys(spans))}))
        return tuple(done), Report(tuple(verdicts), tuple(dropped), self._figures(verdicts))

    def audit(self, turns: Sequence[Turn]) -> Report:
        """What each sentence of `turns` rests on as it stands, nothing replaced: the report after an edit."""
        verdicts = [
            replace(self.check(sentence.text, [s.source for s in turn.spans]), turn=turn.id)
            for turn in turns
            for sentence in sentences(turn.text)
        ]
        return Report(tuple(verdicts), (), self._figures(verdicts))

    def _settle(self, verdict: Verdict, turn: str, said: set[tuple[str, int]]) -> Verdict:
        """A verdict that may stand: the sentence itself, the source's in its place, or nothing."""
        known = {"source": verdict.source, "start": verdict.start, "end": verdict.end, "turn": turn}
        if verdict.good:
            return Verdict(text=verdict.text, kind=verdict.kind, coverage=verdict.coverage, **known)  # type: ignore[arg-type]
        again = (verdict.source, verdict.start) in said
        if not verdict.source or again or verdict.coverage < 0.25:
            return Verdict(text="", kind="unsupported", faults=verdict.faults, said=verdict.text, **known)  # type: ignore[arg-type]
        own = self._evidence[verdict.source].text[verdict.start : verdict.end]
        own = own if own[-1:] in ".!?…”\"’'" else f"{own}."  # a headline
        return Verdict(text=own, kind="verbatim", coverage=1.0, said=verdict.text, **known)  # type: ignore[arg-type]

    def _figures(self, verdicts: Sequence[Verdict]) -> dict[str, int]:
        """How many numbers and names are said, and how many of them the sources have."""
        numbers = [n for v in verdicts for n in claims.numbers(v.text)]
        names = [n for v in verdicts for n in claims.names(v.text)]
        everywhere = self._evidence.values()
        return {
            "numbers": len(numbers),
            "numbers_found": sum(any(n in e.numbers for e in everywhere) for n in numbers),
            "names": len(names),
            "names_found": sum(any(e.has_name(n) for e in everywhere) for n in names),
        }


def _names(sentence: str) -> list[str]:
    """The names of a sentence; a capitalised first word counts unless it is a common one."""
    found = claims.names(sentence)
    first = re.match(r"[\"“]?([A-Z][^\W\d_]+)", sentence)
    if (
        first
        and claims.fold(first[1]) not in claims.OPENERS
        and not any(n.startswith(first[1]) for n in found)
    ):
        found.insert(0, first[1])
    return found
