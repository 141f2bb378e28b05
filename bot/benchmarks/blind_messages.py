"""The messages that the language models are asked about: blind ones, which none of them was taught."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

SEED = 1


def load_messages(folder: Path) -> dict[str, list[str]]:
    """Return the messages of every `<language>/*.yml` below a folder, by language, no text twice."""
    seen: set[str] = set()
    messages: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*/*.yml")):
        for text in _texts(file):
            if text not in seen:
                seen.add(text)
                messages.setdefault(file.parent.name, []).append(text)
    return messages


def _texts(file: Path) -> Iterator[str]:
    # The loader written in C reads them in a second, the other one in ten.
    blocks: list[dict[str, Any]] = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)["nlu"]
    for block in blocks:
        examples = block["examples"]
        lines = examples.splitlines() if isinstance(examples, str) else examples
        for line in lines:
            text = line if isinstance(line, str) else line["text"]
            yield text.strip().removeprefix("- ").strip()


def deal(messages: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all messages, shuffled, with the languages taking turns as long as they last; the same way every time."""
    chance = random.Random(SEED)  # noqa: S311  # no secret hangs on it
    languages = [chance.sample(texts, len(texts)) for _, texts in sorted(messages.items())]
    return [text for turn in zip_longest(*languages) for text in turn if text]
