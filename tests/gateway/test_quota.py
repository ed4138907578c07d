"""Quotas and the ledger: exact under many threads and processes, right after the end, kept through a kill."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from configured import HELLO, PRICES, configured
from duologue.gateway import (
    Access,
    Caller,
    Cancel,
    ChatPiece,
    ChatRequest,
    ChatUsage,
    Gateway,
    GatewayError,
    Quota,
    Quotas,
    SpeechPiece,
    SpeechRequest,
)
from duologue.gateway.config import DeploymentConfig
from duologue.gateway.ledger import Ledger
from duologue.gateway.prices import Amounts
from duologue.gateway.protocol import Kind
from duologue.gateway.tables import RequestRow, Tally
from duologue.store import Store, new_ulid


class Measured:
    """A backend that uses exactly so much."""

    kind: Kind = "in-house"

    def __init__(self, seconds: float = 0.5, tokens: int = 100) -> None:
        self.seconds, self.tokens = seconds, tokens

    def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
        yield ChatPiece(text="x")
        usage = ChatUsage(prompt_tokens=self.tokens - 10, completion_tokens=10)
        yield ChatPiece(finish_reason="stop", usage=usage)

    def speak(self, request: SpeechRequest, cancel: Cancel) -> Iterator[SpeechPiece]:
        for _ in range(10):
            yield SpeechPiece(audio=np.zeros(round(2400 * self.seconds), np.float32), sample_rate=24_000)

    def close(self) -> None:
        pass


def opened(store: Store, backend: Measured | None = None) -> Gateway:
    deployment = DeploymentConfig(
        name="m",
        kind="in-house",
        model="m",
        does=frozenset({"chat", "speech"}),
        prices=PRICES,
        concurrency=64,
    )
    return Gateway(configured(deployment), store, make=lambda _: backend or Measured())


def caller(store: Store, **quotas: Any) -> Caller:
    access = Access(store)
    return access.authenticate(access.create_key("tester", quotas=Quotas(**quotas)))


def use(gateway: Gateway, who: Caller, request: ChatRequest | SpeechRequest = HELLO) -> Decimal:
    ask: Any = gateway.chat if isinstance(request, ChatRequest) else gateway.speak
    with ask(request, caller=who) as served:
        list(served)
    money: Decimal = served.charge.money
    return money


def test_requests_are_counted_exactly_by_many_threads(either_store: Store) -> None:
    who = caller(either_store, requests=25)
    served, refused = [], []
    with opened(either_store) as gateway:

        def work() -> None:
            for _ in range(10):
                try:
                    served.append(use(gateway, who))
                except GatewayError as error:
                    refused.append(error)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(served), len(refused)) == (25, 55)
    assert {(e.status, e.code) for e in refused} == {(429, "insufficient_quota")}
    assert who.key_id is not None
    used = Quota(either_store).used(who.key_id)
    assert used.requests == 25
    assert used.tokens == 2500
    assert used.money == sum(served)
    with either_store.reading() as session:
        states = session.execute(select(RequestRow.state, func.count()).group_by(RequestRow.state)).all()
    assert {tuple(row) for row in states} == {("done", 25), ("failed", 55)}


ASKING = """
import sys
from duologue.gateway import Caller, GatewayError, Quota, Quotas
from duologue.gateway.prices import Amounts
from decimal import Decimal
from duologue.store import Store
who = Caller(key_id=sys.argv[2], name="x", quotas=Quotas(requests=50))
taken = 0
with Store.open(sys.argv[1], wait=60) as store:
    quota = Quota(store)
    for _ in range(40):
        try:
            taken += quota.take(who, Amounts(), Decimal(0)) is not None
        except GatewayError:
            pass
print(taken)
"""


def test_requests_are_counted_exactly_by_many_processes(either_store: Store, database: str) -> None:
    who = caller(either_store, requests=50)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ASKING, database, str(who.key_id)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    taken = [int(process.communicate(timeout=300)[0]) for process in running]
    assert sum(taken) == 50


def test_audio_tokens_and_money_are_held_at_their_estimate_and_put_right(store: Store) -> None:
    """Never more in flight than the quota holds: the rule that `quota` states."""
    say = SpeechRequest(text="x" * 150)  # ten seconds, by the estimate
    who = caller(store, audio_seconds=25)
    with opened(store, Measured(seconds=4.0)) as gateway:
        first, second = gateway.speak(say, caller=who), gateway.speak(say, caller=who)
        with pytest.raises(GatewayError, match=r"audio seconds a day \(25\) is used up"):
            gateway.speak(say, caller=who)
        assert Quota(store).used(str(who.key_id)).audio_seconds == 20
        list(first)
        list(second)
        assert gateway.ledger is not None
        assert gateway.ledger.flush()
        assert Quota(store).used(str(who.key_id)).audio_seconds == 8  # what it was, not what was thought
        for _ in range(2):
            use(gateway, who, say)  # 8 and 10 fit into 25, and so do 12 and 10
        with pytest.raises(GatewayError, match="audio seconds"):
            use(gateway, who, say)  # 16 and 10 don't


def test_a_request_larger_than_a_whole_day_says_so(store: Store) -> None:
    who = caller(store, tokens=100)
    with opened(store) as gateway, pytest.raises(GatewayError, match="this request alone would pass it"):
        gateway.chat(replace(HELLO, max_tokens=1000), caller=who)


def test_a_money_quota(store: Store) -> None:
    who = caller(store, money=Decimal("0.0004"))
    ask = replace(HELLO, max_tokens=200)  # about 0.00012
    with opened(store) as gateway:
        served: list[Decimal] = []
        try:
            while len(served) < 100:
                served.append(use(gateway, who, ask))
        except GatewayError as error:
            assert "quota of money a day (0.0004) is used up" in str(error)
    used = Quota(store).used(str(who.key_id))
    assert len(served) > 10  # each costs a sixth of its estimate
    assert used.money == sum(served)
    assert used.money <= Decimal("0.0004")


def test_a_quota_starts_anew_at_midnight_utc_and_says_when(store: Store) -> None:
    now = datetime(2026, 1, 1, 23, 59, 30, tzinfo=UTC)
    quota = Quota(store, clock=lambda: now)
    who = caller(store, requests=1)
    assert quota.take(who, Amounts(), Decimal(0)) is not None
    with pytest.raises(GatewayError) as caught:
        quota.take(who, Amounts(), Decimal(0))
    assert caught.value.retry_after == 30
    now += timedelta(seconds=31)
    assert quota.take(who, Amounts(), Decimal(0)) is not None


def test_failed_requests_give_back_what_was_held(store: Store) -> None:
    who = caller(store, tokens=1000)

    class Failing(Measured):
        def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
            raise GatewayError("no", status=503)

    with opened(store, Failing()) as gateway:
        for _ in range(5):
            with pytest.raises(GatewayError, match="no"):
                gateway.chat(HELLO, caller=who)
    used = Quota(store).used(str(who.key_id))
    assert (used.tokens, used.requests) == (0, 5)


def test_a_quota_that_cannot_be_checked_lets_nobody_pass(tmp_path: Path, store: Store) -> None:
    who = caller(store, requests=10)
    with Store.open(store.url, wait=0.1) as hasty, opened(hasty) as gateway:
        other = sqlite3.connect(store.place, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GatewayError, match=r"can't be checked.*busy") as caught:
            gateway.chat(HELLO, caller=who)
        assert (caught.value.status, caught.value.retry_after) == (503, 1.0)
        with gateway.chat(HELLO) as served:  # who has no quota is served
            list(served)
        other.execute("ROLLBACK")
        other.close()
        use(gateway, who)
    # The ledger waited for the database and lost nothing.
    with store.reading() as session:
        states = sorted(session.scalars(select(RequestRow.state)))
    assert states == ["done", "done", "failed"]


def row(**more: Any) -> dict[str, Any]:
    usual = {
        "id": new_ulid(), "created": datetime.now(UTC), "key_id": None, "caller": "x", "sort": "chat",
        "task": "chat", "asked": "", "served_by": "m", "kind": "in-house", "model": "m", "reason": "",
        "tried": [], "state": "done", "currency": "USD", "first_seconds": 0.1,
    }  # fmt: skip
    return usual | more


def test_the_ledger_writes_behind_and_flushes(either_store: Store) -> None:
    with Ledger(either_store) as ledger:
        begun = time.thread_time()
        for _ in range(2500):
            ledger.write(row())
        assert time.thread_time() - begun < 0.5  # it is a list that is written to, not a database
        assert ledger.flush(120)
        with either_store.reading() as session:
            assert session.scalar(select(func.count()).select_from(RequestRow)) == 2500
        ledger.write(row())
    with either_store.reading() as session:
        assert session.scalar(select(func.count()).select_from(RequestRow)) == 2501
    assert ledger.dropped == 0


def test_the_ledger_waits_for_a_locked_database_and_loses_nothing(store: Store) -> None:
    other = sqlite3.connect(store.place, isolation_level=None, check_same_thread=False)
    with Store.open(store.url, wait=0.1) as hasty, Ledger(hasty) as ledger:
        other.execute("BEGIN IMMEDIATE")
        ledger.write(row(key_id=None))
        assert not ledger.flush(0.8)
        other.execute("ROLLBACK")
        assert ledger.flush(20)
    other.close()
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(RequestRow)) == 1


def test_a_row_that_can_never_be_written_is_counted_and_holds_up_nobody(store: Store) -> None:
    with Ledger(store) as ledger:
        for i in range(7):
            ledger.write(row(key_id=new_ulid() if i == 3 else None))  # of no key
        assert ledger.flush(20)
    assert ledger.dropped == 1
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(RequestRow)) == 6


SERVING = """
import sys, time
sys.path.insert(0, sys.argv[3])
from test_quota import HELLO, Measured, opened
from duologue.gateway import Access
from duologue.store import Store
store = Store.open(sys.argv[1])
who = Access(store).authenticate(sys.argv[2])
gateway = opened(store)
for i in range(3):
    with gateway.chat(HELLO, caller=who) as served:
        list(served)
gateway.ledger.flush()
held = gateway.chat(HELLO, caller=who)
print("ready", flush=True)
time.sleep(60)
"""


def test_kill_9_leaves_what_was_in_flight_charged_at_its_estimate(store: Store) -> None:
    secret = Access(store).create_key("tester", quotas=Quotas(requests=4, tokens=100_000))
    process = subprocess.Popen(
        [sys.executable, "-c", SERVING, store.url, secret, str(Path(__file__).parent)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with store.reading() as session:
        tally = session.scalars(select(Tally)).one()
        assert session.scalar(select(func.count()).select_from(RequestRow)) == 3
    assert tally.requests == 4
    assert tally.tokens == 300 + 256 + 9  # three that ended, one as it was estimated
    with opened(store) as gateway, pytest.raises(GatewayError, match="requests a day"):
        gateway.chat(HELLO, caller=Access(store).authenticate(secret))


FILLING = """
import os, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from test_quota import HELLO, opened
from sqlalchemy import func, select
from duologue.gateway import Access, GatewayError, Quotas
from duologue.gateway.tables import RequestRow
from duologue.store import Store, StoreError
disk = Path(sys.argv[1])
store = Store.open(f"sqlite:///{disk / 'a.db'}", wait=0.2)
who = Access(store).authenticate(Access(store).create_key("a", quotas=Quotas(requests=1000)))
gateway = opened(store)
with open(disk / "ballast", "wb", buffering=0) as ballast:
    try:
        while ballast.write(bytes(4096)):
            pass
    except OSError:
        pass
said = set()
for _ in range(40):
    with gateway.chat(HELLO) as served:
        list(served)
    try:
        gateway.chat(HELLO, caller=who).close()
    except GatewayError as error:
        said.add((error.status, error.code))
    try:
        Access(store).create_key("b")
    except StoreError as error:
        said.add(error.kind)
print(sorted(map(str, said)))
os.unlink(disk / "ballast")
print(gateway.ledger.flush(20), gateway.ledger.dropped)
with store.reading() as session:
    print(session.scalar(select(func.count()).select_from(RequestRow)))
gateway.close()
store.close()
"""


def test_a_full_disk_stops_no_answer_and_the_ledger_catches_up(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can't be mounted here")
    try:
        done = subprocess.run(
            [sys.executable, "-c", FILLING, str(disk), str(Path(__file__).parent)],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        said, flushed, count = done.stdout.splitlines()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    # Who has a quota that can't be written down is told so; who has none is served; no key is half made.
    assert "full" in said
    assert "(503, 'store_unavailable')" in said
    assert flushed == "True 0"
    assert int(count) == 80  # every one of them, served or not
