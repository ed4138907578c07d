"""Sound files: what is written is read back, marked, whole or absent."""

from __future__ import annotations

import io
import resource
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from duologue.voice import Speech, VoiceError
from duologue.voice.audio import AudioFile, tags_of
from duologue.voice.encode import FORMATS, encoder, format_of
from duologue.voice.tags import Tags

LOSSLESS = ("wav", "flac")


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    size = min(len(a), len(b))
    a, b = a[:size], b[:size]
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


@pytest.mark.parametrize("name", FORMATS)
def test_saved_sound_is_read_back(name: str, tone: Speech, tmp_path: Path) -> None:
    path = tone.save(tmp_path / f"tone.{name}")
    audio, rate = soundfile.read(path, dtype="float32")
    assert rate == 24_000
    assert len(audio) == len(tone.audio)
    if name in LOSSLESS:
        assert np.abs(audio - tone.audio).max() < 2 / 32768
    else:
        assert correlation(audio, tone.audio) > 0.99
    assert [p.name for p in tmp_path.iterdir()] == [f"tone.{name}"]


@pytest.mark.parametrize("name", FORMATS)
def test_pieces_make_the_same_file_as_the_whole(name: str, tone: Speech, tmp_path: Path) -> None:
    whole = tone.save(tmp_path / f"whole.{name}")
    with AudioFile(tmp_path / f"pieces.{name}", sample_rate=24_000, tags=tags_of(tone)) as file:
        for start in range(0, len(tone.audio), 7_000):
            file.write(tone.audio[start : start + 7_000])
    a, _ = soundfile.read(whole)
    b, _ = soundfile.read(tmp_path / f"pieces.{name}")
    np.testing.assert_array_equal(a, b)
    if name == "wav":
        assert whole.read_bytes() == (tmp_path / "pieces.wav").read_bytes()


def test_a_flac_stream_differs_from_a_file_only_in_its_unknown_length(tone: Speech, tmp_path: Path) -> None:
    made = encoder("flac", 24_000, tags_of(tone))
    data = b"".join([made.feed(tone.audio[:9_000]), made.feed(tone.audio[9_000:]), made.finish()])
    saved = tone.save(tmp_path / "a.flac").read_bytes()
    assert len(data) == len(saved)
    assert data[42:] == saved[42:]  # fLaC, then STREAMINFO of 38 bytes
    assert int.from_bytes(data[21:26], "big") & 0xF_FFFF_FFFF == 0  # 36 bits of total samples: unknown
    assert int.from_bytes(saved[21:26], "big") & 0xF_FFFF_FFFF == len(tone.audio)
    assert data[26:42] == bytes(16)  # the checksum: not known either
    patched = bytearray(data)
    for offset, patch in made.patches:
        patched[offset : offset + len(patch)] = patch
    assert patched == saved


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "flac"])
def test_a_stream_that_nothing_corrects_is_valid_to_its_tail(name: str, tone: Speech) -> None:
    made = encoder(name, 24_000, tags_of(tone))
    chunks = [made.feed(tone.audio[i : i + 5_000]) for i in range(0, len(tone.audio), 5_000)]
    data = b"".join([*chunks, made.finish()])
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        audio = np.concatenate(list(file.blocks(4_800, dtype="float32")))
    if name == "mp3":  # LAME's first frame is a place for an index, and plays as silence
        lag = int(np.argmax(np.correlate(audio, tone.audio, "valid")))
        assert 0 < lag <= 2_400
        audio = audio[lag:]
    assert len(audio) >= len(tone.audio)
    assert correlation(audio, tone.audio) > 0.99
    tail = slice(len(tone.audio) - 2_400, len(tone.audio))
    assert np.abs(audio[tail] - tone.audio[tail]).max() < 0.05


def test_streamed_wav_carries_unknown_sizes_and_a_saved_one_true_ones(tone: Speech, tmp_path: Path) -> None:
    made = encoder("wav", 24_000)
    data = made.feed(tone.audio) + made.finish()
    assert data[:4] == b"RIFF"
    assert struct.unpack_from("<I", data, 4)[0] == 0xFFFF_FFFF
    saved = tone.save(tmp_path / "a.wav").read_bytes()
    assert struct.unpack_from("<I", saved, 4)[0] == len(saved) - 8
    at = saved.index(b"data")
    assert struct.unpack_from("<I", saved, at + 4)[0] == 2 * len(tone.audio) == len(saved) - at - 8


def test_an_empty_wav_still_has_a_header() -> None:
    made = encoder("wav", 24_000)
    assert made.finish()[:4] == b"RIFF"
    assert made.patches[0][1][40:].endswith(struct.pack("<I", 0))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_it_is_ai_generated(name: str, tone: Speech, tmp_path: Path) -> None:
    data = tone.save(tmp_path / f"marked.{name}").read_bytes()
    assert b"AI-generated speech; voice: zo\xc3\xab; style: calm; model: test 1" in data
    assert "zoë (AI-generated voice)".encode() in data
    assert b"duologue" in data
    assert "One tone — “swelling”, and two.".encode() in data


def test_id3_frames_end_where_the_tag_says() -> None:
    tag = Tags(voice="heart", model="m", title="T").id3()
    assert tag[:6] == b"ID3\x04\x00\x00"

    def size(four: bytes) -> int:
        return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]

    at, names = 10, []
    while at < len(tag):
        names.append(tag[at : at + 4].decode())
        at += 10 + size(tag[at + 4 : at + 8])
    assert at == len(tag) == 10 + size(tag[6:10])
    assert names == ["TIT2", "TPE1", "TSSE", "COMM", "TXXX", "TXXX"]


def test_long_text_makes_a_short_title(tone: Speech) -> None:
    title = tags_of(replace(tone, text="word\n\x07 " * 200)).title
    assert title.startswith("word word")
    assert title.endswith("…")
    assert len(title) <= 81
    assert title.isprintable()


def test_loud_audio_is_clipped_not_wrapped(tone: Speech, tmp_path: Path) -> None:
    loud = replace(tone, audio=np.full(2_400, 3.0, np.float32))
    audio, _ = soundfile.read(loud.save(tmp_path / "loud.wav"), dtype="int16")
    assert (audio == 32767).all()


def test_audio_that_is_no_sound_leaves_the_old_file(tone: Speech, tmp_path: Path) -> None:
    path = tone.save(tmp_path / "a.flac")
    before = path.read_bytes()
    with pytest.raises(VoiceError, match="not finite"):
        replace(tone, audio=np.full(100, np.nan, np.float32)).save(path)
    with pytest.raises(VoiceError, match="floats"):
        replace(tone, audio=np.zeros((2, 100), np.float32)).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.flac"]


@pytest.mark.parametrize("name", ["wav", "mp3"])
def test_a_full_disk_leaves_nothing_half_written(name: str, tone: Speech, tmp_path: Path) -> None:
    path = tone.save(tmp_path / f"a.{name}")
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            tone.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [f"a.{name}"]


def test_a_stream_that_breaks_leaves_no_file(tone: Speech, tmp_path: Path) -> None:
    class Cut(Exception):
        pass

    def broken() -> None:
        with AudioFile(tmp_path / "a.opus", sample_rate=24_000) as file:
            file.write(tone.audio)
            raise Cut

    with pytest.raises(Cut):
        broken()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["a.txt", "a", "a.", ".mp3", "a.mp3.zip"])
def test_an_unknown_suffix_says_which_are_known(path: str, tone: Speech, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"\.wav, \.flac, \.mp3, \.opus, \.ogg"):
        tone.save(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_suffixes_ignore_case_and_missing_folders_are_named(tone: Speech, tmp_path: Path) -> None:
    assert format_of("A.MP3").name == "mp3"
    with pytest.raises(VoiceError, match="no folder"):
        tone.save(tmp_path / "not" / "there.wav")
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(VoiceError, match="is a folder"):
        tone.save(tmp_path / "folder.wav")
    with pytest.raises(VoiceError, match="unknown sound format 'aac'"):
        encoder("aac", 24_000)


@pytest.mark.parametrize("name", ["mp3", "opus"])
def test_live_sound_is_heard_after_a_tenth_of_a_second(name: str, tone: Speech) -> None:
    live, kept = (encoder(name, tone.sample_rate, live=live) for live in (True, False))
    first = live.feed(tone.audio[:2400])
    heard, rate = soundfile.read(io.BytesIO(first))
    assert 0.02 < len(heard) / rate < 0.1
    whole = first + live.feed(tone.audio[2400:]) + live.finish()
    other = kept.feed(tone.audio) + kept.finish()
    a, b = (soundfile.read(io.BytesIO(data))[0] for data in (whole, other))
    assert np.array_equal(a, b)
    assert len(other) <= len(whole) < 1.2 * len(other)
