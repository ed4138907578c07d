"""The writer of the studio's commands: the in-house text model, another one, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duologue.studio.protocols import Message, Write
from duologue.text import Text

__all__ = ["NONE", "TextWriter", "writer_named"]

NONE = "none"


class TextWriter:
    """A `Text` as a `Write`."""

    def __init__(self, text: Text, model: str) -> None:
        self._text, self.model = text, model

    def write(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 400,
        temperature: float = 0.7,
        seed: int = 0,
        json_schema: dict[str, Any] | None = None,
    ) -> str:
        """The assistant's answer."""
        asked = [{"role": m["role"], "content": m["content"]} for m in messages]
        answer = self._text.chat(
            asked, max_tokens=max_tokens, temperature=temperature, seed=seed, json_schema=json_schema
        )
        return answer.text


def writer_named(name: str) -> Write | None:
    """The writer of that name: none, ours, smollm2, or a GGUF file. Raises TextError for what isn't there."""
    if name == NONE:
        return None
    text = Text.load() if name == "ours" else Text.load(name)
    return TextWriter(text, "duologue-tiny" if name == "ours" else name)
