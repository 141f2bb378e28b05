"""Loads the training examples: one folder a language, Rasa YAML files, risk labels as metadata of an example.

A mistake in a file is reported as one line that names the file and the reason, because the people who write
examples are not the people who read tracebacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from suar_nlu.taxonomy import LEVELS, SUBJECTS, get_taxonomy


class DataError(Exception):
    """A training file cannot be used; the message names the file and the reason in one line."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file.parent.name}/{file.name}: {' '.join(reason.split())}")


@dataclass(frozen=True)
class Example:
    """One labelled message. `kinds` is empty and `subject` is "unknown" when `risk` is "none".

    `source` is the name of the file it comes from, for reports only.
    """

    text: str
    intent: str
    language: str
    risk: str = "none"
    kinds: tuple[str, ...] = ()
    subject: str = "unknown"
    source: str = field(default="", compare=False)


def load_examples(data_dir: Path) -> list[Example]:
    """Read every `<language>/*.yml` below a folder, in the order of the file names.

    Raises:
        DataError: A file is not YAML, has the wrong shape, or uses a label that the taxonomy does not know.
    """
    files = sorted(data_dir.glob("*/*.yml"))
    if not files:
        raise DataError(
            data_dir / "*.yml", "no training files found, expected <language>/<name>.yml"
        )
    examples = {example: None for file in files for example in _read_file(file)}
    return list(examples)


def _read_file(file: Path) -> Iterator[Example]:
    try:
        # The loader written in C reads the whole data in seconds, the other one in minutes.
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise DataError(file, f"not valid YAML: {exc}") from exc
    blocks = raw.get("nlu") if isinstance(raw, dict) else None
    if not isinstance(blocks, list):
        raise DataError(file, "expected a list under 'nlu'")
    for block in blocks:
        yield from _read_intent(file, block)


def _read_intent(file: Path, block: Any) -> Iterator[Example]:
    if not isinstance(block, dict) or set(block) != {"intent", "examples"}:
        raise DataError(file, "each entry of 'nlu' must have exactly 'intent' and 'examples'")
    intent = block["intent"]
    if intent not in get_taxonomy().intents:
        raise DataError(file, f"unknown intent '{intent}'")
    for item in _split_examples(file, intent, block["examples"]):
        yield _read_example(file, intent, item)


def _split_examples(file: Path, intent: str, examples: Any) -> list[dict[str, Any]]:
    """Bring Rasa's two ways of writing examples (one dashed text, or a list of mappings) into one."""
    if isinstance(examples, str):
        examples = [{"text": line} for line in examples.splitlines() if line.strip()]
        if not all(item["text"].startswith("- ") for item in examples):
            raise DataError(
                file, f"intent '{intent}': every line of a text block must start with '- '"
            )
    if not isinstance(examples, list) or not examples:
        raise DataError(file, f"intent '{intent}' has no examples")
    return examples


def _read_example(file: Path, intent: str, item: Any) -> Example:
    if (
        not isinstance(item, dict)
        or not set(item) <= {"text", "metadata"}
        or not isinstance(item.get("text"), str)
    ):
        raise DataError(
            file, f"intent '{intent}': an example needs 'text' and may have 'metadata': {item!r}"
        )
    text = item["text"].strip().removeprefix("- ").strip()
    labels = item.get("metadata") or {}
    if not text:
        raise DataError(file, f"intent '{intent}' has an example without text")
    if not isinstance(labels, dict) or not set(labels) <= {"risk", "kinds", "subject"}:
        raise DataError(file, f"'{text}': metadata may have risk, kinds and subject")
    return _label(file, intent, text, labels)


def _label(file: Path, intent: str, text: str, labels: dict[str, Any]) -> Example:
    risk = labels.get("risk", "none")
    kinds = labels.get("kinds") or []
    subject = labels.get("subject", "unknown")
    # YAML reads a bare `none` as a string but an empty value as None; both mean "no risk".
    risk = "none" if risk is None else risk
    if risk not in LEVELS:
        raise DataError(file, f"'{text}': unknown risk level '{risk}'")
    if not isinstance(kinds, list) or not set(kinds) <= set(get_taxonomy().kinds):
        raise DataError(file, f"'{text}': unknown risk kind in {kinds!r}")
    if subject not in SUBJECTS:
        raise DataError(file, f"'{text}': unknown subject '{subject}'")
    if risk == "none":
        kinds, subject = [], "unknown"
    return Example(
        text, intent, file.parent.name, risk, tuple(sorted(set(kinds))), subject, file.stem
    )
