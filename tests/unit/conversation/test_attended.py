"""While somebody waits for a counsellor or talks with one, the bot keeps quiet."""

import pytest

from bot.content.load import Content
from bot.conversation.attachments import said
from bot.conversation.effects import (
    AnswerGoOn,
    EraseContact,
    EscalateCase,
    Granted,
    LeaveCase,
    RecordConsent,
    RelayToCase,
)
from bot.conversation.state import Owner, State
from bot.messages import MAX_FILE_BYTES, IncomingKind, OfferedFile
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning

PHOTO = OfferedFile("photo", "ref", 1_000)


@pytest.fixture
def waiting(content: Content) -> Talk:
    """Somebody who has just asked for a person and waits."""
    talk = Talk.greeted(content).write("can I talk to someone", meaning("talk_to_human"))
    return talk.press("consent.ask.talk")


@pytest.fixture
def attended(waiting: Talk) -> Talk:
    """Somebody with whom a counsellor talks."""
    waiting.owner = Owner.STAFF
    return waiting


@pytest.mark.parametrize("text", ["hello?", "1", "/menu", "/start", "Talk to a person", "yes"])
@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.STAFF])
def test_what_is_written_goes_to_the_case_and_the_bot_is_silent(
    waiting: Talk, owner: Owner, text: str
) -> None:
    """Free text and the bot's commands are the counsellor's to read; the bot says nothing.

    In the queue a number is a choice of what stands there (`test_naming.py`).
    """
    if owner is Owner.QUEUE and text == "1":
        text = "1 2"
    waiting.owner = owner
    waiting.write(text, meaning("greet"))
    assert not waiting.messages
    assert waiting.effects == (RelayToCase(text),)


def test_a_picture_is_named_to_the_counsellor(attended: Talk) -> None:
    """Of what cannot be passed on, the counsellor learns what it was, and the person what works instead."""
    attended.do(IncomingKind.UNREADABLE, "video")
    assert attended.effects == (RelayToCase("[video]"),)
    assert attended.messages == (said(attended.content, "en", "not_taken"),)


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.STAFF])
def test_a_file_goes_to_the_case_in_silence(waiting: Talk, owner: Owner) -> None:
    """A picture, a voice message or a document is handed over, alone or with the words under it, and the bot says nothing."""
    waiting.owner = owner
    waiting.offer(PHOTO)
    assert waiting.effects == (RelayToCase("", PHOTO),)
    assert not waiting.messages
    waiting.offer(PHOTO, "this is the house")
    assert waiting.effects == (RelayToCase("this is the house", PHOTO),)
    assert not waiting.messages


def test_whoever_waits_keeps_their_buttons_when_a_file_is_declined(waiting: Talk) -> None:
    """After the words about a file that is too large stands again how it is, with the buttons."""
    before = waiting.state.offered
    large = OfferedFile("document", "ref", MAX_FILE_BYTES + 1)
    waiting.offer(large, "my contract")
    assert waiting.effects == (RelayToCase("my contract"),)
    assert waiting.messages[0] == said(waiting.content, "en", "too_large")
    assert waiting.state.offered == before


def test_a_sticker_is_named_and_nothing_is_said(attended: Talk) -> None:
    """A gesture needs no lesson about files."""
    attended.do(IncomingKind.UNREADABLE, "sticker")
    assert attended.effects == (RelayToCase("[sticker]"),)
    assert not attended.messages


def test_more_danger_moves_the_case_up(waiting: Talk) -> None:
    """Whoever tells of more danger while waiting is moved up the queue, and the words still arrive."""
    means = meaning("disclose", risk=RiskLevel.IMMEDIATE)
    waiting.write("they are at the door", means)
    assert waiting.effects == (RelayToCase("they are at the door"), EscalateCase(means.risk))


@pytest.mark.parametrize("level", [RiskLevel.NONE, RiskLevel.CONCERN])
def test_a_vague_worry_does_not_move_the_case(waiting: Talk, level: RiskLevel) -> None:
    """Only stated harm changes the order of the queue."""
    waiting.write("…", meaning("disclose", risk=level))
    assert waiting.effects == (RelayToCase("…"),)


def test_as_much_danger_as_known_does_not_move_the_case(waiting: Talk) -> None:
    """A case is moved up once for one level."""
    means = meaning("disclose", risk=RiskLevel.HIGH)
    waiting.write("…", means).write("…", means)
    assert waiting.effects == (RelayToCase("…"),)


def test_without_an_open_case_nothing_is_moved(content: Content) -> None:
    """A conversation whose case is just being closed has nothing to move."""
    talk = Talk(content, State("en"), owner=Owner.STAFF)
    talk.write("…", meaning("disclose", risk=RiskLevel.IMMEDIATE))
    assert talk.effects == (RelayToCase("…"),)


def test_coming_back_to_the_chat_tells_that_one_is_still_waiting(waiting: Talk) -> None:
    """Opening the chat anew in the queue shows where one stands, and opens no second case."""
    waiting.do(IncomingKind.START)
    assert waiting.says("consent.waiting.waiting")
    assert not waiting.effects


def test_coming_back_to_the_chat_does_not_speak_into_a_talk(attended: Talk) -> None:
    """With a counsellor there, opening the chat anew is silent."""
    attended.do(IncomingKind.START)
    assert not attended.messages
    assert not attended.effects


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.STAFF])
@pytest.mark.parametrize("typed", ["/leave", "/stop", " /LEAVE "])
def test_leaving_works_by_command(waiting: Talk, owner: Owner, typed: str) -> None:
    """Whoever waits or talks can end it with one word."""
    waiting.owner = owner
    waiting.write(typed)
    assert waiting.effects == (LeaveCase(),)
    assert waiting.says("consent.waiting.left")
    assert waiting.state.at == "menu.main"


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.STAFF])
def test_leaving_works_by_button(waiting: Talk, owner: Owner) -> None:
    """The button under the waiting message does the same."""
    waiting.owner = owner
    assert waiting.press("consent.waiting.leave").effects == (LeaveCase(),)


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.STAFF])
def test_being_forgotten_works_by_command_then_by_press(waiting: Talk, owner: Owner) -> None:
    """The command asks once, and ends a counsellor's turn but not the waiting; the press erases."""
    waiting.owner = owner
    waiting.write("/erase")
    assert waiting.effects == ((LeaveCase(),) if owner is Owner.STAFF else ())
    assert waiting.buttons == ("erase.ask.yes", "erase.ask.no")
    assert EraseContact() in waiting.press("erase.ask.yes").effects


@pytest.mark.parametrize("button", ["erase.ask", "privacy.show.erase", "menu.goodbye.erase"])
def test_every_erase_button_ends_the_talk_and_asks(attended: Talk, button: str) -> None:
    """Old buttons that lead to being forgotten still do."""
    attended.press(button)
    assert attended.effects == (LeaveCase(),)
    assert attended.state.at == "erase.ask"


def test_an_old_erase_press_ends_the_talk_first(attended: Talk) -> None:
    """Erasing by an old button is leaving and erasing in one."""
    assert attended.press("erase.ask.yes").effects == (LeaveCase(), EraseContact())


def test_a_made_up_erase_button_does_not_end_the_talk(attended: Talk) -> None:
    """A button id that only ends like one does nothing while a counsellor is there."""
    pressed = attended.press("nowhere.at_all.erase")
    assert (pressed.messages, pressed.effects) == ((), ())


def test_whoever_keeps_their_data_stays_in_the_queue(waiting: Talk) -> None:
    """Asking to be erased and thinking better of it costs nobody their place."""
    waiting.owner = Owner.QUEUE
    waiting.write("/erase")
    waiting.press("erase.ask.no")
    assert waiting.effects == ()
    assert waiting.state.at == "consent.waiting"


def test_whoever_waits_may_say_when_to_be_written_to(waiting: Talk) -> None:
    """The choice about later contact is asked, noted and answered while waiting."""
    waiting.press("consent.waiting.later_when")
    assert "consent.waiting.at-evening" in waiting.buttons
    waiting.press("consent.waiting.at-evening")
    [effect] = waiting.effects
    assert isinstance(effect, RecordConsent)
    assert effect.consent.detail == "evening"
    assert waiting.says("consent.waiting.noted_when")


def test_in_a_talk_the_choice_about_later_is_noted_in_silence(attended: Talk) -> None:
    """With a counsellor there, an old button still counts, but the bot does not speak."""
    attended.press("consent.waiting.later_no")
    [effect] = attended.effects
    assert isinstance(effect, RecordConsent)
    assert isinstance(effect.consent, Granted)
    assert not effect.consent.granted
    assert not attended.messages


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.STAFF])
def test_a_yes_to_learning_is_taken_back_in_silence_and_never_given(
    waiting: Talk, owner: Owner
) -> None:
    """In the middle of a hand-over "no" under an old question still counts, and "yes" does not."""
    waiting.owner = owner
    waiting.press("learn.ask.no")
    assert waiting.effects == (
        RecordConsent(Granted("learn", granted=False, text_version=waiting_version(waiting))),
    )
    assert not waiting.messages
    assert not any(isinstance(e, RecordConsent) for e in waiting.press("learn.ask.yes").effects)


def waiting_version(talk: Talk) -> str:
    """Return the fingerprint that the last turn noted."""
    [effect] = talk.effects
    assert isinstance(effect, RecordConsent)
    return effect.consent.text_version


def test_whoever_waits_can_type_the_buttons_of_the_waiting_message(waiting: Talk) -> None:
    """Typing "Leave the queue" is leaving, not a message to the counsellor."""
    assert waiting.write("leave the QUEUE").effects == (LeaveCase(),)


def test_whoever_waits_can_see_the_numbers(waiting: Talk) -> None:
    """The emergency numbers are there for everybody; asking for a person again is not offered."""
    waiting.press("consent.waiting.numbers")
    assert "110" in waiting.words
    assert not waiting.buttons
    assert waiting.owner is Owner.QUEUE


@pytest.mark.parametrize("button", ["menu.main.quiz", "nowhere", "consent.waiting.nowhere", ""])
def test_other_buttons_only_tell_whoever_waits_that_they_wait(waiting: Talk, button: str) -> None:
    """Old menus do not speak for the bot while somebody is in the queue."""
    waiting.press(button)
    assert waiting.says("consent.waiting.waiting")
    assert not waiting.effects


def test_a_typed_title_that_is_no_control_goes_to_the_case(waiting: Talk) -> None:
    """Only the buttons of the waiting message can be typed."""
    waiting.state = State("en", True, True, offered=(("menu.main.quiz", "Play a quiz"),))
    assert waiting.write("Play a quiz").effects == (RelayToCase("Play a quiz"),)


def test_a_typed_control_without_effect_goes_to_the_case(waiting: Talk) -> None:
    """A title whose button has gone is a message."""
    waiting.state = State("en", True, True, offered=(("consent.waiting.gone", "Later"),))
    assert waiting.write("Later").effects == (RelayToCase("Later"),)


def test_a_press_in_a_talk_is_told_to_the_counsellor_by_its_title(attended: Talk) -> None:
    """The counsellor reads what the person chose."""
    attended.state = State("en", True, True, offered=(("menu.main.quiz", "Play a quiz"),))
    assert attended.press("menu.main.quiz").effects == (RelayToCase("[Play a quiz]"),)


def test_an_unknown_press_in_a_talk_is_left_alone(attended: Talk) -> None:
    """A button that nobody remembers is neither answered nor passed on."""
    attended.press("menu.main.privacy")
    assert not attended.effects
    assert not attended.messages


@pytest.mark.parametrize(
    ("button", "yes"), [("go_on.ask.yes", True), ("go_on.ask.not_now", False)]
)
def test_whether_a_talk_may_go_on_is_for_the_counsellor(
    attended: Talk, button: str, yes: bool
) -> None:
    """A press under "may we go on?" is told to the counsellor, and the bot says nothing."""
    attended.press(button)
    assert attended.effects == (AnswerGoOn(yes),)
    assert not attended.messages


def test_a_typed_not_now_is_one_in_every_language_of_the_chain(attended: Talk) -> None:
    """What stands on the button counts as the button, whichever language the template came in; anything else is a word like any other."""
    for typed in ("Not now", "NOT NOW "):
        attended.write(typed, meaning("deny"))
        assert attended.effects == (RelayToCase(typed), AnswerGoOn(yes=False, typed=True))
    attended.write("not now, maybe tomorrow", meaning("deny"))
    assert attended.effects == (RelayToCase("not now, maybe tomorrow"),)
