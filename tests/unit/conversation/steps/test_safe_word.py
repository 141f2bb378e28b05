"""`safe_word`: a quiz at once, and help again with the same word."""

from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.conversation.effects import RelayToCase, WarnOfWatcher
from bot.conversation.state import Owner
from bot.messages import IncomingKind
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning


def chosen(content: Content) -> Talk:
    """Return a conversation in which the word "mangga7" has been chosen."""
    return Talk.greeted(content).press("watched.ask.word").write("Mangga7")


def test_the_word_brings_a_quiz_at_once(content: Content) -> None:
    """In any case and from anywhere, and not a word about anything else."""
    talk = chosen(content).press("emergency.show").write("MANGGA7 ")
    assert talk.state.at == "quiz.play"
    assert talk.says("quiz.play.resume")
    assert not any(button.startswith(("consent", "emergency")) for button in talk.buttons)


def test_while_covered_whatever_is_typed_stays_with_the_quiz(content: Content) -> None:
    """Somebody else may be typing: neither menu nor greeting nor a command shows what else there is."""
    talk = chosen(content).write("mangga7")
    for text, means in (
        ("halo", meaning("greet")),
        ("/menu", None),
        ("siapa kamu", meaning("about_bot")),
    ):
        assert talk.write(text, means).state.at == "quiz.play"


def test_starting_anew_or_a_picture_stays_with_the_quiz(content: Content) -> None:
    """Whoever takes the phone and presses "start" sees nothing else, also while the person waits for a counsellor."""
    for owner in (Owner.BOT, Owner.QUEUE):
        for kind in (IncomingKind.START, IncomingKind.UNREADABLE):
            talk = chosen(content).write("mangga7")
            talk.owner = owner
            talk.do(kind, "quiz_none" if kind is IncomingKind.START else "picture")
            assert talk.state.at == "quiz.play"


def test_an_old_button_shows_nothing_else_while_waiting_under_cover(content: Content) -> None:
    """The words of the queue stay off the screen until the safe word brings them back."""
    talk = chosen(content)
    talk.owner = Owner.QUEUE
    talk.write("mangga7").press("consent.waiting.later_when")
    assert talk.state.at == "quiz.play"
    assert not talk.says("consent.waiting.ask_when")


def test_an_answer_typed_under_cover_is_played(content: Content) -> None:
    """The quiz is a real one."""
    talk = chosen(content).write("mangga7").write("a")
    assert talk.state.memory["quiz"]["at"] == 1


def test_the_word_brings_help_back(content: Content) -> None:
    """The same word again, and the way to a person is one press away."""
    talk = chosen(content).write("mangga7").write("mangga7")
    assert talk.state.at == "watched.back"
    assert "watched.back.human" in talk.buttons


def test_danger_is_heard_under_cover(content: Content) -> None:
    """Words that tell of danger are answered at once, whoever may be looking: the person wrote them."""
    talk = chosen(content).write("mangga7")
    talk.write("dia memukul saya", meaning("disclose", risk=RiskLevel.IMMEDIATE))
    assert talk.state.at == "risk.support"


def test_the_cover_ends_by_itself(content: Content) -> None:
    """Who forgets the word gets Suar back after an hour."""
    talk = chosen(content).write("mangga7").wait(timedelta(minutes=61))
    assert talk.write("halo", meaning("greet")).state.at == "menu.greet"


@pytest.mark.parametrize(
    ("word", "means"), [("abc", None), ("x" * 21, None), ("halo", meaning("greet"))]
)
def test_a_word_that_could_be_written_by_chance_is_asked_for_again(
    content: Content, word: str, means: None
) -> None:
    """Too short, too long, or something that means something here."""
    talk = Talk.greeted(content).press("watched.ask.word").write(word, means)
    assert talk.says("watched.word.too_plain")
    assert "word" not in talk.state.memory.get("watched", {})


def test_a_question_in_place_of_a_word_is_a_question(content: Content) -> None:
    """Several words are understood as anywhere else; the word can also be left out."""
    talk = Talk.greeted(content).press("watched.ask.word")
    assert talk.write("what is this for", meaning("about_bot")).state.at == "menu.about"
    assert Talk.greeted(content).press("watched.word.skip").state.at == "watched.ask"


def test_a_counsellor_is_warned_and_the_bot_keeps_quiet(content: Content) -> None:
    """During a talk the word is not passed on as words: the desk says that somebody may be looking."""
    talk = chosen(content)
    talk.owner = Owner.STAFF
    talk.write("mangga7")
    assert talk.effects == (WarnOfWatcher(watched=True),)
    assert talk.messages == ()
    talk.write("mangga7")
    assert talk.effects == (WarnOfWatcher(watched=False),)
    assert talk.messages == ()
    assert talk.write("halo").effects == (RelayToCase("halo"),)


def test_the_word_itself_is_not_kept(content: Content) -> None:
    """Neither where it is chosen nor where it is used: nobody who may read the rest reads it."""
    talk = chosen(content).write("mangga7").write("mangga7")
    assert [said.text for said in talk.buffer] == []


def test_who_waits_sees_the_quiz_and_can_play_it(content: Content) -> None:
    """In the queue the bot may still speak: the cover is complete until the word brings help back."""
    talk = chosen(content)
    talk.owner = Owner.QUEUE
    talk.write("mangga7")
    assert talk.effects[0] == WarnOfWatcher(watched=True)
    assert talk.state.at == "quiz.play"
    assert talk.press(talk.buttons[0]).state.memory["quiz"]["at"] == 1
    talk.write("mangga7")
    assert talk.effects[0] == WarnOfWatcher(watched=False)
    assert talk.state.at == "watched.back"
