"""Databases of both kinds."""

from __future__ import annotations

from databases import database, fresh_database, migrated, migrated_postgresql, postgresql_server

__all__ = ["database", "fresh_database", "migrated", "migrated_postgresql", "postgresql_server"]
