"""What a host calls: progress, cancel, and nothing of its disk for strangers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from conversation import Counting
from duologue.studio import (
    Cancelled,
    StudioError,
    Watch,
    draft_podcast,
    load_episode,
    make_daily,
    make_expression,
    make_podcast,
)
from duologue.studio.cache import TurnCache
from duologue.studio.daily import Listener
from duologue.studio.daily.script import Lines
from duologue.studio.sources.gather import gather, uploaded
from duologue.voice import Voice

EXAMPLES = Path(__file__).parents[3] / "examples"
FEED = EXAMPLES / "feeds/lantern-science.xml"
ARTICLE = EXAMPLES / "articles/bridge.txt"


def test_a_run_tells_its_stages_and_costs(voice: Voice, turn_cache: TurnCache, tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    listener = Listener(feeds=(str(FEED),), minutes=0.5)
    made = make_daily(
        listener, voice, tmp_path / "day", day=date(2026, 11, 22), formats=("wav",), cache=turn_cache,
        lines=Lines(weather="Rain in the west."), memory=tmp_path / "memory.json",
        watch=Watch(lambda stage, share: heard.append((stage, share))),
    )  # fmt: skip
    assert list(dict.fromkeys(stage for stage, _ in heard)) == ["reading", "writing", "speaking", "encoding"]
    assert all(0 <= share <= 1 for _, share in heard)
    assert made.episode.seconds == pytest.approx(30, rel=0.1)
    assert "Rain in the west." in " ".join(t.text for t in made.episode.turns)
    cost = {s.step: s for s in made.episode.cost}
    assert {"read", "compose", "speak", "fit", "mix", "encode"} <= set(cost)
    assert cost["speak"].seconds >= 0.9 * cost["fit"].seconds
    assert sum(s.seconds for s in made.episode.cost) <= made.seconds * 1.05
    assert load_episode(made.folder) == made.episode
    assert json.loads((tmp_path / "memory.json").read_text())["told"]


def test_a_run_ends_when_told_and_goes_on_from_the_cache(voice: Voice, tmp_path: Path) -> None:
    speak, cache = Counting(voice), TurnCache(tmp_path / "turns")
    sources = gather([str(ARTICLE)]).sources()
    watch = Watch(cancel=lambda: len(speak.asked) >= 3)
    with pytest.raises(Cancelled, match="stopped"):
        make_podcast(sources, speak, tmp_path / "talk", minutes=0.5, cache=cache, watch=watch)
    assert len(speak.asked) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["turns"]
    made = make_podcast(sources, speak, tmp_path / "talk", minutes=0.5, formats=("wav",), cache=cache)
    assert len(set(speak.asked)) == len(speak.asked)
    assert made.episode.seconds == pytest.approx(30, rel=0.1)


def test_strangers_name_no_files(voice: Voice, tmp_path: Path) -> None:
    assert "only http and https" in str(gather([str(FEED), "-", "/etc"], files=False).problems[2])
    with pytest.raises(StudioError, match="only http and https"):
        make_daily(Listener(feeds=(str(FEED),)), voice, tmp_path / "day", files=False)


def test_what_was_sent_is_read_by_its_bytes(voice: Voice, turn_cache: TurnCache, tmp_path: Path) -> None:
    found = uploaded({"../../etc/passwd.txt": ARTICLE.read_bytes(), "x.pdf": b"%PDF-1.4 no", "e": b" "})
    assert [a.title for a in found.articles] == ["Harlow closes its harbour bridge for fourteen months"]
    assert [p.name for p in found.problems] == ["x.pdf", "e"]
    draft = draft_podcast(found.sources(), tmp_path / "draft", format="summary")
    assert draft.minutes == 2
    assert not load_episode(tmp_path / "draft").rendered
    with pytest.raises(StudioError, match="no source to talk about"):
        uploaded({"e": b""}).sources()


def test_a_broken_memory_is_moved_aside(voice: Voice, turn_cache: TurnCache, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    memory.write_text("{", "utf-8")
    made = make_daily(
        Listener(feeds=(str(FEED),), minutes=0.5), voice, tmp_path / "day", day=date(2026, 11, 22),
        memory=memory, formats=("wav",), cache=turn_cache,
    )  # fmt: skip
    assert "begun anew" in str(made.problems[0])
    assert (tmp_path / "memory.json.broken").read_text("utf-8") == "{"
    assert json.loads(memory.read_text("utf-8"))["told"]


def test_an_expression_of_a_string(voice: Voice, turn_cache: TurnCache, tmp_path: Path) -> None:
    made = make_expression(
        "Rain fell. “Run!” cried Anna.",
        voice,
        tmp_path / "e",
        mode="story",
        formats=("wav",),
        cache=turn_cache,
    )
    assert [t.speaker for t in made.episode.turns] == ["Narrator", "Anna", "Narrator"]
    assert made.episode.rendered
