"""`python -m suar_nlu.evaluate`: the blind messages, and the figures of what was said about them.

`--list` prints the messages as JSON lines. Whoever has read them hands the answers back with `--answers`; the figures
of these, of the baselines and what is missed go to stdout as one JSON object. `suar nlu test` does both.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from suar_nlu import paths
from suar_nlu.examples import DataError, Example, load_examples
from suar_nlu.progress import report

RELEASED = ("id", "en", "ms")


def main() -> int:
    """Run the command line; returns the exit code."""
    args = _parse_arguments()
    try:
        asked = list_asked(args.on)
        if args.list:
            sys.stdout.writelines(f"{json.dumps(asdict(e))}\n" for e in asked)
            return 0
        outcome = judge(asked, args.answers, baselines=args.baselines)
    except DataError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    if args.confusion:
        from suar_nlu.confusion import draw  # noqa: PLC0415 (matplotlib is slow to load)

        draw(asked, args.answers, args.confusion)
    print(json.dumps(outcome, ensure_ascii=False))  # noqa: T201 (the answer of a command)
    return 0


def list_asked(which: str) -> list[Example]:
    """Return the blind messages of `test`, `validation`, or the `sealed` ones of the gate; a text that was taught proves nothing.

    Raises:
        DataError: A file cannot be used.
    """
    from suar_nlu.cleaning import clean  # noqa: PLC0415 (kept beside what needs it)

    folder = paths.SEALED if which == "sealed" else paths.BLIND / which
    taught = {clean(e.text).lower() for e in load_examples(paths.get_data_dir())}
    asked = load_examples(folder)
    return (
        asked if which == "sealed" else [e for e in asked if clean(e.text).lower() not in taught]
    )


def judge(asked: Sequence[Example], answers: Path, *, baselines: bool) -> dict[str, Any]:
    """Return the figures of every contestant, and where Suar falls short of its limits."""
    from suar_nlu.figures import Judged, summarise  # noqa: PLC0415 (scikit-learn is slow to load)
    from suar_nlu.limits import find_missed, read_limits  # noqa: PLC0415

    lines = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    suar = [Judged.read(e, line) for e, line in zip(asked, lines, strict=True)]
    lexicon = [Judged(e, level=line["lexicon"]) for e, line in zip(asked, lines, strict=True)]
    contestants = {"suar": summarise(suar), "lexicon": summarise(lexicon)}
    if baselines:
        contestants |= {name: summarise(said) for name, said in _run_baselines(asked)}
    limits = read_limits()
    return {
        "contestants": contestants,
        "limits": limits,
        "missed": find_missed(contestants["suar"], limits),
    }


def _run_baselines(asked: Sequence[Example]) -> Iterator[tuple[str, list[Any]]]:
    from suar_nlu.baselines import judge_by_regression  # noqa: PLC0415
    from suar_nlu.default_baseline import judge_by_default  # noqa: PLC0415

    taught = load_examples(paths.get_data_dir())
    report("fitting plain regressions")
    yield "regression", list(judge_by_regression(taught, asked, RELEASED))
    report("asking Rasa's default pipeline")
    yield "rasa_default", list(judge_by_default(taught, asked))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="suar_nlu.evaluate", description="Judge language understanding per language."
    )
    parser.add_argument(
        "--on", choices=("test", "validation", "sealed"), default="test", help="which messages"
    )
    todo = parser.add_mutually_exclusive_group(required=True)
    todo.add_argument("--list", action="store_true", help="print the messages")
    todo.add_argument("--answers", type=Path, help="what was said about them, a JSON line each")
    parser.add_argument("--baselines", action="store_true", help="let simpler ways judge too")
    parser.add_argument("--confusion", type=Path, help="SVG file for the picture of mix-ups")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
