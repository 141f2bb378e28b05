"""`python -m suar_nlu.serve --model FILE --port N`: Rasa's HTTP API, on the loopback interface unless told otherwise.

The token that callers have to show is read from SUAR_NLU_TOKEN, not from the command line, where every user of the
machine could read it. Nothing that people wrote is ever logged.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from suar_nlu import paths
from suar_nlu.environment import prepare_serving, silence_rasa

_RESPONSE_TIMEOUT_S = 20


def main() -> int:
    """Run the command line; returns the exit code when the server has been stopped."""
    args = _parse_arguments()
    token = os.environ.pop("SUAR_NLU_TOKEN", "")
    if not args.model.is_file():
        sys.stderr.write(f"error: no model at {args.model}\n")
        return 1
    if not token:
        sys.stderr.write(
            "error: SUAR_NLU_TOKEN is not set; without a token anybody on this machine could use the API\n"
        )
        return 1
    serve(args.model, args.host, args.port, token)
    return 0


def serve(model: Path, host: str, port: int, token: str) -> None:
    """Serve until the process is told to stop. The port opens when the model is loaded."""
    prepare_serving()
    from rasa.core.run import serve_application  # noqa: PLC0415 (slow, and only after prepare_serving)
    from rasa.core.utils import AvailableEndpoints  # noqa: PLC0415

    silence_rasa()
    serve_application(
        model_path=str(model),
        interface=host,
        port=port,
        credentials=str(paths.CREDENTIALS),
        auth_token=token,
        enable_api=True,
        response_timeout=_RESPONSE_TIMEOUT_S,
        endpoints=AvailableEndpoints(),
    )


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="suar_nlu.serve", description="Serve Suar's language understanding."
    )
    parser.add_argument("--model", type=Path, required=True, help="file made by suar_nlu.train")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; in a container 0.0.0.0"
    )
    parser.add_argument("--port", type=int, default=5065, help="port to listen on")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
