"""Prices and sums: exact, in both databases, and beside what others would have asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from duologue.gateway import Access, GatewayError, Prices
from duologue.gateway.ledger import Ledger
from duologue.gateway.prices import Amounts
from duologue.store import Store, new_ulid

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(**more: Any) -> dict[str, Any]:
    usual = {
        "id": new_ulid(), "created": DAY, "key_id": None, "caller": "local", "sort": "chat", "task": "chat",
        "asked": "", "served_by": "tiny", "kind": "in-house", "model": "m", "reason": "", "tried": [],
        "state": "done", "currency": "EUR", "first_seconds": 0.1,
    }  # fmt: skip
    return usual | more


def test_prices_are_exact_and_cached_tokens_cost_their_own() -> None:
    prices = Prices(input=Decimal("0.1"), cached=Decimal("0.05"), output=Decimal("0.2"))
    amounts = Amounts(prompt_tokens=3, cached_tokens=1, completion_tokens=1)
    assert prices.of(amounts) * 10**6 == Decimal("0.45")
    without = Prices(input=Decimal("0.1"))
    assert without.of(amounts) * 10**6 == Decimal("0.3")
    assert prices.of(Amounts(prompt_tokens=1, cached_tokens=9)) * 10**6 == Decimal("0.05")


def test_every_kind_of_price_counts() -> None:
    prices = Prices(
        characters=Decimal(15), audio_minute=Decimal("0.06"), request=Decimal("0.001"),
        machine_second=Decimal("0.5"),
    )  # fmt: skip
    amounts = Amounts(characters=2_000_000, audio_seconds=90.0, compute_seconds=0.25)
    assert prices.of(amounts) == Decimal(30) + Decimal("0.09") + Decimal("0.001") + Decimal("0.125")
    assert Prices().free
    assert not prices.free


@pytest.fixture
def filled(either_store: Store) -> Ledger:
    """Two keys, two deployments, two days, one failure."""
    access = Access(either_store)
    ann = access.authenticate(access.create_key("ann")).key_id
    with Ledger(either_store) as ledger:
        for _ in range(3):
            ledger.write(
                row(key_id=ann, caller="ann", prompt_tokens=100, completion_tokens=10, cached_tokens=40,
                    money=Decimal("0.1"), compute_seconds=0.5)
            )  # fmt: skip
        ledger.write(row(created=DAY + timedelta(days=1), money=Decimal("0.2"), prompt_tokens=7))
        ledger.write(
            row(sort="speech", task="speech", served_by="voice", characters=1000, audio_ms=61_500,
                money=Decimal("0.000000001"))
        )  # fmt: skip
        ledger.write(row(state="failed", served_by="", kind="", model="", error="nobody"))
    return ledger


def test_sums_by_model_key_day_and_task(filled: Ledger) -> None:
    by_model = {(line.name, line.sort): line for line in filled.costs("model")}
    tiny = by_model["tiny", "chat"]
    assert (tiny.requests, tiny.failed, tiny.prompt_tokens, tiny.cached_tokens) == (4, 0, 307, 120)
    assert tiny.money == Decimal("0.5")
    assert tiny.compute_seconds == pytest.approx(1.5)
    assert by_model["voice", "speech"].audio_seconds == 61.5
    assert by_model["voice", "speech"].money == Decimal("0.000000001")
    assert (by_model["nobody", "chat"].requests, by_model["nobody", "chat"].failed) == (1, 1)
    assert next(line.name for line in filled.costs("model")) == "tiny"  # the dearest first
    keys = {line.name: line.money for line in filled.costs("key") if line.sort == "chat"}
    assert keys == {"ann": Decimal("0.3"), "local": Decimal("0.2")}
    days = [(line.name, line.sort, line.requests) for line in filled.costs("day")]
    assert days == [("2026-03-01", "chat", 4), ("2026-03-01", "speech", 1), ("2026-03-02", "chat", 1)]
    assert {line.name for line in filled.costs("task")} == {"chat", "speech"}
    with pytest.raises(GatewayError, match="no sum by 'hour'"):
        filled.costs("hour")  # type: ignore[arg-type]


def test_a_stretch_of_time(filled: Ledger) -> None:
    assert sum(line.requests for line in filled.costs("day", since=DAY + timedelta(hours=1))) == 1
    assert sum(line.requests for line in filled.costs("day", until=DAY + timedelta(hours=1))) == 5
    assert filled.costs("day", since=DAY + timedelta(days=9)) == []


def test_what_the_same_would_have_cost_elsewhere(filled: Ledger) -> None:
    prices = {
        "chatty": Prices(input=Decimal(1), output=Decimal(10), request=Decimal("0.01")),
        "by-letter": Prices(characters=Decimal(15)),
        "by-minute": Prices(audio_minute=Decimal("0.6")),
    }
    found = {e.partner: e for e in filled.elsewhere(prices)}
    assert set(found) == {"chatty", "by-letter", "by-minute"}
    assert found["chatty"].requests == 4  # the one that failed isn't counted
    assert found["chatty"].money == (307 + 30 * 10) / Decimal(10**6) + 4 * Decimal("0.01")
    assert found["chatty"].here == Decimal("0.5")
    assert found["by-letter"].money == Decimal("0.015")
    assert found["by-minute"].money == Decimal("61.5") / 60 * Decimal("0.6")
    assert [e.sort for e in filled.elsewhere(prices)] == ["chat", "speech", "speech"]


def test_currencies_are_not_mixed(filled: Ledger) -> None:
    with filled.store.session() as session:
        from duologue.gateway.ledger import _insert

        _insert(session, [row(currency="USD", money=Decimal(7))])
    lines = [line for line in filled.costs("model") if line.name == "tiny"]
    assert {(line.currency, line.money) for line in lines} == {("EUR", Decimal("0.5")), ("USD", Decimal(7))}
