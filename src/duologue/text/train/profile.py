"""Where the time of a step goes: `profile.md`, with shares by stage, the costliest operations, and MFU.

Design choices
- Three things are measured one after the other, after `WARM` steps to get going: plain steps for the speed,
  steps with the device waited for after each stage for the shares, and a few under torch.profiler for the
  operations. Waiting and profiling slow a step, so the speed comes from steps without either.
- They are steps of the run like any other; a run that isn't profiled pays nothing.
- MFU is the model's arithmetic, by `ModelConfig.flops_per_token`, over what the device could do: the maker's
  figure for dense bf16 where it is known, else what one large matmul reaches.

MFU: https://arxiv.org/abs/2204.02311, appendix B.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from duologue.text.train.processes import Processes

__all__ = ["Profile", "bf16_pays", "peak"]

WARM, TRACED, SHOWN = 5, 3, 15
PEAKS = {"H200": 989e12, "H100": 989e12, "B200": 2250e12, "A100": 312e12}  # dense bf16, from the data sheets


def bf16_pays() -> bool:
    """Whether this processor has instructions that multiply bfloat16 faster than float32."""
    has = torch.cpu.get_capabilities()
    return any(has.get(name, False) for name in ("amx_bf16", "avx512_bf16"))


def peak(device: torch.device) -> tuple[float, str]:
    """Operations a second that one device can do, and how that is known."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
        for known, rate in PEAKS.items():
            if known in name:
                return rate, f"data sheet, dense bf16, {known}"
    size, dtype = (8192, torch.bfloat16) if device.type == "cuda" else (1024, torch.float32)
    a = torch.randn(size, size, device=device, dtype=dtype)
    best = float("inf")
    for _ in range(5):
        _synchronise(device)
        begun = time.perf_counter()
        a @ a
        _synchronise(device)
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best, f"measured, one matmul of {size} x {size} in {dtype}"


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Profile:
    """The stages of a run's first steps. steps: timed twice, once plainly and once by stage; 0 for none.
    flops: per token. Written to `out`/profile.md by the first process."""

    def __init__(
        self, out: Path, *, steps: int, flops: float, device: torch.device, processes: Processes
    ) -> None:
        self.out, self.steps, self.flops, self.device, self.processes = out, steps, flops, device, processes
        self._at = self._tokens = 0
        self._begun = self._plain = self._staged = 0.0
        self._seconds: dict[str, float] = {}
        self._tracer: Any = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What runs inside belongs to the stage `name`."""
        if not WARM + self.steps <= self._at < WARM + 2 * self.steps:
            yield
            return
        begun = time.perf_counter()
        yield
        _synchronise(self.device)
        self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - begun

    def step(self, tokens: int) -> None:
        """One step of `tokens`, over all processes, is done."""
        if not self.steps or self._at > WARM + 2 * self.steps + TRACED:
            return
        self._at += 1
        at = self._at - WARM
        if at in (0, self.steps, 2 * self.steps):
            _synchronise(self.device)
            now = time.perf_counter()
            if at == self.steps:
                self._plain = now - self._begun
            elif at:
                self._staged = now - self._begun
            self._begun = now
        if at == 2 * self.steps:
            kinds = [torch.profiler.ProfilerActivity.CPU]
            if self.device.type == "cuda":
                kinds.append(torch.profiler.ProfilerActivity.CUDA)
            self._tracer = torch.profiler.profile(activities=kinds)
            self._tracer.__enter__()
        if at == 2 * self.steps + TRACED:
            _synchronise(self.device)
            self._tracer.__exit__(None, None, None)
            self._tokens = tokens
            if self.processes.rank == 0:
                part = self.out / "profile.part"
                part.write_text(self._table(), encoding="utf-8")
                part.replace(self.out / "profile.md")
            self._tracer, self._at = None, self._at + 1

    def _table(self) -> str:
        speed = self._tokens * self.steps / self._plain
        most, source = peak(self.device)
        done, world = speed * self.flops, self.processes.world
        lines = [
            "# Profile",
            "",
            f"{speed:,.0f} tokens a second over {self.steps} steps of {self._tokens:,} tokens; "
            f"{self.flops / 1e6:,.0f} MFLOP a token; {done / 1e12:,.3f} TFLOP/s in {world} process(es).",
            f"MFU {done / most / world:.1%} of {most / 1e12:,.3f} TFLOP/s each ({source}).",
            "",
            "| stage | ms a step | share |",
            "|---|---|---|",
        ]
        left = self._staged - sum(self._seconds.values())
        for name, spent in sorted((self._seconds | {"the rest": left}).items(), key=lambda s: -s[1]):
            lines.append(f"| {name} | {spent / self.steps * 1e3:,.2f} | {spent / self._staged:.1%} |")
        lines += ["", "| operation | calls a step | ms a step | share |", "|---|---|---|---|"]
        key = "self_device_time_total" if self.device.type == "cuda" else "self_cpu_time_total"
        events = sorted(self._tracer.key_averages(), key=lambda e: -getattr(e, key))
        whole = sum(getattr(e, key) for e in events) or 1
        for event in events[:SHOWN]:
            spent, calls = getattr(event, key), event.count / TRACED
            lines.append(
                f"| {event.key} | {calls:,.1f} | {spent / TRACED / 1e3:,.2f} | {spent / whole:.1%} |"
            )
        return "\n".join(lines) + "\n"
