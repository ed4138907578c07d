"""The checks tell sound answers from unsound ones, and say why."""

from __future__ import annotations

import json

import pytest

from duologue.text.checks import check
from duologue.text.errors import TextError
from duologue.text.fluency import disfluent, loops
from duologue.text.relevance import on_topic, ungrounded

TEXT = (
    "The Harlow Bridge reopened on Saturday after 14 months of repairs that cost 38,000,000 euros. Mayor"
    " Ingrid Solheim"
    " cut the ribbon at noon. The bridge was built in 1931 and had been closed since engineers found"
    " cracks in its arches."
)
SCHEMA = {
    "type": "object",
    "properties": {
        "names": {"type": "array", "items": {"type": "string"}, "maxItems": 6},
        "built": {"type": "integer"},
    },
}


@pytest.mark.parametrize(
    ("answer", "lost"),
    [
        ("The Harlow Bridge was built in 1931.", []),
        ("Repairs took 14 months and cost 38000000 euros.", []),
        ("Ingrid Solheim's ribbon was cut at noon.", []),
        ("The bridge was built in 1932.", ["1932"]),
        ("The bridge in Oslo reopened.", ["Oslo"]),
        ("Solheim, the Mayor of Harlow, cut the ribbon.", []),
        ("John Smith cut the ribbon with Ingrid Solheim.", ["John Smith"]),
        ("Engineers found cracks.", []),
    ],
)
def test_numbers_and_names_must_stand_in_the_source(answer: str, lost: list[str]) -> None:
    assert [reason.rsplit(": ", 1)[1] for reason in ungrounded(answer, TEXT)] == lost


@pytest.mark.parametrize(
    "text",
    [
        "I like it very much. I like it very much.",
        "the cat and the dog and the cat and the dog and the cat and the dog and",
        "no no no no",
        "one two three four five six seven eight nine ten then one two three four five six seven eight"
        " nine ten",
        "aaaaaaaaaaaaaaaa",
    ],
)
def test_loops_are_seen(text: str) -> None:
    assert loops(text)


def test_ordinary_prose_is_no_loop() -> None:
    assert not loops(TEXT)
    assert not loops("It was the best of times, it was the worst of times.")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "empty"),
        ("The bridge is open and", "doesn't end"),
        ("Мост открыт снова.", "not like English"),
        ("xkcd qwrt zxcv bnmp plkj.", "not like English"),
        ("See <|im_end|> there.", "not like English"),
    ],
)
def test_disfluency_is_named(answer: str, reason: str) -> None:
    assert reason in disfluent(answer)


def test_fluent_prose_passes() -> None:
    assert disfluent("The bridge is open again. “Welcome,” she said.") == []


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        ("Harlow Bridge reopens after 14 months of repairs", True),
        ("Harlow Bridge Reopened After 14 Months", True),
        ("Harlow Bridge reopened after 15 months", False),  # a number of its own
        ("Eiffel Tower reopened after repairs of the bridge", False),  # a name of its own
        ("Harlow Bridge reopened after repairs of the", False),  # dangles
        ("The Harlow Bridge reopened on Saturday.", False),  # a sentence, not a headline
        ("A lovely day for everybody who likes swimming", False),  # not about the source
        ("Bridge", False),
    ],
)
def test_headlines(answer: str, passed: bool) -> None:
    assert check("headline", {"text": TEXT}, answer).passed is passed


def test_a_summary_has_as_many_sentences_as_asked() -> None:
    source = {"text": TEXT, "constraints": {"sentences": 2, "max_words": 80}}
    good = "The Harlow Bridge reopened on Saturday. It was built in 1931."
    assert check("summary", source, good).passed
    assert check("summary", source, "The Harlow Bridge reopened on Saturday.").reasons == (
        "1 sentences instead of 2",
    )
    assert "hardly shorter than the source" in check("summary", source, TEXT).reasons


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ('{"names": ["Ingrid Solheim"], "built": 1931}', None),
        ('```json\n{"names": ["Ingrid Solheim"], "built": 1931}\n```', None),
        ('{"names": ["Ingrid Solheim"]}', "fields"),
        ('{"names": ["Harlow Bridge"], "built": 1930}', "1930"),
        ('{"names": ["Harlow Bridge"], "built": "1931"}', "whole number"),
        ('{"names": ["Ann"], "built": 1931}', "Ann"),  # part of no word
        ('{"names": ["Harlow Bridge", "Harlow Bridge"], "built": 1931}', "twice"),
        ('{"names": "Harlow Bridge", "built": 1931}', "list"),
        ("Sure! The names are Ingrid Solheim.", "not JSON"),
        ("[1931]", "object"),
    ],
)
def test_extraction(answer: str, reason: str | None) -> None:
    verdict = check("extraction", {"text": TEXT, "schema": SCHEMA}, answer)
    assert verdict.passed is (reason is None)
    assert reason is None or any(reason in r for r in verdict.reasons)


@pytest.mark.parametrize(
    ("constraints", "good", "bad"),
    [
        ({"max_words": 8}, "The Harlow Bridge reopened on Saturday.", TEXT),
        (
            {"without": "repairs"},
            "The bridge was built in 1931.",
            "Repairs of the bridge cost 38,000,000 euros.",
        ),
        ({"upper": True, "lines": 1}, "HARLOW BRIDGE REOPENED", "Harlow Bridge reopened"),
        (
            {"bullets": 2},
            "- The Harlow Bridge reopened.\n- It was built in 1931.",
            "The Harlow Bridge was built in 1931.",
        ),
        (
            {"numbered": 2},
            "1. The Harlow Bridge reopened.\n2. It was closed.",
            "1. The Harlow Bridge.\n3. It was closed.",
        ),
        ({"starts": "In short,"}, "In short, the Harlow Bridge reopened.", "The Harlow Bridge reopened."),
    ],
)
def test_rewriting(constraints: dict[str, object], good: str, bad: str) -> None:
    source = {"text": TEXT, "constraints": constraints}
    assert check("rewrite", source, good).reasons == ()
    assert not check("rewrite", source, bad).passed


def test_scripts_need_their_speakers() -> None:
    source = {"text": TEXT, "speakers": ["HOST", "GUEST"]}
    script = "HOST: What happened on Saturday?\nGUEST: The Harlow Bridge reopened."
    assert check("script", source, script).passed
    assert not check("script", source, script.replace("GUEST", "BEN")).passed
    assert not check("script", source, "The Harlow Bridge reopened.").passed


def test_choices_questions_and_instructions() -> None:
    assert check("trivia", {"choices": ["Paris", "Rome"]}, "Rome").passed
    assert check("trivia", {"choices": ["Paris", "Rome"]}, "It is Rome.").passed
    assert not check("trivia", {"choices": ["Paris", "Rome"]}, "Paris or Rome").passed
    asked = {"text": TEXT, "question": "When was it built?", "answers": ["1931"]}
    assert check("question", asked, "In 1931.").passed
    assert not check("question", asked, "On Saturday.").passed
    assert check("instruction", {"constraints": {"equals": "cold"}}, "Cold.").passed
    assert not check("instruction", {"constraints": {"items": 3}}, "Apple, pear").passed


def test_topic() -> None:
    assert on_topic("A volcano is a mountain with fire in it.", "What is a volcano?")
    assert not on_topic("I like soup.", "What is a volcano?")
    assert on_topic("I am well.", "How are you?")


def test_what_cannot_be_checked_is_said_so() -> None:
    with pytest.raises(TextError, match="no task 'poem'"):
        check("poem", {}, "x")
    with pytest.raises(TextError, match="passage under 'text'"):
        check("headline", {}, "x")
    with pytest.raises(TextError, match="no constraint 'rhymes'"):
        check("instruction", {"constraints": json.loads('{"rhymes": true}')}, "x")
