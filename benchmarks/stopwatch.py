"""Times of repeats, by the clock and of the processor, which doesn't count what other programs take."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Times", "processor"]


@dataclass
class Times:
    """Seconds of each repeat, by the clock and of the processor."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def time(self, action: Callable[[], object]) -> None:
        """Do it once more."""
        begun, spent = time.perf_counter(), processor()
        action()
        self.clock.append(time.perf_counter() - begun)
        self.processor.append(processor() - spent)


def processor() -> float:
    """Seconds of processor time of this process and of the programs it ran."""
    own, programs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + programs.ru_utime + programs.ru_stime
