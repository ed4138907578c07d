"""Articles become conversations: grounded, of the length asked for, and without saying anything twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from duologue.studio.episode import Episode, Source
from duologue.studio.errors import StudioError
from duologue.studio.podcast import compose
from duologue.studio.podcast.formats import FORMATS
from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.report import podcast_report

ARTICLES = sorted((Path(__file__).parents[3] / "examples" / "articles").glob("*.txt"))


def _source(path: Path) -> Source:
    return Source(id="s1", text=path.read_text("utf-8"))


def _numbers(text: str) -> set[str]:
    return {n.strip(".,") for n in re.findall(r"\d[\d.,]*", text)}


@pytest.mark.parametrize("path", ARTICLES, ids=[p.stem for p in ARTICLES])
def test_an_article_becomes_a_conversation_of_two(path: Path) -> None:
    made = compose([_source(path)], minutes=3, speakers=2)
    episode = made.episode
    assert 0.95 * 180 <= made.seconds <= 1.05 * 180
    assert {t.speaker for t in episode.turns} == {"Nora", "Miles"}
    assert len(episode.turns) >= 20
    text = episode.sources[0].text or ""
    for turn in episode.turns:
        cited = " ".join(text[s.start : s.end] for s in turn.spans)
        assert _numbers(turn.text) <= _numbers(cited), turn.text
    report = json.loads(podcast_report(episode))
    assert report["supported"] == 1.0, [v for v in report["verdicts"] if v["kind"] == "unsupported"]


@pytest.mark.parametrize("path", ARTICLES, ids=[p.stem for p in ARTICLES])
def test_nothing_is_said_twice(path: Path) -> None:
    episode = compose([_source(path)], minutes=3).episode
    sentences = [s for t in episode.turns for s in re.split(r"(?<=[.!?])\s+", t.text)]
    assert len(set(sentences)) == len(sentences), sorted(s for s in sentences if sentences.count(s) > 1)
    spans = [s for t in episode.turns if t.speaker == "Miles" for s in t.spans]
    assert len(set(spans)) >= 0.9 * len(spans)  # a sentence told in two halves is cited twice


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_holds_its_speakers_its_length_and_its_sources(name: str) -> None:
    form = FORMATS[name]
    for count in {form.fewest, form.most}:
        made = compose([_source(ARTICLES[1])], minutes=3, format=name, speakers=count)
        assert len({t.speaker for t in made.episode.turns}) == count, (name, count)
        assert 0.9 * 180 <= made.seconds <= 1.1 * 180
        report = json.loads(podcast_report(made.episode))
        assert report["supported"] >= 0.97, [v for v in report["verdicts"] if v["kind"] == "unsupported"]
        assert made.episode.chapters[0].turn == made.episode.turns[0].id


def test_two_minutes_by_one_voice_are_a_summary() -> None:
    made = compose([_source(ARTICLES[0])], minutes=2, format="monologue")
    assert 0.9 * 120 <= made.seconds <= 1.1 * 120
    told = sum(len(t.text.split()) for t in made.episode.turns if t.spans)
    assert told >= 0.9 * sum(len(t.text.split()) for t in made.episode.turns)


def test_two_sources_are_told_one_after_the_other_and_both_are_cited() -> None:
    pair = [_source(ARTICLES[0]), _source(ARTICLES[1])]
    episode = compose(pair, minutes=4).episode
    cited = [s.source for t in episode.turns for s in t.spans]
    assert set(cited) == {"s1", "s2"}
    assert cited == sorted(cited)


def test_the_same_input_gives_the_same_words_and_another_seed_others() -> None:
    def words(seed: int | None) -> list[str]:
        return [t.text for t in compose([_source(ARTICLES[2])], seed=seed).episode.turns]

    assert words(None) == words(None)
    assert words(1) != words(2)


def test_a_short_source_is_told_whole_and_the_user_is_told() -> None:
    text = "The council met on Monday. It closed the old bridge for a year. The ferry will run every hour."
    made = compose([Source(id="s1", text=text)], minutes=5)
    assert any("everything in them is told" in note for note in made.notes)
    assert all(any(w in t.text for t in made.episode.turns) for w in ("council", "bridge", "ferry"))


def test_personas_keep_their_names_voices_and_manner() -> None:
    people = (
        Persona(name="Ada", voice="emma", style="calm"),
        Persona(name="Ben", voice="fenrir", quirks="brief", speed=1.1),
    )
    episode = compose([_source(ARTICLES[3])], personas=people).episode
    assert [(s.name, s.voice) for s in episode.speakers] == [("Ada", "emma"), ("Ben", "fenrir")]
    assert {t.style for t in episode.turns if t.speaker == "Ada"} == {"calm"}
    assert min(t.speed for t in episode.turns if t.speaker == "Ben") > 1.04
    assert "I'm Ada." in episode.turns[0].text


def test_what_cannot_be_made_is_said_clearly() -> None:
    source = _source(ARTICLES[0])
    for options, message in (
        ({"format": "opera"}, "there is no format 'opera'"),
        ({"format": "debate", "speakers": 1}, "takes 2 to 4 speakers"),
        ({"minutes": 0.1}, "can't be made"),
        ({"speakers": 9}, "2 to 4 speakers"),
    ):
        with pytest.raises(StudioError, match=message):
            compose([source], **options)  # type: ignore[arg-type]
    for text in ("", "🙂🙂", "word", "日本語。"):
        with pytest.raises(StudioError, match="nothing to talk about"):
            compose([Source(id="s1", text=text)])


class _Parrot:
    """A writer that answers from a list, over and over."""

    model = "parrot"

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = answers, 0

    def write(self, messages, *, max_tokens=0, temperature=0.0, seed=0, json_schema=None):  # type: ignore[no-untyped-def]
        assert json_schema is not None
        assert messages[0]["role"] == "system"
        self.asked += 1
        if not self.answers:
            raise ValueError("no model here")
        return self.answers[self.asked % len(self.answers)]


def _said(episode: Episode) -> list[str]:
    return [t.text for t in episode.turns]


def test_a_writer_that_invents_changes_nothing() -> None:
    plain = _said(compose([_source(ARTICLES[1])]).episode)
    for answers in (
        ('{"line": "The bridge will cost ninety billion dollars and John Smith, the mayor, resigned."}',),
        ("not json at all",),
        ('{"line": "# Heading with *stars* and nothing that can be spoken in an episode."}',),
    ):
        made = compose([_source(ARTICLES[1])], write=_Parrot(*answers))
        assert _said(made.episode) == plain
        assert any("wrote 0 of" in note for note in made.notes)


def test_a_writer_that_fails_is_not_asked_for_ever() -> None:
    writer = _Parrot()
    made = compose([_source(ARTICLES[1])], write=writer)
    assert writer.asked == 3
    assert made.episode.turns


class _Careful:
    """A writer that says the line it is given with a word before it."""

    model = "careful"

    def write(self, messages, *, max_tokens=0, temperature=0.0, seed=0, json_schema=None):  # type: ignore[no-untyped-def]
        line = messages[1]["content"].rsplit("in your words: ", 1)[1]
        return json.dumps(
            {"line": "Well, " + line[0].lower() + line[1:] if line.startswith("The ") else line}
        )


def test_a_writer_that_keeps_to_the_facts_is_heard() -> None:
    made = compose([_source(ARTICLES[1])], write=_Careful())
    assert any("careful wrote" in note and "wrote 0 of" not in note for note in made.notes)
    assert any(s.step == "rewrite" and s.backend == "careful" for s in made.episode.cost)
