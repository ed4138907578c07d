"""The ballot and the quarantine on SQLite and on PostgreSQL: the same votes, the same chain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from duologue.arena import ArenaError, rate
from duologue.arena.ballot import Ballot, Cast
from duologue.arena.integrity import Finding
from duologue.arena.quarantine import Quarantine
from duologue.store.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with Store.open(database) as opened:
        yield opened


def cast(k: int, prefix: str = "b") -> Cast:
    return Cast(
        model_a="Zoë",
        model_b="日本語",
        winner=["model_a", "model_b", "tie", "both_bad"][k % 4],
        battle=f"{prefix}{k}",
        at=NOON + timedelta(seconds=k, microseconds=1),
        voter=f"v{k % 3}",
        seconds=0.1 * k,
        consent=k % 2 == 0,
        style={"length": (k, 7.25), "loudness": (-20.1, None)},
    )


def test_the_chain_is_the_same_whatever_keeps_it(store: Store) -> None:
    ballot = Ballot(store)
    receipts = ballot.cast_all([cast(k) for k in range(20)])
    # Made once, with SQLite: the same record has the same hash everywhere.
    assert receipts[-1].hash == "b454c1bcdcc6df966f6fa331064011bcb51530bba57b44b4cdf9d58ad0bd1224"
    assert ballot.audit().broken is None
    assert list(ballot.rows())[7]["at"] == NOON + timedelta(seconds=7, microseconds=1)
    with pytest.raises(ArenaError, match="has been voted on"):
        ballot.cast(cast(3))
    with store.session() as session:
        session.execute(text("UPDATE arena_votes SET seconds = 1.5 WHERE number = 9"))
    assert ballot.audit().broken == 9


def test_writers_and_reviews(store: Store) -> None:
    ballot, quarantine = Ballot(store), Quarantine(store)
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for k in range(8):
                ballot.cast(cast(k, name))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "pqrs"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert (ballot.audit().records, ballot.audit().broken) == (32, None)
    finding = Finding("crowd", "v1", "because", np.arange(3))
    (case,) = quarantine.hold([(finding, [1, 2, 3])], actor="checks")
    assert rate(ballot.votes()).votes == 29
    quarantine.review(case.id, "release", reviewer="mira")
    assert rate(ballot.votes()).votes == 32
    ballot.consent(2, True, NOON)
    assert list(ballot.rows())[1]["consent"] is True
