"""`duologue serve` as a process: where it listens, what it logs, how it stops, several workers."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from duologue.server import Settings, SettingsError

SECRET = "a-word-that-nobody-may-find-in-a-log"


class Process:
    """The command, its address, and what it wrote."""

    def __init__(self, home: Path, *options: str) -> None:
        command = [sys.executable, "-m", "duologue.cli", "serve", "--port", "0", "--log", "json", *options]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=os.environ | {"DUOLOGUE_HOME": str(home)}
        )
        assert self.process.stderr is not None
        self.said = self.process.stderr.readline()
        self.url = re.search(r"http://[\d.:]+", self.said)[0]  # type: ignore[index]
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(self.process.stderr)

    def ready(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health", timeout=60).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("it never was ready")

    def stop(self, sign: int = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        code = self.process.wait(60)
        self.close()
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(10)
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    started: list[Process] = []

    def begin(*options: str) -> Process:
        started.append(Process(tmp_path, *options))
        return started[-1]

    yield begin
    for one in started:
        one.close()


def test_it_says_where_it_is_finishes_what_is_under_way_and_keeps_words_to_itself(start) -> None:  # type: ignore[no-untyped-def]
    server = start()
    assert "only this machine" in server.said
    server.ready()
    text = f"{SECRET}. " + "This is a sentence that takes a while to say, and there are many of it. " * 40
    stopped = False
    size = 0
    with httpx.stream(
        "POST", f"{server.url}/v1/audio/speech?q={SECRET}", json={"input": text, "response_format": "wav"},
        headers={"authorization": f"Bearer {SECRET}"}, timeout=120,
    ) as answer:  # fmt: skip
        assert answer.status_code == 200
        for part in answer.iter_raw():
            size += len(part)
            if not stopped:
                server.process.send_signal(signal.SIGTERM)
                stopped = True
    assert size > 4_000_000  # to its end, though the server was told to stop at the beginning
    assert server.process.wait(60) == 0
    server._reader.join(10)
    lines = [json.loads(line) for line in server.lines]
    access = [
        line for line in lines if line["logger"] == "duologue.access" and line["route"] == "/v1/audio/speech"
    ]
    assert access[0]["status"] == 200
    assert access[0]["bytes"] == size
    assert access[0]["deployment"] == "duologue-voice"
    assert SECRET not in "".join(server.lines)


def test_two_workers_agree(start) -> None:  # type: ignore[no-untyped-def]
    server = start("--workers", "2", "--keys")
    server.ready()
    hello = {"input": "Hello.", "response_format": "pcm"}
    assert httpx.post(f"{server.url}/v1/audio/speech", json=hello).status_code == 401
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for _ in range(4):
            assert client.get("/health").status_code in (200, 503)
    for _ in range(8):  # other connections, so that both workers answer
        httpx.get(f"{server.url}/health/live")
    text = httpx.get(f"{server.url}/metrics").text
    found = re.search(
        r'duologue_requests_total\{method="GET",route="/health/live",status="200"\} ([\d.]+)', text
    )
    assert found is not None
    assert float(found[1]) == 8  # whoever is asked answers for both
    assert server.stop() == 0


def test_a_port_that_is_taken_is_one_line(start) -> None:  # type: ignore[no-untyped-def]
    server = start()
    done = subprocess.run(
        [sys.executable, "-m", "duologue.cli", "serve", "--port", server.url.rsplit(":", 1)[1]],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "can't listen on" in done.stderr
    assert server.stop(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": "0.0.0.0", "keys_required": False}, "without keys anybody"),
        ({"port": 70_000}, "port is 70000"),
        ({"workers": 0}, "workers"),
        ({"max_requests": 4, "max_per_caller": 9}, "one caller"),
        ({"wyoming_port": -1}, "Wyoming"),
    ],
)
def test_settings_nobody_can_serve_with(given: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Settings(**given)  # type: ignore[arg-type]


def test_settings_travel_to_a_worker() -> None:
    settings = Settings(hosts=("a", "b"), wyoming_port=10_200, keys_required=True)
    assert Settings.load(settings.dump()) == settings
    assert Settings(host="0.0.0.0").loopback is False
    assert Settings(host="::1").loopback
