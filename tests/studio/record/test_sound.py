"""From turns to a mastered sound, measured by meters that aren't ours."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from conversation import Counting, conversation
from duologue.studio.cache import Take, TurnCache, key_of
from duologue.studio.edit import changed
from duologue.studio.episode import Episode, Turn
from duologue.studio.errors import StudioError
from duologue.studio.limiter import limit
from duologue.studio.mixdown import mixdown
from duologue.studio.music import MOODS, bed, sting
from duologue.studio.pauses import CHAPTER, pause_between
from duologue.studio.produce import mixed
from duologue.studio.recording import looped, read_recording
from duologue.studio.render import render
from duologue.voice import Voice
from duologue.voice.loudness import integrated, true_peak

pyloudnorm = pytest.importorskip("pyloudnorm")
signal = pytest.importorskip("scipy.signal")


def _independent_peak(audio: np.ndarray) -> float:
    """dBTP by scipy's polyphase resampler, 8 times."""
    upper = signal.resample_poly(audio.astype(np.float64), 8, 1, axis=0, window=("kaiser", 12.0))
    return 20 * math.log10(np.abs(upper).max())


@pytest.mark.parametrize("rate", [24_000, 44_100, 48_000])
def test_a_sine_reads_as_the_standard_says(rate: int) -> None:
    """BS.1770: 997 Hz at full scale in one channel reads -3.01 LUFS; in both it reads 0."""
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * rate) / rate).astype(np.float32)[:, None]
    assert integrated(sine, rate) == pytest.approx(-3.01, abs=0.04)
    assert integrated(np.repeat(sine, 2, 1), rate) == pytest.approx(0.0, abs=0.04)
    assert integrated(0.1 * sine, rate) == pytest.approx(-23.01, abs=0.04)


def test_the_gates_leave_out_silence(voice: Voice) -> None:
    speech = voice.speak("The ferry leaves at half past six, and nobody is on the pier.").audio[:, None]
    padded = np.concatenate([speech, np.zeros((20 * 24_000, 1), np.float32), speech])
    theirs = pyloudnorm.Meter(24_000).integrated_loudness(padded.astype(np.float64))
    assert integrated(padded, 24_000) == pytest.approx(theirs, abs=0.15)
    assert integrated(np.zeros((24_000, 1), np.float32), 24_000) is None
    assert integrated(speech[12_000:15_000], 24_000) is not None


def test_a_peak_between_samples_is_seen() -> None:
    t = np.arange(24_000)
    tone = (np.sin(2 * np.pi * 0.25 * t + np.pi / 4) * np.hanning(24_000)).astype(np.float32)[:, None]
    assert 20 * math.log10(np.abs(tone).max()) == pytest.approx(-3.01, abs=0.02)
    assert true_peak(tone, 24_000) == pytest.approx(0.0, abs=0.03)
    assert true_peak(np.zeros((100, 2), np.float32), 24_000) == -math.inf


def test_the_limiter_holds_the_ceiling_and_leaves_the_rest_alone(voice: Voice) -> None:
    speech = voice.speak("Stop! The ferry leaves at half past six.", style="excited").audio
    audio = np.stack([speech, 0.5 * speech], 1)
    made = limit(audio, 24_000, -6.0)
    assert _independent_peak(made) <= -5.9
    quiet = np.abs(audio).max(1) < 0.05
    near = np.convolve(~quiet, np.ones(2401), "same") > 0
    assert (~near).any()
    assert np.array_equal(made[~near], audio[~near])
    assert limit(0.1 * audio, 24_000, -1.0) is not None
    soft = 0.01 * audio
    assert limit(soft, 24_000, -1.0) is soft


@pytest.mark.parametrize("mood", MOODS)
def test_music_is_finite_and_ends_in_silence(mood: str) -> None:
    made = bed(MOODS[mood], 9.0, 24_000)
    assert made.shape == (9 * 24_000, 2)
    assert 0.4 < np.abs(made).max() <= 0.5001
    assert not np.array_equal(made[:, 0], made[:, 1])
    figure = sting(MOODS[mood], 24_000)
    assert np.abs(figure[-24:]).max() < 0.02


def test_a_recording_is_resampled_and_looped(tmp_path: object) -> None:
    import soundfile

    path = f"{tmp_path}/tone.flac"
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 440 * np.arange(88_200) / 44_100), 44_100)
    sound = read_recording(path, 24_000)
    assert sound.shape == (48_000, 2)
    spectrum = np.abs(np.fft.rfft(sound[:, 0]))
    assert np.argmax(spectrum) / 2 == pytest.approx(440, abs=1)
    long = looped(sound, 7.0, 24_000)
    assert long.shape == (7 * 24_000, 2)
    assert np.sqrt(np.mean(long[30_000:150_000] ** 2)) > 0.2
    with pytest.raises(StudioError, match="no sound file"):
        read_recording(f"{tmp_path}/none.wav", 24_000)
    (junk := tmp_path / "junk.wav").write_bytes(b"RIFF not really")  # type: ignore[operator]
    with pytest.raises(StudioError, match="can't be read as sound"):
        read_recording(junk, 24_000)


def test_turns_never_overlap_and_pauses_follow_the_text(voice: Voice, turn_cache: TurnCache) -> None:
    made = render(conversation(), voice, cache=turn_cache)
    clips = made.clips
    for one, other in pairwise(clips):
        gap = (other.start - one.end) / made.sample_rate
        assert gap == pytest.approx(pause_between(one.turn, other.turn), abs=0.001)
        assert gap > 0
    assert (clips[2].start - clips[1].end) / made.sample_rate == pytest.approx(CHAPTER, abs=0.001)
    for turn in made.episode.turns:
        times = [t for w in turn.words for t in (w.start, w.end)]
        assert times == sorted(times)
        assert turn.start <= times[0] <= turn.start + 0.2  # type: ignore[operator]
        assert turn.end - 0.35 <= times[-1] <= turn.end  # type: ignore[operator]


def test_words_are_where_the_sound_is(voice: Voice, turn_cache: TurnCache) -> None:
    """The engine's word times, moved to the episode, point at the same samples."""
    made = render(conversation(), voice, cache=turn_cache)
    for clip in made.clips:
        alone = voice.speak(clip.turn.text, voice=made.episode.voice_of(clip.turn))
        for word, own in zip(clip.turn.words, alone.words, strict=True):
            a, b = round(own.start * 24_000), round(own.end * 24_000)
            at = round(word.start * 24_000) - clip.start
            theirs, ours = alone.audio[a:b], clip.audio[max(at, 0) : at + b - a]
            size = min(len(theirs), len(ours))
            if size > 400 and np.abs(theirs).max() > 0.02 and at >= 0:
                assert np.corrcoef(theirs[:size], ours[:size])[0, 1] > 0.95


@pytest.mark.parametrize(
    "mastering",
    [
        {},
        {"channels": 2},
        {"channels": 2, "music": "bright", "stings": "calm"},
        {"music": "warm", "bed": "throughout"},
    ],
)
def test_loudness_and_peak_by_an_independent_meter(
    voice: Voice, turn_cache: TurnCache, mastering: dict[str, object]
) -> None:
    mix, _, _ = mixed(conversation(4, **mastering), voice, cache=turn_cache)
    channels = mastering.get("channels", 1)
    target = -16.0 if channels == 2 else -19.0
    assert mix.audio.shape[1] == channels
    measured = pyloudnorm.Meter(24_000).integrated_loudness(mix.audio.astype(np.float64))
    assert measured == pytest.approx(target, abs=0.4)
    assert mix.episode.mastering.lufs == pytest.approx(measured, abs=0.15)
    assert _independent_peak(mix.audio) <= -1.0
    assert mix.episode.mastering.true_peak_dbtp == pytest.approx(_independent_peak(mix.audio), abs=0.3)


def test_music_ducks_under_speech(voice: Voice, turn_cache: TurnCache) -> None:
    plain = render(conversation(4, channels=2), voice, cache=turn_cache, head=4.0)
    music = {"music": "calm", "bed": "throughout"}
    played = plain.episode.replace(mastering=plain.episode.mastering.model_copy(update=music))
    silent = tuple(replace(c, audio=np.zeros_like(c.audio)) for c in plain.clips)
    only = mixdown(replace(plain, episode=played, clips=silent)).audio
    alone = integrated(only[24_000:72_000], 24_000)
    under = integrated(only[plain.clips[0].start : plain.clips[-1].end], 24_000)
    assert alone is not None
    assert under is not None
    assert alone - under > 10


def test_one_edit_of_sixty_speaks_one_turn_and_leaves_the_rest(voice: Voice, tmp_path: object) -> None:
    counting = Counting(voice)
    cache = TurnCache(f"{tmp_path}/turns")
    episode = conversation(60)
    first, made, _ = mixed(episode, counting, cache=cache)
    assert made == len(counting.asked) == 60
    counting.asked.clear()
    edited = changed(first.episode, "t30", text="Number thirty says something else.")
    second, made, _ = mixed(edited, counting, cache=cache)
    assert made == 1
    assert counting.asked == ["Number thirty says something else."]
    for old, new in zip(first.episode.turns, second.episode.turns, strict=True):
        if old.id == "t30":
            continue
        a, b = round(old.start * 24_000), round(new.start * 24_000)  # type: ignore[operator]
        size = round((old.end - old.start) * 24_000)  # type: ignore[operator]
        assert np.array_equal(first.audio[a : a + size], second.audio[b : b + size]), old.id
    assert np.array_equal(second.audio, mixed(edited, counting, cache=cache)[0].audio)


def test_a_damaged_take_is_made_again(voice: Voice, tmp_path: object) -> None:
    counting = Counting(voice)
    cache = TurnCache(f"{tmp_path}/turns")
    episode = conversation(2)
    before = mixed(episode, counting, cache=cache)[0].audio
    takes = sorted(cache.path.rglob("*.take"))
    takes[0].write_bytes(takes[0].read_bytes()[:-10])
    takes[1].write_bytes(b"\x00")
    counting.asked.clear()
    assert np.array_equal(mixed(episode, counting, cache=cache)[0].audio, before)
    assert len(counting.asked) == 2


def test_the_key_tells_apart_what_sounds_different(tmp_path: object) -> None:
    base = {"voice": "a", "style": "b", "speed": 1.0, "model": "m"}
    keys = {key_of("x", **base), key_of("y", **base)}  # type: ignore[arg-type]
    for name, value in (("voice", "z"), ("style", "z"), ("speed", 1.1), ("model", "z"), ("seed", 1)):
        keys.add(key_of("x", **(base | {name: value})))  # type: ignore[arg-type]
    assert len(keys) == 7
    cache = TurnCache(f"{tmp_path}/t", largest=5_000)
    for key in sorted(keys):
        cache.put(key, Take(np.zeros(1000, np.int16), 24_000, ()))
    assert cache.prune() == 5
    assert len(list(cache.path.rglob("*.take"))) == 2


def test_turns_without_words_are_reported_and_the_rest_goes_on(voice: Voice, turn_cache: TurnCache) -> None:
    episode = Episode(
        kind="expression", title="x", turns=(Turn(id="a", text="🎉"), Turn(id="b", text="Hello."))
    )
    made = render(episode, voice, cache=turn_cache)
    assert made.notices == ("turn 'a' has no word in it and is silent",)
    with pytest.raises(StudioError, match="no turns"):
        render(episode.with_turns(()), voice, cache=turn_cache)
    with pytest.raises(StudioError, match="turn 'b' can't be spoken: unknown style"):
        render(changed(episode, "b", style="opera"), voice, cache=turn_cache)
