"""`duologue speak`: where text comes from and where sound goes."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from duologue.cli import main
from duologue.cli.source import read_text
from duologue.voice import Voice, VoiceError


class Bytes:
    """A standard stream with only its bytes, as a pipe has them."""

    def __init__(self, data: bytes = b"") -> None:
        self.buffer = io.BytesIO(data)

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        """Nothing is held back."""


@pytest.fixture(autouse=True)
def _loaded(voice: Voice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The real voice, without loading it for every test; an empty working folder."""
    monkeypatch.setattr(Voice, "load", classmethod(lambda cls, threads=1: voice))
    monkeypatch.chdir(tmp_path)


def test_text_to_a_file_with_captions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speak", "Good", "morning, everyone.", "-o", "a.flac", "--captions", "a.srt"]) == 0
    audio, rate = soundfile.read("a.flac")
    assert rate == 24_000
    assert len(audio) > 12_000
    assert "Good morning, everyone." in Path("a.srt").read_text("utf-8")
    told = capsys.readouterr()
    assert told.out == ""
    assert re.search(r"a\.flac .*: \d+\.\d s of speech in .* seconds of speech per second", told.err)
    assert "cost 0" in told.err


def test_without_a_place_it_is_speech_wav() -> None:
    assert main(["speak", "Hello."]) == 0
    assert Path("speech.wav").stat().st_size > 10_000


def test_a_file_is_read_and_equals_its_text(voice: Voice) -> None:
    Path("note.txt").write_text("\ufeffRead me out.", "utf-8")
    assert main(["speak", "note.txt", "-o", "a.wav"]) == 0
    audio, _ = soundfile.read("a.wav", dtype="float32")
    expected = voice.speak("Read me out.").audio
    assert len(audio) == len(expected)
    assert np.abs(audio - expected).max() < 2 / 32768


def test_streaming_makes_the_same_file() -> None:
    text = "One sentence. Another one, a little longer. And a third."
    assert main(["speak", text, "-o", "whole.wav"]) == 0
    assert main(["speak", text, "-o", "pieces.wav", "--stream"]) == 0
    assert Path("whole.wav").read_bytes() == Path("pieces.wav").read_bytes()


def test_standard_input_to_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Bytes()
    monkeypatch.setattr(sys, "stdin", Bytes("Café, déjà vu.".encode()))
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["speak", "-", "-o", "-"]) == 0
    audio, rate = soundfile.read(io.BytesIO(out.buffer.getvalue()))
    assert rate == 24_000
    assert len(audio) > 12_000


def test_options_reach_the_voice(voice: Voice) -> None:
    assert (
        main(["speak", "Hello there, you.", "-o", "a.wav", "--speed", "2", "--style", "sad", "--seed", "7"])
        == 0
    )
    audio, _ = soundfile.read("a.wav", dtype="float32")
    expected = voice.speak("Hello there, you.", speed=2.0, style="sad", seed=7).audio
    assert len(audio) == len(expected)
    assert np.abs(audio - expected).max() < 2 / 32768


def test_ssml_notices_and_lexicon(capsys: pytest.CaptureFixture[str]) -> None:
    Path("my.txt").write_text("duologue = /dˈuəlɑɡ/\n", "utf-8")
    text = "<speak>A duologue <audio src='x'>now</audio>.</speak>"
    assert main(["speak", text, "--ssml", "--lexicon", "my.txt", "-o", "a.wav"]) == 0
    assert "notice: " in capsys.readouterr().err
    assert main(["speak", "A duologue.", "--lexicon", "my.txt", "--show", "phonemes"]) == 0
    assert "dˈuəlɑɡ" in capsys.readouterr().out


def test_show_prints_and_makes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speak", "It is 5 km.", "--show", "normalized"]) == 0
    assert "five kilometers" in capsys.readouterr().out
    assert main(["speak", "a bath", "--show", "phonemes", "--voice", "emma"]) == 0
    assert "bˈɑːθ" in capsys.readouterr().out
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["", "-o", "a.wav"], "nothing to say"),
        (["hi", "-o", "a.xyz"], r"\.wav, \.flac"),
        (["hi", "-o", "no/where/a.wav"], "no folder 'no/where'"),
        (["hi", "-o", "a.wav", "--captions", "a.txt"], r"\.vtt or \.srt"),
        (["hi", "-o", "a.wav", "--voice", "nobody"], "unknown voice 'nobody'"),
        (["hi", "-o", "a.wav", "--style", "purple"], "unknown style 'purple'"),
        (["hi", "-o", "a.wav", "--speed", "9"], "speed is 9; give 0.25 to 4"),
        (["hi", "-o", "a.wav", "--lexicon", "none.txt"], "none.txt"),
        (["<speak><p>", "--ssml", "-o", "a.wav"], "line 1"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["speak", *argv]) == 2
    complaint = capsys.readouterr().err
    assert re.search(says, complaint)
    assert complaint.startswith("duologue speak: ")
    assert complaint.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_text_that_is_not_utf8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("latin.txt").write_bytes("Gr\xfc\xdfe".encode("latin-1"))
    with pytest.raises(VoiceError, match=r"'latin\.txt' is not UTF-8 text"):
        read_text(["latin.txt"])
    monkeypatch.setattr(sys, "stdin", Bytes(b"\xff\xfeh\0i\0"))
    assert read_text(["-"]) == "hi"
    with pytest.raises(VoiceError, match="not UTF-8"):
        read_text(["\udcff"])
    assert read_text(["x" * 5_000]) == "x" * 5_000


def test_play_streams_wav_into_the_player(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    player = tools / "aplay"
    player.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/heard.wav\n")
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    assert main(["speak", "Can you hear me?", "--play"]) == 0
    with soundfile.SoundFile(tmp_path / "heard.wav") as file:
        assert len(file.read(1_000_000)) > 12_000
    assert not (tmp_path / "speech.wav").exists()


def test_play_says_what_is_missing_or_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["speak", "Can you hear me?", "--play"]) == 2
    assert "no player found" in capsys.readouterr().err
    player = tmp_path / "aplay"
    player.write_text("#!/bin/sh\necho 'no such device' >&2\nexit 1\n")
    player.chmod(0o755)
    assert main(["speak", "Can you hear me?", "--play"]) == 2
    assert "aplay could not play the sound: no such device" in capsys.readouterr().err
