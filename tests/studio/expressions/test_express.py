"""Scripted, emotive, story: the wording is kept, the voices and styles fit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duologue.studio.episode import Source
from duologue.studio.errors import StudioError
from duologue.studio.expressions import MODES, express
from duologue.studio.expressions.casting import cast_voices
from duologue.studio.expressions.character import Character
from duologue.studio.expressions.mood import mood, styles
from duologue.studio.expressions.rewriting import retold

PASSAGES = sorted((Path(__file__).parent / "quotations").glob("*.txt"))


def _text(name: str) -> str:
    return re.sub(r"\{[^}]*\}", "", (Path(__file__).parent / "quotations" / f"{name}.txt").read_text("utf-8"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", PASSAGES, ids=[p.stem for p in PASSAGES])
def test_every_mode_says_the_text_word_for_word(path: Path, mode: str) -> None:
    text = _text(path.stem)
    episode = express(Source(id="s1", text=text), mode=mode)
    assert " ".join(t.text for t in episode.turns).split() == text.split() or "".join(
        "".join(t.text for t in episode.turns).split()
    ) == "".join(text.split())
    for turn in episode.turns:
        (span,) = turn.spans
        assert " ".join(text[span.start : span.end].split()) == turn.text


def test_a_story_gives_each_character_a_voice_of_its_own() -> None:
    episode = express(Source(id="s1", text=_text("inn")), mode="story")
    voices = {s.name: s.voice for s in episode.speakers}
    assert set(voices) == {"Narrator", "Sir Walter", "Miss Harriet Lowe", "Clara", "Mr. Briggs"}
    assert len(set(voices.values())) == 5
    assert voices["Sir Walter"] == "fenrir"
    assert voices["Miss Harriet Lowe"] in ("heart", "emma")
    whispered = next(t for t in episode.turns if "experiment" in t.text)
    assert (whispered.speaker, whispered.style) == ("Clara", "whisper")
    cried = next(t for t in episode.turns if "tulips" in t.text)
    assert (cried.speaker, cried.style) == ("Mr. Briggs", "excited")
    said = next(t for t in episode.turns if t.text == "he said.")
    assert said.speaker == "Narrator"


def test_the_mood_of_a_sentence_gives_its_style() -> None:
    assert styles(
        [
            "The table is made of wood.",
            "What a wonderful, joyful day, she laughed!",
            "He wept at the grave, alone with his grief.",
            "Run! The house is on fire, hurry!",
            "You scoundrel, you liar, I hate you!",
        ]
    ) == ["neutral", "cheerful", "sad", "urgent", "angry"]
    assert "sad" not in mood("She was not sad.")
    assert mood("She was very sad.")["sad"] > mood("She was sad.")["sad"]


def test_emotive_changes_styles_and_scripted_does_not() -> None:
    text = "It was a table. She laughed with joy and delight! He wept alone at the grave, in grief."
    assert {t.style for t in express(Source(id="s1", text=text), mode="scripted", style="news").turns} == {
        "news"
    }
    turns = express(Source(id="s1", text=text), mode="emotive").turns
    assert [t.style for t in turns] == ["neutral", "cheerful", "sad"]


def test_more_characters_than_voices_are_still_told_apart() -> None:
    men = [Character(name=f"Man {i}", sex="male") for i in range(7)]
    boy = Character(name="Boy", sex="male", age="child")
    old = Character(name="Old", sex="female", age="old")
    parts = cast_voices([*men, boy, old], {m.name: 10 - i for i, m in enumerate(men)})
    assert len({(parts[m.name].voice, parts[m.name].speed) for m in men}) == 7
    assert parts["Old"].speed < 1 < parts["Boy"].speed
    assert "emma" in parts["Boy"].voice


def test_what_cannot_be_read_is_refused() -> None:
    for text in ("", " \n ", "🙂", "***"):
        with pytest.raises(StudioError, match="nothing to say"):
            express(Source(id="s1", text=text), mode="story")
    with pytest.raises(StudioError, match="no mode 'opera'"):
        express(Source(id="s1", text="Hello there."), mode="opera")


def test_there_is_no_cap_on_length() -> None:
    text = "\n\n".join(f'Paragraph {i} begins here. "I agree," said Anna.' for i in range(1500))
    episode = express(Source(id="s1", text=text), mode="scripted")
    assert len(episode.turns) == 1500
    assert max(len(t.text) for t in episode.turns) <= 500


class _Writer:
    """Answers with `answer`, or with the paragraph turned round where it is None."""

    model = "writer"

    def __init__(self, answer: str | None) -> None:
        self.answer, self.asked = answer, 0

    def write(self, messages, **_) -> str:  # type: ignore[no-untyped-def]
        self.asked += 1
        text = messages[-1]["content"]
        return self.answer or text.replace("It rained hard and", "It rained hard, and")


def test_rewriting_is_held_to_the_text() -> None:
    text = (
        "It rained hard and the old ferry left Saltmere at nine.\n\n"
        "“Stop!” cried Anna to the captain of the ferry.\n\nShort."
    )
    source = Source(id="s1", text=text)
    honest, liar = _Writer(None), _Writer("It rained hard and the old ferry left Saltmere at ten that day.")
    new = retold(source, honest)
    assert new.text == text.replace("It rained hard and", "It rained hard, and")
    assert (new.kept, new.asked, honest.asked) == (1, 1, 1)
    old = retold(source, liar)
    assert old.text == text
    assert (old.kept, old.asked) == (0, 1)
    assert "0 of 1" in old.note
