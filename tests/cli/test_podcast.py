"""`duologue podcast` and `duologue express`, with the voice that ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from duologue.cli import main
from duologue.studio.episode import Episode

ARTICLE = Path(__file__).parents[2] / "examples" / "articles" / "bridge.txt"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_draft_is_edited_and_spoken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "episode"
    assert main(["podcast", str(ARTICLE), "--minutes", "1", "--draft", "-o", str(folder)]) == 0
    script = folder / "script.md"
    text = script.read_text("utf-8")
    assert text.startswith("# Harlow closes its harbour bridge")
    kept = text.split("## What happened")[0]
    script.write_text(kept.replace("Hello", "Good evening"), "utf-8")
    assert main(["podcast", "--script", str(script), "-o", str(folder), "--audio", "wav"]) == 0
    episode = Episode.load(folder)
    assert episode.rendered
    assert all(t.text for t in episode.turns)
    assert (folder / "episode.wav").stat().st_size > 50_000
    assert json.loads((folder / "grounding.json").read_text())["supported"] == 1.0
    assert "cost 0" in capsys.readouterr().err


def test_a_podcast_has_the_length_that_was_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "episode"
    assert main(["podcast", str(ARTICLE), "--minutes", "1", "-o", str(folder), "--audio", "wav"]) == 0
    seconds = Episode.load(folder).seconds
    assert seconds is not None
    assert 54 <= seconds <= 66


def test_a_story_is_told_by_its_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = tmp_path / "story.txt"
    story.write_text('"Who is there?" whispered Anna.\n\n"Only me," said old Mr. Hill.\n', "utf-8")
    folder = tmp_path / "story"
    assert main(["express", str(story), "--mode", "story", "-o", str(folder), "--audio", "wav"]) == 0
    episode = Episode.load(folder)
    assert [t.speaker for t in episode.turns] == ["Anna", "Narrator", "Mr. Hill", "Narrator"]
    assert episode.rendered
    assert "Anna: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["podcast"], "there is no source"),
        (["podcast", "no-such-file.txt"], "no source to talk about"),
        (["podcast", str(ARTICLE), "--format", "opera"], "no format 'opera'"),
        (["podcast", str(ARTICLE), "--speakers", "7"], "2 to 4 speakers"),
        (["podcast", str(ARTICLE), "--speaker", "Ada,colour=red"], "no 'colour'"),
        (["podcast", "--script", "no-such-script.md"], "no-such-script.md"),
        (["express", "no-such-file.txt"], "no file 'no-such-file.txt'"),
        (["express", str(ARTICLE), "--mode", "opera"], "no mode 'opera'"),
        (["express", str(ARTICLE), "--speed", "9"], "can't be spoken"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    argv: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert message in error
