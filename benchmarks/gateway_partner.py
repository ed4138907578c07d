"""A partner for `gateway.py` in a process of its own: it answers every chat at once with fifty words,
streamed.

It prints its port and serves until its standard input is closed.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = 50


def _event(data: dict[str, object]) -> bytes:
    return b"data: " + json.dumps({"id": "x", "object": "chat.completion.chunk", **data}).encode() + b"\n\n"


def _answer() -> bytes:
    parts = [
        _event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": f"word{i} "}}]})
        for i in range(WORDS)
    ]
    parts.append(_event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
    usage = {"prompt_tokens": 20, "completion_tokens": WORDS, "total_tokens": WORDS + 20}
    parts.append(_event({"choices": [], "usage": usage}))
    return b"".join(parts) + b"data: [DONE]\n\n"


class Handler(BaseHTTPRequestHandler):
    """Reads the request and answers."""

    protocol_version = "HTTP/1.1"
    answer = _answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
