"""Threads to event loop and back: where a model's blocking iterator becomes a stream that a client reads.

Design choices
- A step is one call of `next`; the voice makes an utterance in it, 20 to 100 ms. Between steps a request
  gives its thread back, so that a long text never keeps short ones waiting and a slow reader holds no thread
  at all.
- Steps wait in one queue a caller and callers take turns, so nobody is served less because another asks for
  more; within a caller its requests take turns too.
- As many in-house renders at once as there are processors: more would only make each of them later. Waiting
  for a partner or for the text model, which has threads of its own, takes a thread of another lane.
- One piece is made ahead of the reader, no more: what nobody reads is not computed and needs no memory.
- A request that nobody waits for any more is cancelled at once; the step it is in ends, and nothing follows.
- At most `max_requests` are under way or waiting; beyond that GatewayError 429 says when to come back.

Round robin between callers: Nagle, RFC 970 (1985).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from duologue.gateway.errors import GatewayError

if TYPE_CHECKING:
    from duologue.gateway.protocol import Cancel
    from duologue.server.settings import Settings

__all__ = ["Bridge", "Flow", "Lane"]

T = TypeVar("T")
P = TypeVar("P")

_END: Any = object()


class Step(Generic[T]):
    """A call that waits for a thread, is in one, or has ended. Awaiting it gives its result."""

    def __init__(self, call: Callable[[], T], discard: Callable[[T], object] | None) -> None:
        self.call, self.discard = call, discard
        self.result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.begun = False
        self.out = asyncio.Event()

    def __await__(self) -> Generator[Any, None, T]:
        return self.result.__await__()

    def cancel(self) -> None:
        """Never begin it; where it has begun nobody takes its result, and `discard` is given it."""
        if not self.result.done():
            self.result.cancel()
        if not self.begun:
            self.out.set()

    def end(self, done: Future[T]) -> None:
        """It has left its thread."""
        self.out.set()
        error = done.exception()
        if self.result.cancelled():
            if error is None and self.discard is not None:
                self.discard(done.result())
        elif error is not None:
            self.result.set_exception(error)
            self.result.exception()  # whoever waits is told; if nobody does, no warning
        else:
            self.result.set_result(done.result())


class Lane:
    """Threads that take steps of callers in turn. All of it belongs to the event loop but the steps
    themselves.
    """

    def __init__(self, name: str, threads: int) -> None:
        self.name, self.threads = name, threads
        self.running = 0
        self._waiting: OrderedDict[str, deque[Step[Any]]] = OrderedDict()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"duologue-{name}")
        self._closed = False

    @property
    def waiting(self) -> int:
        """Steps that no thread has yet."""
        return sum(not step.result.cancelled() for steps in self._waiting.values() for step in steps)

    def submit(
        self, call: Callable[[], T], caller: str = "", discard: Callable[[T], object] | None = None
    ) -> Step[T]:
        """A step that runs in one of the threads when it is this caller's turn."""
        step = Step(call, discard)
        if self._closed:
            step.result.set_exception(GatewayError("the server is stopping", status=503, code="stopping"))
            step.out.set()
        else:
            self._waiting.setdefault(caller, deque()).append(step)
            self._next()
        return step

    async def run(self, call: Callable[[], T], caller: str = "") -> T:
        """`call` in one of the threads. Cancelled before its turn it never runs."""
        step = self.submit(call, caller)
        try:
            return await step
        finally:
            step.cancel()

    def _next(self) -> None:
        while self.running < self.threads and self._waiting:
            caller, steps = next(iter(self._waiting.items()))
            step = steps.popleft()
            del self._waiting[caller]
            if steps:
                self._waiting[caller] = steps  # to the end: the others' turn
            if step.result.cancelled():
                continue
            self.running += 1
            step.begun = True
            told = functools.partial(_tell, asyncio.get_running_loop(), self._ended, step)
            self._pool.submit(step.call).add_done_callback(told)

    def _ended(self, step: Step[Any], done: Future[Any]) -> None:
        self.running -= 1
        step.end(done)
        self._next()

    def close(self) -> None:
        """Let the steps under way end; nothing new begins."""
        self._closed = True
        for steps in self._waiting.values():
            for step in steps:
                step.cancel()
        self._waiting.clear()
        self._pool.shutdown(wait=False)


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: Any) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has been closed; nobody waits
        loop.call_soon_threadsafe(call, *args)


class Flow(Generic[P]):
    """One answer on its way: an asynchronous iterator of pieces, each made in a step of the lane.

    served: the gateway's answer, for its id, its choice and, at the end, its charge. `close` in any case.
    """

    def __init__(self, served: Any, lane: Lane, side: Lane, caller: str, leave: Callable[[], None]) -> None:
        self.served, self._side = served, side
        self._pieces: Iterator[P] = iter(served)
        self._lane, self._caller, self._leave = lane, caller, leave
        self._ahead: Step[Any] | None = None
        self._begun = False
        self._closed: asyncio.Task[Any] | None = None

    def _begin(self) -> Step[Any]:
        return self._lane.submit(functools.partial(next, self._pieces, _END), self._caller)

    def __aiter__(self) -> AsyncIterator[P]:
        return self

    async def __anext__(self) -> P:
        self._ahead = self._ahead or self._begin()
        piece = await asyncio.shield(self._ahead.result)
        self._ahead = None
        if piece is _END:
            self._leave()  # the place is free before the client hears of the end and asks again
            raise StopAsyncIteration
        if self._begun:
            self.ahead()
        self._begun = True  # the first piece is to be sent before another step takes the processor from it
        return piece  # type: ignore[no-any-return]

    def ahead(self) -> None:
        """Begin the next piece while the reader is busy with this one."""
        if self._ahead is None and self._closed is None:
            self._ahead = self._begin()

    async def close(self) -> Any:
        if self._closed is None:
            self._closed = asyncio.ensure_future(self._close())
        return await asyncio.shield(self._closed)

    async def _close(self) -> Any:
        try:
            if self._ahead is not None:
                self.served.cancel()
                self._ahead.cancel()
                await self._ahead.out.wait()  # a generator can't be closed while it runs
            await self._side.run(self.served.close)
            return self.served.charge
        finally:
            self._leave()


class Bridge:
    """The lanes of a server and who is in them."""

    def __init__(self, settings: Settings, remote: bool = False) -> None:
        """remote: whether some deployment is elsewhere, so that a step may only wait."""
        renders = settings.renders()
        self.speech = Lane("speech", renders + (8 if remote else 0))
        self.encode = Lane("encode", renders)
        self.text = Lane("text", 24)
        self.side = Lane("side", 8)
        self._limit, self._each = settings.max_requests, settings.max_per_caller
        self._inside: dict[str, int] = {}
        self._recent: deque[float] = deque(maxlen=64)
        self.refused = 0

    @property
    def inside(self) -> int:
        """Model requests under way or waiting."""
        return sum(self._inside.values())

    @property
    def waiting(self) -> int:
        """Steps that wait for a thread."""
        return self.speech.waiting + self.text.waiting

    def enter(self, caller: str) -> Callable[[], None]:
        mine = self._inside.get(caller, 0)
        if self.inside >= self._limit or mine >= self._each:
            self.refused += 1
            whose = f"{mine} of yours" if mine >= self._each else f"{self.inside} requests"
            raise GatewayError(
                f"{whose} are under way, which is the limit; try again in a moment",
                status=429,
                code="rate_limit_exceeded",
                retry_after=self._wait(),
            )
        self._inside[caller] = mine + 1
        begun, left = time.monotonic(), False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._recent.append(time.monotonic() - begun)
                self._inside[caller] -= 1
                if not self._inside[caller]:
                    del self._inside[caller]

        return leave

    def _wait(self) -> float:
        usual = sorted(self._recent)[len(self._recent) // 2] if self._recent else 1.0
        return min(max(usual / 2, 1.0), 60.0)

    async def begin(
        self,
        call: Callable[[Cancel], Any],
        caller: str,
        lane: Lane,
        gone: Callable[[], Any] | None = None,
        leave: Callable[[], None] | None = None,
    ) -> Flow[Any]:
        """The answer that `call` opens, once its first piece is there.

        call: takes the Cancel that ends it while it hasn't answered. gone: awaited beside it, returns when
        the client has left; the work is then cancelled and CancelledError raised. leave: gives a place back
        that was taken before; one is taken without.
        """
        from duologue.gateway.protocol import Cancel as Stop

        leave = leave or self.enter(caller)
        cancel = Stop()
        step = lane.submit(functools.partial(call, cancel), caller, self._abandon)
        left = asyncio.ensure_future(gone()) if gone else None
        try:
            waited = [step.result, left] if left else [step.result]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not step.result.done():
                raise asyncio.CancelledError("the client has gone")
            return Flow(step.result.result(), lane, self.side, caller, leave)
        except BaseException:
            cancel()
            step.cancel()
            leave()
            raise
        finally:
            if left is not None:
                left.cancel()

    def _abandon(self, served: Any) -> None:
        """Close what came after nobody waited for it any more."""
        self.side.submit(served.close)

    async def run(self, call: Callable[[], T], caller: str = "") -> T:
        """A short blocking call (the store, a file) in a thread beside the models."""
        return await self.side.run(call, caller)

    def close(self) -> None:
        """Nothing new begins."""
        for lane in (self.speech, self.encode, self.text, self.side):
            lane.close()
