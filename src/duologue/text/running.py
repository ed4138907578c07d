"""One request under way in llama.cpp: a thread that waits for it and a queue it fills.

Design choices
- llama.cpp calls back for each piece and stops when told so; the caller pulls. A thread stands between.
- The caller's wait can be interrupted (ctrl-C); the request is then cancelled, which takes at most the time
  of a token or of the prefill.
- The threads are daemons that are stopped at exit by the engine: the interpreter must never be taken from
  under a callback.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any, Protocol

__all__ = ["Completes", "Run"]


class Completes(Protocol):
    """The part of `xllamacpp.Server` that is used."""

    listening_address: str

    def handle_completions(self, request: dict[str, Any], callback: Any) -> Any: ...

    def handle_metrics(self) -> Any: ...


class Run:
    """A completion under way; iterate over its chunks, and `cancel` it in any case."""

    def __init__(self, server: Completes, request: dict[str, Any]) -> None:
        self._server, self._request = server, request
        self._chunks: queue.SimpleQueue[dict[str, Any] | BaseException | None] = queue.SimpleQueue()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="duologue-text", daemon=True)
        self._thread.start()

    def _take(self, chunk: dict[str, Any]) -> bool:
        self._chunks.put(chunk)
        return self._stopped

    def _work(self) -> None:
        try:
            if not self._stopped:
                self._server.handle_completions(self._request, self._take)
        except BaseException as error:
            self._chunks.put(error)
        finally:
            self._chunks.put(None)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (chunk := self._chunks.get()) is not None:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk

    def cancel(self) -> None:
        """Stop it and wait until it has stopped; nothing happens where it has ended."""
        self._stopped = True
        if self._thread is not threading.current_thread():
            self._thread.join()
