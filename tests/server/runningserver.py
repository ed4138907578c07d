"""A server in a thread, on a free port of the loopback."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

from duologue.gateway.gateway import Gateway
from duologue.server import Settings, create_app
from duologue.server.process import Server, config_of, listen
from duologue.store import Store

__all__ = ["Running"]


class Running:
    """A server that runs; `state` is its inside, `url` its address."""

    def __init__(self, gateway: Gateway, store: Store, settings: Settings) -> None:
        self.gateway, self.store = gateway, store
        self.settings = replace(settings, port=0, log="none")
        self.app = create_app(gateway, store, self.settings)
        self._socket = listen(self.settings)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = Server(config_of(self.app, self.settings))
        self._thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )
        self._thread.start()

    @property
    def state(self) -> Any:
        return self.app.state.duologue

    def wait(self) -> Running:
        until = time.monotonic() + 60
        while not (self.server.started and self.state.ready) and time.monotonic() < until:
            time.sleep(0.02)
        assert self.state.ready
        return self

    def idle(self, seconds: float = 5.0) -> bool:
        """Whether all work ends within `seconds`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.state.bridge.inside and not self.state.bridge.speech.running:
                return True
            time.sleep(0.01)
        return False

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()
        self._socket.close()
