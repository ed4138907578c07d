"""Serve the models over HTTP, on this machine unless told otherwise.

Design choices
- Loopback is the default and is said; another address needs keys, which the settings see to.
- Port 0 takes a free one; who calls while the models load waits for them.
- One process serves many clients; `--workers` starts more, which agree through the store.
"""

from __future__ import annotations

import argparse
from typing import Any

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
examples:
  duologue serve
  duologue serve --port 9000 --workers 2
  duologue serve --host 0.0.0.0 --public https://speech.example.org     (keys are needed then)
  duologue serve --wyoming-port 10200                                     (for Home Assistant)

  curl http://127.0.0.1:8700/v1/audio/speech -H 'content-type: application/json' \\
    -d '{"input": "Hello there.", "voice": "heart"}' -o hello.mp3
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue serve`."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8700, help="0 takes a free one (8700)")
    parser.add_argument("--public", default="", metavar="URL", help="the URL that people reach the server by")
    parser.add_argument(
        "--config", default="", metavar="FILE", help="deployments, groups, policies, prices (TOML)"
    )
    parser.add_argument(
        "--database", default="", metavar="URL", help="sqlite:///... or postgresql+pg8000://..."
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (1)")
    parser.add_argument("--lanes", type=int, default=0, metavar="N", help="renders at once (one a processor)")
    parser.add_argument("--max-requests", type=int, default=64, metavar="N", help="beyond it 429 (64)")
    parser.add_argument(
        "--max-input", type=int, default=100_000, metavar="N", help="characters a request (100000)"
    )
    parser.add_argument(
        "--keys", action="store_true", help="need a key on loopback too, even if none exists yet"
    )
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="in the Host header"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="URL", help="pages that may call"
    )
    parser.add_argument(
        "--wyoming-port", type=int, metavar="PORT", help="also speak Wyoming, for Home Assistant"
    )
    parser.add_argument(
        "--wyoming-host", default="127.0.0.1", help="its address; it knows no keys, so mind who reaches it"
    )
    parser.add_argument("--log", choices=["json", "words", "none"], help="(words on a terminal, else json)")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    import sys

    from duologue.server.process import serve
    from duologue.server.settings import Settings

    given: dict[str, Any] = {
        "host": args.host,
        "port": args.port,
        "public": args.public,
        "config": args.config,
        "database": args.database,
        "workers": args.workers,
        "lanes": args.lanes,
        "max_requests": args.max_requests,
        "max_per_caller": min(max(args.max_requests * 3 // 4, 1), args.max_requests),
        "max_input": args.max_input,
        "keys_required": True if args.keys else None,
        "hosts": tuple(args.allow_host),
        "origins": tuple(args.allow_origin),
        "wyoming_port": args.wyoming_port,
        "wyoming_host": args.wyoming_host,
        "log": args.log or ("words" if sys.stderr.isatty() else "json"),
    }
    return serve(Settings(**given))
