"""Settings that Rasa and its libraries read from the environment while they are imported: call this first.

No telemetry, no debug output (Rasa prints every message text at debug level), no banners.
"""

from __future__ import annotations

import os
import warnings

_ALWAYS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "LOG_LEVEL": "ERROR",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "RASA_MAX_CACHE_SIZE": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SANIC_ACCESS_LOG": "false",
    "SANIC_REQUEST_MAX_SIZE": "65536",
    "SANIC_WORKERS": "1",
}


def prepare_environment() -> None:
    """Set the environment of this process, before anything of Rasa is imported.

    `SUAR_NLU_THREADS` says how many threads the embedder may use; without it OpenMP takes one a core.
    """
    os.environ.update(_ALWAYS)
    # The embedder's threads wait for each other in a busy loop. By default they do so for milliseconds, which on a
    # machine with other work to do made an answer ten times slower.
    os.environ.setdefault("GOMP_SPINCOUNT", "500")
    if threads := os.environ.get("SUAR_NLU_THREADS"):
        os.environ["OMP_NUM_THREADS"] = threads
    # Dropped for good, since libraries reset the filters, and since Rasa's warnings quote messages.
    warnings.showwarning = _drop_warning


def _drop_warning(*_args: object, **_kwargs: object) -> None:
    """Write nothing."""


def prepare_serving() -> None:
    """Like `prepare_environment`, for a process that answers one message at a time.

    A comparison of one message with the training examples takes a millisecond on one thread; more threads
    only wait for each other, for seconds when the machine is busy.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    prepare_environment()


def silence_rasa() -> None:
    """Configure Rasa's two ways of logging so that nothing below an error is written."""
    import logging  # noqa: PLC0415 (Rasa may only be imported after prepare_environment)

    from rasa.utils.common import configure_logging_and_warnings  # noqa: PLC0415
    from rasa.utils.log_utils import configure_structlog  # noqa: PLC0415

    configure_logging_and_warnings(logging.ERROR)
    configure_structlog(logging.ERROR)
