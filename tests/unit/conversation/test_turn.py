"""What one turn makes of a message: the order in which it may be a command, a button, danger, a wish or a question."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.conversation import turn as turns
from bot.conversation.effects import SetBlocked, StopMessages
from bot.conversation.questions import MAX_SUGGESTIONS
from bot.conversation.state import Owner, State
from bot.conversation.ways import COMMANDS, INTENT_STEPS
from bot.messages import MAX_TEXT_CHARS, Incoming, IncomingKind
from bot.understanding.model import Guess, RiskLevel, Understanding
from tests.unit.conversation.talk import ADDRESS, Talk, meaning, text_at, world


def test_the_first_event_of_the_app_is_welcomed_with_a_choice_of_language(
    content: Content,
) -> None:
    """Opening the chat brings the welcome and the languages to choose from."""
    talk = Talk.new(content).do(IncomingKind.START)
    assert talk.says("welcome.hello.text")
    assert talk.buttons[:2] == ("welcome.language.id", "welcome.language.en")
    assert talk.state.greeted


def test_a_campaigns_link_leads_straight_to_its_quiz(content: Content) -> None:
    """Whoever comes by a quiz's link sees the quiz first."""
    talk = Talk.new(content).do(IncomingKind.START, "quiz_warning_signs")
    assert talk.buttons[0] == "quiz.play.begin"


@pytest.mark.parametrize("payload", ["quiz_unknown", "something", "quiz", "_", "quiz_"])
def test_a_link_that_leads_nowhere_leads_to_the_welcome(content: Content, payload: str) -> None:
    """An unknown payload is no error for whoever opened it."""
    assert Talk.new(content).do(IncomingKind.START, payload).state.at == "welcome.language"


def test_a_vague_first_message_is_welcomed(content: Content) -> None:
    """A first hello is answered with the welcome, not with small talk."""
    assert Talk.new(content).write("hi", meaning("greet")).state.at == "welcome.language"


def test_a_first_question_is_answered_without_a_welcome_before_it(content: Content) -> None:
    """Somebody who asks at once gets the answer at once."""
    talk = Talk.new(content).write("what is trafficking", meaning("what_is_trafficking"))
    assert talk.says("answers.what_is_trafficking")
    assert talk.state.greeted


def test_a_greeting_later_on_is_answered_with_a_greeting(content: Content) -> None:
    """After the welcome, hello is small talk."""
    assert Talk.greeted(content).write("hi", meaning("greet")).state.at == "menu.greet"


@pytest.mark.parametrize(("command", "target"), COMMANDS.items())
def test_every_command_leads_somewhere(content: Content, command: str, target: str) -> None:
    """Each command leads to a step that exists, or presses a button that exists, and something is said."""
    talk = Talk.greeted(content).write(command)
    assert content.has_step(".".join(target.split(".")[:2]))
    assert talk.words
    assert not (talk.state.at or "").startswith("unclear")


@pytest.mark.parametrize("typed", ["/menu", " /MENU ", "/menu@suar_bot", "/menu please"])
def test_a_command_is_known_however_it_is_typed(content: Content, typed: str) -> None:
    """Case, the bot's name behind it, and words behind it do not matter."""
    assert Talk.greeted(content).write(typed).state.at == "menu.main"


def test_an_unknown_command_is_a_message_like_any_other(content: Content) -> None:
    """A slash alone makes no command."""
    assert Talk.greeted(content).write("/nonsense", meaning()).state.at == "unclear.outside"


def test_the_stop_command_stops_messages(content: Content) -> None:
    """`/stop` has its effect at once, without a question before it."""
    assert StopMessages() in Talk.greeted(content).write("/stop").effects


@pytest.mark.parametrize(("intent", "target"), INTENT_STEPS.items())
def test_every_wish_leads_somewhere(content: Content, intent: str, target: str) -> None:
    """A wish said in own words leads to the same step as its button."""
    talk = Talk.greeted(content).write("…", meaning(intent))
    assert talk.words
    if target.count(".") == 1:
        assert talk.state.at == {"quiz.play": "quiz.list"}.get(target, target)


@pytest.mark.parametrize("typed", ["6", "play a quiz", " Play a Quiz "])
def test_a_button_can_be_typed(content: Content, typed: str) -> None:
    """The number or the title of a button under the last message does what pressing it does."""
    talk = Talk.greeted(content).write("/menu").write(typed, meaning())
    assert talk.state.at == "quiz.list"


def test_a_typed_number_beyond_the_buttons_is_a_message_like_any_other(content: Content) -> None:
    """Only numbers that stand for a button are taken as one."""
    assert (
        Talk.greeted(content).write("/menu").write("42", meaning()).state.at == "unclear.outside"
    )


def test_a_typed_button_that_no_longer_fits_is_read_as_words(content: Content) -> None:
    """What was offered and has gone is not pressed by typing it."""
    state = State("en", True, True, offered=(("consent.ask.share", "Yes, and share this"),))
    talk = Talk(content, state).write("Yes, and share this", meaning("affirm"))
    assert talk.state.at == "menu.said_yes"
    assert not talk.effects


def test_a_pressed_button_does_what_it_says(content: Content) -> None:
    """A press leads where the button leads, also as the very first event."""
    assert Talk.new(content).press("menu.main.numbers").state.at == "emergency.show"


@pytest.mark.parametrize(
    "button", ["", ".", "nowhere", "menu.nowhere", "menu.main.nowhere", "quiz.play.nowhere"]
)
def test_a_button_that_is_not_there_any_more_is_explained(content: Content, button: str) -> None:
    """An old or foreign button gets an honest sentence and two ways on."""
    talk = Talk.greeted(content).press(button)
    assert talk.state.at == "unclear.old_button"
    assert talk.buttons == ("unclear.old_button.human", "unclear.old_button.menu")


def test_what_cannot_be_read_is_said_to_be_so(content: Content) -> None:
    """A picture or a voice message is answered with what works instead."""
    assert Talk.new(content).do(IncomingKind.UNREADABLE, "voice").state.at == "unclear.unreadable"


@pytest.mark.parametrize("kind", [IncomingKind.BLOCKED, IncomingKind.UNBLOCKED])
@pytest.mark.parametrize("owner", Owner)
def test_blocking_is_noted_without_a_word(
    content: Content, kind: IncomingKind, owner: Owner
) -> None:
    """Blocking and unblocking say nothing and are kept, whoever owns the conversation."""
    talk = Talk(content, State("en"), owner=owner).do(kind)
    assert not talk.messages
    assert talk.effects == (SetBlocked(blocked=kind is IncomingKind.BLOCKED),)


def test_a_cut_message_is_answered_and_the_cut_is_told(content: Content) -> None:
    """Whoever writes more than is kept is told so, and then answered."""
    talk = Talk.greeted(content).write("a" * MAX_TEXT_CHARS, meaning("documents"))
    assert len(talk.messages) == 2
    assert talk.messages[0].text == content.words.say(text_at(content, "unclear.cut.text"), "en")
    assert talk.state.at == "answer.give"


# Language


@pytest.mark.parametrize(
    ("state", "written", "told", "expected"),
    [
        (State("id"), "en", None, "en"),
        (State("id"), None, "en", "en"),
        (State("id"), "id", "en", "id"),
        (State("id"), "ja", "ja", "id"),
        (State("id", greeted=True), None, "en", "id"),
        (State("id", greeted=True), "en", None, "en"),
        (State("id", locale_chosen=True), "en", "en", "id"),
    ],
    ids=[
        "written",
        "told by the app",
        "written wins",
        "unreleased",
        "told later",
        "later",
        "chosen",
    ],
)
def test_the_language_follows_the_person_until_they_choose(
    content: Content, state: State, written: str | None, told: str | None, expected: str
) -> None:
    """What is written counts first, then the app's language at the first contact; a choice is final."""
    incoming = Incoming(ADDRESS, "1", IncomingKind.TEXT, "hm", told)
    result = turns.turn(state, incoming, Understanding(written), content, world())
    assert result.state.locale == expected


# Questions


def test_a_sure_question_is_simply_answered(content: Content) -> None:
    """From half on, the answer comes without "did you mean"."""
    talk = Talk.greeted(content).write("…", meaning("what_is_trafficking", 0.5))
    assert len(talk.messages) == 1
    assert "answer.give.yes" not in talk.buttons


def test_a_likely_question_is_answered_and_checked(content: Content) -> None:
    """Below that, the answer comes with "was this what you meant?"."""
    talk = Talk.greeted(content).write("what is it", meaning("what_is_trafficking", 0.4))
    assert talk.says("answers.what_is_trafficking")
    assert talk.buttons == ("answer.give.yes", "answer.give.no", "consent.ask")


def test_an_unlikely_question_is_offered_as_a_suggestion(content: Content) -> None:
    """Below that, up to three questions are suggested instead of guessing."""
    means = meaning(
        "contract",
        0.25,
        Guess("documents", 0.2),
        Guess("predeparture", 0.15),
        Guess("embassy_help", 0.13),
    )
    talk = Talk.greeted(content).write("…", means)
    suggested = [
        button
        for button in talk.buttons
        if button.startswith("answer.give.") and not button.endswith(".no")
    ]
    assert len(suggested) == MAX_SUGGESTIONS
    assert "answer.give.no" in talk.buttons
    assert "consent.ask" in talk.buttons


def test_a_single_suggestion_is_given_and_checked(content: Content) -> None:
    """Where only one answer is at all likely, it is given with the question whether it was meant."""
    talk = Talk.greeted(content).write("…", meaning("predeparture", 0.2, Guess("documents", 0.05)))
    assert talk.buttons[:2] == ("answer.give.yes", "answer.give.no")


def test_several_answers_to_one_question_put_the_nearest_first(content: Content) -> None:
    """The answer whose question shares most words with the message is given, the others stand beside it."""
    answers = content.by_intent["return_home"]
    for answer in answers:
        talk = Talk.greeted(content).write(answer.question, meaning("return_home"))
        assert talk.messages[0].text.startswith(answer.text)
        assert any(
            f"answer.give.{other.id}" in talk.buttons for other in answers if other is not answer
        )


def test_a_question_without_a_checked_answer_is_admitted(content: Content) -> None:
    """The bot says that it has no answer rather than inventing one."""
    bare = replace(content, by_intent={})
    assert Talk.greeted(bare).write("…", meaning("documents")).state.at == "answer.missing"


def test_guesses_too_weak_for_a_suggestion_are_not_suggested(content: Content) -> None:
    """A weak guess without any answer is not understood."""
    bare = replace(content, by_intent={})
    assert Talk.greeted(bare).write("…", meaning("documents", 0.2)).state.at == "unclear.sorry"


def test_an_answer_long_overdue_for_review_is_not_given(content: Content) -> None:
    """After ninety days beyond its review an answer is as good as missing."""
    talk = Talk.greeted(content).wait(timedelta(days=2000))
    assert talk.write("…", meaning("documents")).state.at == "answer.missing"


def test_weak_wishes_do_not_hide_a_weak_question(content: Content) -> None:
    """A wish below its threshold is left out of the suggestions, a question beside it is not."""
    means = meaning("menu", 0.25, Guess("predeparture", 0.2))
    assert Talk.greeted(content).write("…", means).state.at == "answer.give"


# Not understood


def test_what_is_outside_is_said_to_be_outside(content: Content) -> None:
    """Football scores are not for Suar, and it says what is."""
    assert Talk.greeted(content).write("…", meaning("out_of_scope")).state.at == "unclear.outside"


def test_without_the_language_model_the_buttons_are_offered(content: Content) -> None:
    """When free text cannot be understood, the bot says so and offers its buttons and a person."""
    talk = Talk.greeted(content).write("…", meaning(degraded=True))
    assert talk.state.at == "trouble.slow"
    assert "trouble.slow.human" in talk.buttons


def test_danger_is_answered_without_the_language_model(content: Content) -> None:
    """What the lexicon finds is enough."""
    talk = Talk.greeted(content).write("…", meaning(degraded=True, risk=RiskLevel.HIGH))
    assert talk.state.at == "risk.support"


def test_an_empty_message_is_answered(content: Content) -> None:
    """Blanks alone get an answer too."""
    assert Talk.greeted(content).write("  ").state.at == "unclear.sorry"


def test_the_offered_buttons_stay_known_while_nothing_new_is_said(content: Content) -> None:
    """A silent turn does not forget what can be typed."""
    talk = Talk.greeted(content).write("/menu")
    before = talk.state.offered
    assert before
    assert talk.do(IncomingKind.BLOCKED).state.offered == before
