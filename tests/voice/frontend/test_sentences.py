import pytest

from duologue.voice.frontend.sentences import LONGEST, sentences


def split(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["One.", "Two!", "Three?", "Four"],
        ["Dr. Smith met Mrs. Jones at 5 p.m. in St. Louis.", "He left."],
        ["It is 3.14 now.", "Really."],
        ["He lives in the U.S. Army base.", "She does not."],
        ["J. R. R. Tolkien wrote it.", "It sold."],
        ["“Is it?” he asked.", "“Yes.”", "She left."],
        ["Wait... what is this?", "Nothing."],
        ["He saw apples, pears, etc. in it.", "Then he left."],
        ["See Fig. 3 and No. 5 on p. 7.", "The end."],
        ["We left at 5 p.m.", "The train was late."],
        ["He works at Acme Inc.", "The firm is old."],
        ["hello there.", "this is small.", "so it goes."],
        ["I was in Washington D.C. yesterday.", "It rained."],
        ["(He left.)", "She stayed."],
        ["Version 2.0.1 is out.", "Get it."],
        ["What?!", "No!!!", "Fine."],
        ["Smith vs. Jones was in Jan. 2020.", "It ended."],
        ["It was I.", "The end."],
    ],
)
def test_split(parts):
    assert split(" ".join(parts)) == parts


def test_lines_and_paragraphs():
    text = "A Heading\nThe text is here and it goes on for a while until the line is quite full\n"
    text += "and wraps.\n\nNext one."
    found = list(sentences(text))
    assert [text[s.start : s.end].replace("\n", " ") for s in found] == [
        "A Heading",
        "The text is here and it goes on for a while until the line is quite full and wraps.",
        "Next one.",
    ]
    assert [s.paragraph for s in found] == [False, True, False]


def test_lists():
    assert split("1. First thing\n2. Second thing\n- a dash\n- and another") == [
        "1. First thing",
        "2. Second thing",
        "- a dash",
        "- and another",
    ]


@pytest.mark.parametrize("text", ["word " * 2000, "x" * 5000, "a, b; " * 1500, "1" * 4000])
def test_long_stretches_are_cut_and_nothing_is_lost(text):
    found = list(sentences(text))
    assert all(s.end - s.start <= LONGEST for s in found)
    assert "".join(text[s.start : s.end] for s in found).replace(" ", "") == text.replace(" ", "")
    assert all(s.cut for s in found[:-1])


def test_fixed_stretches_stay_whole():
    text = "Say Yes. No now. End."
    at = text.index("Yes")
    assert [text[s.start : s.end] for s in sentences(text, fixed=[(at, at + 7)])] == [
        "Say Yes. No now.",
        "End.",
    ]
