"""Load and hostile clients: turns, limits, leaving, slowness, size, tricks. Rude clients are raw sockets."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest

from duologue.gateway.access import Access
from duologue.gateway.requests import SpeechPiece
from duologue.server.bridge import Lane
from runningserver import Running

LONG = "This is one sentence of many, and it takes a while to say it. " * 60


@contextlib.contextmanager
def _raw(server: Running, buffer: int | None = None) -> Iterator[socket.socket]:
    made = socket.socket()
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.settimeout(20)
    made.connect(("127.0.0.1", server.port))
    try:
        yield made
    finally:
        made.close()


def _request(body: dict[str, Any], path: str = "/v1/audio/speech", **headers: str) -> bytes:
    data = json.dumps(body).encode()
    fields = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "content-length": str(len(data)),
        **headers,
    }
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n"
    return head.encode() + data


@pytest.fixture
def steps(server: Running, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the engine made an utterance."""
    made: list[float] = []
    voice = server.gateway._deployments["duologue-voice"].backend.voice()  # type: ignore[attr-defined]
    render = voice._renderer.render

    def counted(*args: Any) -> Any:
        made.append(time.perf_counter())
        return render(*args)

    monkeypatch.setattr(voice._renderer, "render", counted)
    return made


def test_a_client_that_leaves_frees_its_work_at_once(server: Running, steps: list[float]) -> None:
    with _raw(server) as client:
        client.sendall(_request({"input": LONG, "response_format": "wav"}))
        assert client.recv(4096).startswith(b"HTTP/1.1 200")
    left = time.perf_counter()
    assert server.idle(5)
    time.sleep(0.3)
    after = [at for at in steps if at > left + 0.25]
    assert not after  # the utterance under way was finished, and none begun
    assert len(steps) < 30


def test_a_client_that_leaves_before_the_first_sound(server: Running, steps: list[float]) -> None:
    for _ in range(5):
        with _raw(server) as client:
            client.sendall(_request({"input": LONG}))
    assert server.idle(5)
    assert len(steps) <= 15


def test_a_reader_that_takes_nothing_holds_one_piece_and_no_thread(
    server: Running, steps: list[float]
) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(_raw(server, 4096)) for _ in range(6)]
        for client in slow:
            client.sendall(_request({"input": LONG * 4, "response_format": "wav"}))
        until, quiet = time.monotonic() + 30, 0
        while quiet < 5 and time.monotonic() < until:
            bridge = server.state.bridge
            quiet = 0 if bridge.speech.running or bridge.encode.running or not steps else quiet + 1
            time.sleep(0.1)
        stood = len(steps)
        assert stood < 6 * 60  # of 240 utterances each
        assert not server.state.bridge.speech.running
        begun = time.perf_counter()
        answer = httpx.post(
            f"{server.url}/v1/audio/speech", json={"input": "Hello.", "response_format": "wav"}
        )
        assert answer.status_code == 200
        assert time.perf_counter() - begun < 3
        assert len(steps) == stood + 1
    assert server.idle(10)


def test_a_stalled_reader_is_let_go(running: Any) -> None:
    server: Running = running(stall_seconds=0.5)
    with _raw(server, 4096) as client:
        client.sendall(_request({"input": LONG * 4, "response_format": "wav"}))
        assert client.recv(100)
        assert server.state.bridge.inside
        assert server.idle(10)


def test_one_byte_a_second_is_let_go_and_others_are_served(running: Any) -> None:
    server: Running = running(header_seconds=1.0, body_seconds=1.0)
    with contextlib.ExitStack() as stack:
        heads = [stack.enter_context(_raw(server)) for _ in range(50)]
        bodies = [stack.enter_context(_raw(server)) for _ in range(50)]
        for client in heads:
            client.sendall(b"POST /v1/audio/speech HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: ")
        for client in bodies:
            client.sendall(_request({"input": "Hello there."})[:-8])
        begun = time.perf_counter()
        assert httpx.get(f"{server.url}/health").status_code == 200
        assert time.perf_counter() - begun < 2
        statuses = []
        for client in [*heads, *bodies]:
            with contextlib.suppress(OSError):
                client.sendall(b"a")
            statuses.append(client.recv(200).split(b" ")[1])
        assert set(statuses) == {b"408"}
        assert time.perf_counter() - begun < 15


def test_headers_without_end(running: Any) -> None:
    server: Running = running(max_header=16_384)
    with _raw(server) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        with contextlib.suppress(OSError):
            for n in range(2000):
                client.sendall(f"x-{n}: {'a' * 100}\r\n".encode())
        with contextlib.suppress(ConnectionError):
            assert client.recv(200)[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 400", b"")
    assert httpx.get(f"{server.url}/health").status_code == 200


def test_ten_megabytes_are_refused_before_they_are_read(client: httpx.Client) -> None:
    body = json.dumps({"input": "a" * 10_000_000})
    answer = client.post("/v1/audio/speech", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "request_too_large"
    chunked = client.post(
        "/v1/audio/speech",
        content=(b"a" * 100_000 for _ in range(100)),
        headers={"content-type": "application/json"},
    )
    assert chunked.status_code == 413
    assert client.get("/health").status_code == 200


def test_many_clients_are_all_served_and_more_are_told_when_to_come_back(running: Any) -> None:
    server: Running = running(max_requests=8, max_per_caller=6)
    with httpx.Client(base_url=server.url, timeout=60, limits=httpx.Limits(max_connections=64)) as client:

        def ask(_: int) -> httpx.Response:
            return client.post(
                "/v1/audio/speech", json={"input": "Hello there, you.", "response_format": "pcm"}
            )

        with ThreadPoolExecutor(6) as pool:
            assert {answer.status_code for answer in pool.map(ask, range(24))} == {200}
        with ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(ask, range(64)))
        refused = [answer for answer in answers if answer.status_code == 429]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)
        assert refused[0].json()["error"]["code"] == "rate_limit_exceeded"
        assert "duologue_refused_total" in client.get("/metrics").text
    assert server.idle()


def test_a_greedy_caller_keeps_nobody_waiting(running: Any, steps: list[float]) -> None:
    """Twelve long texts of one key, then a short one of another, which waits for a few utterances only."""
    server: Running = running(lanes=1)
    access = Access(server.store)
    greedy, modest = access.create_key("greedy"), access.create_key("modest")
    done = threading.Event()

    def long() -> None:
        with httpx.stream(
            "POST", f"{server.url}/v1/audio/speech", json={"input": LONG, "response_format": "pcm"},
            headers={"authorization": f"Bearer {greedy}"}, timeout=60,
        ) as answer:  # fmt: skip
            for _ in answer.iter_raw():
                if done.is_set():
                    return

    threads = [threading.Thread(target=long) for _ in range(12)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 20
    while server.state.bridge.speech.waiting < 8 and time.monotonic() < until:
        time.sleep(0.01)
    between = []
    for _ in range(3):
        before = len(steps)
        answer = httpx.post(
            f"{server.url}/v1/audio/speech", json={"input": "Hello.", "response_format": "pcm"},
            headers={"authorization": f"Bearer {modest}"}, timeout=60,
        )  # fmt: skip
        between.append(len(steps) - before)
        assert answer.status_code == 200
    done.set()
    for thread in threads:
        thread.join(30)
    assert min(between) <= 8, between
    assert server.idle(10)


async def _turns() -> list[str]:
    import asyncio

    lane, order, gate = Lane("test", 1), [], threading.Event()
    hold = lane.submit(gate.wait)
    steps = [lane.submit(lambda n=n: order.append(f"a{n}"), "a") for n in range(4)]
    steps += [lane.submit(lambda n=n: order.append(f"b{n}"), "b") for n in range(2)]
    dropped = lane.submit(lambda: order.append("never"), "c")
    dropped.cancel()
    gate.set()
    await hold
    for step in steps:
        await step
    await asyncio.sleep(0)
    lane.close()
    return order


def test_callers_take_turns() -> None:
    import asyncio

    assert asyncio.run(_turns()) == ["a0", "b0", "a1", "b1", "a2", "a3"]


TRICKS = [
    "/../../etc/passwd",
    "/static/../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2fetc%2fpasswd",
    "/v1/models/..%2F..%2Fetc%2Fpasswd",
    "/static//etc/passwd",
    "/%00",
    "/v1/text-to-speech/%2e%2e%2f/with-timestamps",
    "//evil.example/",
]


@pytest.mark.parametrize("path", TRICKS)
def test_path_tricks_find_nothing(server: Running, path: str) -> None:
    with _raw(server) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode())
        answer = b""
        while part := client.recv(65536):
            answer += part
    assert answer.split(b" ")[1] in (b"400", b"404", b"405", b"307", b"301")
    assert b"root:" not in answer
    assert b"location: //evil" not in answer.lower()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "evil.example"}, 400),
        ({"host": "127.0.0.1.evil.example"}, 400),
        ({"host": ""}, 400),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"content-type": "text/plain"}, 400),
        ({"content-type": "application/x-www-form-urlencoded"}, 400),
    ],
)
def test_pages_of_others_cannot_call(server: Running, headers: dict[str, str], status: int) -> None:
    with _raw(server) as client:
        body = {"input": "Hello.", "response_format": "pcm"}
        client.sendall(_request(body, **{"connection": "close", **headers}))
        assert int(client.recv(200).split(b" ")[1]) == status


def test_keys(running: Any) -> None:
    server: Running = running()
    url, hello = f"{server.url}/v1/audio/speech", {"input": "Hello.", "response_format": "pcm"}
    assert httpx.post(url, json=hello).status_code == 200  # no key exists: the machine's own user
    access = Access(server.store)
    secret = access.create_key("tester", ["speech"])
    server.state.keys._locked = (-1e9, False)  # instead of five seconds
    for headers, status in (
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": f"Bearer {secret[:-1]}x"}, 401),
        ({"authorization": f"Basic {secret}"}, 401),
        ({"authorization": "Bearer " + "x" * 5000}, 401),
        ({"authorization": f"Bearer {secret}"}, 200),
        ({"xi-api-key": secret}, 200),
        ({"cookie": f"duologue_key={secret}"}, 200),
        ({"cookie": f"duologue_key={secret}", "origin": "https://evil.example"}, 403),
        ({"authorization": f"Bearer {secret}", "origin": "https://evil.example"}, 200),
    ):
        answer = httpx.post(url, json=hello, headers=headers)
        assert answer.status_code == status, headers
        if status == 401:
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["error"]["type"] == "authentication_error"
    chat = {"messages": [{"role": "user", "content": "Hello."}]}
    assert httpx.post(
        f"{server.url}/v1/chat/completions", json=chat, headers={"authorization": f"Bearer {secret}"}
    ).status_code == 403  # fmt: skip
    access.revoke(access.list_keys()[0].id)
    server.state.keys.access._known.clear()  # instead of five seconds
    assert httpx.post(url, json=hello, headers={"authorization": f"Bearer {secret}"}).status_code == 401


def test_an_answer_that_breaks_off_is_cut_not_ended(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = server.gateway._deployments["duologue-voice"].backend

    def broken(request: Any, cancel: Any) -> Iterator[SpeechPiece]:
        yield SpeechPiece(audio=np.zeros(24_000, np.float32), sample_rate=24_000)
        raise RuntimeError("the machine is on fire")

    monkeypatch.setattr(backend, "speak", broken)
    body = {"input": "Hello.", "response_format": "wav"}

    def listen() -> None:
        with httpx.stream("POST", f"{server.url}/v1/audio/speech", json=body) as answer:
            assert answer.status_code == 200
            for _ in answer.iter_raw():
                pass

    with pytest.raises(httpx.RemoteProtocolError):
        listen()
    assert server.idle()
    whole = httpx.post(f"{server.url}/v1/audio/speech", json={**body, "stream": False})
    assert whole.status_code == 500
    assert "fire" not in whole.text
