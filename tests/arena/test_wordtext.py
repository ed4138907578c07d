"""The word error rate counts words, not ways of writing them."""

from __future__ import annotations

import pytest

from duologue.arena.wordtext import normalize, word_errors


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nineteen ninety-eight", "1998"),
        ("twenty-five percent", "25%"),
        ("two thousand and six", "2006"),
        ("nine point two million", "9.2 million"),
        ("March third", "March 3rd"),
        ("It's half past six, isn't it?", "it is half past 6 is not it"),
        ("$12 and $5", "12 dollars and five dollars"),
        ("The museum opens at 9:30.", "the museum opens at 9.30"),
        ("Dr. Evans's colour programme", "doctor Evans's color program"),
        ("ice cream", "icecream"),
        ("6,000 volunteers", "six thousand volunteers"),
        ("seven thirty p.m.", "7:30 PM"),
        ("“Sit down,” said he", "sit down said he"),
    ],
)
def test_spelling_is_no_error(one: str, other: str) -> None:
    assert word_errors(one, other)[0] == 0
    assert word_errors(other, one)[0] == 0


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("the cat sat", "the cat sat", 0),
        ("the cat sat", "the hat sat", 1),
        ("the cat sat", "cat sat", 1),
        ("the cat sat", "the cat sat down", 1),
        ("the cat sat", "", 3),
        ("twenty-five", "twenty-six", 1),
        ("It is cold outside", "It is called outside", 1),
    ],
)
def test_words_are(said: str, heard: str, wrong: int) -> None:
    assert word_errors(said, heard) == (wrong, len(normalize(said)))
