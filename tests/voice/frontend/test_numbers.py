import pytest

from duologue.voice.frontend.numbers import (
    cardinal,
    century_pairs,
    decimal,
    digits,
    number,
    ordinal,
    plural,
    year,
)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("21", "twenty one"),
        ("100", "one hundred"),
        ("1,024", "one thousand twenty four"),
        ("1000000", "one million"),
        ("7800000001", "seven billion eight hundred million one"),
        ("9" * 36, cardinal("9" * 36)),
    ],
)
def test_cardinal(written, spoken):
    assert cardinal(written) == spoken


def test_british_and():
    assert cardinal("105", british=True) == "one hundred and five"
    assert cardinal("1005", british=True) == "one thousand and five"
    assert cardinal("1105", british=True) == "one thousand one hundred and five"


def test_too_long_for_a_quantity_is_read_singly():
    assert cardinal("1" * 40) == " ".join(["one"] * 40)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1", "first"),
        ("12", "twelfth"),
        ("20", "twentieth"),
        ("101", "one hundred first"),
        ("1000", "one thousandth"),
    ],
)
def test_ordinal(written, spoken):
    assert ordinal(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2000", "two thousand"),
        ("2001", "two thousand one"),
        ("2010", "twenty ten"),
        ("1066", "ten sixty six"),
        ("476", "four hundred seventy six"),
    ],
)
def test_year(written, spoken):
    assert year(written) == spoken


def test_others():
    assert digits("007") == "zero zero seven"
    assert decimal("3.14") == "three point one four"
    assert decimal(".5") == "point five"
    assert number("-7") == "minus seven"
    assert century_pairs("1549") == "fifteen forty nine"
    assert century_pairs("101") == "one oh one"
    assert century_pairs("800") == "eight hundred"
    assert plural("nineteen ninety") == "nineteen nineties"
    assert plural("six") == "sixes"
