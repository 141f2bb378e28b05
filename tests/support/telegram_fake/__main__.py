"""Runs the fake as a process: `python -m tests.support.telegram_fake --port N [--token T]`.

The first line on standard output is the address for SUAR_TELEGRAM_API_URL.
"""

import argparse
import sys

from tests.support.telegram_fake.runner import DEFAULT_TOKEN, FakeServer, listening_socket


def main() -> None:
    """Parse the arguments and serve until stopped."""
    parser = argparse.ArgumentParser(prog="telegram_fake", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--token", action="append", help="a bot's token; may be repeated")
    parser.add_argument("--log-level", default="warning")
    options = parser.parse_args()
    bound = listening_socket(options.host, options.port)
    host, port = bound.getsockname()[:2]
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    FakeServer(options.token or [DEFAULT_TOKEN], options.log_level).run([bound])


if __name__ == "__main__":
    main()
