"""The quarantine: held, reviewed, released, held again; and votes out of the ballot and in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duologue.arena import ArenaError, rate
from duologue.arena.ballot import Ballot, Cast
from duologue.arena.export import export_votes, import_votes
from duologue.arena.integrity import Finding
from duologue.arena.preferences import preferences
from duologue.arena.quarantine import Quarantine
from duologue.arena.reading import parse_votes
from duologue.gateway import audit
from duologue.store.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'votes.db'}") as opened:
        yield opened


def cast(k: int, **other: Any) -> Cast:
    pair = [("Zoë", "B"), ("B", "C"), ("C", "Zoë")][k % 3]
    known: dict[str, Any] = {
        "model_a": pair[0],
        "model_b": pair[1],
        "winner": ["model_a", "model_b", "tie", "both_bad"][k % 4],
        "battle": f"b{k}",
        "at": NOON + timedelta(minutes=k),
        "voter": f"v{k % 5}",
        "address": f"h{k % 5}",
        "prompt": f"p{k}",
        "seconds": 5.5 + k,
        "kind": "text",
        "task": "chat" if k % 2 else "code",
        "language": "en",
        "length": "short",
        "consent": k % 2 == 0,
        "style": {"length": (k, 7.5), "bold": (None, 1)},
    }
    return Cast(**{**known, **other})


def test_a_finding_is_held_released_and_held_again(store: Store) -> None:
    ballot, quarantine = Ballot(store), Quarantine(store)
    ballot.cast_all([cast(k) for k in range(30)])
    before = rate(ballot.votes())
    finding = Finding("crowd", "v2", "votes for 'B' whatever it meets", np.arange(2, 30, 5))
    (case,) = quarantine.hold([(finding, [int(row) + 1 for row in finding.rows])], actor="checks")
    assert (case.state, case.votes, ballot.held()) == ("held", 6, 6)
    assert rate(ballot.votes()).votes == 24
    assert len(ballot.votes(held=True)) == 30
    assert quarantine.numbers(case.id) == [3, 8, 13, 18, 23, 28]

    for decision, state, counted in (
        ("uphold", "upheld", 24),
        ("release", "released", 30),
        ("hold", "held", 24),
    ):
        reviewed = quarantine.review(case.id, decision, reviewer="mira", note="because")  # type: ignore[arg-type]
        assert (reviewed.state, reviewed.reviewer, reviewed.note) == (state, "mira", "because")
        assert rate(ballot.votes()).votes == counted
    quarantine.review(case.id, "release", reviewer="mira")
    assert rate(ballot.votes()).contestants == before.contestants
    # The same finding again changes nothing; with one more vote only that one is held.
    assert quarantine.hold([(finding, [3, 8])], actor="checks") == []
    (more,) = quarantine.hold([(finding, [3, 8, 9])], actor="checks")
    assert (more.votes, ballot.held()) == (1, 1)
    assert [c.state for c in quarantine.cases()] == ["held", "released"]
    assert [c.id for c in quarantine.cases("released")] == [case.id]

    # No vote was touched, and every decision is in the log, which is a chain.
    assert ballot.audit().broken is None
    actions = [e.action for e in audit.entries(store)]
    assert actions == [
        "arena.hold",
        "arena.release",
        "arena.hold",
        "arena.release",
        "arena.uphold",
        "arena.hold",
    ]
    assert audit.verify(store) is None


def test_reviews_that_make_no_sense_are_refused(store: Store) -> None:
    quarantine = Quarantine(store)
    with pytest.raises(ArenaError, match="no finding 'x'"):
        quarantine.review("x", "release", reviewer="mira")
    with pytest.raises(ArenaError, match="give uphold, release or hold"):
        quarantine.review("x", "forgive", reviewer="mira")  # type: ignore[arg-type]
    with pytest.raises(ArenaError, match="has a reviewer"):
        quarantine.review("x", "release", reviewer=" ")
    with pytest.raises(ArenaError, match="'open' is no state"):
        quarantine.cases("open")


def test_checks_run_over_the_ballot_and_again(store: Store) -> None:
    ballot, quarantine = Ballot(store), Quarantine(store)
    left = [
        cast(k, winner="model_a", voter="lefty", address="", prompt="", battle=f"l{k}") for k in range(60)
    ]
    spoken = [cast(k, battle=f"s{k}", kind="speech", winner="model_a", voter="lefty") for k in range(4)]
    ballot.cast_all([cast(k) for k in range(30)] + left + spoken + [cast(99, count=500, battle=None)])
    made = quarantine.examine()
    assert [(c.check, c.subject, c.votes) for c in made] == [("side", "lefty", 60)]
    assert quarantine.numbers(made[0].id) == list(range(31, 91))
    assert quarantine.examine() == []
    quarantine.review(made[0].id, "release", reviewer="mira")
    assert quarantine.examine() == []
    assert ballot.held() == 0


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_an_export_imports_as_the_same_votes(store: Store, tmp_path: Path, format: str) -> None:
    ballot = Ballot(store)
    ballot.cast_all([cast(k) for k in range(12)] + [cast(50, count=7, battle=None, seconds=None, style={})])
    data = export_votes(ballot.rows(), format, private=True)
    read = parse_votes(data, format)
    assert rate(read).contestants == rate(ballot.votes()).contestants
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as second:
        other = Ballot(second)
        assert import_votes(other, read, "export") == (13, 0)
        assert import_votes(other, read, "export") == (1, 12)  # what has a battle is there already
        rows = list(other.rows())[:13]
        apart = {"hash", "source", "count"}
        for one, two in zip(ballot.rows(), rows, strict=True):
            assert {k: v for k, v in one.items() if k not in apart} == {
                k: v for k, v in two.items() if k not in apart
            }
        assert other.audit().broken is None
    public = export_votes(ballot.rows(), "csv")
    assert b"v1" not in public
    assert b"b1" not in public


def test_an_import_is_all_or_nothing(store: Store) -> None:
    ballot = Ballot(store)
    long = "x" * 201
    votes = parse_votes(f"model_a,model_b,winner\nA,B,tie\nA,{long},tie".encode())
    with pytest.raises(ArenaError, match="at most 200 characters"):
        import_votes(ballot, votes, "file")
    assert ballot.head().number == 0
    with pytest.raises(ArenaError, match="no format of exports"):
        export_votes([], "xml")


def test_preferences_are_of_votes_with_consent() -> None:
    rows = [
        {"number": k, "winner": w, "consent": c, "battle": b, "kind": "text", "model_a": "A", "model_b": "B"}
        for k, (w, c, b) in enumerate([
            ("model_a", True, "x"), ("model_b", True, "x"), ("model_a", False, "x"), ("tie", True, "x"),
            ("model_a", True, "gone"), ("model_a", True, None), ("model_b", True, "same"),
        ])
    ]  # fmt: skip
    rows.append({**rows[0], "kind": "speech", "number": 9})
    words = {"x": ("Why?", "left answer", "right answer"), "same": ("Why?", "alike", "alike")}.get
    pairs = list(preferences(rows, words))
    assert [(p["vote"], p["chosen"], p["rejected_model"]) for p in pairs] == [
        (0, "left answer", "B"),
        (1, "right answer", "A"),
    ]
    line = json.loads(json.dumps(pairs[0]))
    assert line["messages"] == [{"role": "user", "content": "Why?"}]
    assert set(line) >= {"prompt", "chosen", "rejected"}
