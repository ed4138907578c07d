"""What is for the eye alone isn't said; a reference work is asked about as one."""

from __future__ import annotations

import pytest

from duologue.studio.episode import Source
from duologue.studio.podcast import compose
from duologue.studio.podcast.document import Document
from duologue.studio.podcast.spoken import is_sentence, without_asides
from duologue.studio.podcast.statements import statements

LAMP = """Miner's lamp

A miner's lamp (Welsh: lamp glöwr, plural lampau) is a portable light that miners carry underground.
Miner's lamps are found in museums across Wales and Cornwall. The most famous lamp is the Davy lamp, which
surrounds its flame with a fine mesh. It was tested in ten pits (see below).

History

The first safety lamp was invented in 1813 by an Irish physician. In 1815, Humphry Davy presented his own
lamp to the Royal Society. These lamps gave less light than candles. Many miners also disliked their weight.

Uses

Infinite uniform lamps of the north (uniform lamps of brass)

s of 2012[ [update]] it was still sold. This was a surprise. Lamps can be used to detect firedamp, a gas that
explodes. The flame burns higher where there is gas. The lamp consists of an oil vessel, a wick, a mesh and
a hook.
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A lamp (Welsh: lamp (old)), is a light.", "A lamp, is a light."),
        ("It fell (by half) in 1815.", "It fell in 1815."),
        ('"[i]n time, every post"', '"in time, every post"'),
        ("As of 2012[ [update]] it was open.[3]", "As of 2012 it was open."),
        ("An open (bracket stays.", "An open (bracket stays."),
    ],
)
def test_asides_are_for_the_eye(text: str, said: str) -> None:
    assert without_asides(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "s of 2012 it was sold.",
        "Uniform lamps of brass",
        "Lamps (of brass) These are old.",
        "A lamp (of",
        "* A lamp.",
    ],
)
def test_torn_sentences_are_none(text: str) -> None:
    assert not is_sentence(text)
    assert is_sentence("A lamp costs four dollars today.")


def test_a_reference_work_is_asked_what_it_is() -> None:
    source = Source(id="s1", text=LAMP)
    document = Document.read(source)
    assert document.explains
    assert [s.heading for s in document.sentences if "1813" in s.text] == ["History"]
    told = statements(document)
    assert [s.orphan for s in told if s.raw.startswith("This was a surprise")] == [True]
    made = compose([source], minutes=1.2, seed=3)
    said = " ".join(t.text for t in made.episode.turns)
    assert "(" not in said
    assert "a surprise" not in said
    assert "What happened?" not in said
    assert made.episode.chapters[1].title == "What it is"
    assert "History" in {c.title for c in made.episode.chapters}
    asked = [
        "Where are miner's lamps found?",
        "What is the most famous lamp?",
        "What can lamps be used for?",
        "When was the first safety lamp invented?",
        "What happened in 1815?",
    ]
    assert sum(q in said for q in asked) >= 2


def test_news_stays_news() -> None:
    text = "Ferry sinks\n\nA ferry sank on Monday. No one was hurt, divers said. The port is closed."
    assert not Document.read(Source(id="s1", text=text)).explains


def test_also_goes_where_nothing_stands_before_it() -> None:
    made = compose([Source(id="s1", text=LAMP)], minutes=0.5, seed=1)
    for turn in made.episode.turns:
        assert "Many miners also" not in turn.text or "less light" in turn.text
