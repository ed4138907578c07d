"""Captions: valid WebVTT and SRT, cues that can be read, text that is the user's."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from duologue.voice import Speech, VoiceError, Word
from duologue.voice.captions import LINE, LONGEST, cues, srt, webvtt, write_captions

TEXT = (
    "The ferry leaves at half past six, and the last of the passengers are still on the pier. A boy holds a "
    "paper bag (with both hands) — his sister counts the gulls! “Nobody speaks,” she said.\n\nThen the "
    "engines start at $5.20 & <all> is well, well-known even."
)


def spoken(text: str, pace: float = 0.3) -> list[Word]:
    """Every word of `text` in turn, `pace` seconds each."""
    found = re.finditer(r"[\w$.']*\w", text)
    return [Word(m[0], i * pace, i * pace + 0.9 * pace, m.start(), m.end()) for i, m in enumerate(found)]


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.replace(",", ".").split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def test_cues_hold_all_the_text_in_order_and_nothing_else() -> None:
    made = cues(spoken(TEXT), TEXT)
    assert " ".join(" ".join(c.text for c in made).split()) == " ".join(TEXT.split())


def test_cues_are_of_readable_size_and_do_not_overlap() -> None:
    made = cues(spoken(TEXT), TEXT)
    assert len(made) > 4
    for cue in made:
        lines = cue.text.split("\n")
        assert len(lines) <= 2
        assert all(0 < len(line) <= LINE for line in lines)
        assert 0 < cue.end - cue.start <= LONGEST + 1
    assert all(a.end <= b.start for a, b in itertools.pairwise(made))


def test_cues_break_at_sentences_paragraphs_and_pauses() -> None:
    starts = {c.text.split()[0] for c in cues(spoken(TEXT), TEXT)}
    assert {"The", "A", "“Nobody", "Then"} <= starts
    words = [Word("a", 0, 0.5, 0, 1), Word("b", 2.0, 2.5, 2, 3)]
    assert [c.text for c in cues(words, "a b")] == ["a", "b"]


def test_words_without_their_text_are_still_captions() -> None:
    assert [c.text for c in cues(spoken("just these words"))] == ["just these words"]
    assert cues([]) == []


def test_a_word_longer_than_a_line_is_cut() -> None:
    made = cues([Word("x" * 200, 0.0, 10.0, 0, 200)], "x" * 200)
    assert "".join(c.text.replace("\n", "").replace(" ", "") for c in made) == "x" * 200
    assert all(len(line) <= LINE for c in made for line in c.text.split("\n"))


def test_markup_is_not_shown() -> None:
    text = "Say [tomato](/təmˈɑːtoʊ/) now [pause:500ms] please."
    words = [Word(w, i * 0.4, i * 0.4 + 0.3, text.index(w), text.index(w) + len(w))
             for i, w in enumerate(["Say", "tomato", "now", "please"])]  # fmt: skip
    assert [c.text for c in cues(words, text)] == ["Say tomato now please."]
    text = '<speak><p>One <emphasis level="strong">two</emphasis>, R&amp;B.</p><p>Three</p></speak>'
    words = [Word(w, i * 0.4, i * 0.4 + 0.3, text.index(w), text.index(w) + len(w))
             for i, w in enumerate(["One", "two", "R&amp;B", "Three"])]  # fmt: skip
    assert "\n".join(c.text for c in cues(words, text)).split() == ["One", "two,", "R&B.", "Three"]


def test_webvtt_follows_its_grammar() -> None:
    text = webvtt(cues(spoken(TEXT), TEXT))
    head, note, *blocks = text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    assert note == "NOTE AI-generated speech"
    last = 0.0
    for block in blocks:
        timing, *lines = block.split("\n")
        match = re.fullmatch(r"(\d\d+:\d\d:\d\d\.\d{3}) --> (\d\d+:\d\d:\d\d\.\d{3})", timing)
        assert match
        assert last <= seconds(match[1]) < seconds(match[2])
        last = seconds(match[2])
        assert lines
        assert not any("-->" in line or "<" in line for line in lines)
    assert "&amp; &lt;all&gt;" in text.replace("\n", " ")


def test_srt_is_numbered_with_commas() -> None:
    blocks = srt(cues(spoken(TEXT), TEXT)).rstrip("\n").split("\n\n")
    for i, block in enumerate(blocks, 1):
        number, timing, *lines = block.split("\n")
        assert int(number) == i
        assert re.fullmatch(r"\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}", timing)
        assert lines
    assert "& <all>" in " ".join(blocks).replace("\n", " ")


def test_hours_are_counted() -> None:
    assert "27:46:40.000 --> 27:46:41.000" in webvtt(cues([Word("late", 100_000.0, 100_000.5, 0, 4)]))


def test_captions_are_written_by_suffix(tone: Speech, tmp_path: Path) -> None:
    tone.save(tmp_path / "t.wav", captions=tmp_path / "t.vtt")
    assert "One tone — “swelling”, and two." in (tmp_path / "t.vtt").read_text("utf-8").replace("\n", " ")
    path = write_captions(tmp_path / "t.SRT", tone.words, tone.text)
    assert path.read_text("utf-8").startswith("1\n00:00:00,000 --> ")
    with pytest.raises(VoiceError, match=r"\.vtt or \.srt"):
        write_captions(tmp_path / "t.txt", tone.words)
