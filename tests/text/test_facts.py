"""Sentences, names and numbers as the checks see them."""

from __future__ import annotations

import pytest

from duologue.text.facts import contains, names, numbers, years
from duologue.text.sentences import split, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Winfield met Dr. Smith. They talked.", 2),
        ("J. S. Bach was born in 1685. He died in 1750.", 2),
        ('"Good afternoon!" said Mrs. Porter. "I have come."', 2),
        ("It costs 3.5 million. About c. 1950 it fell.", 2),
        ("No end here", 1),
        ("One line\nanother line", 2),
        ("Why? Because. So!", 3),
        ("", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(split(text)) == count


def test_nothing_is_lost_by_splitting() -> None:
    text = 'He came. "Is it you?" she asked. It was 5 p.m. Then they left...'
    assert " ".join(split(text)) == text


def test_words_keep_inner_marks() -> None:
    assert words("Don't say well-known 3.5 times, o.k.?") == [
        "Don't",
        "say",
        "well-known",
        "3.5",
        "times",
        "o.k",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The bank is old. Kazan acted in films. In 1932 Kazan left.", ["Kazan"]),
        ("He joined the Bank of England in May.", ["Bank of England", "May"]),
        ("With Robert Lewis and Cheryl Crawford, he left.", ["Robert Lewis", "Cheryl Crawford"]),
        ("NASA paid. Several trees fell.", ["NASA"]),
        ("It ended after World War I in France.", ["World War I", "France"]),
        ("Lake Tahoe's shore is long.", ["Lake Tahoe"]),
        ("nothing here", []),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_numbers_and_years() -> None:
    assert numbers("It cost 1,200.50 in the 1960s, or 7% of 3,000,000.") == [
        "1200.50",
        "1960",
        "7",
        "3000000",
    ]
    assert years("In 1893 and 1893, 14,1950 and 20145; by 2010s 1066.") == [1893, 2010, 1066]


def test_contains_respects_word_borders() -> None:
    assert contains("The town’s Mayor", "town's mayor")
    assert not contains("Joanna left", "Anna")
    assert not contains("in 19310", "1931")
