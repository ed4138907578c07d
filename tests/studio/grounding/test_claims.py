"""What can be checked of a sentence: numbers, names, quotations, negations; sentences and dates."""

from __future__ import annotations

from datetime import date

import pytest

from duologue.studio.claims import content, directions, fold, names, negations, numbers, quotations
from duologue.studio.dates import ago, spoken_date
from duologue.studio.errors import StudioError
from duologue.studio.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,200 people and twelve hundred more", [1200, 1200]),
        ("1.2 million, 3.5bn and $4.5m", [1.2e6, 3.5e9, 4.5e6]),
        ("twenty-five of one hundred and five; three thousand two hundred", [25, 105, 3200]),
        ("the 21st of May 2026, the third time", [21, 2026, 3]),
        ("one man and half a dozen others", [0.5, 12]),
        ("at 2:10 a.m., by 3-2", [2, 10, 3, 2]),
        ("1960s music, COVID-19 and B2B", [1960, 19]),
        ("nothing here", []),
    ],
)
def test_numbers_are_values(text: str, expected: list[float]) -> None:
    assert numbers(text) == pytest.approx(expected)


def test_names_need_proof_at_the_start_of_a_sentence() -> None:
    text = "Mayor Ada Lindqvist of Harrow met Dr. J. S. Bach."
    text += " Yesterday it rained in Selby. Selby is wet. NASA agreed."
    assert names(text) == ["Mayor Ada Lindqvist of Harrow", "Dr. J. S. Bach", "Selby", "NASA"]
    assert names("Engineers laid the stones. The Monday after, they left.") == ["Monday"]


def test_quotations_negations_directions_and_stems() -> None:
    assert quotations('He said “we will go home,” and "yes" or \'no\' or "not at all".') == [
        "we will go home",
        "not at all",
    ]
    assert negations("It didn't fail and never will; no one can't.") == 5
    assert negations("It is a notable note.") == 0
    assert directions("prices fell") != directions("prices rose")
    assert content("The runners' races were stopped") == content("runner race stop")
    assert fold("Müller’s  “CAFÉ”—x") == 'muller\'s "cafe"-x'


def test_sentences_keep_their_places() -> None:
    text = "Dr. Rao left at 5 p.m. The team went on.\n“We go. We must,” she said. "
    text += 'No. 5 won! "Yes." (It did.) End'
    found = sentences(text)
    assert all(text[s.start : s.end] == s.text for s in found)
    assert [s.text for s in found] == [
        "Dr. Rao left at 5 p.m.",
        "The team went on.",
        "“We go. We must,” she said.",
        "No. 5 won!",
        '"Yes."',
        "(It did.)",
        "End",
    ]
    assert [s.paragraph for s in found] == [0, 0, 1, 1, 1, 1, 1]
    assert sentences(" \n\n") == []


def test_dates_in_languages() -> None:
    day = date(2026, 11, 22)
    assert spoken_date(day) == "Sunday 22 November"
    assert spoken_date(day, "en-US", year=True) == "Sunday, November 22, 2026"
    assert spoken_date(day, "de") == "Sonntag, 22. November"
    assert spoken_date(day, "fr-CA") == "dimanche 22 novembre"
    assert spoken_date(day, "es") == "domingo 22 de noviembre"
    with pytest.raises(StudioError, match="known are en"):
        spoken_date(day, "tlh")
    assert [ago(date(2026, 11, d), day) for d in (22, 21, 19, 3)] == [
        "today",
        "yesterday",
        "on Thursday",
        "on 3 November",
    ]
