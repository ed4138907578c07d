"""The record: its file form, what it refuses, and edits."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from conversation import conversation
from duologue.studio.edit import added, changed, removed
from duologue.studio.episode import Episode, Span, Step, Turn, schema
from duologue.studio.errors import StudioError
from duologue.studio.ulid import new_ulid


def test_the_file_form_is_stable_and_fits_its_schema(tmp_path: Path) -> None:
    episode = conversation()
    path = episode.save(tmp_path / "deep" / "episode.json")
    again = Episode.load(path.parent)
    assert again == episode
    assert again.json_text() == path.read_text("utf-8")
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(path.read_text("utf-8")), schema())
    assert sorted(p.name for p in path.parent.iterdir()) == ["episode.json"]


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({"turns": (Turn(id="a", text="x"), Turn(id="a", text="y"))}, "two turns are called 'a'"),
        ({"turns": (Turn(id="t0", text="x", chapter="c9"),)}, "chapter 'c9', which isn't listed"),
        ({"turns": (Turn(id="t0", text="x", speaker="Zoe"),)}, "spoken by 'Zoe', who isn't listed"),
        (
            {"turns": (Turn(id="t0", text="x", spans=(Span(source="s1", start=0, end=9999),)),)},
            "cites characters 0 to 9999",
        ),
        ({"turns": ()}, "chapter 'c1' begins with turn 't0'"),
        ({"language": "English, please"}, "language"),
    ],
)
def test_parts_that_do_not_fit_are_refused(parts: dict[str, object], complaint: str) -> None:
    with pytest.raises(StudioError, match=complaint):
        conversation().replace(**parts)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"kind": "daily"}', b"\xff\xfe", b'{"format": 2}'])
def test_what_is_no_record_is_refused_in_a_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "episode.json"
    path.write_bytes(data)
    with pytest.raises(StudioError, match="is not an episode"):
        Episode.load(path)
    with pytest.raises(StudioError, match="there is no episode"):
        Episode.load(tmp_path / "other")


def test_records_are_frozen() -> None:
    with pytest.raises(ValidationError):
        conversation().title = "other"  # type: ignore[misc]


def test_edits() -> None:
    episode = conversation()
    new = changed(episode, "t2", text="It rains.", style="calm", speed=1.2)
    assert new.turn("t2").text == "It rains."
    assert new.turn("t2").spans == ()
    assert [t for t in new.turns if t.id != "t2"] == [t for t in episode.turns if t.id != "t2"]
    more = added(new, "t0", "And hello again.")
    assert [t.id for t in more.turns] == ["t0", "n5", "t1", "t2", "t3"]
    assert more.turn("n5").speaker == "Ann"
    less = removed(more, "t2")
    assert less.chapters[1].turn == "t3"
    assert len(removed(less, "t3").chapters) == 1
    with pytest.raises(StudioError, match="no turn 't9'"):
        changed(episode, "t9", text="x")
    with pytest.raises(StudioError, match="speed"):
        changed(episode, "t1", speed=99.0)


def test_cost_replaces_its_own_step() -> None:
    step = Step(step="speak", backend="v", seconds=1.0)
    episode = conversation().with_cost(step).with_cost(step.model_copy(update={"seconds": 2.0}))
    assert [s.seconds for s in episode.cost] == [2.0]


def test_ulids_sort_by_time() -> None:
    assert new_ulid(1) < new_ulid(2) < new_ulid()
    assert len({new_ulid(5) for _ in range(1000)}) == 1000
