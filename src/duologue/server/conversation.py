"""What a realtime session knows: how to answer, and what has been said.

Design choices
- Items are kept as the client and the answers made them; what the text model reads is derived from them.
- An answer that was broken into keeps what was heard of it: `truncate` cuts the transcript where the sound
  was cut, by the times of its words.
- Only text goes in: words typed, or the transcript that the client's own recogniser made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from duologue.server.errors import refuse
from duologue.store.ulid import new_ulid

__all__ = ["Conversation", "Item", "Session"]

MOST_ITEMS = 500
LONGEST = 50_000
"""Characters of one item."""


@dataclass(slots=True)
class Session:
    """How answers are made. modalities: ("audio",) speaks them, ("text",) only writes."""

    id: str = field(default_factory=lambda: f"sess_{new_ulid()}")
    model: str = ""
    speech_model: str = ""
    voice: str = ""
    style: str = ""
    speed: float = 1.0
    instructions: str = ""
    modalities: tuple[str, ...] = ("audio",)
    max_tokens: int | None = None
    temperature: float | None = None
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str = "auto"

    def update(self, given: dict[str, Any]) -> None:
        """Take what a client wants changed, in OpenAI's present shape. Raises GatewayError for nonsense."""
        audio = _mapping(given.get("audio"), "audio")
        output = _mapping(audio.get("output"), "audio.output")
        shape = _mapping(output.get("format"), "audio.output.format")
        if shape.get("type", "audio/pcm") != "audio/pcm" or shape.get("rate", 24_000) != 24_000:
            raise refuse("audio goes out as audio/pcm at 24000 Hz", param="session.audio.output.format")
        voice = output.get("voice", given.get("voice"))
        if isinstance(voice, dict):
            voice = voice.get("id")
        for name, value in (
            ("voice", voice),
            ("instructions", given.get("instructions")),
            ("model", given.get("model")),
            ("speech_model", given.get("speech_model")),
            ("style", given.get("style")),
        ):
            if value is not None:
                if not isinstance(value, str) or len(value) > LONGEST:
                    raise refuse(f"{name} is no text, or too long", param=f"session.{name}")
                setattr(self, name, "" if name == "model" and value.startswith("gpt-") else value)
        if (speed := output.get("speed", given.get("speed"))) is not None:
            if isinstance(speed, bool) or not isinstance(speed, (int, float)) or not 0.25 <= speed <= 4:
                raise refuse("speed is 0.25 to 4", param="session.audio.output.speed")
            self.speed = float(speed)
        if (temperature := given.get("temperature")) is not None:
            if (
                isinstance(temperature, bool)
                or not isinstance(temperature, (int, float))
                or not 0 <= temperature <= 2
            ):
                raise refuse("temperature is 0 to 2", param="session.temperature")
            self.temperature = float(temperature)
        modalities = given.get("output_modalities", given.get("modalities"))
        if modalities is not None:
            if not isinstance(modalities, list) or not modalities or set(modalities) - {"audio", "text"}:
                raise refuse("output_modalities is ['audio'] or ['text']", param="session.output_modalities")
            self.modalities = ("audio",) if "audio" in modalities else ("text",)
        if "max_output_tokens" in given:
            most = given["max_output_tokens"]
            if most not in (None, "inf") and (
                isinstance(most, bool) or not isinstance(most, int) or most < 1
            ):
                raise refuse(
                    "max_output_tokens is a whole number or 'inf'", param="session.max_output_tokens"
                )
            self.max_tokens = most if isinstance(most, int) else None
        if "tools" in given:
            self.tools = _tools(given["tools"])
        if (choice := given.get("tool_choice")) is not None:
            self.tool_choice = str(choice.get("name", "auto")) if isinstance(choice, dict) else str(choice)

    def shape(self) -> dict[str, Any]:
        """As OpenAI shows a session."""
        return {
            "id": self.id,
            "object": "realtime.session",
            "type": "realtime",
            "model": self.model,
            "output_modalities": list(self.modalities),
            "instructions": self.instructions,
            "max_output_tokens": self.max_tokens or "inf",
            "tools": [{"type": "function", **tool["function"]} for tool in self.tools],
            "tool_choice": self.tool_choice,
            "audio": {
                "output": {
                    "format": {"type": "audio/pcm", "rate": 24_000},
                    "voice": self.voice,
                    "speed": self.speed,
                }
            },
            "style": self.style,
            "speech_model": self.speech_model,
        }


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refuse(f"{name} is an object", param=f"session.{name}")
    return value


def _tools(given: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(given, list) or len(given) > 128:
        raise refuse("tools is a list of at most 128", param="session.tools")
    made = []
    for tool in given:
        if (
            not isinstance(tool, dict)
            or tool.get("type") != "function"
            or not isinstance(tool.get("name"), str)
        ):
            raise refuse("a tool is a function with a name", param="session.tools")
        kept = {key: tool[key] for key in ("name", "description", "parameters") if tool.get(key) is not None}
        made.append({"type": "function", "function": kept})
    return tuple(made)


@dataclass(slots=True)
class Item:
    """One thing said or done. heard: (seconds of sound, characters of text) after each word, of a spoken
    answer.
    """

    id: str
    kind: str
    role: str = ""
    text: str = ""
    call_id: str = ""
    name: str = ""
    status: str = "completed"
    spoken: bool = False
    heard: list[tuple[float, int]] = field(default_factory=list)

    @classmethod
    def of(cls, given: Any) -> Item:
        """What a client sends. Raises GatewayError for what isn't text."""
        if not isinstance(given, dict):
            raise refuse("item is an object", param="item")
        kind = given.get("type", "message")
        made = cls(id=str(given.get("id") or f"item_{new_ulid()}")[:64], kind=str(kind)[:40])
        if kind == "function_call_output":
            made.text, made.call_id = str(given.get("output", "")), str(given.get("call_id", ""))
        elif kind == "function_call":
            made.text, made.call_id = str(given.get("arguments", "")), str(given.get("call_id", ""))
            made.name = str(given.get("name", ""))
        elif kind == "message":
            made.role = str(given.get("role"))
            if made.role not in ("user", "assistant", "system"):
                raise refuse("a message's role is user, assistant or system", param="item.role")
            made.text = "".join(_part(part) for part in _parts(given.get("content")))
        else:
            raise refuse(f"items of type '{str(kind)[:40]}' aren't read", param="item.type")
        if len(made.text) > LONGEST:
            raise refuse(f"an item has at most {LONGEST} characters", param="item")
        return made

    def shape(self) -> dict[str, Any]:
        """As OpenAI shows it."""
        made: dict[str, Any] = {
            "id": self.id,
            "object": "realtime.item",
            "type": self.kind,
            "status": self.status,
        }
        if self.kind == "function_call":
            return made | {"name": self.name, "call_id": self.call_id, "arguments": self.text}
        if self.kind == "function_call_output":
            return made | {"call_id": self.call_id, "output": self.text}
        part: dict[str, Any] = {"type": "input_text", "text": self.text}
        if self.role == "assistant":
            part = {"type": "output_text", "text": self.text}
            if self.spoken:
                part = {"type": "output_audio", "transcript": self.text}
        return made | {"role": self.role, "content": [part] if self.text else []}

    def message(self) -> dict[str, Any]:
        """As the text model reads it."""
        if self.kind == "function_call":
            function = {"name": self.name, "arguments": self.text}
            call = {"id": self.call_id, "type": "function", "function": function}
            return {"role": "assistant", "content": "", "tool_calls": [call]}
        if self.kind == "function_call_output":
            return {"role": "tool", "content": self.text, "tool_call_id": self.call_id}
        return {"role": self.role, "content": self.text}

    def truncate(self, milliseconds: int) -> None:
        """Keep what had been heard by then."""
        kept = [characters for seconds, characters in self.heard if seconds * 1000 <= milliseconds]
        if self.heard:
            self.text = self.text[: kept[-1] if kept else 0].rstrip()


def _parts(content: Any) -> list[Any]:
    if isinstance(content, str):
        return [{"type": "input_text", "text": content}]
    if not isinstance(content, list):
        raise refuse("content is a list of parts", param="item.content")
    return content


def _part(part: Any) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind in ("input_text", "output_text", "text"):
        return str(part.get("text") or "")
    if kind in ("input_audio", "output_audio", "audio") and part.get("transcript"):
        return str(part["transcript"])
    raise refuse("there is no recogniser here; send text, or audio with its transcript", param="item.content")


class Conversation:
    """The items in order."""

    def __init__(self) -> None:
        self.items: list[Item] = []

    def add(self, item: Item, after: str | None = None) -> str | None:
        """Put `item` behind the one of that id, at the end without; returns the id of the one before it."""
        if len(self.items) >= MOST_ITEMS:
            raise refuse(f"a conversation holds at most {MOST_ITEMS} items; delete some", param="item")
        if any(other.id == item.id for other in self.items):
            raise refuse(f"there is an item '{item.id}' already", param="item.id")
        at = len(self.items) if after is None else 0 if after == "root" else self._index(after) + 1
        self.items.insert(at, item)
        return self.items[at - 1].id if at else None

    def get(self, item_id: str) -> Item:
        """Raises GatewayError 404 where there is none."""
        return self.items[self._index(item_id)]

    def delete(self, item_id: str) -> None:
        """Forget an item."""
        del self.items[self._index(item_id)]

    def _index(self, item_id: str) -> int:
        for n, item in enumerate(self.items):
            if item.id == item_id:
                return n
        raise refuse(f"there is no item '{item_id[:64]}'", 404, code="item_not_found", param="item_id")

    def messages(self, instructions: str) -> list[dict[str, Any]]:
        """As the text model reads them."""
        head = [{"role": "system", "content": instructions}] if instructions else []
        return head + [item.message() for item in self.items if item.text or item.kind != "message"]
