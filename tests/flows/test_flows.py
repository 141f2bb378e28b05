"""Golden conversations: each file is one, played through the pure turn with the state re-read between two turns.

A file `<flow>.<case>.json` holds what the case is `about`, the `locale`, and its `turns`. A turn has one of `text`
(with what it `means`: an intent, its `confidence`, its `risk` and `kinds`), `press`, `start` or `sends`; and what must
come of it: the texts `said` (by their place in the content, in the order of the messages), the ids of the `buttons`
under the last message, the `effects` by name, and the `owner` of the conversation afterwards. What is not given is not
said, offered or done. `hours` and `counsellor` change the world before a turn, `returning` is the reference that four words have found, empty for none.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot.content.load import Content
from bot.conversation.state import Owner, Return
from bot.messages import IncomingKind
from bot.understanding.model import RiskLevel, Understanding
from tests.unit.conversation.talk import Talk, is_said, meaning, text_at

FILES = sorted(Path(__file__).parent.glob("*.json"))
MIN_CASES = 15
KNOWN = {
    "text",
    "means",
    "press",
    "start",
    "sends",
    "said",
    "buttons",
    "effects",
    "owner",
    "hours",
    "counsellor",
    "returning",
    "holds",
}


def read(path: Path) -> dict[str, Any]:
    """Return a golden conversation."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def understood(means: dict[str, Any]) -> Understanding:
    """Return what a turn's text is said to mean."""
    risk = RiskLevel.of(means.get("risk", "none"))
    kinds, language = tuple(means.get("kinds", ())), means.get("language")
    if means.get("degraded"):
        return meaning(risk=risk, kinds=kinds, language=language, degraded=True)
    return meaning(
        means.get("intent", "out_of_scope"),
        means.get("confidence", 0.9),
        risk=risk,
        kinds=kinds,
        language=language,
    )


def play(talk: Talk, turn: dict[str, Any]) -> None:
    """Play one turn of the file."""
    talk.wait(timedelta(hours=turn.get("hours", 0)))
    if turn.get("counsellor") == "on desk":
        talk.on_desk = True
    if turn.get("counsellor") == "writes":
        talk.owner = Owner.STAFF
    talk.returning = None
    if "returning" in turn:
        talk.returning = Return(UUID(int=1), turn["returning"]) if turn["returning"] else Return()
    if "text" in turn:
        talk.write(turn["text"], understood(turn.get("means", {})))
    elif "press" in turn:
        talk.press(turn["press"])
    elif "start" in turn:
        talk.do(IncomingKind.START, turn["start"])
    else:
        talk.do(IncomingKind.UNREADABLE, turn["sends"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_conversation_goes_as_it_was_written_down(content: Content, path: Path) -> None:
    """Every turn says, offers and does what its file says, and nothing else."""
    golden = read(path)
    talk = (
        Talk.greeted(content, golden["locale"])
        if golden.get("greeted")
        else Talk.new(content, golden["locale"])
    )
    for number, turn in enumerate(golden["turns"], start=1):
        assert set(turn) <= KNOWN, f"turn {number}: {set(turn) - KNOWN}"
        language = talk.state.locale
        play(talk, turn)
        where = f"{path.name}, turn {number}"
        said = turn.get("said", [])
        assert len(talk.messages) == len(said), f"{where}: {talk.words}"
        for message, texts in zip(talk.messages, said, strict=True):
            for text in [texts] if isinstance(texts, str) else texts:
                locale = talk.state.locale if "language" in (turn.get("press") or "") else language
                assert is_said(content, text, locale, message.text), (
                    f"{where}: {text} is not in {message.text!r}"
                )
        assert list(talk.buttons) == turn.get("buttons", []), where
        assert [type(effect).__name__ for effect in talk.effects] == turn.get("effects", []), where
        assert talk.owner.value == turn.get("owner", talk.owner.value), where
        assert all(words in talk.words for words in turn.get("holds", [])), where


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_words_of_a_conversation_exist_in_its_language(content: Content, path: Path) -> None:
    """A conversation in Indonesian is said in Indonesian."""
    golden = read(path)
    said = [
        text
        for turn in golden["turns"]
        for texts in turn.get("said", [])
        for text in ([texts] if isinstance(texts, str) else texts)
    ]
    assert said
    for where in said:
        text = text_at(content, where)
        translated = content.words.say(text, golden["locale"])
        assert (translated == text) == (golden["locale"] == content.words.source) or "{" in text, (
            where
        )


def test_the_files_are_named_after_their_flows(content: Content) -> None:
    """A file's name says which flow and which case; both languages and most flows are there."""
    named = {path.stem.partition(".")[0] for path in FILES}
    assert named <= set(content.flows)
    assert set(content.flows) - named <= {"topics"}
    assert {read(path)["locale"] for path in FILES} == set(content.words.locales)
    assert len(FILES) >= MIN_CASES
