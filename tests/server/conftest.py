"""Servers with the models that ship, for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from duologue.gateway.config import default
from duologue.gateway.gateway import Gateway
from duologue.server import Settings
from duologue.store import Store
from runningserver import Running


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Both in-house models over a store of their own; one thread each, as others may be at work here."""
    place = tmp_path_factory.mktemp("server") / "duologue.db"
    config = default()
    single = {
        name: replace(one, threads=1, context=400 if "chat" in one.does else None)
        for name, one in config.deployments.items()
    }  # a short context ends answers that nobody bounds
    config = replace(config, deployments=single)
    with Store.open(f"sqlite:///{place}") as store, Gateway.open(config, store) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(gateway: Gateway) -> Iterator[Running]:
    """A server that all tests share which don't change it."""
    assert gateway.store is not None
    running = Running(gateway, gateway.store, Settings())
    yield running.wait()
    running.stop()


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as opened:
        yield opened


@pytest.fixture
def running(gateway: Gateway, tmp_path: Path) -> Iterator[Any]:
    """Starts servers with settings and a store of their own; they are stopped at the end."""
    started: list[Running] = []
    stores: list[Store] = []

    def start(**settings: Any) -> Running:
        store = Store.open(f"sqlite:///{tmp_path}/{len(started)}.db")
        stores.append(store)
        started.append(Running(gateway, store, Settings(**settings)))
        return started[-1].wait()

    yield start
    for one in started:
        one.stop()
    for store in stores:
        store.close()
