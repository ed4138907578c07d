"""Battles without people: contestants answer a list of prompts, and a program judges every pair.

Design choices
- Each contestant answers each prompt once, with the same seed as the others; pairs are then formed of what
  there is: N answers a prompt instead of N (N - 1).
- All clips of a prompt get one loudness, as in battles that people hear.
- Who stands left is tossed, so that a file of these votes shows no side; the judges know no sides.
- A contestant that fails at a prompt is left out of it and counted; one that gives itself away is left out,
  too.
- A row names its judge: such votes are never taken for people's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from duologue.arena import categories
from duologue.arena.clips import RATE, Clip, matched
from duologue.arena.contestants import Contestant, Kind
from duologue.arena.errors import ArenaError
from duologue.arena.judging import Exhibit, Judge, Judgement, judge
from duologue.arena.leaks import leak
from duologue.arena.players import Players
from duologue.arena.prompts import Prompt
from duologue.store.ulid import new_ulid

__all__ = ["Batch", "Bout", "run_batch"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bout:
    """A battle that was judged, as a row of a file of votes."""

    prompt: Prompt
    left: str
    right: str
    exhibits: tuple[Exhibit, Exhibit]
    judgement: Judgement
    loudness: tuple[float | None, float | None] = (None, None)

    def row(self) -> dict[str, Any]:
        """What `duologue arena rank` reads, and what was answered and found."""
        left, right = self.exhibits
        row: dict[str, Any] = {
            "battle": new_ulid(),
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "model_a": self.left,
            "model_b": self.right,
            "winner": self.judgement.winner,
            "judge": self.judgement.judge,
            "kind": "text" if left.audio is None else "speech",
            "task": self.prompt.task,
            "language": categories.language(self.prompt.prompt),
            "length_class": categories.length(self.prompt.prompt),
            "prompt": self.prompt.prompt,
            "score_a": round(self.judgement.left.value, 4),
            "score_b": round(self.judgement.right.value, 4),
            "reasons_left": list(self.judgement.left.reasons),
            "reasons_right": list(self.judgement.right.reasons),
        }
        if left.audio is None or right.audio is None:
            return row | {"answer_a": left.answer, "answer_b": right.answer}
        seconds = (len(left.audio) / RATE, len(right.audio) / RATE)
        row |= {"duration_a": round(seconds[0], 3), "duration_b": round(seconds[1], 3)}
        return row | {"loudness_a": self.loudness[0], "loudness_b": self.loudness[1]}


@dataclass(slots=True)
class Batch:
    """What a batch came to: failures and leaks by contestant."""

    bouts: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    leaked: dict[str, int] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)


def run_batch(
    prompts: Sequence[Prompt],
    contestants: Sequence[Contestant],
    judges: Sequence[Judge],
    players: Players,
    *,
    batch: Batch | None = None,
    seed: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[Bout]:
    """The bouts of all pairs over all prompts, judged by each judge, as they are made.

    progress: called with the number of prompts that are done. Raises ArenaError for fewer than two
    contestants, contestants or judges of several kinds, or a prompt that a judge can't judge.
    """
    kinds = {c.kind for c in contestants} | {j.kind for j in judges}
    if len(kinds) != 1 or not judges:
        raise ArenaError("contestants and judges must be of one kind, all of text or all of speech")
    if len({c.name for c in contestants}) < 2:
        raise ArenaError("a battle needs two contestants; name at least two")
    batch = batch if batch is not None else Batch()
    source = random.Random(seed)
    kind: Kind = contestants[0].kind
    for number, prompt in enumerate(prompts):
        there = _answers(prompt, contestants, players, kind, source.randrange(1 << 31), batch)
        exhibits = {name: exhibit for name, (exhibit, _) in there.items()}
        for by in judges:
            for pair in combinations(sorted(exhibits), 2):
                left, right = pair if source.random() < 0.5 else pair[::-1]
                made = judge(by, exhibits[left], exhibits[right])
                batch.bouts += 1
                yield Bout(
                    prompt=prompt,
                    left=left,
                    right=right,
                    exhibits=(exhibits[left], exhibits[right]),
                    judgement=made,
                    loudness=(there[left][1], there[right][1]),
                )
        progress(number + 1)


def _answers(
    prompt: Prompt, contestants: Sequence[Contestant], players: Players, kind: Kind, seed: int, batch: Batch
) -> dict[str, tuple[Exhibit, float | None]]:
    """What each contestant made of a prompt, with the loudness it had; those that failed are left out."""
    texts: dict[str, str] = {}
    sounds: dict[str, tuple[Any, int]] = {}
    for contestant in contestants:
        try:
            if kind == "speech":
                sounds[contestant.name] = players.speak(contestant, prompt.prompt, seed=seed)
                continue
            system = [{"role": "system", "content": contestant.system}] if contestant.system else []
            messages = [*system, {"role": "user", "content": prompt.prompt}]
            pieces, _ = players.write(contestant, messages, seed=seed, task=prompt.task)
            answer = "".join(pieces).strip()
        except ValueError as error:
            batch.failed[contestant.name] = batch.failed.get(contestant.name, 0) + 1
            batch.why[contestant.name] = str(error)
            continue
        if leak(answer, contestant.name, contestant.aliases, prompt.prompt):
            batch.leaked[contestant.name] = batch.leaked.get(contestant.name, 0) + 1
            continue
        texts[contestant.name] = answer
    if kind == "text":
        return {
            name: (Exhibit(prompt=prompt.prompt, task=prompt.task, answer=answer, source=prompt.source), None)
            for name, answer in texts.items()
        }
    clips: dict[str, Clip] = {}
    if sounds:
        clips = dict(zip(sounds, matched(list(sounds.values())), strict=True))
    return {
        name: (Exhibit(prompt=prompt.prompt, task=prompt.task, audio=clip.audio, rate=RATE), clip.loudness)
        for name, clip in clips.items()
    }
