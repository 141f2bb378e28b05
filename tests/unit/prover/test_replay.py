"""Playing golden conversations: what is noticed, how it is told, and what is written anew."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import suar
from bot.content.load import ROOT, Content
from bot.errors import ContentError
from bot.prover.golden import Golden, Means, Turn, read_golden, write_golden
from bot.prover.places import is_said, places_in, text_at
from bot.prover.replay import replay, updated
from bot.prover.telling import conversation, difference

FLOWS = ROOT / "tests" / "flows"
CASE = FLOWS / "risk.worry_id.json"


def golden(**changes: Any) -> Golden:
    """Return a short conversation whose second turn is changed."""
    data = json.loads(CASE.read_text(encoding="utf-8"))
    data["turns"][1] |= changes
    return Golden.model_validate(data)


def written(tmp_path: Path, **changes: Any) -> Path:
    """Return the file of a short conversation whose second turn is changed."""
    path = tmp_path / CASE.name
    write_golden(golden(**changes), path)
    return path


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(suar, ["flows", *map(str, words)])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"said": ["risk.support.text"]}, "+  risk.safe.text: "),
        ({"said": []}, "+message 1"),
        ({"said": ["risk.safe.text", "menu.main.text"]}, "-message 2"),
        ({"said": [["risk.safe.text", "risk.stay.text"]]}, "-  risk.stay.text: "),
        ({"said": ["risk.nothing.text"]}, "-  risk.nothing.text: "),
        ({"buttons": ["risk.safe.questions", "risk.safe.menu"]}, "+button risk.safe.human"),
        ({"effects": ["EraseContact"]}, "-effect EraseContact"),
        ({"owner": "queue"}, "-owner queue"),
        ({"holds": ["nobody says this"]}, "-  holds: nobody says this"),
        ({"locale": "en"}, "-locale en"),
    ],
)
def test_every_difference_is_noticed_and_told(
    content: Content, changes: dict[str, Any], told: str
) -> None:
    """Other words, fewer, more, other buttons, effects, owner or language: each shows as its line of a diff."""
    first, second = replay(content, golden(**changes))
    assert first.as_written
    assert not second.as_written
    lines = list(difference(content, second))
    assert any(line.startswith(told) for line in lines), lines
    assert list(difference(content, first)) == []


def test_what_is_written_anew_goes_as_written(content: Content, tmp_path: Path) -> None:
    """An update keeps what still holds as it was, mends the rest, and needs no second one."""
    mended = updated(content, golden(said=["risk.support.text"], buttons=[]))
    assert mended == golden()
    write_golden(mended, tmp_path / "again.json")
    assert read_golden(tmp_path / "again.json") == mended
    assert all(played.as_written for played in replay(content, mended))


def test_an_update_finds_the_places_of_all_words(content: Content) -> None:
    """From a message alone, every text it is made of is found, however its gaps were filled."""
    bare = Golden.model_validate(
        {
            "about": "x",
            "locale": "en",
            "greeted": True,
            "remembers": {
                "quiz": {
                    "quiz": "warning_signs",
                    "round": ["dm_offer", "cousin_offer"],
                    "at": 0,
                    "right": 0,
                    "open": True,
                }
            },
            "turns": [
                {"text": "x", "means": {"intent": "disclose", "risk": "high"}},
                {"press": "quiz.play"},
                {"press": "quiz.play.dm_offer-a"},
                {"press": "quiz.list"},
            ],
        }
    )
    danger, (_, question), [answered], listed = (
        turn.said for turn in updated(content, bare).turns
    )
    assert danger == (("risk.support.text", "risk.support.abroad", "risk.support.after"),)
    assert listed == ("quiz.list.text",)
    assert "quizzes.warning_signs.dm_offer" in question
    assert "quizzes.warning_signs.dm_offer.explanation" in answered


def test_the_same_words_at_two_places_are_those_of_the_step_that_spoke(content: Content) -> None:
    """Both ways to choose a language ask the same; the step that waits says which it was."""
    words = text_at(content, "language.choose.text")
    assert words == text_at(content, "welcome.language.text")
    for step in ("language.choose", "welcome.language"):
        assert places_in(content, "en", words, near=step) == (f"{step}.text",)


def test_a_place_without_words_is_an_error(content: Content) -> None:
    """Asking whether words that stand nowhere are said is a mistake in the question."""
    with pytest.raises(KeyError):
        is_said(content, "menu.main.nothing", "en", "x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Invalid JSON"),
        ('{"about": "x", "locale": "en", "turns": []}', "turns"),
        ('{"about": "x", "locale": "en", "turns": [{}]}', "turns.0"),
        ('{"about": "x", "locale": "en", "turns": [{"text": "a", "press": "b"}]}', "turns.0"),
        ('{"about": "x", "locale": "en", "turns": [{"text": "a", "sayd": []}]}', "turns.0.sayd"),
        ('{"about": "x", "locale": "en", "turns": [{"text": "a", "means": {"risk": "big"}}]}', "turns.0.means.risk"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_in_the_form_says_where(tmp_path: Path, text: str, told: str) -> None:
    """A slip of the pen is named with its place, not passed over."""
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        read_golden(path)


def test_a_conversation_can_be_read(content: Content) -> None:
    """What the person did, what Suar said in their language, its buttons by title, and what it did."""
    path = FLOWS / "consent.share_on_desk_id.json"
    told = "\n".join(
        line for played in replay(content, read_golden(path)) for line in conversation(played)
    )
    assert '1 > "paspor saya ditahan agen"  (disclose 0.9, high document_confiscation)' in told
    assert "[Bicara dengan orang]" in told
    assert "* OpenCase, owner: queue" in told


def test_the_command_plays_and_fails_with_the_difference(tmp_path: Path) -> None:
    """It prints the conversation, stops at the first turn that goes otherwise, shows the diff, and exits with 1."""
    good = run("replay", CASE)
    assert good.exit_code == 0, good.output
    assert "risk.worry_id: A vague worry" in good.output
    assert "Played 1: all as written." in good.stderr
    bad = run("replay", "--quiet", written(tmp_path, said=["risk.support.text"]))
    assert isinstance(bad.exception, ContentError)
    assert "--- as written\n+++ as played" in bad.output
    assert "risk.worry_id.json, turn 2:" in bad.output
    assert "saya takut" not in bad.output


def test_the_command_updates_only_when_asked(tmp_path: Path) -> None:
    """With --update the file is mended and told; the next run is content."""
    path = written(tmp_path, buttons=[])
    before = path.read_text(encoding="utf-8")
    assert run("replay", path).exit_code == 1
    assert path.read_text(encoding="utf-8") == before
    mended = run("replay", "--update", path)
    assert mended.exit_code == 0
    assert "+button risk.safe.human" in mended.output
    assert "1 written anew" in mended.stderr
    assert run("replay", "-q", path).exit_code == 0


def test_the_command_draws_what_it_says(content: Content, tmp_path: Path) -> None:
    """It writes one file a flow and one of all, and prints each; a name or language it does not know is wrong usage."""
    done = run("graph", "--out", tmp_path / "new", "--locale", "id")
    assert done.exit_code == 0, done.output
    files = [Path(line) for line in done.stdout.splitlines()]
    assert {path.stem for path in files} == {*content.flows, "overview"}
    assert all(path.read_text(encoding="utf-8").startswith("<svg") for path in files)
    one = run("graph", "--flow", "menu", "--out", tmp_path)
    assert one.stdout.split() == [str(tmp_path / "menu.svg")]
    assert run("graph", "--flow", "nothing", "--out", tmp_path).exit_code == 2
    assert run("graph", "--locale", "xx", "--out", tmp_path).exit_code == 2


def test_the_example_in_the_documentation_goes_as_written(content: Content) -> None:
    """The conversation in docs/flows.md is in the form, and true."""
    text = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
    example = text.partition("```json\n")[2].partition("```")[0]
    for played in replay(content, Golden.model_validate_json(example)):
        assert played.as_written, list(difference(content, played))
    for field in (*Golden.model_fields, *Turn.model_fields, *Means.model_fields):
        assert f"`{field}`" in text, field
