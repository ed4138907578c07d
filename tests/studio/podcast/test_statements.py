"""Sentences become statements that can be followed by ear, each with its span."""

from __future__ import annotations

from duologue.studio.episode import Source
from duologue.studio.podcast.document import Document
from duologue.studio.podcast.people import People
from duologue.studio.podcast.statements import statements
from duologue.studio.podcast.talk import Teller

TEXT = """A title that stands alone

HARLOW, 3 March — Ruth Adeyemi, the city's chief engineer, shut the bridge on Monday. She had seen the cables.

“It was the last warning,” said Daniel Okafor, who leads a club. “Nobody is asking for more.”

However, Okafor doubted the plan. The shells kept the crabs away. They do not like them.

Adeyemi will report in May.
"""


def _read() -> tuple[Document, list]:  # type: ignore[type-arg]
    document = Document.read(Source(id="s1", text=TEXT))
    return document, statements(document)


def test_spans_are_the_sentences_where_they_stand() -> None:
    document, told = _read()
    assert document.title == "A title that stands alone"
    for statement, sentence in zip(told, document.sentences, strict=True):
        assert TEXT[statement.span.start : statement.span.end] == sentence.text
    assert told[0].text.startswith("Ruth Adeyemi")  # without the dateline


def test_a_quotation_is_introduced_before_it_is_heard() -> None:
    _, told = _read()
    quote = next(s for s in told if s.quoted)
    assert quote.text == (
        "Daniel Okafor, who leads a club, said: “It was the last warning. Nobody is asking for more.”"
    )
    assert quote.speaker is not None
    assert quote.speaker.last == "Okafor"


def test_what_leans_on_its_predecessor_says_so() -> None:
    _, told = _read()
    leaning = next(s for s in told if s.text.startswith("They do not"))
    assert leaning.needs == leaning.index - 1
    contrast = next(s for s in told if s.connective == "However")
    assert contrast.text == "Okafor doubted the plan."
    assert contrast.needs is None


def test_a_person_is_introduced_where_the_ear_first_meets_the_name() -> None:
    document, told = _read()
    teller = Teller(People(document), document.common)
    last = told[-1]
    assert teller.tell(last) == "Ruth Adeyemi, the city's chief engineer, will report in May."
    assert teller.tell(last) == "Adeyemi will report in May."


def test_a_pronoun_gets_its_name_where_one_person_can_be_meant() -> None:
    document, told = _read()
    she = next(s for s in told if s.text.startswith("She had"))
    assert she.referent is not None
    assert Teller(People(document), document.common).tell(she).startswith("Ruth Adeyemi")


def test_paragraphs_of_single_lines_are_paragraphs() -> None:
    text = "The headline here\nThe first paragraph is this one.\nThe second paragraph is that one."
    document = Document.read(Source(id="s1", title="The headline here", text=text))
    assert [s.paragraph for s in document.sentences] == [0, 1]
    assert document.title == "The headline here"
