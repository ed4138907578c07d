"""Answers of a model to prompts, made once by the engine and kept.

Design choices
- `duologue.text.Text` at temperature 0 for every model, else with the options a user gets: our own weights
  then have penalties on repetition (`sampling.OURS`), other models none. The template is the model's.
- Kept as JSON lines under the digest of the weights; a line is found again by the digest of what was asked,
  so changed prompts are asked anew and all others are not. A run that is cut off loses what is under way.
- Four at a time share the batches of the engine: twice the pace of one after the other on a CPU.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duologue.text import Text
from duologue.text.train.tasks.record import Record

__all__ = ["Reply", "Writer"]

KEPT = Path(__file__).resolve().parents[1] / "work" / "text" / "answers"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and whether the model ended it by itself."""

    text: str
    ended: bool
    tokens: int


class Writer:
    """Asks one model. `where`: shipped, smollm2 or the path of a GGUF."""

    def __init__(self, where: str, folder: Path = KEPT, threads: int = 1) -> None:
        self._text = Text.load(None if where == "shipped" else where, threads=threads)
        with self._text.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{self._text.path.stem}-{digest[:8]}.jsonl"
        self._known: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        if self.path.exists():
            for line in self.path.read_text("utf-8").splitlines():
                row = json.loads(line)
                self._known[row["key"]] = row

    def close(self) -> None:
        """Free the model."""
        self._text.close()

    def replies(self, records: Sequence[Record], max_tokens: int) -> list[Reply]:
        """The answer to each record's messages but the last, which is its own answer."""
        begun = time.perf_counter()
        missing = sum(_key(_asked(r), max_tokens) not in self._known for r in records)
        with ThreadPoolExecutor(self._text.slots) as pool:
            found = list(pool.map(lambda r: self._reply(r, max_tokens), records))
        if missing:
            pace = missing / (time.perf_counter() - begun)
            print(f"  {missing} answers made, {pace:.2f} a second: {self.path}", file=sys.stderr)
        return found

    def _reply(self, record: Record, max_tokens: int) -> Reply:
        messages = _asked(record)
        key = _key(messages, max_tokens)
        row = self._known.get(key)
        if row is None:
            answer = self._text.chat(messages, temperature=0.0, max_tokens=max_tokens, seed=0)
            row = {
                "key": key, "task": record.task, "messages": messages, "answer": answer.text,
                "ended": answer.finish_reason == "stop", "tokens": answer.usage.completion_tokens,
            }  # fmt: skip
            with self._lock, self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                self._known[key] = row
        return Reply(row["answer"], row["ended"], row["tokens"])


def _asked(record: Record) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in record.messages[:-1]]


def _key(messages: list[dict[str, str]], max_tokens: int) -> str:
    asked = json.dumps([messages, max_tokens], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:16]
