"""A real `duologue serve` on a free port of this machine, and a headless Chromium that looks at it.

Every page that a test opens is watched: an error in its console, a violation of its policy, or a request to
any other host fails the test.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--mute-audio",
)  # fmt: skip
# One thread a model: on a shared machine threads that wait for each other wait for everybody else too.
_CONFIG = """
[deployments.duologue-voice]
kind = "in-house"
model = "duologue-voice"
threads = 1

[deployments.duologue-tiny]
kind = "in-house"
model = "duologue-tiny"
threads = 1
slots = 2

[partner_prices.a-voice]
characters = "15.00"

[partner_prices.a-model]
input = "0.15"
output = "0.60"
"""
_VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation',"
    " e => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))"
)


@dataclass
class Serving:
    """A server process. log: what it wrote."""

    process: subprocess.Popen[bytes]
    url: str
    home: Path
    log: Path

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """As an owner would."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


def serve(home: Path, *arguments: str) -> Serving:
    """A server whose data lies in `home`, when it answers; models may still load."""
    home.mkdir(parents=True, exist_ok=True)
    config = home / "gateway.toml"
    config.write_text(_CONFIG)
    log = home / f"server-{time.monotonic_ns()}.log"
    environment = os.environ | {
        "DUOLOGUE_HOME": str(home), "DUOLOGUE_CACHE": str(home / "cache"), "PYTHONWARNINGS": "default",
    }  # fmt: skip
    environment.pop("DUOLOGUE_DATABASE", None)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "duologue.cli", "serve", "--port", "0", "--log", "json", "--config",
             str(config), *arguments],
            stdout=out, stderr=out, env=environment,
        )  # fmt: skip
    until = time.monotonic() + 180
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"serves on (http://\S+)", log.read_text("utf-8"))
        if found:
            made = Serving(process, found[1], home, log)
            if _ready(made.url):
                return made
        time.sleep(0.05)
    process.kill()
    process.wait(10)
    raise AssertionError(f"the server didn't come up: {log.read_text('utf-8')[-2000:]}")


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", timeout=20).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One that all tests share which don't lock its door."""
    made = serve(tmp_path_factory.mktemp("web") / "home")
    yield made
    made.stop()
    faults = [line for line in made.log.read_text("utf-8").splitlines() if '"fault' in line]
    assert not faults, faults[0][:2000]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Any]:
    """Starts servers with a home of their own, or one that is given; they are stopped at the end."""
    started: list[Serving] = []

    def start(*arguments: str, home: Path | None = None) -> Serving:
        started.append(serve(home or tmp_path / "home", *arguments))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def client(server: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser; tests that need it are skipped, with a notice, where there is none."""
    if not Path(CHROMIUM).is_file():
        pytest.skip("no Chromium on this machine: `apt-get install chromium` brings it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Watched:
    """What went wrong on the pages of a context; `allowed` are statuses that a test provokes."""

    faults: list[str] = field(default_factory=list)
    allowed: set[int] = field(default_factory=set)


@pytest.fixture
def tab(chromium: Any, server: Serving) -> Iterator[Any]:
    """Opens a page of the shared server, or of another: tab(path, **how the context is made)."""
    contexts: list[Any] = []
    watched = Watched()

    def told(message: Any, base: str) -> None:
        text = message.text
        if message.type == "error" and not any(f"status of {s}" in text for s in watched.allowed):
            watched.faults.append(f"console: {text} ({message.location})")

    def asked(request: Any, base: str) -> None:
        if not request.url.startswith((base, "data:", "blob:")):
            watched.faults.append(f"a request to another host: {request.url}")

    def open_page(path: str = "/", base: str = "", allowed: set[int] | None = None, **how: Any) -> Any:
        watched.allowed |= allowed or set()
        base = base or server.url
        context = chromium.new_context(base_url=base, **how)
        contexts.append(context)
        context.set_default_timeout(60_000)
        context.add_init_script(_VIOLATIONS)
        page = context.new_page()
        page.on("console", lambda message: told(message, base))
        page.on("pageerror", lambda error: watched.faults.append(f"script: {error}"))
        page.on("request", lambda request: asked(request, base))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not watched.faults, watched.faults
