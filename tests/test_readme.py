"""README can't drift: its code runs, its commands exist, its table is that of the results."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import readme

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def lines(language: str) -> list[str]:
    """The commands of all blocks in `language`, without their comments."""
    text = "\n".join(code for kind, code in BLOCKS if kind == language)
    return [line.split("  #")[0].strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("code", [code for kind, code in BLOCKS if kind == "python"])
def test_python_blocks_run(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    saved = set(re.findall(r'"([\w-]+\.(?:mp3|vtt))"', code))
    assert saved == {p.name for p in tmp_path.iterdir()}


def homes(folder: Path) -> dict[str, str]:
    """Where the commands keep what they keep, so that a test leaves nothing behind."""
    return {"DUOLOGUE_HOME": str(folder / "home"), "XDG_STATE_HOME": str(folder)}


SERVERS = [line for line in lines("sh") if line.startswith("duologue serve")]


@pytest.mark.parametrize("line", SERVERS)
def test_servers_start_and_stop(line: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "duologue.cli", *shlex.split(line)[1:], "--port", "0", "--log", "words"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | homes(tmp_path)
    ) as server:
        assert server.stderr
        told = ""
        while (found := re.search(r"http://127\.0\.0\.1:\d+", told)) is None:
            told += server.stderr.readline() or pytest.fail(f"it stopped: {told}")
        with urllib.request.urlopen(f"{found[0]}/health/live", timeout=60) as answer:
            assert answer.status == 200
        server.terminate()
        server.communicate(timeout=60)
    assert server.returncode == 0


@pytest.mark.parametrize("line", [line for line in lines("sh") if "duologue" in line and line not in SERVERS])
def test_commands_run(line: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "story.txt").write_text('"Who is there?" asked Anna.\n\n"Only the wind," said her brother.\n')
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 20}},
        "required": ["name"],
    }
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    line = line.replace("duologue ", f"{shlex.quote(sys.executable)} -m duologue.cli ", 1)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line], cwd=tmp_path, capture_output=True, text=True,
        input="Hello.\n", env=os.environ | homes(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_make_targets_and_scripts_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE)
    assert {"run", "test", "judges", "train"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    scripts = re.findall(r"python (benchmarks/\w+\.py)", README)
    assert len(scripts) >= 4
    for script in scripts:
        assert (ROOT / script).is_file(), script


def test_the_table_is_that_of_the_results() -> None:
    assert readme.main_table(), "nothing has been measured: run benchmarks/voice_speed.py"
    assert readme.filled(README) == README


def test_the_ci_runs_what_readme_says() -> None:
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make test " in README
