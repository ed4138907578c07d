"""`duologue daily`: from feeds, good and bad, to a finished folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from duologue.cli import main
from duologue.studio.episode import Episode

FEEDS = Path(__file__).parents[2] / "examples/feeds"


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUOLOGUE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_minute_from_good_and_bad_feeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text("<?xml version='1.0'?><notes><note>not a feed</note></notes>")
    feeds = [
        str(FEEDS / "lantern-science.xml"),
        str(FEEDS / "touchline.xml"),
        str(bad),
        "http://127.0.0.1:9/",
    ]
    out = tmp_path / "episode"
    code = main(
        [
            "daily",
            "--feed",
            *feeds,
            "--minutes",
            "0.6",
            "--style",
            "crisp",
            "--date",
            "2026-11-22",
            "-o",
            str(out),
        ]
    )
    said = capsys.readouterr()
    assert code == 0, said.err
    assert said.out.strip() == str(out)
    assert "bad.xml: this XML is neither a feed nor a page" in said.err
    assert "no public address" in said.err
    assert "100% of" in said.err
    episode = Episode.load(out)
    assert episode.seconds == pytest.approx(36, rel=0.1)
    info = soundfile.info(out / "episode.mp3")
    assert info.duration == pytest.approx(episode.seconds, abs=0.2)
    report = json.loads((out / "grounding.json").read_text("utf-8"))
    assert report["supported"] == 1.0
    assert report["numbers"] == report["numbers_found"]
    assert report["names"] == report["names_found"]
    assert {s.step for s in episode.cost} >= {"read", "compose", "fit", "speak", "mix", "encode"}
    memory = json.loads((tmp_path / "state/duologue/daily.json").read_text("utf-8"))
    assert {row["day"] for row in memory["told"]} == {"2026-11-22"}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], "there is nothing to read"),
        (["--feed", "nowhere.xml"], "none of the sources could be read: nowhere.xml: there is no such file"),
        (["--feed", "http://169.254.169.254/latest"], "no public address"),
        (["--feed", str(FEEDS), "--minutes", "0"], "0.5 to 120"),
        (["--feed", str(FEEDS), "--style", "loud"], "known are crisp"),
        (["--feed", str(FEEDS), "--date", "tomorrow"], "write it as 2026-11-22"),
        (["--config", "nowhere.toml"], "no configuration file"),
    ],
)
def test_complaints_are_one_line(argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["daily", *argv, "-o", "unused"]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert not Path("unused").exists()
