import pytest

from duologue.voice.frontend import Frontend
from duologue.voice.frontend.markup import parse_inline, seconds_of
from duologue.voice.frontend.reading import LONGEST_PAUSE

frontend = Frontend()


def test_given_phonemes_replace_the_word_and_keep_its_span():
    text = "I say [tomato](/təˈmɑːtoʊ/) here."
    (utterance,) = frontend.script(text).utterances
    word = next(w for w in utterance.words if w.text == "tomato")
    assert text[word.start : word.end] == "tomato"
    assert "".join(p.symbol for p in utterance.phonemes[word.first : word.last]) == "təmˈɑtO"


def test_phonemes_that_are_none_are_reported_and_the_word_spoken():
    script = frontend.script("A [word](/§§§/) here.")
    assert len(script.notices) == 1
    assert "word" in [w.text for w in script.utterances[0].words]


def test_pauses_end_utterances_and_add_up():
    script = frontend.script("One. [pause:500ms][pause:1.5s] Two. [pause: 1s]")
    assert [u.pause_after for u in script.utterances] == [2.0, 1.0]
    assert script.utterances[0].words[0].text == "One"


def test_pause_ahead_of_everything():
    first = frontend.script("[pause:2s] Hello.").utterances[0]
    assert first.pause_before == 2.0
    assert first.words[0].text == "Hello"


def test_pauses_are_capped_with_a_notice():
    script = frontend.script("One. [pause:100s] Two.")
    assert script.utterances[0].pause_after == LONGEST_PAUSE
    assert "60 s" in script.notices[0].message


def test_malformed_pause_is_reported():
    script = frontend.script("One. [pause:soon] Two.")
    assert "[pause:500ms]" in script.notices[0].message
    assert script.text[script.notices[0].start : script.notices[0].end] == "[pause:soon]"
    assert len(script.utterances) == 2


def test_other_brackets_are_text():
    assert parse_inline("see [1] and [a](b)").aligned.text == "see [1] and [a](b)"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("500ms", 0.5), ("1.5s", 1.5), ("+2 s", 2.0), ("s", None), ("-1s", None), ("1m", None)],
)
def test_seconds(written, seconds):
    assert seconds_of(written) == seconds
