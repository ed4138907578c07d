"""A partner on the loopback that answers as OpenAI's API does, and misbehaves when told to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behave = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the partner's `behave`."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        partner = self.server.partner
        with partner.lock:
            partner.requests.append((self.path, body, {k.lower(): v for k, v in self.headers.items()}))
        try:
            partner.behave(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            partner.hung_up.set()

    def log_message(self, *_: Any) -> None:
        pass

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Status and headers; the body follows in chunks."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        """A chunk; an empty one ends the body."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, data: Any) -> None:
        """A server-sent event."""
        text = data if isinstance(data, str) else json.dumps(data)
        self.chunk(f"data: {text}\n\n".encode())

    def cut(self) -> None:
        """Break the connection in the middle."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def complain(self, status: int, message: str, code: str = "", **headers: str) -> None:
        """An error in OpenAI's shape."""
        self.head(status, "application/json", **headers)
        self.chunk(json.dumps({"error": {"message": message, "code": code}}).encode())
        self.chunk(b"")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    partner: Partner


class Partner:
    """url: of its API. requests: what it was sent. behave: what it does; `good` at first."""

    def __init__(self, server: Server) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        self.requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.lock = threading.Lock()
        self.hung_up = threading.Event()
        self.over = threading.Event()
        self.behave: Behave = good


@contextmanager
def partner() -> Iterator[Partner]:
    """A partner that runs."""
    server = Server(("127.0.0.1", 0), Handler)
    server.partner = Partner(server)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server.partner
    finally:
        server.partner.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def delta(text: str) -> dict[str, Any]:
    """A chunk of an answer."""
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


def good(handler: Handler, body: dict[str, Any], words: tuple[str, ...] = ("Good ", "day", ".")) -> None:
    """What a partner should do."""
    if handler.path.split("?")[0].endswith("/audio/speech"):
        handler.head(kind="audio/pcm")
        for i in range(4):
            handler.chunk(bytes([i, 0]) * 4800)
        handler.chunk(b"")
        return
    handler.head()
    handler.event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
    for word in words:
        handler.event(delta(word))
    handler.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 40}}
    handler.event({"choices": [], "usage": usage})
    handler.event("[DONE]")
    handler.chunk(b"")


def stuck(handler: Handler, body: dict[str, Any]) -> None:
    """It never answers."""
    handler.server.partner.over.wait(30)


def refusing(status: int, **headers: str) -> Behave:
    """It answers with an error."""
    return lambda handler, body: handler.complain(status, "no, thanks", "some_code", **headers)


def garbage(handler: Handler, body: dict[str, Any]) -> None:
    """It answers what nobody asked for."""
    handler.head(kind="text/html")
    handler.chunk(b"<html>It works!</html>")
    handler.chunk(b"")


def cutting(handler: Handler, body: dict[str, Any]) -> None:
    """It breaks off in the middle of an answer."""
    speech = handler.path.endswith("/audio/speech")
    handler.head(kind="audio/pcm" if speech else "text/event-stream")
    if speech:
        handler.chunk(bytes(9600))
    else:
        handler.event(delta("Good "))
    time.sleep(0.05)
    handler.cut()


def trickling(handler: Handler, body: dict[str, Any]) -> None:
    """A byte at a time, for ever so slowly."""
    speech = handler.path.endswith("/audio/speech")
    handler.head(kind="audio/pcm" if speech else "text/event-stream")
    for byte in b"data: " + b"x" * 60:
        handler.chunk(bytes([byte]))
        time.sleep(0.1)


def endless(handler: Handler, body: dict[str, Any]) -> None:
    """It never stops."""
    speech = handler.path.endswith("/audio/speech")
    handler.head(kind="audio/pcm" if speech else "text/event-stream")
    for _ in range(2000):
        if speech:
            handler.chunk(bytes(9600))
        else:
            handler.event(delta("on and "))
        time.sleep(0.005)
