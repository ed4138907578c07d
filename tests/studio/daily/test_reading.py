"""Summaries without a model: salience, sentences that stand by themselves, the size that was asked for."""

from __future__ import annotations

import numpy as np

from duologue.studio.summarise import read
from duologue.studio.summarise.salience import salience
from duologue.studio.summarise.standing import closure, is_tellable, leans_on

TEXT = [
    "Ecologist Freya Lindqvist has counted moths on the high moor for three years.",
    "They carry more pollen than bees do.",
    "Her team read the pollen on 4,812 moths by its DNA.",
    "A street lamp cuts the visits of moths by half.",
    "“Nobody had looked at night,” Lindqvist said.",
    "It was a cool summer.",
    "The county will switch off 60 lamps along the moor road.",
]


def test_what_leans_on_what() -> None:
    needs = leans_on(TEXT)
    assert needs == [set(), {0}, {1}, set(), {0}, {4}, set()]
    assert closure(2, needs) == {0, 1, 2}
    announced = [
        "Mood changed most of all.",
        "Visits to nurses dropped by a quarter.",
        "One more thing happened.",
    ]
    assert leans_on(announced, [0, 0, 1]) == [{1}, set(), set()]
    assert leans_on(["Ann went to Leeds.", "The families there said no."]) == [set(), {0}]


def test_salience_favours_the_subject() -> None:
    weights = salience(
        [*TEXT, "Bananas are yellow and cheap this week."], "Moths carry more pollen than bees"
    )
    assert weights.max() == 1.0
    assert weights[-1] < weights[:4].min()
    assert salience([]).shape == (0,)


def test_a_summary_fits_keeps_its_order_and_never_says_she_of_nobody() -> None:
    reading = read("Moths carry more pollen", "Moths carry more pollen\n" + " ".join(TEXT))

    def cost(chosen: set[int]) -> float:
        return sum(len(reading.sentences[i].text) / 15 for i in chosen)

    sizes = []
    for seconds in (6.0, 12.0, 20.0, 60.0):
        told = reading.summary(seconds, cost)
        assert told == sorted(told)
        assert told[0] == 0
        assert cost(set(told)) <= seconds
        assert all(reading.unit(i) <= set(told) for i in told)
        sizes.append(len(told))
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(TEXT)


def test_what_is_not_for_the_ear() -> None:
    assert is_tellable("The bridge opened on Friday.")
    for scrap in (
        "Read more",
        "Photo gallery and links",
        "See https://a.b/c for all of it.",
        "OK.",
        "word " * 80 + ".",
    ):
        assert not is_tellable(scrap)
    reading = read("Only a title", "Only a title")
    assert reading.lead() == set()
    assert reading.summary(10, len) == []
    assert isinstance(reading.weight, np.ndarray)
