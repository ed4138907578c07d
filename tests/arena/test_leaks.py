"""What gives a contestant away, and what doesn't."""

from __future__ import annotations

import pytest

from duologue.arena.leaks import leak, names_of

ALIASES = ("acme/lyra-7b-instruct", "lyra-remote")


@pytest.mark.parametrize(
    "answer",
    [
        "I'm Lyra, happy to help.",
        "As LYRA 7B Instruct I can't say.",
        "This was written by acme.",
        "**Lyra**: hello",
        "Ly\u200bra here.",
        "ＬＹＲＡ here.",
        "lyra_7b-instruct",
    ],
)
def test_its_own_names_leak(answer: str) -> None:
    assert leak(answer, "contestant-1", ALIASES).startswith("names itself")


@pytest.mark.parametrize(
    "answer",
    [
        "I am ChatGPT, a large language model trained by OpenAI.",
        "My name is Claude.",
        "As an AI language model developed by Google, I have no feelings.",
        "I’m a model created by the team at Mistral.",
        "Hello! You can call me Qwen-2.5.",
    ],
)
def test_any_known_name_leaks_where_an_answer_presents_itself(answer: str) -> None:
    assert leak(answer, "contestant-1", ALIASES).startswith("presents itself as")


def test_the_systems_own_name_leaks() -> None:
    assert leak("Duologue wrote this.", "contestant-1", ALIASES)


@pytest.mark.parametrize(
    ("answer", "prompt"),
    [
        ("A lyrebird sings well, and lyrical poems are old.", ""),
        ("Meta means about itself; apple pie is made by my aunt.", ""),
        ("Google was founded in 1998.", "When was Google founded?"),
        ("The lyra is a constellation.", "What is the Lyra?"),
        ("Be careful, and take a small step first.", ""),
        ("As an example, an open model of a ship is made by hand.", ""),
        ("The instructor is remote.", ""),
    ],
)
def test_plain_words_and_what_the_user_named_dont(answer: str, prompt: str) -> None:
    assert leak(answer, "careful", (*ALIASES, "tiny", "base"), prompt) == ""


def test_a_name_the_user_said_leaks_where_the_answer_claims_it() -> None:
    assert leak("Yes, I am Lyra.", "contestant-1", ALIASES, "Are you Lyra?")
    assert leak("I am called tiny.", "tiny")


def test_a_contestant_of_two_parts_leaks_by_its_name() -> None:
    assert leak("Yours, river-two", "river-two")
    assert not leak("Two rivers meet.", "river-two")


def test_sizes_and_formats_are_no_names() -> None:
    assert names_of(["acme/lyra-7b-instruct"])[:3] == ("acme/lyra-7b-instruct", "acme", "lyra")
    assert "7b" not in names_of(["acme/lyra-7b-instruct"])
