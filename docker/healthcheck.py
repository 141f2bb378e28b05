"""Health checks inside the containers: `http URL` asks for a page, `database` looks for the role's connection.

Worker and scheduler serve no page, but each holds a connection to PostgreSQL for as long as it can work. So theirs is
a look at the container's own table of connections, which opens none and costs the database nothing.
"""

import os
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

TIMEOUT_S = 4
ESTABLISHED = "01"
POSTGRES_PORT = 5432


def main(arguments: list[str]) -> int:
    """Run one check; return the exit code that Docker expects."""
    match arguments:
        case ["http", url]:
            return 0 if answers(url) else 1
        case ["database"]:
            port = urlsplit(os.environ["SUAR_DATABASE_URL"]).port or POSTGRES_PORT
            return 0 if is_connected(port) else 1
    sys.stderr.write("usage: healthcheck.py http URL | database\n")
    return 2


def answers(url: str) -> bool:
    """Tell whether `url` answers with success in time."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S):  # noqa: S310  # an address of our own
            return True
    except OSError:
        return False


def is_connected(port: int) -> bool:
    """Tell whether a connection from here to `port` of any machine is open."""
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    rows = (row.split() for table in tables if table.exists() for row in _rows(table))
    return any(
        row[3] == ESTABLISHED and int(row[2].rpartition(":")[2], 16) == port for row in rows
    )


def _rows(table: Path) -> list[str]:
    # The first line names the columns: number, local address, remote address, state…
    return table.read_text().splitlines()[1:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
