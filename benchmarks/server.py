"""What HTTP costs on top of the voice: first audio, throughput, many clients, memory. Beside the engine, in
turns.

    python benchmarks/server.py                  # all of it, about six minutes on two quiet cores
    python benchmarks/server.py --only first throughput --requests 2000

A server process (`duologue serve`, as it is started by anybody) and the engine in this process take turns, so
that what others do on the machine falls on both. Clients are blocking sockets in threads of this process: on
two cores their work is part of what is measured. Processor seconds are the server's own, from /proc. The
tables go to benchmarks/results/server.md.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import functools
import http.client
import itertools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from duologue.gateway.access import Access
from duologue.store import Store
from duologue.voice import Voice
from duologue.voice.encode import encoder
from duologue.voice.tags import Tags
from report import machine, write
from stopwatch import processor

HERE = Path(__file__).parent
MINUTE = (HERE / "minute.txt").read_text("utf-8").strip()
PARAGRAPH = MINUTE.split("\n\n")[0]
RATE = 24_000
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
Row = dict[str, str]


@dataclass
class Served:
    """A server that runs, and its process."""

    port: int
    pid: int
    home: Path

    def processor(self) -> float:
        """Its processor seconds so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Its resident memory in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024 / 1e6  # type: ignore[index]

    def connect(self) -> http.client.HTTPConnection:
        """A connection of its own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)


@contextmanager
def serving(*options: str) -> Iterator[Served]:
    """`duologue serve` on a free port, with a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "duologue.cli", "serve", "--port", "0", "--log", "none", *options]
        process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=os.environ | {"DUOLOGUE_HOME": folder}
        )
        assert process.stderr is not None
        line = process.stderr.readline()
        threading.Thread(target=process.stderr.read, daemon=True).start()
        served = Served(int(re.search(r":(\d+) ", line)[1]), process.pid, Path(folder))  # type: ignore[index]
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until:
                connection = served.connect()
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    break
                time.sleep(0.1)
            yield served
        finally:
            process.terminate()
            process.wait(60)


@functools.cache
def header(form: str) -> int:
    """Bytes of a file that are no sound yet, its tags a little longer than here."""
    if form == "pcm":
        return 0
    tags = Tags(voice="heart", style="neutral", model="duologue-voice")
    return len(encoder(form, RATE, tags, live=True).feed(np.zeros(1, np.float32))) + 40


def ask(
    connection: http.client.HTTPConnection, text: str, form: str = "pcm", key: str = ""
) -> tuple[int, float, float, int]:
    """One request: status, seconds to the first sound, seconds to the end, bytes."""
    body = json.dumps({"input": text, "voice": "heart", "response_format": form})
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
    begun = time.perf_counter()
    connection.request("POST", "/v1/audio/speech", body, headers)
    answer = connection.getresponse()
    size, first, head = 0, 0.0, header(form)
    while part := answer.read1(1 << 16):
        size += len(part)
        if not first and size > head:
            first = time.perf_counter() - begun
    return answer.status, first, time.perf_counter() - begun, size


def first_audio(served: Served, voice: Voice, repeats: int) -> list[Row]:
    """A paragraph, warm: the engine's first piece and over HTTP the first bytes past a header, in turns."""
    forms = ("pcm", "wav", "flac", "mp3", "opus")
    times: dict[str, list[float]] = {name: [] for name in ("engine", *forms)}
    connection = served.connect()
    for repeat in range(repeats + 3):
        begun = time.perf_counter()
        next(voice.stream(PARAGRAPH))
        taken = {"engine": time.perf_counter() - begun}
        for form in forms:
            status, taken[form], _, _ = ask(connection, PARAGRAPH, form)
            assert status == 200
        if repeat >= 3:
            for name, seconds in taken.items():
                times[name].append(seconds)
    own = statistics.median(times["engine"])
    return [
        {
            "way": name if name == "engine" else f"HTTP, {name}",
            "best, ms": f"{1000 * min(found):.1f}",
            "median, ms": f"{1000 * statistics.median(found):.1f}",
            "95th of 100, ms": f"{1000 * sorted(found)[int(0.95 * len(found))]:.1f}",
            "times the engine's": f"{statistics.median(found) / own:.2f}",
        }
        for name, found in times.items()
    ]


def throughput(served: Served, voice: Voice, seconds: float, rounds: int) -> list[Row]:
    """Speech per second: the engine in one thread a core, and HTTP with eight clients, in turns."""

    def in_threads(count: int, work: Callable[[], float]) -> tuple[float, float]:
        until = time.perf_counter() + seconds

        def loop() -> float:
            made = 0.0
            while time.perf_counter() < until:
                made += work()
            return made

        begun = time.perf_counter()
        with ThreadPoolExecutor(count) as pool:
            made = sum(pool.map(lambda _: loop(), range(count)))
        return made, time.perf_counter() - begun

    def spoken() -> float:
        return sum(len(piece.audio) for piece in voice.stream(PARAGRAPH)) / RATE

    local = threading.local()

    def heard(form: str) -> float:
        if not hasattr(local, "connection"):
            local.connection = served.connect()
        status, _, _, size = ask(local.connection, PARAGRAPH, form)
        assert status == 200
        return size / 2 / RATE if form == "pcm" else length

    length = spoken()
    found: dict[str, list[tuple[float, float]]] = {"engine": [], "pcm": [], "mp3": [], "opus": []}
    for _ in range(rounds):
        for name, rows in found.items():
            if name == "engine":
                before = processor()
                made, wall = in_threads(CORES, spoken)
                spent = processor() - before
            else:
                before = served.processor()
                made, wall = in_threads(8, lambda form=name: heard(form))  # type: ignore[misc]
                spent = served.processor() - before
            rows.append((made / wall, made / spent))
    own = [statistics.median(x) for x in zip(*found["engine"], strict=True)]
    return [
        {
            "way": f"engine, {CORES} threads" if name == "engine" else f"HTTP, {name}, 8 clients",
            "speech per s": f"{statistics.median(r[0] for r in rows):.1f}",
            "share of the engine's": f"{statistics.median(r[0] for r in rows) / own[0]:.0%}",
            "speech per processor s": f"{statistics.median(r[1] for r in rows):.1f}",
            "share": f"{statistics.median(r[1] for r in rows) / own[1]:.0%}",
        }
        for name, rows in found.items()
    ]


def crowd(served: Served, clients: int) -> tuple[Row, int]:
    """So many clients at the same moment, a paragraph each."""
    barrier = threading.Barrier(clients)
    waits: list[str] = []

    def one(_: int) -> tuple[int, float, float, int]:
        connection = served.connect()
        connection.connect()
        barrier.wait()
        body = json.dumps({"input": PARAGRAPH, "voice": "heart", "response_format": "pcm"})
        begun = time.perf_counter()
        connection.request("POST", "/v1/audio/speech", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        first = 0.0
        size = 0
        while part := answer.read1(1 << 16):
            first = first or time.perf_counter() - begun
            size += len(part)
        if answer.status == 429:
            waits.append(answer.headers["retry-after"])
        return answer.status, first, time.perf_counter() - begun, size

    with ThreadPoolExecutor(clients) as pool:
        found = list(pool.map(one, range(clients)))
    good = [row for row in found if row[0] == 200]
    refused = sum(row[0] == 429 for row in found)
    ends = [row[2] for row in good]
    jain = sum(ends) ** 2 / (len(ends) * sum(x * x for x in ends))
    firsts = sorted(row[1] for row in good)
    return {
        "clients": str(clients),
        "served": str(len(good)),
        "refused with 429": str(refused),
        "Retry-After": ", ".join(sorted(set(waits))) or "-",
        "first audio, median ms": f"{1000 * statistics.median(firsts):.0f}",
        "first audio, last ms": f"{1000 * firsts[-1]:.0f}",
        "whole, first to end s": f"{min(ends):.2f}",
        "whole, last s": f"{max(ends):.2f}",
        "fairness (Jain)": f"{jain:.3f}",
    }, len(found) - len(good) - refused


def turns(seconds: float) -> list[Row]:
    """A key with 24 clients beside one with 4, for a while: what each was given."""
    with serving("--lanes", str(CORES)) as served:
        with Store.open(f"sqlite:///{served.home}/duologue.db") as store:
            keys = {name: Access(store).create_key(name, ["speech"]) for name in ("greedy", "modest")}
        until = time.perf_counter() + seconds
        given = dict.fromkeys(keys, 0.0)
        lock = threading.Lock()

        def one(name: str) -> None:
            connection = served.connect()
            while time.perf_counter() < until:
                status, _, _, size = ask(connection, PARAGRAPH, "pcm", keys[name])
                if status == 200:
                    with lock:
                        given[name] += size / 2 / RATE

        crowd_ = [("greedy", 24), ("modest", 4)]
        threads = [threading.Thread(target=one, args=(name,)) for name, n in crowd_ for _ in range(n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    whole = sum(given.values())
    return [
        {
            "key": name,
            "clients": str(count),
            "speech, s": f"{given[name]:.0f}",
            "share": f"{given[name] / whole:.0%}",
        }
        for name, count in crowd_
    ]


def memory(served: Served, requests: int) -> list[Row]:
    """Resident memory over many requests of several formats and lengths, some of which break off."""
    marks = sorted({1, requests // 10, requests // 4, requests // 2, requests})
    words = "river lamp storm garden engine letter window harbour".split()
    numbers = itertools.count(1)
    found: dict[int, float] = {}
    lock = threading.Lock()

    def loop() -> None:
        connection = served.connect()
        while True:
            with lock:
                number = next(numbers)
                if number in marks:
                    found[number] = served.memory()
            if number > requests:
                return
            form = ("pcm", "wav", "mp3", "opus", "flac")[number % 5]
            text = f"The {words[number % 8]} number {number % 97} is {words[number % 7]}."
            if number % 50 == 0:  # a client that leaves in the middle
                rude = served.connect()
                body = json.dumps({"input": MINUTE, "response_format": form})
                rude.request("POST", "/v1/audio/speech", body, {"content-type": "application/json"})
                rude.getresponse().read1(1000)
                rude.close()
            else:
                assert ask(connection, text, form)[0] == 200

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(loop) for _ in range(4)]:
            done.result()
    base = found.get(requests // 10, found[marks[0]])
    return [
        {
            "request": str(mark),
            "resident, MB": f"{found[mark]:.1f}",
            "beside the tenth part": f"{found[mark] / base - 1:+.1%}",
        }
        for mark in marks
    ]


def main() -> None:
    """Measure, print and write."""
    parts = ("first", "throughput", "crowd", "turns", "memory")
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--no-write", action="store_true", help="print only")
    args = parser.parse_args()
    voice = Voice.load(threads=1)
    tables: list[tuple[str, list[Row]]] = []

    def add(heading: str, rows: list[Row]) -> None:
        tables.append((heading, rows))
        print(f"\n{heading}")
        for row in rows:
            print("  " + ", ".join(f"{k}: {v}" for k, v in row.items()), flush=True)

    with serving() as served:
        if "first" in args.only:
            add(f"First audio of a paragraph ({len(PARAGRAPH)} characters), warm, {args.repeats} in turns",
                first_audio(served, voice, args.repeats))  # fmt: skip
        if "throughput" in args.only:
            add("Throughput", throughput(served, voice, args.seconds, 3))
        if "crowd" in args.only:
            found = [crowd(served, count) for count in (1, 8, 32, 100)]
            assert not any(lost for _, lost in found)
            add("Many clients at the same moment, a paragraph each", [row for row, _ in found])
    if "turns" in args.only:
        add("Two keys for the same time", turns(args.seconds))
    if "memory" in args.only:
        with serving() as served:
            add(f"Memory over {args.requests} requests", memory(served, args.requests))
    if not args.no_write:
        about = (
            "`python benchmarks/server.py`: one server process and the engine in the benchmark's own take\n"
            "turns. Speech per processor second counts the server's own processor time and is steadier than\n"
            "the clock where other work goes on. The clients run on the same machine."
        )
        facts = machine(("numpy", "onnxruntime", "fastapi", "uvicorn"))
        print(write("server", "The server beside the engine", about, tables, facts))


if __name__ == "__main__":
    main()
