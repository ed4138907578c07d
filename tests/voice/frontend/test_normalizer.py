import re
from pathlib import Path

import pytest

from duologue.voice.frontend import normalize
from duologue.voice.frontend.aligned import Aligned
from duologue.voice.frontend.cleaning import clean
from duologue.voice.frontend.normalizer import tokens_of

CASES = Path(__file__).parents[3] / "benchmarks" / "frontend_cases" / "normalisation.tsv"


def words(spoken: str) -> str:
    plain = re.sub(r"[^\w ]", "", re.sub(r"[-/—]", " ", spoken.lower().replace("'", "")))
    return re.sub(r"\b(hundred|thousand) and ", r"\1 ", " ".join(plain.split()))


def cases() -> list[tuple[str, str]]:
    lines = [line for line in CASES.read_text("utf-8").splitlines() if line and not line.startswith("# ")]
    assert len(lines) >= 420
    escaped = [re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), line) for line in lines]
    return [(line.split("\t")[0], line.split("\t")[1]) for line in escaped]


def test_benchmark_cases_hold():
    """The published accuracy can't fall unnoticed."""
    wrong = [
        (written, normalize(written))
        for written, spoken in cases()
        if words(normalize(written)) not in [words(s) for s in spoken.split(" | ")]
    ]
    assert len(wrong) <= 0.02 * len(cases()), wrong


@pytest.mark.parametrize(
    ("written", "american", "british"),
    [
        (
            "It was 03/04/2022.",
            "it was march fourth twenty twenty two",
            "it was the third of april twenty twenty two",
        ),
        ("105 men", "one hundred five men", "one hundred and five men"),
        ("On 2022-04-03.", "on april third twenty twenty two", "on the third of april twenty twenty two"),
    ],
)
def test_accents_differ(written, american, british):
    assert words(normalize(written)) == words(american)
    assert words(normalize(written, lang="en-gb")) == words(british)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("It cost $3.2 billion.", [("three", "$3.2"), ("billion", "billion"), ("dollars", "billion")]),
        ("On Jan. 5, 2024", [("January", "Jan."), ("fifth", "5"), ("twenty", "2024")]),
        ("a 5 km/h wind", [("five", "5 km/h"), ("kilometer", "5 km/h")]),
        ("Call (212) 555-0198", [("two", "212"), ("five", "555"), ("eight", "0198")]),
        ("at 9:30am", [("nine", "9:30"), ("A", "am")]),
        ("jane@site.com", [("jane", "jane"), ("at", "@"), ("dot", "."), ("com", "com")]),
    ],
)
def test_tokens_know_their_place(text, pieces):
    found = [(t.text[:1] if t.kind == "spell" else t.text, text[t.start : t.end]) for t in tokens_of(text)]
    for piece in pieces:
        assert piece in found


def test_written_words_share_a_source():
    tokens = [t for t in tokens_of("I paid $5 now") if t.kind == "word"]
    assert [(t.text, t.source) for t in tokens] == [
        ("I", 0),
        ("paid", 1),
        ("five", 2),
        ("dollars", 2),
        ("now", 3),
    ]


def test_kinds_of_tokens():
    tokens = {t.text: t.kind for t in tokens_of("NASA and the FBI said (twice): no!")}
    assert tokens["NASA"] == "word"
    assert tokens["FBI"] == "spell"
    assert tokens["("] == tokens[":"] == tokens["!"] == "punct"


def test_quotes_open_and_close():
    assert [t.text for t in tokens_of('He said "no" twice.') if t.kind == "punct"] == ["“", "”", "."]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("it’s", "it's"),
        ("so\u00adfa", "sofa"),
        ("e\u0301t\u00e9", "été"),
        ("ﬁne", "fine"),
        ("ｆｕｌｌ", "full"),
        ("a\u00a0b\tc", "a b c"),
        ("👍🏽\ufe0f", "👍"),
    ],
)
def test_cleaning(written, folded):
    assert clean(Aligned(written)).text == folded


def test_cleaning_keeps_places():
    cleaned = clean(Aligned("so\u00adfa ﬁne"))
    assert cleaned.span(0, 4) == (0, 5)
    start = cleaned.text.index("fi")
    assert cleaned.span(start, start + 2) == (6, 7)
    assert clean(Aligned("plain")).identical
