"""Settings of a PostgreSQL that lives as long as the tests."""

import psycopg
from psycopg import sql

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # Rows stay in the order in which they were written, as in a database that is new for each test.
    "autovacuum": "off",
}


def forget_on_power_loss(dsn: str) -> None:
    """Let the server not wait for the disk: what a test has written need not outlive the machine.

    It still outlives each process of ours and the server's own; tests that kill the server make one of their own.
    """
    with psycopg.connect(dsn, autocommit=True) as conn:
        for name, value in SETTINGS.items():
            conn.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(
                    sql.Identifier(name), sql.Literal(value)
                )
            )
        conn.execute("SELECT pg_reload_conf()")
