"""`duologue voices`, `models` and `bench`: what they list is what there is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import soundfile

from duologue.cli import main
from duologue.cli.models import inventory
from duologue.voice import Voice


@pytest.fixture(autouse=True)
def _loaded(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Voice, "load", classmethod(lambda cls, threads=1: voice))


def test_voices_as_a_table_and_as_json(voice: Voice, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voices"]) == 0
    table = capsys.readouterr().out
    assert main(["voices", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [v["name"] for v in listed["voices"]] == [v.name for v in voice.voices()]
    assert {"neutral", "whisper"} <= set(listed["styles"])
    assert all(v["name"] in table for v in listed["voices"])


def test_previews_are_a_file_for_each_voice(voice: Voice, tmp_path: Path) -> None:
    assert main(["voices", "--preview", str(tmp_path / "p")]) == 0
    made = sorted(p.name for p in (tmp_path / "p").iterdir())
    assert made == sorted(f"{v.name}.mp3" for v in voice.voices())
    assert all(soundfile.info(tmp_path / "p" / name).duration > 1 for name in made)


def test_models_are_checked_against_their_sums(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"voice/decoder.onnx", "voice/voices.safetensors"} <= {w["file"] for w in listed}
    assert all(w["checked"] == "ok" for w in listed)
    assert main(["models"]) == 0
    assert "sha256" in capsys.readouterr().out


def test_an_inventory_tells_good_from_changed_and_unlisted(tmp_path: Path) -> None:
    for name in ("good", "changed", "unlisted"):
        (tmp_path / f"{name}.onnx").write_bytes(name.encode())
    good, other = (hashlib.sha256(text).hexdigest() for text in (b"good", b"other"))
    (tmp_path / "sha256sums").write_text(f"{good}  good.onnx\n{other}  changed.onnx\n")
    (tmp_path / "CARD.md").write_text("---\nlicense: apache-2.0\n---\n")
    found = {w["file"]: w for w in inventory(tmp_path)}
    assert found["good.onnx"]["checked"] == "ok"
    assert found["changed.onnx"]["checked"] == "MISMATCH"
    assert found["unlisted.onnx"]["checked"] == "no checksum"
    assert {w["license"] for w in found.values()} == {"apache-2.0"}


def test_bench_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--repeats", "1"]) == 0
    told = capsys.readouterr().out
    assert "seconds per second" in told
    assert "peak memory" in told
