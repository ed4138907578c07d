"""Grounding lets through what a source says and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from duologue.studio.episode import Source, Turn
from duologue.studio.evidence import context_source
from duologue.studio.grounding import Grounding

BRIDGE = Source(
    id="s1",
    title="Harrow bridge reopens",
    publisher="Harbour Courier",
    text=(
        "The Old Bridge in Harrow reopened on Friday after 14 months of repairs, which cost "
        "3.2 million pounds. "
        "Mayor Ada Lindqvist said the town had not given up. “We have our river back,” she said. "
        "Engineers may close one lane in March. Harrow United beat Selby Town 2-1 on the same day. "
        "Traffic over the bridge fell by 20 percent in 2024."
    ),
)
WHALES = Source(id="s2", title="Whales", text="Fin whales can hear each other over 90 kilometres again.")


@pytest.fixture(scope="module")
def grounding() -> Grounding:
    return Grounding([BRIDGE, WHALES], phrases=["Here is your briefing.", "Now to Timbuktu."])


@pytest.mark.parametrize(
    "text",
    [
        "The Old Bridge in Harrow reopened on Friday after 14 months of repairs.",
        "After fourteen months of repairs, the Old Bridge reopened on Friday.",
        "The repairs of the Old Bridge cost 3.2 million pounds.",
        "“We have our river back,” she said.",
        "In March, engineers may close one lane.",
        "Harrow United beat Selby Town 2-1.",
    ],
)
def test_what_the_source_says_passes(grounding: Grounding, text: str) -> None:
    verdict = grounding.check(text)
    assert verdict.good, verdict
    assert verdict.source == "s1"
    assert BRIDGE.text is not None
    assert BRIDGE.text[verdict.start : verdict.end].endswith((".", "said."))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The Old Bridge in Harrow reopened on Friday after 15 months of repairs.", "number 15"),
        ("The Old Bridge in Harrow reopened on Monday after 14 months of repairs.", "name Monday"),
        ("The repairs of the Old Bridge in Selby cost 20 million pounds.", "number 20,000,000"),
        ("Mayor Ada Lindqvist said the town had given up.", "negation"),
        ("Mayor Ada Johnson said the town had not given up.", "name Mayor Ada Johnson"),
        ("Engineers will close one lane in March.", "certainty"),
        ("Selby Town beat Harrow United 2-1.", "names in another order"),
        ("“We have our bridge back,” she said.", "quotation"),
        ("Traffic over the bridge rose by 20 percent in 2024.", "direction"),
        ("Traffic over the bridge fell by 20 percent in 2023.", "number 2,023"),
        ("The Old Bridge in Harrow collapsed on Friday after 14 months of repairs.", "words"),
        ("The council will now sell chocolate teapots to the bridge.", "only"),
        ("Cats like milk.", "nothing like it"),
    ],
)
def test_what_it_does_not_say_is_caught(grounding: Grounding, text: str, fault: str) -> None:
    verdict = grounding.check(text)
    assert not verdict.good
    assert any(f.startswith(fault) for f in verdict.faults), verdict.faults


def test_phrases_pass_but_not_with_strangers_in_them(grounding: Grounding) -> None:
    assert grounding.check("Here is your briefing.").kind == "phrase"
    assert grounding.check("Now to Timbuktu.").faults == ("name Timbuktu",)
    own = Grounding(
        [context_source("Sunday 22 November 2026. For Ada.")], ["Hello, Ada. It's Sunday 22 November."]
    )
    assert all(own.check(s).good for s in ("Hello, Ada. It's Sunday 22 November.",))


def test_a_sentence_rests_on_the_sources_it_may(grounding: Grounding) -> None:
    text = "Fin whales can hear each other over 90 kilometres again."
    assert grounding.check(text).source == "s2"
    assert not grounding.check(text, ["s1"]).good


def test_what_fails_is_replaced_once_or_left_out(grounding: Grounding, tmp_path: Path) -> None:
    turns = [
        Turn(
            id="t1",
            text="Here is your briefing. The Old Bridge reopened on Friday after 99 months of repairs.",
        ),
        Turn(
            id="t2",
            text="The Old Bridge reopened on Friday after 98 months of repairs."
            " Whales can hear 90 kilometres.",
        ),
        Turn(id="t3", text="Cats like milk."),
    ]
    done, report = grounding.ground(turns)
    assert [t.id for t in done] == ["t1", "t2"]
    assert BRIDGE.text is not None
    first = BRIDGE.text.split(" Mayor")[0]
    assert done[0].text == f"Here is your briefing. {first}"
    assert done[1].text == "Whales can hear 90 kilometres."
    assert [(s.source, s.start) for s in done[0].spans] == [("s1", 0)]
    assert report.supported == 1.0
    assert report.kept == pytest.approx(1 / 4)
    assert [v.said for v in report.dropped] == [
        "The Old Bridge reopened on Friday after 98 months of repairs.",
        "Cats like milk.",
    ]
    data = json.loads(report.save(tmp_path / "grounding.json").read_text("utf-8"))
    assert data["replaced"] == 1
    assert data["numbers"] == data["numbers_found"] > 0
    assert data["names"] == data["names_found"] > 0
