"""A trained model, asked through Rasa as the server asks it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import DATA, load_parser

from suar_nlu.taxonomy import LEVELS, SUBJECTS, get_taxonomy

Parse = Callable[[str], dict[str, Any]]

HOSTILE = [
    "",
    " ",
    "/restart",
    '/greet{"name": "x"}',
    "/greet@1.0",
    "\0",
    "\ud800",
    "\u202e\u200b",
    "😀" * 300,
    "{{7*7}} ${jndi:x} %s %d \\",
    "[paspor](entity) (saya)[x]",
    "A" * 50_000,
    "a b " * 20_000,
    "၊" * 5_000,
    "\u0301" * 5_000,
    "5",
]


def test_output_has_the_shape_that_the_bot_reads(parse: Parse) -> None:
    """Intent, ranking and risk are there, with ids of the taxonomy."""
    answer = parse("paspor saya ditahan majikan dan saya dikunci di kamar")
    risk = answer["risk"]
    assert answer["intent"]["name"] in get_taxonomy().intents
    assert answer["intent_ranking"][0] == answer["intent"]
    assert len(answer["intent_ranking"]) == 5
    assert risk["level"] in LEVELS[2:]
    assert risk["subject"] in SUBJECTS
    assert set(risk["kinds"]) <= set(get_taxonomy().kinds)
    assert list(risk["scores"]) == list(LEVELS)
    assert sum(risk["scores"].values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text)[:20] for text in HOSTILE])
def test_hostile_text_gets_an_ordinary_answer(parse: Parse, text: str) -> None:
    """Whatever is sent, the answer has an intent of the taxonomy and can be written as JSON."""
    answer = parse(text)
    assert answer["intent"]["name"] in get_taxonomy().intents
    assert answer["intent"]["confidence"] < 1.0 or len(answer["intent_ranking"]) == 5
    json.dumps(answer, ensure_ascii=False).encode()


def test_text_without_words_is_no_risk(parse: Parse) -> None:
    """Emoji, digits and punctuation do not raise an alarm."""
    for text in ("😭😭", "1", "?", ""):
        assert parse(text)["risk"]["level"] == "none"


def test_one_sentence_in_a_long_story_counts(parse: Parse) -> None:
    """A disclosure is found though it drowns in harmless sentences."""
    story = "Halo selamat pagi. Saya mau tanya biaya penempatan. " * 12
    told = "Saya dikunci di kamar dan dipukul majikan tiap hari. "
    assert parse(story + told + story)["risk"]["level"] in LEVELS[2:]


def test_answers_repeat(parse: Parse, small_model: Path) -> None:
    """The same text gets the same answer, again and after a restart, byte for byte."""
    texts = ["saya dikunci di kamar", "berapa biaya ke taiwan?", "gk bs klr tolong", "hello"]
    first = [_stable(parse(text)) for text in texts]
    restarted = load_parser(small_model)
    assert [_stable(parse(text)) for text in texts] == first
    assert [_stable(restarted(text)) for text in reversed(texts)] == first[::-1]


def test_training_repeats(parse: Parse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training again on the same data gives a model with the same answers."""
    from suar_nlu.train import train

    monkeypatch.setenv("SUAR_NLU_DATA", str(DATA))
    monkeypatch.setenv("SUAR_NLU_CACHE", str(tmp_path / "vectors"))
    again = load_parser(train(tmp_path))
    for text in ("saya dikunci di kamar", "how much does it cost"):
        assert _stable(again(text)) == _stable(parse(text))


def test_no_message_reaches_a_log(parse: Parse, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever people write, nothing of it is printed or logged."""
    for text in (
        "rahasia-sekali tolong",
        "/rahasia-sekali",
        '/rahasia-sekali{"a": }',
        "rahasia-sekali " * 500,
    ):
        parse(text)
    captured = capfd.readouterr()
    assert "rahasia" not in captured.out + captured.err


def _stable(answer: dict[str, Any]) -> str:
    return json.dumps(answer, sort_keys=True)
