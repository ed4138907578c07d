"""Speech as a record: joining pieces, durations, the lazy door of the room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import duologue.voice
from duologue.voice import Speech, VoiceError, Word
from duologue.voice.frontend.utterance import Notice


def test_join_puts_samples_words_and_notices_on_one_clock(tone: Speech) -> None:
    notice = Notice("no such thing", 0, 1)
    second = replace(tone, words=(Word("b", 0.5, 1.0, 40, 41),), notices=(notice,))
    joined = Speech.join([tone, second, replace(second, words=())])
    assert joined.duration == pytest.approx(6.0)
    np.testing.assert_array_equal(joined.audio[48_000:96_000], tone.audio)
    assert joined.words[:-1] == tone.words
    assert joined.words[-1] == Word("b", 2.5, 3.0, 40, 41)
    assert joined.notices == (notice,)


def test_join_refuses_nothing_and_unequal_rates(tone: Speech) -> None:
    with pytest.raises(VoiceError, match="no piece"):
        Speech.join([])
    with pytest.raises(VoiceError, match="24000 and 16000"):
        Speech.join([tone, replace(tone, sample_rate=16_000)])


def test_the_room_names_what_it_has_not() -> None:
    with pytest.raises(AttributeError, match="Singing"):
        duologue.voice.Singing  # noqa: B018
    assert issubclass(VoiceError, ValueError)
