"""Scripts: what is written is read back, and what a person writes is understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from duologue.studio.episode import Source
from duologue.studio.errors import StudioError
from duologue.studio.podcast import compose, read_script, write_script
from duologue.studio.podcast.personas import cast, load_personas, parse_persona

ARTICLE = Path(__file__).parents[3] / "examples" / "articles" / "bridge.txt"


def test_a_script_is_read_as_it_was_written() -> None:
    episode = compose([Source(id="s1", text=ARTICLE.read_text("utf-8"))]).episode
    text = write_script(episode)
    again = read_script(text, sources=episode.sources)
    assert [(t.speaker, t.text, t.spans, t.speed, t.pause_after) for t in again.turns] == [
        (t.speaker, t.text, t.spans, t.speed, t.pause_after) for t in episode.turns
    ]
    assert [again.style_of(t) for t in again.turns] == [episode.style_of(t) for t in episode.turns]
    assert [again.voice_of(t) for t in again.turns] == [episode.voice_of(t) for t in episode.turns]
    assert [c.title for c in again.chapters] == [c.title for c in episode.chapters]
    assert (again.title, write_script(again)) == (episode.title, text)


def test_what_people_write_is_understood() -> None:
    episode = read_script(
        "# Tea for two\n\n**Ada:** Good morning.\nAnd welcome.\n\n## The cake\n"
        "Ben (cheerful, pause 1.5): There is *cake*: plum.\nAda (serious): At ten past 9: really?\n"
    )
    assert episode.title == "Tea for two"
    assert [t.text for t in episode.turns] == [
        "Good morning. And welcome.",
        "There is *cake*: plum.",
        "At ten past 9: really?",
    ]
    assert [t.style for t in episode.turns] == ["", "cheerful", "serious"]
    assert episode.turns[1].pause_after == 1.5
    assert len({s.voice for s in episode.speakers}) == 2
    assert [c.title for c in episode.chapters] == ["Beginning", "The cake"]


def test_spans_of_sources_that_are_not_there_are_dropped() -> None:
    script = "Ada: One. <!-- s1:0-3 -->\nAda: Two. <!-- s2:0-3 s1:2-900 -->\n"
    episode = read_script(script, sources=[Source(id="s1", text="One.")])
    assert [len(t.spans) for t in episode.turns] == [1, 0]
    assert [t.text for t in episode.turns] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no turns"),
        ("just some prose without a speaker", "line 1 is no turn"),
        ("Ada (speed fast): Hello.", "line 1: 'speed fast' has no number"),
        ("Ada (speed 9): Hello.", "can't be spoken"),
        ("- Ada: colour red\nAda: Hello.", "line 1: 'colour red'"),
        ("\n".join(f"Speaker{chr(97 + i // 26)}{chr(97 + i % 26)}: Hi." for i in range(80)), "80 speakers"),
    ],
)
def test_what_is_no_script_is_refused_by_line(text: str, message: str) -> None:
    with pytest.raises(StudioError, match=message):
        read_script(text)


def test_personas_from_a_line_and_from_a_file(tmp_path: Path) -> None:
    ada = parse_persona("Ada,voice=emma,share=2,quirks=likes trains", 0)
    assert (ada.name, ada.voice, ada.share, ada.quirks) == ("Ada", "emma", 2.0, "likes trains")
    path = tmp_path / "people.toml"
    path.write_text('[[speaker]]\nname = "Ben"\nspeed = 1.1\n[[speaker]]\nname = "Cleo"\nvoice = "fable"\n')
    assert [(p.name, p.speed) for p in load_personas(path)] == [("Ben", 1.1), ("Cleo", 1.0)]
    people = cast(4, ("host", "guest"), [ada])
    assert len({p.voice for p in people}) == 4
    assert [p.role for p in people] == ["host", "guest", "host", "guest"]
    for bad in ("Ada,colour=red", "Ada,emma", "Ada,speed=fast", "Ada,share=0", "42"):
        with pytest.raises(StudioError):
            parse_persona(bad, 0)
    path.write_text("not toml [")
    with pytest.raises(StudioError, match="not TOML"):
        load_personas(path)
