"""Two streams at once: everything arrives, in order, and their pace says nothing of who writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from duologue.arena.duet import Duet, Stream


def stream(
    pieces: list[str], wait: float = 0.0, gap: float = 0.0, cancelled: threading.Event | None = None
) -> Stream:
    def begin() -> tuple[Iterator[str], Callable[[], None]]:
        time.sleep(wait)

        def out() -> Iterator[str]:
            for piece in pieces:
                if cancelled and cancelled.is_set():
                    return
                yield piece
                time.sleep(gap)

        return out(), (cancelled or threading.Event()).set

    return begin


def test_all_of_both_sides_arrives_whole_words_at_a_time() -> None:
    left = ["Hel", "lo th", "ere, ", "old ", "fri", "end."]
    right = list("A few words in single letters.")
    said = {"left": "", "right": ""}
    ends = []
    for heard in Duet(stream(left, gap=0.01), stream(right, gap=0.005)):
        said[heard.side] += heard.text
        ends += [heard.side] if heard.ended else []
        assert heard.ended or heard.text.endswith((" ", "\n"))
    assert said == {"left": "Hello there, old friend.", "right": "A few words in single letters."}
    assert sorted(ends) == ["left", "right"]


def test_the_faster_one_waits_for_the_slower_ones_first_words() -> None:
    first: dict[str, float] = {}
    for heard in Duet(stream(["one two three "] * 3), stream(["slow words "], wait=0.4)):
        first.setdefault(heard.side, time.monotonic())
    assert abs(first["left"] - first["right"]) < 0.15


def test_patience_ends() -> None:
    started, first = time.monotonic(), 0.0
    for heard in Duet(stream(["quick "]), stream(["late "], wait=1.0), patience=0.2):
        if heard.side == "left" and not first:
            first = time.monotonic() - started
    assert first < 0.7


def test_a_failure_ends_its_side_without_its_words() -> None:
    def fails() -> tuple[Iterator[str], Callable[[], None]]:
        raise ValueError("acme/lyra-7b said no")

    heard = list(Duet(stream(["fine. "]), fails))
    assert [h.failed for h in heard if h.side == "right"] == ["ValueError"]
    assert "".join(h.text for h in heard if h.side == "left") == "fine. "
    assert not any("lyra" in h.text + h.failed for h in heard)


def test_scripts_without_spaces_flow() -> None:
    pieces = [
        h for h in Duet(stream(["船は湖にいます。"] * 30, gap=0.01), stream(["x "])) if h.side == "left"
    ]
    assert len(pieces) > 2
    assert "".join(p.text for p in pieces) == "船は湖にいます。" * 30


def test_leaving_early_cancels_both() -> None:
    left, right = threading.Event(), threading.Event()
    duet = Duet(
        stream(["a "] * 1000, gap=0.01, cancelled=left), stream(["b "] * 1000, gap=0.01, cancelled=right)
    )
    for _ in duet:
        break
    duet.cancel()
    assert left.wait(1)
    assert right.wait(1)
