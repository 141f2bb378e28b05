"""`python -m suar_nlu.rasa_default --out DIR`: train Rasa's own default pipeline, beside which ours is measured and judged.

It is taught from a sample of our examples: with all of them its classifier, DIET, would learn for hours. Progress goes to
stderr, the path of the model is the last line on stdout. A file of the same name ending in `.json` says what the model
was taught and how long that took.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from suar_nlu import paths
from suar_nlu.environment import prepare_environment, silence_rasa
from suar_nlu.examples import DataError, Example, load_examples
from suar_nlu.progress import report

PER_INTENT, LANGUAGES, EPOCHS = 10, ("id", "en"), 30
_ENTITIES = str.maketrans("[]{}", "()()")
_VERSION = "3.1"


def main() -> int:
    """Run the command line; returns the exit code."""
    args = _parse_arguments()
    try:
        everything = load_examples(paths.get_data_dir())
    except DataError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    examples = sample_examples(everything, args.languages.split(","), args.per_intent)
    if not examples:
        sys.stderr.write(f"error: no examples in {args.languages}\n")
        return 1
    print(train_default(args.out, examples, args.epochs))  # noqa: T201 (the answer of a command)
    return 0


def sample_examples(
    examples: Sequence[Example], languages: Sequence[str], per_intent: int
) -> list[Example]:
    """Return at most `per_intent` examples of each intent and language; the same ones every time.

    They are taken at even distances, so that every file, and with it every subject, has its share.
    """
    groups: dict[tuple[str, str], list[Example]] = {}
    for example in examples:
        if example.language in languages:
            groups.setdefault((example.language, example.intent), []).append(example)
    return [one for _, group in sorted(groups.items()) for one in _spread(group, per_intent)]


def _spread(group: Sequence[Example], count: int) -> list[Example]:
    if len(group) <= count:
        return list(group)
    return [group[number * len(group) // count] for number in range(count)]


def train_default(folder: Path, examples: Sequence[Example], epochs: int = EPOCHS) -> Path:
    """Return the model of these examples in `folder`, training it when it is not there yet."""
    model = folder / f"rasa-default-{_hash(describe_project(examples, epochs))}.tar.gz"
    if model.exists():
        report("Rasa's default pipeline has learned these examples already")
        return model
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    # Trained beside the place and then moved, so that nobody ever starts a half-written model.
    with (
        tempfile.TemporaryDirectory(dir=folder) as scratch,
        contextlib.redirect_stdout(sys.stderr),
    ):
        project = Path(scratch)
        write_project(project, examples, epochs)
        _train_with_rasa(project, model.name)
        _write_note(model, examples, epochs, time.monotonic() - began)
        os.replace(project / model.name, model)  # noqa: PTH105 (atomic)
    report("done")
    return model


def write_project(folder: Path, examples: Sequence[Example], epochs: int = EPOCHS) -> None:
    """Write `config.yml`, `domain.yml` and `nlu.yml` as a newcomer to Rasa would have them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in describe_project(examples, epochs).items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")


def describe_project(examples: Sequence[Example], epochs: int) -> dict[str, Any]:
    """Return the files of the project by name. Labels other than the intent are left out: Rasa has no use for them."""
    taught: dict[str, list[dict[str, str]]] = {}
    for example in examples:
        # In Rasa's files brackets mark entities.
        text = example.text.translate(_ENTITIES)
        taught.setdefault(example.intent, []).append({"text": text})
    blocks = [{"intent": intent, "examples": texts} for intent, texts in sorted(taught.items())]
    return {
        "config.yml": {
            "recipe": "default.v1",
            "assistant_id": "rasa-default",
            "language": "id",
            "pipeline": _list_pipeline(epochs),
        },
        "domain.yml": {"version": _VERSION, "intents": sorted(taught)},
        "nlu.yml": {"version": _VERSION, "nlu": blocks},
    }


def _list_pipeline(epochs: int) -> list[dict[str, Any]]:
    """Return what `rasa init` writes, but for the ResponseSelector, which has nothing to select here.

    Source: rasa 3.6, `rasa/engine/recipes/config_files/default_config.yml`. The seed makes training repeat.
    """
    letters = {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
    return [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", **letters},
        {
            "name": "DIETClassifier",
            "epochs": epochs,
            "constrain_similarities": True,
            "random_seed": 1,
        },
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ]


def _hash(project: dict[str, Any]) -> str:
    """Return 16 hex digits over a project and the locked dependencies."""
    content = json.dumps(project, sort_keys=True).encode()
    return hashlib.sha256(content + paths.LOCK.read_bytes()).hexdigest()[:16]


def _train_with_rasa(project: Path, name: str) -> None:
    prepare_environment()
    report("starting Rasa")
    from rasa.model_training import train_nlu  # noqa: PLC0415 (slow, and only after prepare_environment)

    silence_rasa()
    report("Rasa's default pipeline learns")
    config, domain, data = (
        str(project / file) for file in ("config.yml", "domain.yml", "nlu.yml")
    )
    train_nlu(config, data, str(project), fixed_model_name=name, domain=domain)


def _write_note(model: Path, examples: Sequence[Example], epochs: int, seconds: float) -> None:
    """Write what is known of a training; `seconds` run from the first file to the model, with Rasa's own start."""
    note = {
        "examples": len(examples),
        "languages": sorted({example.language for example in examples}),
        "epochs": epochs,
        "seconds": round(seconds, 1),
        "measured_on": datetime.now(timezone.utc).date().isoformat(),
    }
    get_note(model).write_text(json.dumps(note) + "\n", encoding="utf-8")


def get_note(model: Path) -> Path:
    """Return where it is said what a model was taught."""
    return model.with_name(model.name.replace(".tar.gz", ".json"))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="suar_nlu.rasa_default", description="Train Rasa's default pipeline on a sample."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the model file")
    parser.add_argument(
        "--per-intent", type=int, default=PER_INTENT, help="examples of an intent and language"
    )
    parser.add_argument(
        "--languages", default=",".join(LANGUAGES), help="codes with commas between"
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="epochs of the classifier")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
