"""Edits as a host sends them, and an episode made anew after them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conversation import Counting, conversation
from duologue.studio import Episode, Produced, StudioError, edit_turns, load_episode, perform, render_episode
from duologue.studio.cache import TurnCache
from duologue.studio.edit import edited
from duologue.voice import Voice


def test_edits_as_json_gives_them() -> None:
    episode = edited(
        conversation(),
        [
            {"title": "Piers"},
            {"turn": "t0", "text": "Hello.", "pause_after": 1.5},
            {"add_after": "t0", "text": "And hello again."},
            {"turn": "t3", "move_after": "t0"},
            {"turn": "t1", "remove": True},
        ],
    )
    assert episode.title == "Piers"
    assert [t.id for t in episode.turns] == ["t0", "t3", "n5", "t2"]
    assert episode.turn("t0").pause_after == 1.5
    assert episode.turn("t3").chapter == "c1"
    assert [c.turn for c in episode.chapters] == ["t0", "t2"]


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        ({"turn": "t9", "text": "x"}, "no turn 't9'"),
        ({"turn": "t1"}, "changes nothing"),
        ({}, "changes nothing"),
        ({"turn": "t1", "colour": "red"}, "unknown part 'colour'"),
        ({"add_after": "t1"}, "without words"),
        ({"turn": "t1", "speed": "fast"}, "speed"),
        ({"turn": "t1", "move_after": "t1"}, "behind itself"),
        ({"turn": "t1", "speaker": "Zoe"}, "who isn't listed"),
    ],
)
def test_edits_that_do_not_fit_are_refused(edit: dict[str, object], complaint: str) -> None:
    with pytest.raises(StudioError, match=complaint):
        edited(conversation(), [edit])


def test_a_revision_speaks_what_changed_and_writes_the_rest_anew(voice: Voice, tmp_path: Path) -> None:
    speak, cache, folder = Counting(voice), TurnCache(tmp_path / "turns"), tmp_path / "ferries"
    perform(conversation(), speak, folder, formats=("wav",), cache=cache)
    speak.asked.clear()
    done = edit_turns(folder, [{"turn": "t2", "text": "The train leaves at nine."}], speak, cache=cache)
    assert isinstance(done, Produced)
    assert speak.asked == ["The train leaves at nine."]
    assert (done.made, done.cached) == (1, 3)
    assert {p.name for p in folder.iterdir()} >= {"episode.wav", "script.md", "grounding.json", "episode.vtt"}
    assert not (folder / "episode.mp3").exists()
    assert "The train leaves at nine." in (folder / "script.md").read_text("utf-8")
    assert "train" in (folder / "episode.vtt").read_text("utf-8")
    verdicts = json.loads((folder / "grounding.json").read_text("utf-8"))["verdicts"]
    said = next(v for v in verdicts if "train" in v["text"])
    assert said["kind"] != "verbatim"
    script = folder / "script.md"
    script.write_text(script.read_text("utf-8") + "\nAnn: By hand.\n", "utf-8")
    again = render_episode(folder, speak, cache=cache)
    assert again.made == 0
    assert any("edited by hand" in n for n in again.notices)
    assert "By hand." in script.read_text("utf-8")
    with pytest.raises(StudioError, match="nothing to change"):
        edit_turns(folder, [{"title": done.episode.title}], speak, cache=cache)


def test_an_edit_without_a_voice_is_a_record(tmp_path: Path) -> None:
    conversation().save(tmp_path / "ferries" / "episode.json")
    done = edit_turns(tmp_path / "ferries", [{"turn": "t1", "remove": True}])
    assert isinstance(done, Episode)
    assert load_episode(tmp_path / "ferries") == done
    assert len(done.turns) == 3
