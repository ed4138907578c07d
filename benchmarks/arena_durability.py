"""Votes that were acknowledged are never lost: kill -9 under load, a thousand times, then count.

    python benchmarks/arena_durability.py [--kills 1000] [--writers 4]

Rounds: `writers` processes, forked from a warm parent, cast votes into one database as fast as it takes them,
one at a time and in groups, and say each receipt on a pipe after `cast` returned. Each is killed with SIGKILL
at a random moment of its own, in the middle of whatever it does: hashing, waiting for the lock, writing the
log, syncing, checkpointing. Afterwards every receipt must be in the chain with its hash, the chain must
verify from the first vote on, groups must be there whole, and SQLite must find its file sound. Prints one
line of JSON; exits with 1 for a loss.

A vote that was written but whose acknowledgement the kill cut off is counted too: such a vote may be there or
not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from duologue.arena.ballot import Ballot, Cast
from duologue.store.store import Store

GROUP = 5


def write_votes(url: str, pipe: int, seed: int) -> None:
    """Cast until killed; a line with number and hash for each vote that is on the disk."""
    random_ = random.Random(seed)
    with Store.open(url, wait=60.0) as store:
        ballot = Ballot(store)
        for turn in range(1_000_000):
            together = (turn + seed) % 3 == 2
            votes = [
                Cast(
                    model_a=f"model-{random_.randrange(5)}",
                    model_b=f"model-{5 + random_.randrange(5)}",
                    winner=random_.choice(["model_a", "model_b", "tie", "both_bad"]),
                    battle=f"{seed}-{turn}-{'g' if together else 's'}{k}",
                    voter=f"voter-{random_.randrange(50)}",
                    seconds=random_.uniform(1, 60),
                    style={"length": (random_.randrange(500), random_.randrange(500))},
                )
                for k in range(GROUP if together else 1)
            ]
            receipts = ballot.cast_all(votes)
            os.write(pipe, "".join(f"{r.number} {r.hash}\n" for r in receipts).encode())


def fork_writer(url: str, seed: int) -> tuple[int, int]:
    """Process id of a writer and the pipe it acknowledges on."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        os.close(reading)
        write_votes(url, writing, seed)
    finally:
        os._exit(1)  # never into the parent's code


def one_round(url: str, writers: int, seed: int, longest: float) -> tuple[list[str], int]:
    """Acknowledgements of a round, and how many writers were killed after their first one."""
    random_ = random.Random(seed)
    running = [fork_writer(url, seed * 100 + k) for k in range(writers)]
    # Half of the kills fall on a writer at work, half anywhere, opening included. Who works is given half as
    # long again as the first vote took, so that a busy machine doesn't make every first vote the last.
    begun = time.monotonic()
    ends = {pid: begun + random_.uniform(0, longest) for pid, _ in running}
    said: dict[int, bytes] = {pid: b"" for pid, _ in running}
    pipes = {reading: pid for pid, reading in running}
    patient = {pid: random_.random() < 0.5 for pid, _ in running}
    working = 0
    while pipes:
        ready, _, _ = select.select(list(pipes), [], [], 0.0005)
        for reading in ready:
            pid = pipes[reading]
            piece = os.read(reading, 65536)
            if piece:
                if patient[pid] and not said[pid]:
                    now = time.monotonic()
                    ends[pid] = now + random_.uniform(0, max(longest, (now - begun) / 2))
                said[pid] += piece
            else:
                os.close(reading)
                del pipes[reading]
                os.waitpid(pid, 0)
                ends.pop(pid, None)
        now = time.monotonic()
        for pid, end in list(ends.items()):
            if now >= end and not (patient[pid] and not said[pid]):
                os.kill(pid, signal.SIGKILL)
                working += bool(said[pid])
                del ends[pid]
    return [line for text in said.values() for line in text.decode().split("\n")[:-1]], working


def record(result: dict[str, object], writers: int) -> None:
    """Write the table."""
    from report import machine, write

    about = (
        f"{writers} writers at once, each killed with SIGKILL at a random moment, again and again, on one "
        f"database; votes one by one and in groups of {GROUP}. Lost: acknowledged, and not in the chain then."
    )
    row = {name.replace("_", " "): str(value) for name, value in result.items()}
    write("arena_durability", "Votes and kill -9", about, [("", [row])], machine(("sqlalchemy",)))


def main() -> int:
    """Kill, count, print; 1 where anything is amiss."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--longest", type=float, default=0.03, help="seconds until a kill, at most (0.03)")
    parser.add_argument("--budget", type=float, default=600.0, help="seconds after which it stops (600)")
    parser.add_argument("--record", action="store_true", help="write benchmarks/results/arena_durability.md")
    args = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "votes.db"
        url = f"sqlite:///{path}"
        Store.open(url).close()
        acknowledged: dict[int, str] = {}
        twice = killed = working = 0
        for number in range(-(-args.kills // args.writers)):
            if time.perf_counter() - begun > args.budget:
                break
            lines, busy = one_round(url, args.writers, number, args.longest)
            killed += args.writers
            working += busy
            for line in lines:
                vote, hash_ = line.split()
                twice += int(vote) in acknowledged
                acknowledged[int(vote)] = hash_
        with Store.open(url) as store:
            ballot = Ballot(store)
            audit = ballot.audit()
            kept = {row["number"]: (row["hash"], row["battle"]) for row in ballot.rows()}
        with sqlite3.connect(path) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    lost = sum(kept.get(vote, ("",))[0] != hash_ for vote, hash_ in acknowledged.items())
    groups: dict[str, int] = {}
    for _, battle in kept.values():
        seed, turn, place = str(battle).split("-")
        if place.startswith("g"):
            groups[f"{seed}-{turn}"] = groups.get(f"{seed}-{turn}", 0) + 1
    result = {
        "kills": killed,
        "kills_of_writers_at_work": working,
        "acknowledged": len(acknowledged),
        "kept": len(kept),
        "lost": lost,
        "acknowledged_twice": twice,
        "groups": len(groups),
        "broken_groups": sum(size != GROUP for size in groups.values()),
        "chain_verifies": audit.broken is None,
        "file": sound,
        "seconds": round(time.perf_counter() - begun, 1),
    }
    print(json.dumps(result))
    if args.record:
        record(result, args.writers)
    fine = not lost and not twice and audit.broken is None and sound == "ok" and not result["broken_groups"]
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
