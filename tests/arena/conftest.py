"""Databases of both kinds, as the store's tests have them."""

from __future__ import annotations

from databases import database, migrated, migrated_postgresql, postgresql_server

__all__ = ["database", "migrated", "migrated_postgresql", "postgresql_server"]
