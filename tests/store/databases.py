"""Fixtures of databases: a file for SQLite, a database of the tests' own server for PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from duologue.store import Store
from postgres import binaries, cluster

__all__ = ["database", "fresh_database", "migrated", "migrated_postgresql", "postgresql_server"]

_NUMBER = count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    if binaries() is None:
        pytest.skip("PostgreSQL isn't installed: apt-get install postgresql")
    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    Store.open(f"sqlite:///{path}").close()
    assert not path.with_name("template.db-wal").exists()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """The URL of a PostgreSQL database with all tables, to be copied."""
    url = _create(postgresql_server, "migrated")
    Store.open(url).close()
    return url


def _create(server: str, name: str, template: str = "template1") -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return server.removesuffix("/postgres") + f"/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return _create(request.getfixturevalue("postgresql_server"), f"test{next(_NUMBER)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> str:
    """The URL of a database with all tables and nothing in them, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(migrated, path)
        return f"sqlite:///{path}"
    template: str = request.getfixturevalue("migrated_postgresql").rsplit("/", 1)[1]
    return _create(request.getfixturevalue("postgresql_server"), f"test{next(_NUMBER)}", template)
