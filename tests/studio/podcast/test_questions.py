"""Questions are made of the sentence they are answered by, and only where that is safe."""

from __future__ import annotations

import pytest

from duologue.studio.episode import Source
from duologue.studio.podcast.document import Document
from duologue.studio.podcast.grammar import clause, lower_first
from duologue.studio.podcast.questions import candidates
from duologue.studio.podcast.reasons import split_at_reason
from duologue.studio.podcast.statements import Statement, contracted, expanded, statements


def _one(text: str) -> tuple[Statement, frozenset[str]]:
    document = Document.read(Source(id="s1", text=text))
    return statements(document)[0], document.common


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The repair will cost 42 million euros, according to the council.", "How much will the repair cost?",
         "42 million euros, according to the council."),
        ("About 31,000 vehicles cross the bridge on an average weekday, along with 4,200 cyclists.",
         "How many vehicles cross the bridge on an average weekday?",
         "About 31,000, along with 4,200 cyclists."),
        ("When the bridge was closed in 2016, takings in the market fell by a fifth.",
         "What happened when the bridge was closed in 2016?", "Takings in the market fell by a fifth."),
        ("If summers continue to warm, the same could happen in half of the meadow by 2045.",
         "And what if summers continue to warm?", "The same could happen in half of the meadow by 2045."),
        ("To ease the pressure on the tunnel, the city will run a free ferry.",
         "What is the city doing to ease the pressure on the tunnel?", "The city will run a free ferry."),
        ("The prize is worth 25,000 pounds, more than a year's pay.", "What is the prize worth?",
         "25,000 pounds, more than a year's pay."),
        ("The idea came from Joan Morrow, who runs the bakery.", "Where did the idea come from?",
         "From Joan Morrow, who runs the bakery."),
        ("The system was designed by engineers at Tallis Thermal.", "Who designed the system?",
         "Engineers at Tallis Thermal."),
        ("The researchers found that the mud had begun to release carbon.", "What did the researchers find?",
         "That the mud had begun to release carbon."),
        ("Teachers were divided at the beginning.", "How did teachers feel about it?",
         "They were divided at the beginning."),
        ("The council has promised to publish the results online.", "What has the council promised?",
         "To publish the results online."),
    ],
)  # fmt: skip
def test_a_sentence_is_turned_into_question_and_answer(sentence: str, question: str, answer: str) -> None:
    statement, common = _one(sentence)
    found = list(candidates(statement, before=None, common=common, progress=0.5, fresh=True,
                            known=lambda _: True, followed=False))  # fmt: skip
    made = {(q.text, q.answer) for q in found if q.text}
    assert (question, answer) in made
    assert max(found, key=lambda q: q.rank).text == question


@pytest.mark.parametrize(
    "sentence",
    [
        "They did not come because they were tired of it all again.",
        "It was closed only because the inspectors had asked the council for it.",
        "The plan failed because of the weather in the bay that spring.",
        "“We stayed because nobody told us to go home that night,” she said.",
    ],
)
def test_a_reason_that_cannot_stand_apart_is_left(sentence: str) -> None:
    halves = split_at_reason(sentence)
    assert halves is None or "not" in halves[0]
    if "only" in sentence or " of the" in sentence or "“" in sentence:
        assert halves is None


def test_a_reason_is_told_in_two_halves() -> None:
    assert split_at_reason(
        "The utility refused to buy power because its contract had no category for it."
    ) == (
        "The utility refused to buy power.",
        "Because its contract had no category for it.",
    )
    assert split_at_reason("Because the wrapping was painted, the rust underneath could not be seen.") == (
        "The rust underneath could not be seen.",
        "Because the wrapping was painted.",
    )


def test_the_clause_of_a_sentence() -> None:
    found = clause("Lena Brandt, who teaches at the university, has studied eleven cities.")
    assert found is not None
    assert (found.subject, found.insertion, found.verb) == (
        "Lena Brandt",
        "who teaches at the university",
        "has",
    )
    assert clause("In the morning the ferry left.") is None
    assert clause("“We go,” he said.") is None


def test_names_keep_their_capital_inside_a_sentence() -> None:
    common = frozenset({"the", "water"})
    assert lower_first("Novak scored.", common) == "Novak scored."
    assert lower_first("Water collected.", common) == "water collected."
    assert lower_first("The bay.", common) == "the bay."
    assert lower_first("NASA said.", common) == "NASA said."


def test_contractions_spare_quotations_and_can_be_undone() -> None:
    said = contracted("It did not work, and he said: “It did not work.”")
    assert said == "It didn't work, and he said: “It did not work.”"
    assert expanded("It didn't work.") == "It did not work."
