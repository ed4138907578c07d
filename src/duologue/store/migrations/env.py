"""Alembic's door to the migrations: it runs in the transaction of the connection it is handed.

`duologue.store.upgrade` hands one over. To write a revision by hand or with `alembic revision
--autogenerate`, give `-x url=...` and see that the modules of all tables are imported below.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from duologue.store.base import Base


def _run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=False)
        context.run_migrations()
        return
    engine = create_engine(context.get_x_argument(as_dictionary=True)["url"])
    with engine.begin() as own:
        context.configure(connection=own, target_metadata=Base.metadata)
        context.run_migrations()
    engine.dispose()


_run()
