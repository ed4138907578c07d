"""Server-sent events as OpenAI's clients read them."""

from __future__ import annotations

import json
from typing import Any

from duologue.gateway.errors import GatewayError
from duologue.server.errors import body_of, told

__all__ = ["DONE", "event", "fault"]

DONE = b"data: [DONE]\n\n"


def event(data: dict[str, Any], name: str = "") -> bytes:
    """One event. name: its `event:` line, where the dialect has one."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def fault(error: Exception) -> bytes:
    """The event that a stream ends with when its answer broke off."""
    code = error.code if isinstance(error, GatewayError) else "internal_error"
    return event(body_of(getattr(error, "status", 500), told(error), code))
