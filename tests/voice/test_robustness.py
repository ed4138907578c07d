"""Hostile inputs: a clear error or sound audio, never a crash, never truncated."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from duologue.voice import Speech, Voice, VoiceError
from duologue.voice.frontend.markup import seconds_of
from duologue.voice.frontend.reading import LONGEST_PAUSE
from hostile import Case, cases

CASES = cases()
HUSH = 10 ** (-45 / 20)  # what follows the last word may be this loud at most


def problems(speech: Speech, text: str) -> list[str]:
    """What is wrong with the audio and the words of `speech`; nothing if it is sound."""
    found = []
    audio, seconds = speech.audio, speech.duration
    if audio.dtype != np.float32 or audio.ndim != 1 or not len(audio):
        return [f"audio is {audio.dtype} {audio.shape}"]
    if not np.isfinite(audio).all() or np.abs(audio).max() > 1:
        found.append("audio is not finite or above full scale")
    # A word may begin at once, faded in over 5 ms; the end is silence for a millisecond at least.
    if max(abs(audio[0]), np.abs(audio[-24:]).max()) > 0.01:
        found.append(f"clicks at an end: {audio[0]:.3f}, {np.abs(audio[-24:]).max():.3f}")
    words = speech.words
    for a, b in itertools.pairwise(words):
        if b.start < a.start - 1e-6 or b.start < a.end - 1e-6:
            found.append(f"{a} and {b} overlap")
    for word in words:
        if not (0 <= word.start <= word.end <= seconds + 1e-6):
            found.append(f"{word} lies outside {seconds:.2f} s")
        if text[word.char_start : word.char_end] != word.text:
            found.append(f"{word} is not {text[word.char_start : word.char_end]!r}")
    if any(b.char_start < a.char_start for a, b in itertools.pairwise(words)):
        found.append("words are not in the order of the text")
    if words:
        tail = audio[round(words[-1].end * speech.sample_rate) + 1200 :]
        if len(tail) and np.abs(tail).max() > max(HUSH, 0.05 * np.abs(audio).max()):
            found.append(f"a sound of {np.abs(tail).max():.3f} after the last word")
    return found


def letters(text: str) -> int:
    """Characters that are said by themselves."""
    return sum(c.isalnum() for c in text)


_PAUSE = re.compile(r"\[[Pp]ause:\s*([^\[\]\n]{0,30})\]")


def paused(text: str) -> float:
    """Seconds of silence that marks in `text` ask for and get."""
    asked = [seconds_of(time) or 0 for time in _PAUSE.findall(text)]
    return sum(min(seconds, LONGEST_PAUSE) for seconds in asked)


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_error_or_sound(case: Case, voice: Voice) -> None:
    begun = time.perf_counter()
    try:
        speech = voice.speak(case.text, **case.options)
    except VoiceError as error:
        assert case.speakable is not True, f"refused: {error}"
        message = str(error)
        assert len(message) > 15, "the message says nothing"
        assert len(message) < 1_000
        return
    assert case.speakable is not False, f"made {speech.duration:.1f} s of speech from nothing"
    assert problems(speech, case.text) == []
    assert time.perf_counter() - begun < 30
    if not case.options:
        # Signs and digits may take more than a second each to name, letters no less than a sixtieth.
        spoken = letters(_PAUSE.sub("", case.text))
        seconds = speech.duration - paused(case.text)
        assert seconds < 4 + 1.2 * len(case.text)
        if case.text.isascii() and spoken > 40:
            assert seconds > spoken / 60


def test_there_are_more_than_three_hundred() -> None:
    assert len(CASES) >= 300


@pytest.mark.parametrize("count", [1, 7, 40])
def test_length_is_in_proportion_to_the_text(count: int, voice: Voice) -> None:
    one = voice.speak("The boats came back before the storm.").duration
    many = voice.speak("The boats came back before the storm. " * count)
    assert many.duration == pytest.approx(count * one, rel=0.25)
    assert len(many.words) == 7 * count
    assert many.duration - many.words[-1].end < 1.0


def test_a_megabyte_begins_at_once(voice: Voice) -> None:
    """Nothing is refused for its length, and the first piece comes at once; that the end comes too is
    tested with less."""
    sentence = "Nothing in a long text may be lost on the way, neither a word nor a number such as 42. "
    million = sentence * (1_000_000 // len(sentence) + 1)
    begun = time.perf_counter()
    pieces = voice.stream(million)
    first = next(iter(pieces))
    assert first.words[0].text == "Nothing"
    assert time.perf_counter() - begun < 5


def test_every_word_of_a_long_text_is_there(voice: Voice) -> None:
    text = " ".join(f"Item {i} costs {i + 7} dollars, and nobody wants it." for i in range(60))
    end, count, samples = 0, 0, 0
    for piece in voice.stream(text):
        samples += len(piece.audio)
        for word in piece.words:
            assert word.char_start >= end
            end, count = word.char_end, count + 1
    assert text[end:].strip(" .") == ""
    assert count == len(text.split())
    assert samples / 24_000 > 60 * 2


@pytest.mark.parametrize("text", [None, 5, b"bytes", ["list"]])
def test_what_is_no_text_is_refused(text: object, voice: Voice) -> None:
    with pytest.raises(VoiceError, match="str"):
        voice.speak(text)  # type: ignore[arg-type]


BY_NAME = {c.name: c for c in CASES}
THROUGH_CLI = [
    "nothing", "one full stop", "letter a", "word of 2,000 letters", "digit flood", "chinese",
    "emoji in text", "all capitals", "shell", "ssml crossed", "ssml billion laughs", "ssml unknown elements",
    "random bytes 0", "random unicode 1", "controls inside",
]  # fmt: skip


@pytest.mark.parametrize("name", THROUGH_CLI)
def test_the_command_line_says_it_in_a_line_or_makes_a_file(name: str, tmp_path: Path) -> None:
    case = BY_NAME[name]
    command = [sys.executable, "-m", "duologue.cli", "speak", "-", "-o", "out.wav"]
    done = subprocess.run(
        command + ["--ssml"] * case.options.get("ssml", False),
        input=case.text.encode("utf-8", "surrogatepass"), capture_output=True, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    complaint = done.stderr.decode()
    assert "Traceback" not in complaint
    if done.returncode == 2:
        assert case.speakable is not True
        assert complaint.startswith("duologue speak: ")
        assert complaint.count("\n") == 1
        assert list(tmp_path.iterdir()) == []
    else:
        assert done.returncode == 0
        assert case.speakable is not False
        audio, rate = soundfile.read(tmp_path / "out.wav")
        assert rate == 24_000
        assert len(audio) > 1_000
