"""`python -m suar_nlu.train --out DIR`: train the model of this content, unless it is there already.

Progress goes to stderr, the path of the model is the last line on stdout. Exit code 1 means that a training file
cannot be used; the one line on stderr says which and why.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

from suar_nlu import paths
from suar_nlu.content_hash import compute_hash
from suar_nlu.environment import prepare_environment, silence_rasa
from suar_nlu.examples import DataError, load_examples
from suar_nlu.progress import report


def main() -> int:
    """Run the command line; returns the exit code."""
    args = _parse_arguments()
    if args.hash_only:
        print(compute_hash())  # noqa: T201 (the answer of a command)
        return 0
    try:
        model = train(args.out, force=args.force)
    except DataError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    print(model)  # noqa: T201 (the answer of a command)
    return 0


def train(out: Path, *, force: bool = False) -> Path:
    """Return the model file for the present content, training it when it is missing.

    Raises:
        DataError: A training file cannot be used.
    """
    model = out / f"suar-nlu-{compute_hash()}.tar.gz"
    if not force and is_whole(model):
        report("a model of this content is there already")
        return model
    report("reading training data")
    load_examples(paths.get_data_dir())
    if paths.get_data_dir() == paths.DATA:
        # Without them a model would be served uncalibrated, and nobody would notice.
        load_examples(paths.get_validation_dir())
    out.mkdir(parents=True, exist_ok=True)
    # Trained beside the place and then moved, so that nobody ever starts a half-written model.
    with tempfile.TemporaryDirectory(dir=out) as scratch, contextlib.redirect_stdout(sys.stderr):
        _train_with_rasa(Path(scratch), model.name)
        os.replace(Path(scratch) / model.name, model)  # noqa: PTH105 (atomic, also onto an existing file)
    report("done")
    return model


def is_whole(model: Path) -> bool:
    """Tell whether a model file is there and can be read to its end; a torn one is trained anew, not served."""
    try:
        with tarfile.open(model) as archive:
            return bool([archive.extractfile(member) for member in archive])
    except (OSError, EOFError, tarfile.TarError, zlib.error):
        return False


def _train_with_rasa(folder: Path, name: str) -> None:
    prepare_environment()
    report("starting Rasa")
    from rasa.model_training import train_nlu  # noqa: PLC0415 (slow, and only after prepare_environment)

    silence_rasa()
    train_nlu(str(paths.CONFIG), str(paths.get_data_dir()), str(folder), fixed_model_name=name)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="suar_nlu.train", description="Train Suar's language understanding."
    )
    parser.add_argument(
        "--out", type=Path, default=paths.PROJECT / "models", help="folder for the model file"
    )
    parser.add_argument("--force", action="store_true", help="train even if the model exists")
    parser.add_argument(
        "--hash-only", action="store_true", help="print the hash of the present content and stop"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
