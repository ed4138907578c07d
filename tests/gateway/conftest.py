"""Databases of both kinds, a store in one, and a partner on the loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import database, fresh_database, migrated, migrated_postgresql, postgresql_server
from duologue.store import Store
from loopbackpartner import Partner, partner

__all__ = ["database", "fresh_database", "migrated", "migrated_postgresql", "postgresql_server"]


@pytest.fixture(name="partner")
def a_partner() -> Iterator[Partner]:
    """A partner that behaves, until told otherwise."""
    with partner() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    """A SQLite store."""
    shutil.copy(migrated, tmp_path / "gateway.db")
    with Store.open(f"sqlite:///{tmp_path / 'gateway.db'}") as opened:
        yield opened


@pytest.fixture
def either_store(database: str) -> Iterator[Store]:
    """A store of each kind."""
    with Store.open(database) as opened:
        yield opened
