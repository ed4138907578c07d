"""What pages are drawn from: plots, amounts, the words of a turn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from duologue.web.filters import clock, money, size
from duologue.web.plot import bars, ceiling
from duologue.web.reading import parts
from duologue.web.visitor import inside


def test_bars_stack_and_keep_their_days() -> None:
    values = {("2026-11-24", "speech"): 30.0, ("2026-11-24", "chat"): 10.0, ("2026-11-26", "chat"): 20.0}
    plot = bars(values, date(2026, 11, 24), date(2026, 11, 26), ("speech", "chat"))
    first, second, third = plot.bars
    assert (first.day, first.name, third.day) == ("2026-11-24", "speech", "2026-11-26")
    assert second.y + second.height == pytest.approx(first.y)
    assert first.y + first.height == pytest.approx(plot.base)
    assert first.height == pytest.approx(3 * second.height, abs=0.05)
    assert third.x > first.x + 2 * first.width
    assert plot.lines[-1][1] == 50  # a round number above the tallest
    assert plot.total == 60


def test_an_empty_plot() -> None:
    plot = bars({}, date(2026, 11, 1), date(2026, 11, 30), ("speech",))
    assert plot.bars == ()
    assert plot.lines[-1][1] == 1


@pytest.mark.parametrize(
    ("most", "whole", "lines"),
    [
        (9, True, [0, 2, 4, 6, 8, 10]),
        (1, True, [0, 1]),
        (2, True, [0, 1, 2]),
        (1, False, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.0016, False, [0, 0.0005, 0.001, 0.0015, 0.002]),
        (230, True, [0, 50, 100, 150, 200, 250]),
    ],
)
def test_lines_lie_at_numbers_that_can_be_written(most: float, whole: bool, lines: list[float]) -> None:
    day = date(2026, 11, 24)
    plot = bars({("2026-11-24", "speech"): most}, day, day, ("speech",), whole)
    assert [value for _, value in plot.lines] == pytest.approx(lines)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (1.1, 2), (7, 10), (23, 25), (0.00004, 0.00005), (260, 500)]
)
def test_axes_end_at_round_numbers(value: float, top: float) -> None:
    assert ceiling(value) == pytest.approx(top)


def test_amounts() -> None:
    assert [money(Decimal(v)) for v in ("0", "12.3", "0.0042", "0.000015", "1234.5")] == [
        "$0", "$12.30", "$0.0042", "$0.000015", "$1,234.50",
    ]  # fmt: skip
    assert money(Decimal("-2"), "EUR") == "-€2.00"
    assert [clock(s) for s in (None, 0, 61.9, 3661)] == ["–", "0:00", "1:01", "1:01:01"]
    assert [size(n) for n in (999, 12_345, 3_400_000)] == ["999 B", "12 kB", "3.4 MB"]


def test_words_keep_their_text() -> None:
    text = "Wait [pause:500ms] for a [tomato](/təˈmɑːtoʊ/), please."
    spans = [("Wait", 0, 4), ("for", 19, 22), ("a", 23, 24), ("tomato", 26, 32), ("please", 52, 58)]
    words = [
        {"text": w, "start": float(i), "end": i + 0.5, "char_start": a, "char_end": b}
        for i, (w, a, b) in enumerate(spans)
        if text[a:b] == w
    ]
    assert len(words) >= 4
    made = parts({"text": text, "words": words})
    assert "".join(p["text"] for p in made) == "Wait  for a tomato, please."
    assert [p["text"] for p in made if p["start"] is not None] == [w["text"] for w in words]


def test_no_way_out() -> None:
    assert inside("/studio?job=1") == "/studio?job=1"
    for out in ("https://a.example", "//a.example", "/\\a.example", "", "javascript:1", "/a\nb"):
        assert inside(out) == "/"
