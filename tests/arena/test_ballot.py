"""The ballot: one vote a battle, one chain, nothing changed in silence."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from duologue.arena import ArenaError, rate
from duologue.arena.ballot import Ballot, Cast, Receipt, record_of
from duologue.arena.chain import FIRST, audit, canonical, link
from duologue.store.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def vote(k: int = 0, **other: Any) -> Cast:
    known: dict[str, Any] = {
        "model_a": "Zoë",
        "model_b": "日本語",
        "winner": ["model_a", "model_b", "tie", "both_bad"][k % 4],
        "battle": f"b{k}",
        "at": NOON + timedelta(seconds=k, microseconds=123),
        "voter": f"v{k % 3}",
        "seconds": 0.1 + k,
        "kind": "text" if k % 2 else "speech",
        "consent": k % 3 == 0,
        "style": {"length": (k, 7.5), "bold": (None, 1)},
    }
    return Cast(**{**known, **other})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "votes.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture
def ballot(store: Store) -> Ballot:
    return Ballot(store)


def test_votes_come_back_as_they_were_cast(ballot: Ballot) -> None:
    receipts = [ballot.cast(vote(0)), *ballot.cast_all([vote(k) for k in range(1, 12)])]
    assert [r.number for r in receipts] == list(range(1, 13))
    assert ballot.head() == receipts[-1]
    rows = list(ballot.rows())
    assert [row["battle"] for row in rows] == [f"b{k}" for k in range(12)]
    assert rows[5]["at"] == NOON + timedelta(seconds=5, microseconds=123)
    assert rows[5]["style"] == {"length": [5, 7.5], "bold": [None, 1]}
    votes = ballot.votes()
    assert votes.names == ("Zoë", "日本語")
    assert votes.covariates["length"][0].tolist() == list(range(12))
    assert votes.time is not None
    assert votes.time[3] - votes.time[0] == pytest.approx(3)
    assert rate(votes).votes == 12
    assert len(ballot.votes(kind="text")) == 6
    assert len(ballot.votes(kind="text", voter="v0")) == 2
    assert len(ballot.votes(since=NOON + timedelta(seconds=3), until=NOON + timedelta(seconds=6))) == 3
    assert ballot.voted(["b3", "b99"]) == {"b3"}
    with pytest.raises(ArenaError, match="can't be chosen by 'mood'"):
        ballot.votes(mood="good")


def test_a_battle_has_one_vote(ballot: Ballot) -> None:
    ballot.cast(vote(1))
    with pytest.raises(ArenaError, match="has been voted on"):
        ballot.cast(vote(1, winner="tie"))
    with pytest.raises(ArenaError, match="has been voted on"):
        ballot.cast_all([vote(2), vote(3), vote(1)])  # all or none
    assert ballot.head().number == 1
    ballot.cast_all([vote(2, battle=None), vote(2, battle=None)])  # imported ones have none
    assert ballot.audit().broken is None


def test_the_chain_can_be_checked_by_anybody(ballot: Ballot) -> None:
    """The hash is what the documentation says, made here from the row alone."""
    import hashlib
    import json

    ballot.cast_all([vote(k) for k in range(3)])
    before = FIRST
    for row in ballot.rows():
        record = {key: value for key, value in row.items() if key != "hash"}
        record["at"] = record["at"].isoformat(timespec="microseconds")
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        before = hashlib.sha256((before + text).encode()).hexdigest()
        assert row["hash"] == before


TAMPERED = [
    ("UPDATE arena_votes SET winner = 'model_b' WHERE number = 5", 5, "hash doesn't follow"),
    ("UPDATE arena_votes SET voter = 'v9' WHERE number = 1", 1, "hash doesn't follow"),
    ("UPDATE arena_votes SET at = '2026-11-25 12:00:04.000124' WHERE number = 5", 5, "hash doesn't follow"),
    ("UPDATE arena_votes SET seconds = seconds + 1e-9 WHERE number = 7", 7, "hash doesn't follow"),
    ("UPDATE arena_votes SET style = '{}' WHERE number = 8", 8, "hash doesn't follow"),
    ("UPDATE arena_votes SET consent = 1 - consent WHERE number = 4", 4, "hash doesn't follow"),
    ("DELETE FROM arena_votes WHERE number = 6", 6, "record 6 is missing"),
    ("DELETE FROM arena_votes WHERE number = 1", 1, "record 1 is missing"),
    ("UPDATE arena_votes SET hash = '0' WHERE number = 10", 10, "hash doesn't follow"),
    ("UPDATE arena_votes SET number = -1 WHERE number = 3", 1, "twice"),
]


@pytest.mark.parametrize(("sql", "broken", "why"), TAMPERED)
def test_an_edit_is_found_and_named(ballot: Ballot, path: Path, sql: str, broken: int, why: str) -> None:
    ballot.cast_all([vote(k) for k in range(10)])
    assert ballot.audit().broken is None
    with sqlite3.connect(path) as connection:
        assert connection.execute(sql).rowcount == 1
    connection.close()
    found = ballot.audit()
    assert found.broken == broken
    assert why in found.why
    assert found.records == broken - 1


def test_a_chain_made_anew_or_cut_off_is_told_by_a_noted_head(ballot: Ballot, path: Path) -> None:
    receipts = ballot.cast_all([vote(k) for k in range(10)])
    assert ballot.audit(receipts[6]).broken is None
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM arena_votes WHERE number > 8")
    connection.close()
    assert ballot.audit().broken is None  # the chain alone can't know
    assert ballot.audit(receipts[7]).broken is None
    assert ballot.audit(receipts[9]).broken == 9
    forged = Receipt(3, receipts[2].hash[::-1])
    assert ballot.audit(forged).broken == 3


def test_the_audit_of_nothing_is_fine(ballot: Ballot) -> None:
    assert ballot.audit().head == FIRST
    assert ballot.audit(ballot.head()).broken is None
    assert len(ballot.votes()) == 0
    assert audit([]).records == 0


def test_writers_take_turns(store: Store) -> None:
    """Eight threads at once: no fork in the chain, nobody refused."""
    ballot = Ballot(store)
    failed: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for k in range(10):
                ballot.cast(vote(k, battle=f"{thread}-{k}"))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    found = ballot.audit()
    assert (found.records, found.broken) == (80, None)


def test_consent_can_be_taken_back_without_touching_the_vote(ballot: Ballot) -> None:
    ballot.cast_all([vote(k, consent=True) for k in range(3)])
    ballot.consent(2, False, NOON)
    assert [row["consent"] for row in ballot.rows()] == [True, False, True]
    ballot.consent(2, True, NOON + timedelta(days=1))
    ballot.consent(3, False)
    assert [row["consent"] for row in ballot.rows()] == [True, True, False]
    assert ballot.audit().broken is None
    with pytest.raises(ArenaError, match="no vote 4"):
        ballot.consent(4, False)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"winner": "left"}, "winner is 'left'"),
        ({"model_b": "Zoë"}, "give two contestants"),
        ({"model_a": ""}, "give two contestants"),
        ({"count": 0}, "count is 0"),
        ({"seconds": float("nan")}, "give 0 or more"),
        ({"at": datetime(2026, 1, 1)}, "no zone"),
        ({"voter": "x" * 65}, "at most 64 characters"),
        ({"style": {"length": (1, float("inf"))}}, "two numbers"),
        ({"style": {"length": (1,)}}, "two numbers"),
    ],
)
def test_what_is_no_vote_is_refused(other: dict[str, Any], words: str) -> None:
    with pytest.raises(ArenaError, match=words):
        vote(0, **other)


def test_canonical_json_is_one_text() -> None:
    assert canonical({"b": 1.50, "a": "é\n", "c": None}) == '{"a":"é\\n","b":1.5,"c":null}'
    assert link(FIRST, {"a": 1}) != link(FIRST, {"a": 2})
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"a": float("nan")})
    made = record_of(1, _values(vote(0)))
    assert made["at"] == "2026-11-25T12:00:00.000123+00:00"


def _values(cast: Cast) -> dict[str, Any]:
    return {name: getattr(cast, name) for name in cast.__slots__}
