"""One row of tuning data: a conversation, the task it belongs to, and what its checker needs.

Design choices
- Roles and order are those of the chat format: an optional system message, then user and assistant in turn.
- Checked answer: the last message, which is the assistant's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from duologue.text.checks import Verdict, check

__all__ = ["Record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A conversation that ends with the assistant's answer."""

    task: str
    messages: tuple[tuple[str, str], ...]  # (role, content)
    source: dict[str, Any]

    @property
    def answer(self) -> str:
        """What the assistant says last."""
        return self.messages[-1][1]

    @property
    def prompt(self) -> str:
        """What is said before the answer, as one text."""
        return "\n".join(content for _, content in self.messages[:-1])

    def verdict(self) -> Verdict:
        """The checker's verdict on the record's own answer."""
        return check(self.task, self.source, self.answer)

    def line(self) -> str:
        """The record as a line of JSON."""
        messages = [{"role": role, "content": content} for role, content in self.messages]
        return json.dumps(
            {"messages": messages, "task": self.task, "source": self.source}, ensure_ascii=False
        )

    @classmethod
    def parse(cls, line: str) -> Record:
        """The record of a line that `line()` wrote."""
        row = json.loads(line)
        messages = tuple((m["role"], m["content"]) for m in row["messages"])
        return cls(task=row["task"], messages=messages, source=row["source"])
