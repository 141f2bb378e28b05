"""The training data: what may stand in it, and that it covers the taxonomy."""

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from suar_nlu import paths
from suar_nlu.cleaning import clean
from suar_nlu.examples import DataError, Example, load_examples
from suar_nlu.taxonomy import get_taxonomy

MIN_EXAMPLES = 10


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Return the project's training data."""
    return load_examples(paths.DATA)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_intent_has_examples(examples: list[Example], language: str) -> None:
    """No intent of the taxonomy is without examples in a language that Suar speaks."""
    counts: dict[str, int] = defaultdict(int)
    for example in examples:
        counts[example.intent] += example.language == language
    assert {intent for intent in get_taxonomy().intents if counts[intent] < MIN_EXAMPLES} == set()


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_kind_has_examples(examples: list[Example], language: str) -> None:
    """No kind of risk is without examples in a language that Suar speaks."""
    told = {kind for example in examples if example.language == language for kind in example.kinds}
    assert told == set(get_taxonomy().kinds)


def test_domain_lists_the_intents() -> None:
    """Rasa's domain and the taxonomy name the same intents."""
    domain = yaml.safe_load(paths.DOMAIN.read_text(encoding="utf-8"))
    assert domain["intents"] == list(get_taxonomy().intents)


def test_no_text_has_two_risks(examples: list[Example]) -> None:
    """The same words in the same language are never called harmless in one place and serious in another."""
    levels: dict[tuple[str, str], set[str]] = defaultdict(set)
    for example in examples:
        levels[example.language, clean(example.text).lower()].add(example.risk)
    assert {
        key for key, found in levels.items() if {"none"} < found and found & {"high", "immediate"}
    } == set()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("nlu: [", "not valid YAML"),
        ("nlu: 5", "expected a list"),
        ("nlu:\n- intent: nonsense\n  examples: |\n    - a", "unknown intent 'nonsense'"),
        ("nlu:\n- intent: greet\n  examples: |\n    halo", "must start with '- '"),
        ("nlu:\n- intent: greet\n  examples: []", "no examples"),
        (
            "nlu:\n- intent: greet\n  examples:\n  - text: a\n    metadata: {risk: dire}",
            "unknown risk level 'dire'",
        ),
        (
            "nlu:\n- intent: greet\n  examples:\n  - text: a\n    metadata: {kinds: [x]}",
            "unknown risk kind",
        ),
        (
            "nlu:\n- intent: greet\n  examples:\n  - text: a\n    metadata: {subject: me}",
            "unknown subject 'me'",
        ),
        (
            "nlu:\n- intent: greet\n  examples:\n  - text: a\n    metadata: {level: x}",
            "metadata may have",
        ),
    ],
)
def test_broken_file_is_named(tmp_path: Path, content: str, reason: str) -> None:
    """A broken file gives one line that names it and says why."""
    (tmp_path / "id").mkdir()
    (tmp_path / "id" / "bad.yml").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"^id/bad\.yml: [^\n]*$") as caught:
        load_examples(tmp_path)
    assert reason in str(caught.value)


def test_no_data_is_an_error(tmp_path: Path) -> None:
    """An empty folder does not make an empty model."""
    with pytest.raises(DataError, match="no training files"):
        load_examples(tmp_path)
