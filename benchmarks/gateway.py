"""What the gateway costs in time: beside the voice itself, beside a bare HTTP call, and beside LiteLLM's
router.

Design choices
- In-house: time to the first piece and to the end of a short paragraph, by `Voice.stream` itself and through
  the gateway with a key, its quotas, a policy and the ledger in a SQLite file. Turns are taken, repeat by
  repeat.
- Partner: a server on the loopback, in a process of its own, that answers at once; asked by bare httpx, by
  the gateway (again with key, quotas and ledger), and by LiteLLM's router, which keeps no ledger. So what
  differs is what the middle does.
- Processor time doesn't count what other programs take; the partner's and LiteLLM's are their own processes.
- Admissions (a quota taken in the database) and ledger rows are counted a second.

    python benchmarks/gateway.py [--repeats 15] [--litellm /path/to/python]   # a Python that has litellm
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import httpx

from duologue.gateway import Access, Caller, ChatRequest, Gateway, Ledger, Quota, Quotas, SpeechRequest
from duologue.gateway.config import Config, DeploymentConfig, PolicyConfig, in_house_voice
from duologue.gateway.prices import Amounts, Prices
from duologue.store import Store, new_ulid
from duologue.voice import Voice
from report import machine, write
from stopwatch import processor

TEXT = "The ferry leaves the old harbour at half past six. It stops at the island, and comes back at noon."
QUESTION = "Good morning, how are you today?"
CALLS = 40
"""Partner requests of a repeat."""


class Column:
    """What one way took: seconds by the clock and of the processor, of each call."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.first: list[float] = []
        self.processor: list[float] = []


def config(url: str) -> Config:
    """A voice and a partner, with prices, in a policy."""
    partner = DeploymentConfig(
        name="partner", kind="openai", model="any", does=frozenset({"chat"}), url=url,
        prices=Prices(input=Decimal("0.15"), output=Decimal("0.60")),
    )  # fmt: skip
    voice = replace(in_house_voice(), prices=Prices(machine_second=Decimal("0.000014")), threads=1)
    return Config(
        deployments={d.name: d for d in (voice, partner)},
        groups={"here": (voice.name,), "there": (partner.name,)},
        policies={"default": PolicyConfig(name="default", groups=("here", "there"), choose="cheapest")},
        tasks={"*": "default"},
    )


@contextmanager
def program(*command: str) -> Iterator[Callable[[str], str]]:
    """A program that answers a line with a line; the first line it says is asked for with ""."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    sent, said = process.stdin, process.stdout

    def ask(line: str) -> str:
        if line:
            sent.write(line + "\n")
            sent.flush()
        return said.readline()

    try:
        yield ask
    finally:
        sent.close()
        process.wait(20)
        said.close()


def speech(gateway: Gateway, caller: Caller, repeats: int) -> dict[str, Column]:
    """The voice itself and through the gateway, in turn."""
    voice = Voice.load(threads=1)
    columns = {"the voice itself": Column(), "through the gateway": Column()}

    def itself() -> Iterator[object]:
        yield from voice.stream(TEXT)

    def through() -> Iterator[object]:
        with gateway.speak(SpeechRequest(text=TEXT), caller=caller) as served:
            yield from served

    ways = {"the voice itself": itself, "through the gateway": through}
    for repeat in range(repeats + 2):
        for name, way in ways.items():
            begun, spent = time.perf_counter(), processor()
            pieces = way()
            next(pieces)
            first = time.perf_counter() - begun
            for _ in pieces:
                pass
            if repeat > 1:
                columns[name].first.append(first)
                columns[name].clock.append(time.perf_counter() - begun)
                columns[name].processor.append(processor() - spent)
    return columns


def bare(client: httpx.Client, url: str) -> int:
    """A streamed chat with httpx alone; the words of its answer."""
    body = {
        "model": "any", "messages": [{"role": "user", "content": QUESTION}], "stream": True,
        "stream_options": {"include_usage": True},
    }  # fmt: skip
    words = 0
    with client.stream("POST", f"{url}/chat/completions", json=body) as response:
        for line in response.iter_lines():
            if line.startswith("data: {"):
                choices = json.loads(line[6:])["choices"]
                words += bool(choices and choices[0]["delta"].get("content"))
    return words


def chat(
    gateway: Gateway, caller: Caller, url: str, repeats: int, router: Callable[[str], str] | None
) -> dict[str, Column]:
    """A partner asked in three ways, in turn."""
    columns = {"bare httpx": Column(), "through the gateway": Column()}
    if router is not None:
        columns["LiteLLM's router"] = Column()
    request = ChatRequest(messages=({"role": "user", "content": QUESTION},), model="partner")

    def through() -> int:
        with gateway.chat(request, caller=caller) as served:
            return sum(bool(piece.text) for piece in served)

    with httpx.Client(timeout=10) as client:
        for repeat in range(repeats + 1):
            for name, ask in (("bare httpx", lambda: bare(client, url)), ("through the gateway", through)):
                clock, spent = [], processor()
                for _ in range(CALLS):
                    begun = time.perf_counter()
                    assert ask() == 50
                    clock.append(time.perf_counter() - begun)
                if repeat:
                    columns[name].clock += clock
                    columns[name].processor.append((processor() - spent) / CALLS)
            if router is not None:
                found = json.loads(router(str(CALLS)))
                if repeat:
                    columns["LiteLLM's router"].clock += found["clock"]
                    columns["LiteLLM's router"].processor.append(found["processor"] / CALLS)
    return columns


def rates(store: Store, caller: Caller) -> tuple[float, float]:
    """Admissions and ledger rows a second."""
    quota, begun = Quota(store), time.perf_counter()
    for _ in range(500):
        quota.take(caller, Amounts(prompt_tokens=1), Decimal("0.000001"))
    admissions = 500 / (time.perf_counter() - begun)
    row = {
        "created": datetime.datetime.now(datetime.UTC), "key_id": None,
        "caller": "x", "sort": "chat", "task": "chat", "asked": "", "served_by": "m", "kind": "in-house",
        "model": "m", "reason": "", "tried": [], "state": "done", "currency": "USD",
    }  # fmt: skip
    with Ledger(store) as ledger:
        begun = time.perf_counter()
        for _ in range(5000):
            ledger.write({**row, "id": new_ulid()})
        assert ledger.flush(120)
        return admissions, 5000 / (time.perf_counter() - begun)


def milliseconds(values: list[float], least: bool = False) -> str:
    """The median, or the least, in milliseconds."""
    if not values:
        return ""
    return f"{1000 * (min(values) if least else statistics.median(values)):.2f}"


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--litellm", metavar="PYTHON", help="a Python that has litellm, for the peer")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        program(sys.executable, str(HERE / "gateway_partner.py")) as at,
    ):
        url = f"http://127.0.0.1:{int(at(''))}/v1"
        with (
            Store.open(f"sqlite:///{folder}/gateway.db") as store,
            Gateway.open(config(url), store) as gateway,
        ):
            access = Access(store)
            quotas = Quotas(requests=10**9, audio_seconds=10**9, tokens=10**9, money=Decimal(10**6))
            caller = access.authenticate(access.create_key("benchmark", quotas=quotas))
            gateway.warm()
            spoken = speech(gateway, caller, args.repeats)
            if args.litellm:
                with program(args.litellm, str(HERE / "gateway_litellm.py"), url) as router:
                    version = json.loads(router(""))
                    written = chat(gateway, caller, url, args.repeats, router)
            else:
                version, written = "", chat(gateway, caller, url, args.repeats, None)
            admissions, rows = rates(store, caller)
    table = [
        {
            "what": what,
            "by": name,
            "first piece (ms)": milliseconds(column.first),
            "all (ms)": milliseconds(column.clock),
            "CPU (ms)": milliseconds(column.processor, least=True),
        }
        for what, columns in (("20 words spoken", spoken), ("50 words of a partner", written))
        for name, column in columns.items()
    ]
    added = statistics.median(spoken["through the gateway"].first) - statistics.median(
        spoken["the voice itself"].first
    )
    lines = [
        f"To a first piece of speech the gateway adds {1000 * added:.2f} ms (medians of turns).",
        f"{admissions:.0f} admissions a second by one thread (SQLite); {rows:.0f} ledger rows a second.",
    ]
    if args.litellm:
        ours, theirs = (min(written[n].processor) for n in ("through the gateway", "LiteLLM's router"))
        lines.insert(
            1, f"LiteLLM's router takes {theirs / ours:.1f} times the gateway's processor time a call."
        )
    about = (
        "`python benchmarks/gateway.py`: medians of the clock, the least of the processor's. The gateway has "
        "a key, four quotas, a policy and a ledger in SQLite; httpx and LiteLLM's router "
        + (f"({version or 'version not told'}) " if args.litellm else "")
        + "keep no books."
    )
    told = about + "\n\n" + "\n".join(f"- {line}" for line in lines)
    write("gateway", "The gateway", told, [("", table)], machine(("httpx", "sqlalchemy")))
    print("\n".join(lines))
    for found in table:
        print(found)


if __name__ == "__main__":
    main()
