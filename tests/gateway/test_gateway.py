"""The gateway as a whole: fallbacks, retries, cooling down, charges, limits; partners are real servers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

import loopbackpartner
from configured import HELLO, PRICES, SAY, a_partner, configured
from duologue.gateway import Caller, Cancel, ChatPiece, ChatRequest, Gateway, GatewayError, SpeechPiece
from duologue.gateway.config import DeploymentConfig, PolicyConfig
from duologue.gateway.deployment import Deployment
from duologue.gateway.prices import Prices
from duologue.gateway.protocol import Kind
from duologue.gateway.requests import SpeechRequest
from duologue.gateway.tables import RequestRow
from duologue.store import Store
from loopbackpartner import Handler, Partner


@pytest.fixture
def other() -> Iterator[Partner]:
    """A second partner."""
    with loopbackpartner.partner() as running:
        yield running


def rows(store: Store) -> list[RequestRow]:
    with store.reading() as session:
        return list(session.scalars(select(RequestRow).order_by(RequestRow.id)))


def test_the_next_is_asked_when_the_first_fails_and_both_reasons_are_kept(
    partner: Partner, other: Partner, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "duologue.gateway")
    partner.behave = loopbackpartner.refusing(500)
    config = configured(a_partner("first", partner.url), a_partner("second", other.url))
    with Gateway.open(config, store) as gateway:
        with gateway.chat(HELLO) as served:
            assert "".join(p.text for p in served) == "Good day."
        assert served.choice.deployment == "second"
        assert served.choice.tried == ("first: 'first' answers 500: no, thanks",)
        # The first cools down now, so it isn't asked at all.
        with gateway.chat(HELLO) as served:
            list(served)
        assert served.choice.tried == ()
        assert served.choice.deployment == "second"
    assert len(partner.requests) == 1
    found = rows(store)
    assert [(r.state, r.served_by) for r in found] == [("done", "second")] * 2
    assert found[0].id == caplog.records[0].request["id"]  # type: ignore[attr-defined]
    assert found[0].tried == ["first: 'first' answers 500: no, thanks"]
    assert found[0].reason == "policy 'default' of task 'chat': number 2 in its group"
    assert caplog.records[0].request["reason"] == found[0].reason  # type: ignore[attr-defined]


def test_one_that_cools_down_is_asked_again_afterwards(partner: Partner, other: Partner) -> None:
    partner.behave = loopbackpartner.refusing(429, Retry_After="60")
    config = configured(a_partner("first", partner.url), a_partner("second", other.url))
    with Gateway.open(config) as gateway:
        with gateway.chat(HELLO) as served:
            assert served.choice.deployment == "second"
        partner.behave = loopbackpartner.good
        with gateway.chat(HELLO) as served:
            assert served.choice.deployment == "second"
        gateway._deployments["first"]._clock = lambda: time.monotonic() + 61
        with gateway.chat(HELLO) as served:
            assert served.choice.deployment == "first"


def test_a_failure_that_passes_is_tried_again_in_the_same_place(partner: Partner) -> None:
    fail = iter([True, False])

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        (loopbackpartner.refusing(503) if next(fail) else loopbackpartner.good)(handler, body)

    partner.behave = behave
    with Gateway.open(configured(a_partner("only", partner.url, retries=1))) as gateway:
        with gateway.chat(HELLO) as served:
            assert "".join(p.text for p in served) == "Good day."
        assert served.choice.tried == ()
    assert len(partner.requests) == 2


def test_a_long_retry_after_is_not_waited_for(partner: Partner) -> None:
    partner.behave = loopbackpartner.refusing(429, Retry_After="30")
    with Gateway.open(configured(a_partner("only", partner.url, retries=3))) as gateway:
        begun = time.monotonic()
        with pytest.raises(GatewayError) as caught:
            gateway.chat(HELLO)
        assert time.monotonic() - begun < 15
    assert caught.value.status == 429
    assert caught.value.retry_after == 30
    assert len(partner.requests) == 1


def test_when_nobody_can_all_reasons_are_told(partner: Partner, other: Partner, store: Store) -> None:
    partner.behave = loopbackpartner.refusing(429, Retry_After="9")
    other.behave = loopbackpartner.refusing(429, Retry_After="5")
    config = configured(a_partner("first", partner.url), a_partner("second", other.url))
    with Gateway.open(config, store) as gateway, pytest.raises(GatewayError) as caught:
        gateway.chat(HELLO)
    assert (caught.value.status, caught.value.retry_after) == (429, 5.0)
    assert "first: " in str(caught.value)
    assert "second: " in str(caught.value)
    assert [(r.state, r.money, len(r.tried)) for r in rows(store)] == [("failed", 0, 2)]


def test_what_one_refuses_another_may_take(partner: Partner, other: Partner) -> None:
    partner.behave = loopbackpartner.refusing(400)
    config = configured(a_partner("first", partner.url), a_partner("second", other.url))
    with Gateway.open(config) as gateway:
        with gateway.chat(HELLO) as served:
            assert served.choice.deployment == "second"
        with gateway.chat(HELLO) as served:  # and it wasn't cooled for that
            assert served.choice.deployment == "second"
    assert len(partner.requests) == 2


def test_after_the_first_piece_there_is_no_fallback(partner: Partner, other: Partner, store: Store) -> None:
    partner.behave = loopbackpartner.cutting
    config = configured(a_partner("first", partner.url, retries=2), a_partner("second", other.url))
    with Gateway.open(config, store) as gateway:
        served = gateway.chat(HELLO)
        assert next(served).text == "Good "
        with pytest.raises(GatewayError, match="broke off"):
            next(served)
        assert other.requests == []
        assert len(partner.requests) == 1
        money = served.charge.money
        # Who broke off cools down.
        with gateway.chat(HELLO) as served:
            assert served.choice.deployment == "second"
    broken = rows(store)[0]
    assert (broken.state, broken.completion_tokens, broken.estimated) == ("broken", 2, True)
    assert broken.money == round(money, 9)
    assert "broke off" in broken.error


def test_a_scope_that_is_not_the_callers_is_403(partner: Partner, store: Store) -> None:
    caller = Caller(key_id=None, name="reader", scopes=frozenset({"chat"}))
    with Gateway.open(configured(a_partner("only", partner.url)), store) as gateway:
        with pytest.raises(GatewayError, match="isn't for speech") as caught:
            gateway.speak(SAY, caller=caller)
        assert caught.value.status == 403
        with pytest.raises(GatewayError):
            gateway.explain(SAY, caller)
    assert partner.requests == []


class Counting:
    """A backend that counts how many are inside at once; it waits on a gate after its first piece."""

    kind: Kind = "in-house"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.lock = threading.Lock()
        self.inside = self.most = 0

    def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        try:
            yield ChatPiece(text="x")
            self.gate.wait(10)
            yield ChatPiece(finish_reason="stop")
        finally:
            with self.lock:
                self.inside -= 1

    def speak(self, request: SpeechRequest, cancel: Cancel) -> Iterator[SpeechPiece]:
        yield SpeechPiece(audio=np.zeros(2400, np.float32), sample_rate=24_000)

    def close(self) -> None:
        self.gate.set()


def counted(backend: Counting, store: Store | None = None, **more: Any) -> Gateway:
    usual: dict[str, Any] = {"concurrency": 3, "wait": 0.1, "retries": 0, "prices": PRICES}
    deployment = DeploymentConfig(
        name="counting", kind="in-house", model="m", does=frozenset({"chat", "speech"}), **(usual | more)
    )
    return Gateway(configured(deployment), store, make=lambda _: backend)


def test_no_more_than_its_concurrency_are_served_at_once_and_turns_come_back() -> None:
    backend = Counting()
    with counted(backend) as gateway, ExitStack() as stack:
        held = [stack.enter_context(gateway.chat(HELLO)) for _ in range(3)]
        with pytest.raises(GatewayError, match="busy with 3 requests") as caught:
            gateway.chat(HELLO)
        assert (caught.value.status, caught.value.retry_after) == (429, 1.0)
        held[0].close()
        again = stack.enter_context(gateway.chat(HELLO))
        assert next(again).text == "x"
        backend.gate.set()
    assert backend.most == 3
    assert backend.inside == 0


def test_a_turn_is_waited_for() -> None:
    backend = Counting()
    with counted(backend, concurrency=1, wait=5.0) as gateway:
        first = gateway.chat(HELLO)
        threading.Timer(0.2, first.close).start()
        with gateway.chat(HELLO) as second:
            assert next(second).text == "x"
            backend.gate.set()


def test_the_machines_seconds_are_shared_by_those_inside() -> None:
    class Slow(Counting):
        def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
            time.sleep(0.3)
            yield ChatPiece(text="x", finish_reason="stop")

    prices = Prices(machine_second=Decimal(1))
    with counted(Slow(), prices=prices) as gateway:
        charges = []

        def work() -> None:
            with gateway.chat(HELLO) as served:
                list(served)
            charges.append(served.charge)

        begun = time.perf_counter()
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begun
    total = sum(charge.compute_seconds for charge in charges)
    assert 0.29 < total <= took + 0.01  # and not three times that
    assert sum(charge.money for charge in charges) == pytest.approx(Decimal(total), abs=Decimal("1e-5"))


def test_a_fault_of_ours_in_a_backend_is_told_and_gives_everything_back() -> None:
    class Faulty(Counting):
        def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
            if request.seed == 1:
                raise KeyError("oops")
            yield ChatPiece(text="x")
            raise KeyError("later")

    with counted(Faulty(), concurrency=1) as gateway:
        with pytest.raises(GatewayError, match="'counting' failed: KeyError") as caught:
            gateway.chat(ChatRequest(messages=HELLO.messages, seed=1))
        assert caught.value.status == 502
        for _ in range(2):
            served = gateway.chat(HELLO)
            assert next(served).text == "x"
            with pytest.raises(GatewayError, match="KeyError: 'later'"):
                next(served)
            assert served.state == "broken"


def test_an_answer_that_nobody_closes_is_closed_all_the_same(store: Store) -> None:
    backend = Counting()
    with counted(backend, store, concurrency=1) as gateway:
        next(gateway.chat(HELLO))
        with gateway.chat(HELLO) as served:
            assert next(served).text == "x"
    assert [r.state for r in rows(store)] == ["cancelled", "cancelled"]


def test_the_budget_leaves_what_costs_nothing(partner: Partner, store: Store) -> None:
    backend = Counting()
    free = DeploymentConfig(name="free", kind="in-house", model="m", does=frozenset({"chat"}))
    dear = a_partner("dear", partner.url, prices=Prices(request=Decimal("0.40")))
    config = configured(dear, free, money_per_day=Decimal("1.00"))

    def made(d: DeploymentConfig) -> Any:
        from duologue.gateway.backends.making import make_backend

        return backend if d.name == "free" else make_backend(d)

    backend.gate.set()
    with Gateway(config, store, make=made) as gateway:
        chosen = []
        for _ in range(4):
            with gateway.chat(HELLO) as served:
                list(served)
            chosen.append(served.choice.deployment)
        assert chosen == ["dear", "dear", "free", "free"]
        with pytest.raises(GatewayError, match=r"budget of 1\.00 a day is spent") as caught:
            gateway.chat(ChatRequest(messages=HELLO.messages, model="dear"))
        assert (caught.value.status, caught.value.code) == (429, "insufficient_quota")
    # Another process, or the same after a restart, knows what was spent.
    with Gateway(config, store, make=made) as gateway, gateway.chat(HELLO) as served:
        assert served.choice.deployment == "free"


def test_explain_says_what_would_happen_and_asks_nobody(partner: Partner, other: Partner) -> None:
    cheap = a_partner("cheap", partner.url, prices=Prices(output=Decimal("0.1")), quality={"chat": 5.0})
    good = a_partner("good", other.url, prices=Prices(output=Decimal("10")), quality={"*": 50.0})
    policy = PolicyConfig(name="default", groups=("all",), choose="cheapest", quality_bar=10.0)
    config = replace(configured(cheap, good), policies={"default": policy})
    with Gateway.open(config) as gateway:
        plan = gateway.explain(ChatRequest(messages=HELLO.messages, max_tokens=1000))
        assert [c.deployment for c in plan] == ["good"]
        assert plan[0].known.cost == Decimal("0.01")
        gateway.rate("chat", {"cheap": 60.0})
        plan = gateway.explain(ChatRequest(messages=HELLO.messages, max_tokens=1000))
        assert [c.deployment for c in plan] == ["cheap", "good"]
        with pytest.raises(GatewayError, match="no deployment chap"):
            gateway.rate("chat", {"chap": 1.0})
    assert partner.requests == other.requests == []


def test_ratings_are_kept_in_the_store_and_used_by_every_gateway(partner: Partner, store: Store) -> None:
    config = configured(a_partner("only", partner.url, quality={"*": 1.0}))
    with Gateway.open(config, store) as gateway:
        gateway.rate("headline", {"only": 7.5})
    with Gateway.open(config, store) as gateway:
        assert gateway.deployments("headline")[0].quality == 7.5
        assert gateway.deployments("chat")[0].quality == 1.0


def test_the_fastest_by_what_was_measured(partner: Partner, other: Partner) -> None:
    def slow(handler: Handler, body: dict[str, Any]) -> None:
        time.sleep(0.4)
        loopbackpartner.good(handler, body)

    partner.behave = slow
    config = configured(a_partner("slow", partner.url), a_partner("quick", other.url), choose="fastest")
    with Gateway.open(config) as gateway:
        chosen = []
        for _ in range(4):
            with gateway.chat(HELLO) as served:
                list(served)
            chosen.append(served.choice.deployment)
    assert set(chosen[:2]) == {"slow", "quick"}  # neither was measured
    assert chosen[2:] == ["quick", "quick"]
    assert served.choice.reason.startswith("policy 'default' of task 'chat': first piece in 0.")


def test_closing_stops_and_charges_what_is_under_way(partner: Partner, store: Store) -> None:
    partner.behave = loopbackpartner.endless
    gateway = Gateway.open(configured(a_partner("only", partner.url)), store)
    served = gateway.chat(HELLO)
    next(served)
    gateway.close()
    assert served.state == "cancelled"
    assert list(served) == []
    assert [(r.state, r.money > 0) for r in rows(store)] == [("cancelled", True)]
    with pytest.raises(GatewayError):
        gateway.chat(HELLO)


def test_cooling_doubles_with_each_failure_heeds_the_partner_and_ends_with_success() -> None:
    now = 100.0
    deployment = Deployment(a_partner("only", ""), make=lambda _: Counting(), clock=lambda: now)
    waits = []
    for _ in range(9):
        deployment.failed()
        waits.append(deployment.cooling)
        now += 1000
        assert deployment.cooling == 0
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    deployment.failed(retry_after=7.5)
    assert deployment.cooling == 7.5
    deployment.failed(retry_after=1e9)
    assert deployment.cooling == 3600  # an hour is as long as anybody is heeded
    deployment.served("chat", 0.2)
    assert deployment.cooling == 0
    deployment.failed()
    assert deployment.cooling == 1
