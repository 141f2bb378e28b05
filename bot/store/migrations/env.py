"""Alembic's entry: runs on the connection that `bot.store.migrate` hands over."""

from alembic import context

from bot.store.tables import Base

connection = context.config.attributes["connection"]


def include_name(name: str | None, type_: str, _parents: object) -> bool:
    """Leave the tables of procrastinate and APScheduler to those libraries."""
    if type_ != "table" or name is None:
        return True
    return not name.startswith("procrastinate_") and name != "schedules"


context.configure(connection=connection, target_metadata=Base.metadata, include_name=include_name)
with context.begin_transaction():
    context.run_migrations()
