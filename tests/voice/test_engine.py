"""The engine on the weights that ship: what it promises of audio, words, streams, voices and faults."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from duologue.voice import Speech, Voice, VoiceError
from duologue.voice.measure import active_level
from duologue.voice.weights import Weights

SENTENCE = "The ferry leaves the harbour at half past six."
PAGE = (
    "Please call me back before noon. The committee approved 14 of the 23 proposals! "
    "Did you really walk all the way here in the rain?\n\n" + SENTENCE + " Nobody knew why. Yes."
)


def test_speaks_sound_audio(voice: Voice) -> None:
    speech = voice.speak(SENTENCE)
    assert speech.sample_rate == 24_000
    assert speech.audio.dtype == np.float32
    assert np.isfinite(speech.audio).all()
    assert 1.5 < speech.duration < 6
    assert np.abs(speech.audio).max() < 1
    assert active_level(speech.audio) == pytest.approx(-20, abs=3)
    assert speech.voice == "heart"
    assert speech.text == SENTENCE


def test_ends_are_silent_and_still(voice: Voice) -> None:
    audio = voice.speak(SENTENCE).audio
    assert abs(audio[0]) < 1e-4
    assert abs(audio[-1]) < 1e-4
    assert np.abs(audio[-240:]).max() < 0.01  # nothing after the last word
    assert np.abs(np.diff(audio)).max() < 0.5  # no click anywhere


def test_words_point_into_the_text_in_order_and_within_the_audio(voice: Voice) -> None:
    speech = voice.speak(PAGE)
    assert [w.text for w in speech.words][:3] == ["Please", "call", "me"]
    for word in speech.words:
        assert PAGE[word.char_start : word.char_end] == word.text
        assert 0 <= word.start < word.end <= speech.duration
    starts = [w.start for w in speech.words]
    assert starts == sorted(starts)
    assert all(a.end <= b.start + 1e-9 for a, b in zip(speech.words, speech.words[1:], strict=False))
    assert speech.duration - speech.words[-1].end < 1.5


def test_words_are_heard_where_their_times_say(voice: Voice) -> None:
    speech = voice.speak("Before. [pause:2s] After.")
    gap_start, gap_end = speech.words[0].end, speech.words[1].start
    assert gap_end - gap_start > 2
    middle = slice(int((gap_start + 0.6) * 24_000), int((gap_end - 0.6) * 24_000))
    assert np.abs(speech.audio[middle]).max() < 1e-3
    last = speech.words[1]
    assert np.abs(speech.audio[int(last.start * 24_000) : int(last.end * 24_000)]).max() > 0.05


def test_stream_joined_is_speak_sample_for_sample(voice: Voice) -> None:
    whole = voice.speak(PAGE, voice="heart", style="story", seed=3)
    pieces = list(voice.stream(PAGE, voice="heart", style="story", seed=3))
    assert len(pieces) >= 6
    joined = Speech.join(pieces)
    assert np.array_equal(joined.audio, whole.audio)
    assert joined.words == whole.words


def test_seed_fixes_the_audio_and_only_the_noise_depends_on_it(voice: Voice) -> None:
    one, same, other = (voice.speak(SENTENCE, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.audio, same.audio)
    assert not np.array_equal(one.audio, other.audio)
    assert one.words == other.words
    assert np.array_equal(
        voice.speak(SENTENCE, seed=-(2**70)).audio, voice.speak(SENTENCE, seed=-(2**70)).audio
    )


def test_many_threads_hear_the_same(voice: Voice) -> None:
    wanted = voice.speak(SENTENCE).audio
    heard: list[bool] = []

    def speak() -> None:
        heard.append(np.array_equal(voice.speak(SENTENCE).audio, wanted))

    threads = [threading.Thread(target=speak) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [True] * 4


@pytest.mark.parametrize("speed", [0.25, 0.5, 2.0, 4.0])
def test_speed_scales_the_duration(voice: Voice, speed: float) -> None:
    ratio = voice.speak(SENTENCE, speed=speed).duration / voice.speak(SENTENCE).duration
    assert ratio == pytest.approx(1 / speed, rel=0.05 if speed <= 2 else 0.35)


def test_pauses_are_exact(voice: Voice) -> None:
    plain = voice.speak("One moment. Here it is.")
    paused = voice.speak("One moment. [pause:750ms] Here it is.")
    assert len(paused.audio) - len(plain.audio) == 18_000


def test_pitch_and_markup_move_f0(voice: Voice) -> None:
    plain = voice.contour(SENTENCE)
    assert 120 < np.median(plain[plain > 0]) < 300
    high, flat = voice.speak(SENTENCE, pitch=4), voice.speak(SENTENCE)
    assert high.duration == flat.duration
    assert _pitch(high) / _pitch(flat) == pytest.approx(2 ** (4 / 12), rel=0.06)
    marked = voice.speak(f'<speak><prosody pitch="-4st">{SENTENCE}</prosody></speak>', ssml=True)
    assert _pitch(marked) / _pitch(flat) == pytest.approx(2 ** (-4 / 12), rel=0.06)


def test_markup_acts_on_its_words_only(voice: Voice) -> None:
    text = '<speak>One two three <prosody volume="-12dB" rate="50%">four five six</prosody>.</speak>'
    plain = voice.speak("One two three four five six.")
    speech = voice.speak(text, ssml=True)
    loud, quiet = ([_level(s, w.start, w.end) for w in s.words] for s in (plain, speech))
    assert quiet[4] - loud[4] == pytest.approx(-12, abs=2.5)
    assert quiet[1] - loud[1] == pytest.approx(0, abs=2)
    assert speech.words[4].end - speech.words[4].start > 1.6 * (plain.words[4].end - plain.words[4].start)


def test_voices_of_markup_and_what_is_not_there(voice: Voice) -> None:
    name = voice.voices()[-1].name
    speech = voice.speak(
        f'<speak>First. <voice name="{name}">Second.</voice> <voice name="nobody">Third.</voice></speak>',
        ssml=True,
    )
    assert [w.text for w in speech.words] == ["First", "Second", "Third"]
    assert any("nobody" in n.message for n in speech.notices)


def test_a_blend_lies_between_its_parts(voice: Voice) -> None:
    first, last = voice.voices()[0].name, voice.voices()[-1].name
    alone, mixed = voice.speak(SENTENCE, voice=first), voice.speak(SENTENCE, voice=f"{first}(3)+{last}(1)")
    assert not np.array_equal(alone.audio[:20_000], mixed.audio[:20_000])
    assert np.array_equal(voice.speak(SENTENCE, voice=f"{first}+{first}").audio, alone.audio)
    assert mixed.voice == f"{first}(3)+{last}(1)"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"voice": "hart"}, "did you mean 'heart'"),
        ({"voice": "nobody"}, "known are heart"),
        ({"voice": "heart(0)+heart(1)"}, "no share"),
        ({"voice": "heart++"}, "blend"),
        ({"voice": 3}, "a voice is a name"),
        ({"style": "wisper"}, "did you mean 'whisper'"),
        ({"style": None}, "known are neutral"),
        ({"speed": 0.2}, "0.25 to 4"),
        ({"speed": 5}, "0.25 to 4"),
        ({"speed": float("nan")}, "0.25 to 4"),
        ({"speed": "fast"}, "0.25 to 4"),
        ({"pitch": 30}, "-12 to 12"),
        ({"seed": 1.5}, "whole number"),
    ],
)
def test_faults_say_what_would_be_right(voice: Voice, options: dict[str, object], told: str) -> None:
    with pytest.raises(VoiceError, match=told.replace("(", r"\(")):
        voice.speak(SENTENCE, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "  \n ", "...", "?!", "\u200b", '"', "\x00\x07"])
def test_nothing_to_say_is_a_fault_at_once(voice: Voice, text: str) -> None:
    with pytest.raises(VoiceError):
        voice.stream(text)


def test_long_text_is_read_lazily_and_whole(voice: Voice) -> None:
    text = " ".join(f"This is sentence number {i}." for i in range(4_000))
    pieces = voice.stream(text)
    first = next(pieces)
    assert first.words[0].text == "This"
    for _, piece in zip(range(30), pieces, strict=False):
        assert piece.words[-1].char_end < 2_000


def test_load_refuses_what_it_cannot_use(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no voice weights"):
        Voice.load(tmp_path)
    with pytest.raises(VoiceError, match="whole number from 1"):
        Voice.load(threads=0)
    with pytest.raises(VoiceError, match="known are cpu and cuda"):
        Voice.load(device="tpu")


def test_damaged_and_missing_weights_are_named(tmp_path: Path) -> None:
    shipped = Weights.open().folder
    for path in shipped.iterdir():
        if path.suffix != ".md":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    decoder = tmp_path / "decoder.onnx"
    data = bytearray(decoder.read_bytes())
    data[len(data) // 2] ^= 1
    decoder.write_bytes(data)
    with pytest.raises(VoiceError, match=r"decoder\.onnx' is damaged"):
        Voice.load(tmp_path)
    decoder.unlink()
    with pytest.raises(VoiceError, match=r"decoder\.onnx' is missing"):
        Voice.load(tmp_path)


def _level(speech: Speech, start: float, end: float) -> float:
    part = speech.audio[int(start * 24_000) : int(end * 24_000)]
    return float(10 * np.log10((part.astype(np.float64) ** 2).mean() + 1e-12))


def _pitch(speech: Speech) -> float:
    """Median F0 of the loud frames by autocorrelation, for voices between 80 and 400 Hz."""
    audio, found = speech.audio, []
    for at in range(0, len(audio) - 1200, 600):
        frame = audio[at : at + 1200] - audio[at : at + 1200].mean()
        if (frame**2).mean() < 1e-3:
            continue
        spectrum = np.fft.rfft(frame, 4096)
        match = np.fft.irfft(np.abs(spectrum) ** 2)[:1200] / np.arange(1200, 0, -1)
        lag = 60 + int(np.argmax(match[60:300]))
        if match[lag] > 0.5 * match[0]:
            found.append(24_000 / lag)
    return float(np.median(found))
