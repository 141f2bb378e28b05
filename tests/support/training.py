"""The rules of the language model's loader for training files, without its environment: see `nlu/suar_nlu/examples.py`."""

from pathlib import Path
from typing import Any

import yaml

from bot.understanding.taxonomy import SUBJECTS, get_taxonomy


def load_training_rows(folder: Path) -> list[dict[str, Any]]:
    """Read every `<language>/*.yml` below a folder as the loader does; return text, intent, language, risk, kinds and subject.

    Raises:
        AssertionError: A file has not the shape that the loader asks for, or uses an unknown label.
    """
    rows = []
    for path in sorted(folder.glob("*/*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert isinstance(data, dict)
        assert isinstance(data["nlu"], list)
        for block in data["nlu"]:
            assert set(block) == {"intent", "examples"}
            assert block["intent"] in get_taxonomy().intents
            assert isinstance(block["examples"], list)
            assert block["examples"]
            rows += [_row(path, block["intent"], item) for item in block["examples"]]
    return rows


def _row(path: Path, intent: str, item: Any) -> dict[str, Any]:
    assert isinstance(item, dict)
    assert set(item) <= {"text", "metadata"}
    text = item["text"].strip().removeprefix("- ").strip()
    assert text
    labels = item.get("metadata") or {}
    assert set(labels) <= {"risk", "kinds", "subject"}
    risk, kinds = labels.get("risk", "none"), labels.get("kinds") or []
    assert risk in get_taxonomy().levels
    assert set(kinds) <= set(get_taxonomy().kinds)
    assert labels.get("subject", "unknown") in SUBJECTS
    return {
        "text": text,
        "intent": intent,
        "language": path.parent.name,
        "risk": risk,
        "kinds": tuple(kinds),
        "subject": labels.get("subject", "unknown"),
    }
