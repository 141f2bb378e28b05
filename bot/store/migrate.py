"""Brings the database to the schema of this code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from bot.errors import StoreUnavailable
from bot.store.engine import sqlalchemy_url

FOLDER = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 0x5375617202


def migrate(dsn: str) -> None:
    """Run what is missing; several processes that start at once do it one after the other.

    Raises:
        StoreUnavailable: The database is away, or a table was in use for too long.
    """
    engine = create_engine(sqlalchemy_url(dsn))
    try:
        with engine.connect() as conn:
            conn.execute(text("SELECT pg_advisory_lock(:key)").bindparams(key=_ONE_AT_A_TIME))
            conn.execute(text("SET lock_timeout = '10s'"))
            conn.commit()
            command.upgrade(config(conn), "head")
            conn.commit()
    except OperationalError as exc:
        raise StoreUnavailable from exc
    finally:
        engine.dispose()


def is_current(dsn: str) -> bool:
    """Tell whether the database has the schema of this code."""
    engine = create_engine(sqlalchemy_url(dsn))
    with engine.connect() as conn:
        found = MigrationContext.configure(conn).get_current_revision()
    engine.dispose()
    return found == ScriptDirectory(str(FOLDER)).get_current_head()


def config(conn: Connection) -> Config:
    """Return Alembic's configuration on a connection."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["connection"] = conn
    return made
