"""The server process: sockets, workers, signals.

Design choices
- The socket is bound before anything loads, so a taken port is one line at once and port 0 has a number to
  say.
- SIGTERM and ctrl-C: nothing new is accepted, what is under way is finished within `drain_seconds`, then the
  end.
- Worker processes share the socket; the kernel deals connections out. Each has its own lanes and limits, and
  they agree on keys, quotas and costs through the store.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

import uvicorn

from duologue.server.connection import protocol
from duologue.server.journal import log_config
from duologue.server.metrics import SHARED
from duologue.server.settings import VARIABLE, Settings, SettingsError

STOPS = (signal.SIGTERM, signal.SIGINT)

__all__ = ["Server", "config_of", "listen", "serve"]


class Server(uvicorn.Server):
    """uvicorn's, which tells the application that it is stopping before it waits for what is under way."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        app = self.config.loaded_app
        while app is not None and not hasattr(app, "state"):
            app = getattr(app, "app", None)
        if app is not None:
            app.state.duologue.draining = True
        super().handle_exit(sig, frame)


def listen(settings: Settings) -> socket.socket:
    """A socket bound to the settings' address. Raises SettingsError where that is taken or isn't there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host.strip("[]"), settings.port))
    except OSError as error:
        bound.close()
        raise SettingsError(f"can't listen on {settings.host}:{settings.port}: {error.strerror}") from None
    bound.listen(2048)  # from here on clients wait instead of being refused
    bound.set_inheritable(True)
    return bound


def config_of(app: Any, settings: Settings, **more: Any) -> uvicorn.Config:
    """uvicorn's configuration."""
    return uvicorn.Config(
        app,
        http=protocol(settings),
        ws="auto",
        ws_max_size=1_000_000,
        log_config=log_config(settings.log),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=int(settings.drain_seconds),
        timeout_keep_alive=30,
        lifespan="on",
        **more,
    )


def serve(settings: Settings) -> int:
    """Serve until a signal says to stop; returns the exit code."""
    bound = listen(settings)
    port = bound.getsockname()[1]
    where = f"http://{'[' + settings.host + ']' if ':' in settings.host else settings.host}:{port}"
    whom = (
        "only this machine can reach it" if settings.loopback else "other machines can reach it, with a key"
    )
    print(f"duologue serves on {where} ({whom}); ctrl-C stops it", file=sys.stderr, flush=True)
    os.environ[VARIABLE] = settings.dump()
    for sign in STOPS:  # also while the models' modules are still loading, a stop is an orderly one
        signal.signal(sign, _leave)
    with bound:
        return _work(bound, settings) if settings.workers == 1 else _supervise(bound, settings)


def _leave(sign: int, frame: Any) -> None:
    raise SystemExit(0)


def _work(bound: socket.socket, settings: Settings) -> int:
    """Be the one server, or one of several."""
    from duologue.server.app import from_environment

    server = Server(config_of(from_environment(), settings))
    for sign in STOPS:  # from here on uvicorn is told, which raises the signal once more at its end
        signal.signal(sign, lambda *_: setattr(server, "should_exit", True))
    server.run(sockets=[bound])
    return 0 if server.started else 1


def _supervise(bound: socket.socket, settings: Settings) -> int:
    """Keep the workers running; a worker that dies is replaced, at most one a second."""
    stop = threading.Event()
    for sign in STOPS:
        signal.signal(sign, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="duologue-figures-") as folder:
        command = [sys.executable, "-m", "duologue.server.process", str(bound.fileno())]

        def start() -> subprocess.Popen[bytes]:
            environment = os.environ | {SHARED: folder}
            return subprocess.Popen(command, pass_fds=[bound.fileno()], env=environment)

        workers = [start() for _ in range(settings.workers)]
        while not stop.wait(1.0):
            for n, worker in enumerate(workers):
                if worker.poll() is not None:
                    print(
                        f"worker {worker.pid} ended with {worker.returncode}; starting another",
                        file=sys.stderr,
                    )
                    workers[n] = start()
        for worker in workers:
            worker.terminate()
        until = time.monotonic() + settings.drain_seconds + 5
        for worker in workers:
            try:
                worker.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
    return 0


if __name__ == "__main__":
    for each in STOPS:
        signal.signal(each, _leave)
    inherited = socket.socket(fileno=int(sys.argv[1]))
    sys.exit(_work(inherited, Settings.load(os.environ[VARIABLE])))
