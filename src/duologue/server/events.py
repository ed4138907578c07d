"""Server-sent events as OpenAI's clients read them."""

from __future__ import annotations

import json
from typing import Any

from duologue.gateway.errors import GatewayError
from duologue.server.errors import body_of

__all__ = ["DONE", "event", "fault"]

DONE = b"data: [DONE]\n\n"


def event(data: dict[str, Any], name: str = "") -> bytes:
    """One event. name: its `event:` line, where the dialect has one."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def fault(error: Exception) -> bytes:
    """The event that a stream ends with when its answer broke off."""
    known = isinstance(error, GatewayError)
    message = str(error) if known else "the answer broke off; the log says why"
    return event(body_of(getattr(error, "status", 500), message, getattr(error, "code", "internal_error")))
