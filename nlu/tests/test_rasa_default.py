"""Rasa's default pipeline, as a peer: what it is taught, and that it can be taught."""

import json
from collections import Counter
from pathlib import Path

import yaml

from suar_nlu.examples import Example, load_examples
from suar_nlu.rasa_default import (
    describe_project,
    get_note,
    sample_examples,
    train_default,
    write_project,
)

DATA = Path(__file__).parent / "data"


def make_examples(count: int, intent: str, language: str) -> list[Example]:
    """Return examples that differ in their number only."""
    return [Example(f"{intent} {number}", intent, language) for number in range(count)]


def test_every_intent_has_the_same_share_of_the_sample() -> None:
    """Of each intent and language at most so many are taken, from all over the files, and other languages not at all."""
    examples = [
        *make_examples(100, "greet", "id"),
        *make_examples(2, "menu", "en"),
        *make_examples(9, "greet", "th"),
    ]
    sample = sample_examples(examples, ["id", "en"], 4)
    assert Counter((e.intent, e.language) for e in sample) == {
        ("greet", "id"): 4,
        ("menu", "en"): 2,
    }
    assert [e.text for e in sample if e.intent == "greet"] == [
        "greet 0",
        "greet 25",
        "greet 50",
        "greet 75",
    ]
    assert sample_examples(examples, ["id", "en"], 4) == sample


def test_the_project_is_plain_rasa(tmp_path: Path) -> None:
    """No component and no label of ours is in it, and brackets in a message are no entities."""
    told = Example(
        "they [my boss](x) locked me in {a room} 🙏", "disclose", "en", "high", ("confinement",)
    )
    write_project(tmp_path, [told], epochs=3)
    files = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert set(files) == {"config.yml", "domain.yml", "nlu.yml"}
    assert "suar" not in "".join(files.values())
    (block,) = yaml.safe_load(files["nlu.yml"])["nlu"]
    assert block == {
        "intent": "disclose",
        "examples": [{"text": "they (my boss)(x) locked me in (a room) 🙏"}],
    }
    assert yaml.safe_load(files["domain.yml"])["intents"] == ["disclose"]


def test_the_pipeline_is_taught_for_as_long_as_asked() -> None:
    """The number of epochs reaches the classifier."""
    pipeline = describe_project([], 7)["config.yml"]["pipeline"]
    assert [part.get("epochs") for part in pipeline if part["name"] == "DIETClassifier"] == [7]


def test_the_pipeline_is_taught_once(tmp_path: Path) -> None:
    """There is a model and a note on it; asked again, the same file is there, and it is still the same."""
    examples = load_examples(DATA)
    model = train_default(tmp_path, examples, epochs=1)
    note = json.loads(get_note(model).read_text(encoding="utf-8"))
    assert (note["examples"], note["epochs"], note["languages"]) == (
        len(examples),
        1,
        ["en", "id"],
    )
    assert note["seconds"] > 0
    before = model.stat().st_mtime_ns
    assert train_default(tmp_path, examples, epochs=1) == model
    assert model.stat().st_mtime_ns == before
    assert {path.suffix for path in tmp_path.iterdir()} == {".gz", ".json"}
