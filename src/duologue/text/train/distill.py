"""Distil short everyday answers of SmolLM2-135M-Instruct, checked, into rows for tuning.

`duologue train text distill --out work/text/distilled.jsonl --minutes 25`

Design choices
- Prompts are composed of topics and phrasings (tasks/prompts.py), so none comes from a set with terms of its
  own; the teacher is Apache-2.0, runs through llama.cpp in several slots, and is credited in the model card.
- Of every prompt one answer at a low temperature, at most 80 tokens of it asked for; kept if it is fluent,
  ended, without loops, on the topic, and says nothing of being made by somebody else.
- Resumable: the output is appended row by row and prompts that are there are skipped; a time budget ends it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from duologue.text.checks import check
from duologue.text.sentences import split, words
from duologue.text.train.tasks.prompts import Prompt, prompts

__all__ = ["Tally", "distil", "main", "mended", "refusals"]

_OWN = re.compile(
    r"\b(?:hugging ?face|smollm|openai|as an ai|language model|i'm sorry, but|i cannot|i can't assist"
    r"|\[your|\[name"
    r"|\[insert|here's a|here is a (?:short|simple|possible))\b|[\[\]*#_]",
    re.I,
)


class Answers(Protocol):
    """What makes an answer of a prompt."""

    def __call__(self, prompt: str) -> str: ...


@dataclass(slots=True)
class Tally:
    """How many answers came, how many were kept, and why the others were not."""

    asked: int = 0
    kept: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """For the terminal."""
        share = 100 * self.kept / self.asked if self.asked else 0.0
        why = ", ".join(f"{reason} {n}" for reason, n in self.reasons.most_common(4))
        return f"{self.kept:,} of {self.asked:,} answers kept ({share:.1f} %); refused: {why or 'none'}"


def mended(answer: str, most: int = 4) -> str:
    """An answer as one paragraph, without a preface ("Sure! Here is ...:") and cut to whole sentences."""
    text = answer.strip().strip('"“”').strip()
    text = re.sub(r"^(?:Sure|Of course|Certainly)[!,.] (?:Here|I)[^\n:]{0,80}:\s*", "", text)
    text = " ".join(text.split())
    sentences = split(text)
    if sentences and sentences[-1][-1] not in ".!?\"”'":
        sentences = sentences[:-1]
    return " ".join(sentences[:most])


def refusals(prompt: Prompt, answer: str) -> list[str]:
    """Why an answer isn't worth learning from."""
    source = {"max_words": 90, "topic": prompt.topic}
    reasons = list(check("chat", source, answer).reasons)
    if len(words(answer)) < prompt.least:
        reasons.append("too short")
    if _OWN.search(answer):
        reasons.append("not our voice")
    return [re.sub(r"\d+ ", "", reason) for reason in reasons]


def _done(path: Path) -> set[str]:
    if not path.exists():
        return set()
    with path.open(encoding="utf-8") as file:
        return {json.loads(line)["messages"][0]["content"] for line in file if line.endswith("\n")}


def distil(
    questions: Iterator[Prompt], answers: Answers, path: Path, *, seconds: float, slots: int, tally: Tally
) -> None:
    """Ask until the questions or the time are over; append what is kept to `path`.

    Prompts refused before are asked again after a resume; those kept are not.
    """
    end = time.monotonic() + seconds
    done = _done(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pending: dict[Future[str], Prompt] = {}
    shown = time.monotonic()
    with path.open("a", encoding="utf-8") as file, ThreadPoolExecutor(slots) as pool:
        while True:
            while len(pending) < slots and time.monotonic() < end:
                question = next((q for q in questions if q.text not in done), None)
                if question is None:
                    break
                done.add(question.text)
                pending[pool.submit(answers, question.text)] = question
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                question = pending.pop(future)
                answer = mended(future.result())
                tally.asked += 1
                reasons = refusals(question, answer)
                if reasons:
                    tally.reasons.update(reasons)
                    continue
                tally.kept += 1
                messages = [
                    {"role": "user", "content": question.text},
                    {"role": "assistant", "content": answer},
                ]
                row = {
                    "messages": messages,
                    "task": "chat",
                    "source": {"max_words": 90, "topic": question.topic},
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
            if time.monotonic() - shown > 15:
                shown = time.monotonic()
                print(f"{tally.line()}; {max(0.0, end - shown):.0f} s left", flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Distil for so many minutes; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("work/text/distilled.jsonl"))
    parser.add_argument("--minutes", type=float, default=25.0, help="time budget")
    parser.add_argument("--slots", type=int, default=8, help="answers at once")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="of the order of prompts")
    parser.add_argument("--model", default="smollm2", help="any GGUF chat model")
    args = parser.parse_args(argv)
    from duologue.text.engine import Text

    tally = Tally()
    with Text.load(args.model, threads=args.threads, context=384, slots=args.slots) as text:

        def answer(prompt: str) -> str:
            # Only the teacher is told to be brief; what passes the limit `mended` cuts, at a sentence.
            # Without a seed the engine keeps the head that all prompts share: half of the work of reading.
            messages = [
                {"role": "system", "content": "Answer in two or three short sentences."},
                {"role": "user", "content": prompt},
            ]
            return text.chat(messages, max_tokens=80, temperature=0.4).text

        seconds = 60 * args.minutes
        distil(prompts(args.seed), answer, args.out, seconds=seconds, slots=args.slots, tally=tally)
    print(f"{tally.line()}\nwritten to {args.out}", file=sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
