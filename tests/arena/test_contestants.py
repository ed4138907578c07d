"""Who can be met: deployments, voices, variants of the configuration, and who is retired."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from duologue.arena.contestants import roster
from duologue.arena.errors import ArenaError


@dataclass
class Deployed:
    name: str
    model: str = "model-x"
    speaks: bool = False
    writes: bool = True
    voices: list[str] = field(default_factory=list)


TINY = Deployed("tiny", "duologue-tiny")
VOICE = Deployed("voice", "duologue-voice", speaks=True, writes=False, voices=["heart", "emma"])


def test_deployments_and_voices_are_contestants_at_once() -> None:
    found = roster([TINY, VOICE])
    assert [c.name for c in found.active("text")] == ["tiny", "tiny/careful"]
    assert found.find("tiny/careful").temperature == 0.2
    assert [c.name for c in roster([TINY, Deployed("other")]).active("text")] == ["other", "tiny"]
    assert [c.name for c in found.active("speech")] == ["voice/emma", "voice/heart"]
    assert found.find("voice/emma").voice == "emma"
    assert "duologue-voice" in found.find("voice/emma").aliases


def test_the_configuration_adds_variants_and_retires() -> None:
    table: dict[str, Any] = {
        "retired": ["tiny", "voice/h*", "long-gone"],
        "contestants": [
            {"name": "careful", "deployment": "tiny", "temperature": 0.2, "system": "Be brief."},
            {"name": "slow", "deployment": "voice", "voice": "emma", "speed": 0.8},
            {"name": "headliner", "deployment": "tiny", "tasks": ["headline"]},
        ],
    }
    found = roster([TINY, VOICE], table)
    assert [c.name for c in found.active("text", "chat")] == ["careful"]
    assert [c.name for c in found.active("text", "headline")] == ["careful", "headliner"]
    assert [c.name for c in found.active("speech")] == ["slow", "voice/emma"]
    assert found.retired == {"tiny", "voice/heart", "long-gone"}
    assert found.find("careful").temperature == 0.2
    assert found.find("slow").speed == 0.8


def test_only_keeps_to_some() -> None:
    assert set(roster([TINY, VOICE], {"only": ["voice/*"]}).contestants) == {"voice/emma", "voice/heart"}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"name": "x"}, "needs a name and a deployment"),
        ({"name": "x", "deployment": "y"}, "no deployment 'y'; there are tiny, voice"),
        ({"name": "x", "deployment": "tiny", "colour": "red"}, "unknown field 'colour'"),
        ({"name": "x", "deployment": "tiny", "temperature": "hot"}, "give a int"),
        ({"name": "x", "deployment": "tiny", "temperature": 9}, "give 0 to 2"),
        ({"name": "x", "deployment": "tiny", "max_tokens": True}, "max_tokens is True"),
        ({"name": "x", "deployment": "tiny", "kind": "speech"}, "can't do speech"),
        (
            {"name": "x", "deployment": "tiny", "voice": "emma"},
            "voice is not for a contestant that does text",
        ),
        ({"name": "tiny", "deployment": "voice"}, "the name 'tiny' is taken"),
        ("x", "is no table"),
    ],
)
def test_a_bad_entry_is_named(entry: Any, message: str) -> None:
    with pytest.raises(ArenaError, match=message):
        roster([TINY, VOICE], {"contestants": [entry]})


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(ArenaError, match="there are: tiny"):
        roster([TINY]).find("nobody")
