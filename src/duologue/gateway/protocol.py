"""What a backend is, and how a caller says that it has gone away.

Design choices
- Synchronous iterators: the in-house engines compute in threads, and a thread that waits for a partner costs
  little; the HTTP faces bridge to their event loop in one place.
- Faults before the first piece are raised by the call or by the first `next`; the gateway falls back on
  those. After the first piece they end the answer.
- `Cancel` instead of `generator.close()`: a generator can't be closed by another thread while it runs. A
  backend looks at it between pieces and registers what must be shut to wake a blocked read (an HTTP
  response).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Literal, Protocol

from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest

__all__ = ["Backend", "Cancel", "Kind"]

Kind = Literal["in-house", "openai", "local"]


class Cancel:
    """Set once, from any thread; `bool(cancel)` says whether it was."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []

    def __bool__(self) -> bool:
        return self._set.is_set()

    def __call__(self) -> None:
        """Cancel; what was registered is called, here and once."""
        with self._lock:
            calls, self._calls = self._calls, []
            self._set.set()
        for call in calls:
            call()

    def on(self, call: Callable[[], None]) -> None:
        """Have `call` called when it happens; at once if it has."""
        with self._lock:
            if not self._set.is_set():
                self._calls.append(call)
                return
        call()

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`, less when cancelled; True when it was."""
        return self._set.wait(seconds)


class Backend(Protocol):
    """One model somewhere. A backend that only speaks or only writes raises GatewayError for the other."""

    kind: Kind

    def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
        """The answer in pieces; `request.model` is to be ignored, the deployment has settled it."""
        ...

    def speak(self, request: SpeechRequest, cancel: Cancel) -> Iterator[SpeechPiece]:
        """The speech in pieces, the first as early as possible."""
        ...

    def close(self) -> None:
        """Free what is held; nothing happens the second time."""
        ...
