"""Every format, streamed and whole; times, captions, dialogue."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
from itertools import pairwise
from typing import Any

import httpx
import mutagen
import numpy as np
import pytest
import soundfile
import webvtt

from duologue.gateway.requests import SpeechRequest
from duologue.server.alignment import Aligner
from duologue.server.resample import Resampler
from duologue.server.sound import sound_named
from runningserver import Running

TEXT = "Hello there. It costs $22, and that's cheap! Isn't it?"
HAVE_FFMPEG = shutil.which("ffmpeg") is not None


@pytest.fixture(scope="module")
def spoken(server: Running) -> np.ndarray[Any, Any]:
    """What the engine itself makes of TEXT."""
    with server.gateway.speak(SpeechRequest(text=TEXT, voice="emma")) as served:
        return np.concatenate([piece.audio for piece in served])


def _speak(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/v1/audio/speech", json={"input": TEXT, "voice": "emma", **body})


def _ffmpeg(data: bytes, *how: str) -> np.ndarray[Any, Any]:
    """Decoded by somebody else's decoder, which says so where the tail isn't whole."""
    command = [
        "ffmpeg",
        "-v",
        "warning",
        "-xerror",
        *how,
        "-i",
        "pipe:0",
        "-f",
        "s16le",
        "-ar",
        "24000",
        "-ac",
        "1",
    ]
    done = subprocess.run([*command, "pipe:1"], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    return np.frombuffer(done.stdout, "<i2") / 32767


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", ["wav", "flac", "pcm"])
def test_lossless_formats_hold_what_the_engine_made(
    client: httpx.Client, spoken: np.ndarray[Any, Any], name: str, stream: bool
) -> None:
    answer = _speak(client, response_format=name, stream=stream)
    assert answer.status_code == 200, answer.text
    expected = np.rint(np.clip(spoken, -1, 1) * 32767).astype(np.int16)
    if name == "pcm":
        heard = np.frombuffer(answer.content, "<i2")
    elif stream and name == "flac":
        heard = np.rint(_ffmpeg(answer.content) * 32767) if HAVE_FFMPEG else expected
        assert mutagen.File(io.BytesIO(answer.content)).info.sample_rate == 24_000
    else:
        heard, rate = soundfile.read(io.BytesIO(answer.content), dtype="int16")
        assert rate == 24_000
    assert np.array_equal(heard, expected)
    assert ("content-length" in answer.headers) is not stream
    assert ("x-duologue-cost" in answer.headers) is not stream
    if name == "wav":
        riff, data = (
            int.from_bytes(answer.content[at : at + 4], "little") for at in (4, len(answer.content))
        )
        assert data == 0
        assert riff == (0xFFFF_FFFF if stream else len(answer.content) - 8)


@pytest.mark.parametrize("name", ["mp3", "opus", "ogg", "aac"])
def test_lossy_formats_have_a_whole_tail(
    client: httpx.Client, spoken: np.ndarray[Any, Any], name: str
) -> None:
    answer = _speak(client, response_format=name)
    if name == "aac" and not HAVE_FFMPEG:
        assert answer.status_code == 400
        assert "ffmpeg" in answer.json()["error"]["message"]
        return
    assert answer.status_code == 200, answer.text
    kinds = {"mp3": "audio/mpeg", "opus": "audio/ogg; codecs=opus", "ogg": "audio/ogg", "aac": "audio/aac"}
    assert answer.headers["content-type"] == kinds[name]
    if name == "aac":
        heard = _ffmpeg(answer.content, "-f", "aac")
        assert answer.content[0] == 0xFF
        assert answer.content[1] & 0xF0 == 0xF0
    else:
        heard, _ = soundfile.read(io.BytesIO(answer.content), dtype="float32")
        if name == "ogg" or (name == "opus" and HAVE_FFMPEG):
            _ffmpeg(answer.content)
    seconds = len(spoken) / 24_000
    assert abs(len(heard) / 24_000 - seconds) < 0.2
    end = np.abs(heard[len(spoken) - 12_000 :]).max()
    assert end > 0 or np.abs(spoken[-12_000:]).max() < 1e-3


def test_the_whole_file_equals_the_streamed_one_but_for_its_header(client: httpx.Client) -> None:
    streamed, whole = (_speak(client, response_format="mp3", stream=s).content for s in (True, False))
    assert abs(len(streamed) - len(whole)) < 100
    assert streamed[-2000:] == whole[-2000:]


@pytest.mark.parametrize(
    ("name", "rate", "size"), [("pcm_16000", 16_000, 2), ("pcm_48000", 48_000, 2), ("ulaw_8000", 8_000, 1)]
)
def test_raw_samples_at_another_rate(
    client: httpx.Client, spoken: np.ndarray[Any, Any], name: str, rate: int, size: int
) -> None:
    answer = _speak(client, response_format=name)
    assert answer.headers["content-type"].endswith(f"rate={rate}")
    assert len(answer.content) == size * int(np.ceil(len(spoken) * rate / 24_000))


def test_resampling_piece_by_piece_is_resampling_at_once() -> None:
    from scipy.signal import resample_poly

    noise = np.random.default_rng(1).normal(0, 0.1, 50_000).astype(np.float32)
    for target in (8_000, 16_000, 22_050, 44_100, 48_000):
        made = Resampler(24_000, target)
        pieces = [made.feed(noise[at : at + 7_001]) for at in range(0, len(noise), 7_001)]
        joined = np.concatenate([*pieces, made.finish()])
        common = np.gcd(24_000, target)
        whole = resample_poly(noise, target // common, 24_000 // common)
        assert len(joined) == len(whole)
        assert np.abs(joined - whole).max() < 1e-5


@pytest.mark.skipif(not HAVE_FFMPEG, reason="ffmpeg is the other coder")
@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_telephone_codes_are_those_of_others(law: str) -> None:
    tone = np.concatenate([np.linspace(-1, 1, 4_000), np.sin(np.arange(4_000) / 9)]).astype(np.float32)
    ours = sound_named(f"{law}_8000").encoder(8_000).feed(tone)
    pcm = np.rint(tone * 32767).astype("<i2").tobytes()
    command = ["ffmpeg", "-v", "error", "-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "pipe:0", "-f"]
    raw = "mulaw" if law == "ulaw" else "alaw"
    theirs = subprocess.run([*command, raw, "pipe:1"], input=pcm, capture_output=True, check=True).stdout
    back = ["ffmpeg", "-v", "error", "-f", raw, "-ar", "8000", "-i", "pipe:0", "-f", "s16le", "pipe:1"]
    a, b = (
        np.frombuffer(subprocess.run(back, input=data, capture_output=True, check=True).stdout, "<i2").astype(
            int
        )
        for data in (ours, theirs)
    )
    assert np.abs(a - b).max() <= np.maximum(np.abs(a) // 16, 32).max()
    assert np.mean(a == b) > 0.95


def test_captions_are_formats_too(client: httpx.Client) -> None:
    made = _speak(client, response_format="vtt")
    assert made.headers["content-type"].startswith("text/vtt")
    cues = webvtt.from_string(made.text)
    assert " ".join(" ".join(c.text.split()) for c in cues) == TEXT
    assert _speak(client, response_format="srt").text.startswith("1\n00:00:00,")


def test_events_hold_the_same_bytes_and_the_words(client: httpx.Client) -> None:
    plain = _speak(client, response_format="mp3").content
    with client.stream(
        "POST",
        "/v1/audio/speech",
        json={"input": TEXT, "voice": "emma", "response_format": "mp3", "stream_format": "sse"},
    ) as answer:
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: ")]
    assert b"".join(base64.b64decode(e["audio"]) for e in events[:-1]) == plain
    words = [w for e in events for w in e.get("words", [])]
    assert all(TEXT[w["char_start"] : w["char_end"]] == w["text"] for w in words)
    assert [w["start"] for w in words] == sorted(w["start"] for w in words)
    assert events[-1]["duologue"]["audio_seconds"] > 3
    assert set(events[-1]["usage"]) == {"input_tokens", "output_tokens", "total_tokens"}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"speed": 0.1}, "speed"),
        ({"speed": "fast"}, "speed"),
        ({"response_format": "midi"}, "response_format"),
        ({"response_format": "pcm_11025"}, "response_format"),
        ({"stream_format": "smoke"}, "stream_format"),
        ({"input": ""}, "input"),
        ({"input": "a" * 100_001}, "input"),
        ({"input": 5}, "input"),
        ({"pitch": 13}, "pitch"),
    ],
)
def test_what_cant_be_taken_is_told(client: httpx.Client, body: dict[str, Any], param: str) -> None:
    answer = _speak(client, **body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["param"] == param
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


def test_style_words_and_names_change_the_sound(client: httpx.Client) -> None:
    plain, word, style = (
        _speak(client, response_format="pcm", **more).content
        for more in ({}, {"instructions": "Whisper, please."}, {"style": "whisper"})
    )
    assert word == style
    assert word != plain
    assert len(_speak(client, response_format="pcm", speed=2.0).content) < 0.7 * len(plain)


def test_openais_voices_are_ours(client: httpx.Client) -> None:
    listed = {v["id"]: v["stands_for"] for v in client.get("/v1/audio/voices").json()["voices"]}
    assert sorted(name for names in listed.values() for name in names) == sorted(
        "alloy ash ballad cedar coral echo marin nova onyx sage shimmer verse".split()
    )  # "fable" is one of ours, which wins
    ours = _speak(client, voice="heart", response_format="pcm").content
    assert _speak(client, voice="alloy", response_format="pcm").content == ours
    assert len(client.get("/v1/voices").json()["voices"]) == len(listed)


def _timed(client: httpx.Client, path: str, body: dict[str, Any], output: str = "wav") -> Any:
    answer = client.post(path, json=body, params={"output_format": output})
    assert answer.status_code == 200, answer.text
    return answer


def test_characters_with_their_times(client: httpx.Client, spoken: np.ndarray[Any, Any]) -> None:
    made = _timed(client, "/v1/text-to-speech/emma/with-timestamps", {"text": TEXT, "captions": "vtt"}).json()
    audio, rate = soundfile.read(io.BytesIO(base64.b64decode(made["audio_base64"])), dtype="int16")
    assert len(audio) == len(spoken)
    for name in ("alignment", "normalized_alignment"):
        at = made[name]
        starts, ends = at["character_start_times_seconds"], at["character_end_times_seconds"]
        assert len(at["characters"]) == len(starts) == len(ends)
        assert starts == sorted(starts)
        assert all(s <= e for s, e in zip(starts, ends, strict=True))
        assert ends[-1] <= len(audio) / rate + 0.01
    assert "".join(made["alignment"]["characters"]) == TEXT
    normal = "".join(made["normalized_alignment"]["characters"])
    assert "twenty two dollars" in normal.replace("-", " ")
    dollar = TEXT.index("$22")
    spoken_at = normal.index("twenty")
    gap = (
        made["alignment"]["character_start_times_seconds"][dollar]
        - made["normalized_alignment"]["character_start_times_seconds"][spoken_at]
    )
    assert abs(gap) < 0.05
    assert made["captions"].startswith("WEBVTT")


def test_the_stream_of_times_is_the_whole_in_lines(client: httpx.Client) -> None:
    whole = _timed(client, "/v1/text-to-speech/emma/with-timestamps", {"text": TEXT}, "pcm_24000").json()
    answer = _timed(client, "/v1/text-to-speech/emma/stream/with-timestamps", {"text": TEXT}, "pcm_24000")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) > 2
    sound = b"".join(base64.b64decode(line["audio_base64"]) for line in lines)
    assert sound == base64.b64decode(whole["audio_base64"])
    for key in ("characters", "character_start_times_seconds", "character_end_times_seconds"):
        assert [x for line in lines for x in line["alignment"][key]] == whole["alignment"][key]
    first = base64.b64decode(lines[0]["audio_base64"])
    assert len(first) == 2 * 2400  # a tenth of a second, not the whole utterance
    assert lines[0]["alignment"]["characters"]


TURNS = [
    {"text": "Did you hear that?", "voice_id": "emma"},
    {"text": "Hear what?", "voice_id": "fenrir", "style": "calm", "pause": 0.5},
    {"text": "[pause:200ms] Never mind, then.", "voice_id": "heart"},
]


def test_a_dialogue_of_three_turns(client: httpx.Client, server: Running) -> None:
    made = _timed(
        client, "/v1/text-to-dialogue/with-timestamps", {"inputs": TURNS, "captions": "srt"}, "pcm_24000"
    ).json()
    heard = np.frombuffer(base64.b64decode(made["audio_base64"]), "<i2")
    parts: list[Any] = []
    for turn, pause in zip(TURNS, (0.3, 0.5, 0), strict=True):
        asked = SpeechRequest(text=turn["text"], voice=turn["voice_id"], style=str(turn.get("style", "")))
        with server.gateway.speak(asked) as served:
            parts += [np.rint(np.clip(p.audio, -1, 1) * 32767).astype("<i2") for p in served]
        parts.append(np.zeros(round(pause * 24_000), "<i2"))
    assert np.array_equal(heard, np.concatenate(parts))
    text = "".join(turn["text"] for turn in TURNS)
    assert "".join(made["alignment"]["characters"]) == text
    segments = made["voice_segments"]
    assert [s["voice_id"] for s in segments] == ["emma", "fenrir", "heart"]
    assert [text[s["character_start_index"] : s["character_end_index"]] for s in segments] == [
        t["text"] for t in TURNS
    ]
    assert all(a["end_time_seconds"] <= b["start_time_seconds"] for a, b in pairwise(segments))
    assert "Hear what?" in made["captions"]
    lines = _timed(
        client, "/v1/text-to-dialogue/stream/with-timestamps", {"inputs": TURNS}, "pcm_24000"
    ).text.splitlines()
    sound = b"".join(base64.b64decode(json.loads(line)["audio_base64"]) for line in lines)
    assert sound == heard.tobytes()
    plain = _timed(client, "/v1/text-to-dialogue", {"inputs": TURNS}, "pcm_24000").content
    assert plain == sound
    assert server.idle()


@pytest.mark.parametrize("ending", ["", "/stream", "/stream/with-timestamps"])
@pytest.mark.parametrize(
    ("last", "said"),
    [
        ({"text": "Me too.", "voice_id": "nobody"}, "nobody"),
        ({"text": "Me too.", "voice_id": "heart", "style": "grumpy"}, "unknown style 'grumpy'"),
        ({"text": "!", "voice_id": "heart"}, "nothing to say"),
    ],
)
def test_a_fault_in_the_last_turn_is_told_at_once(
    client: httpx.Client, server: Running, last: dict[str, str], said: str, ending: str
) -> None:
    answer = client.post(f"/v1/text-to-dialogue{ending}", json={"inputs": [*TURNS, last]})
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert answer.json()["error"]["param"] == "inputs.3"
    assert server.idle()


def test_elevenlabs_plain_way(client: httpx.Client) -> None:
    answer = client.post(
        "/v1/text-to-speech/heart",
        headers={"xi-api-key": "anything"},
        json={"text": "Hello there.", "model_id": "eleven_multilingual_v2",
              "voice_settings": {"stability": 0.5, "similarity_boost": 0.75, "speed": 1.1}},
    )  # fmt: skip
    assert answer.headers["content-type"] == "audio/mpeg"
    audio, _ = soundfile.read(io.BytesIO(answer.content))
    assert len(audio) > 12_000


def test_times_of_markup_and_of_marks() -> None:
    from duologue.gateway.requests import SpeechPiece, SpokenWord

    text = "“Hi,” (he) said …"
    words = (SpokenWord(text="Hi", start=0.1, end=0.5, char_start=1, char_end=3),)
    aligner = Aligner(text, normal=False)
    first, _ = aligner.piece(SpeechPiece(audio=np.zeros(24_000, np.float32), sample_rate=24_000, words=words))
    assert "".join(first.characters) == "“Hi,” "
    assert first.ends[-1] == 1.0
    second, _ = aligner.piece(
        SpeechPiece(
            audio=np.zeros(24_000, np.float32),
            sample_rate=24_000,
            words=(
                SpokenWord(text="he", start=0.0, end=0.2, char_start=7, char_end=9),
                SpokenWord(text="said", start=0.3, end=0.6, char_start=11, char_end=15),
            ),
        )
    )
    rest = aligner.rest()
    assert "".join(first.characters + second.characters + rest.characters) == text
    assert second.starts[0] == 1.0
