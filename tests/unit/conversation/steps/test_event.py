"""`event`: what, when and where; the yes, the waiting list, the no."""

import pytest

from bot.campaigns.reminders import KINDS
from bot.content.load import Content
from bot.conversation.campaign_effects import CancelSignUp, SignUp
from bot.conversation.event_preview import play_notes
from bot.conversation.state import Link
from bot.messages import IncomingKind
from bot.prover.talk import EVENT, EVENTS, NOW
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning

SHOW = "events.show"


def at_event(content: Content, look: str = "open", locale: str = "en") -> Talk:
    """Return somebody who has come to the event by its link."""
    talk = Talk.greeted(content, locale)
    talk.events, talk.link = EVENTS[look], Link("k7m2", "event:camp")
    talk.do(IncomingKind.START, "c_k7m2")
    return talk


def test_both_clocks_are_told_where_they_differ(content: Content) -> None:
    """The own time comes first, the event's behind it; where both are the same, only one."""
    talk = at_event(content)
    assert "10:00 WITA (there: Wednesday, 25 November 2026, 09:00 WIB)" in talk.words
    assert "there:" not in at_event(content, "full").words


@pytest.mark.parametrize(
    ("look", "says"), [("open", "few"), ("full", "full"), ("closed", "shut"), ("cancelled", "cancelled"), ("over", "over"), ("none", "gone")]
)  # fmt: skip
def test_how_it_stands_is_said_plainly(content: Content, look: str, says: str) -> None:
    """Room in words, a full list, the end: each in its own sentence, and only an open event has a yes."""
    talk = at_event(content, look)
    assert talk.says(f"{SHOW}.{says}")
    assert (f"{SHOW}.come-camp" in talk.buttons) == (look in {"open", "full"})


@pytest.mark.parametrize(("look", "says"), [("open", "coming"), ("full", "waiting")])
def test_the_yes_is_one_press_under_the_words(content: Content, look: str, says: str) -> None:
    """It is noted with the fingerprint of what was shown; who waits is told so, and how many wait before them."""
    talk = at_event(content, look).press(f"{SHOW}.come-camp")
    [effect] = talk.effects
    assert isinstance(effect, SignUp)
    assert (effect.slug, effect.consent.scope, effect.consent.granted) == ("camp", "event", True)
    assert len(effect.consent.text_version) == 16
    assert talk.says(f"{SHOW}.{says}")


@pytest.mark.parametrize(("intent", "signs"), [("affirm", True), ("deny", False)])
def test_plain_words_answer_too(content: Content, intent: str, signs: bool) -> None:
    """A typed yes signs up, a no keeps nothing."""
    talk = at_event(content).write("…", meaning(intent))
    assert [type(effect) for effect in talk.effects] == ([SignUp] if signs else [])


def test_a_yes_from_elsewhere_shows_the_words_first(content: Content) -> None:
    """An old button, or one under another event's words, signs nobody up."""
    assert Talk.greeted(content).press(f"{SHOW}.come-camp").effects == ()
    talk = at_event(content)
    talk.state = talk.state.remembering("events", slug="other")
    assert talk.press(f"{SHOW}.come-camp").effects == ()


@pytest.mark.parametrize("look", ["coming", "waiting"])
def test_whoever_has_signed_up_can_cancel_from_any_message(content: Content, look: str) -> None:
    """The page says how they stand; one press, however old, takes them off."""
    assert at_event(content, look).says(f"{SHOW}.{look}")
    talk = Talk.greeted(content)
    talk.events = EVENTS[look]
    assert talk.press(f"{SHOW}.drop-camp").effects == (CancelSignUp("camp"),)
    talk.events = EVENTS["open"]
    assert talk.press(f"{SHOW}.drop-camp").effects == ()


def test_danger_told_instead_of_a_yes_is_danger(content: Content) -> None:
    """It is answered as anywhere else, and nobody is signed up."""
    talk = at_event(content)
    talk.write("…", meaning("disclose", risk=RiskLevel.HIGH, kinds=("confinement",)))
    assert talk.state.at == "risk.support"
    assert talk.effects == ()


def test_under_the_cover_nothing_of_it_shows(content: Content) -> None:
    """Neither a link nor a button of an event does anything but bring the quiz."""
    talk = Talk.greeted(content)
    until = (NOW.replace(year=2027)).isoformat()
    talk.state = talk.state.remembering("watched", word="mangga", hidden_until=until)
    talk.link = Link("k7m2", "event:camp")
    for act in (
        lambda: talk.do(IncomingKind.START, "c_k7m2"),
        lambda: talk.press(f"{SHOW}.come-camp"),
        lambda: talk.press("events.mine"),
        lambda: talk.press("broadcast.open.event-camp"),
        lambda: talk.press("series.list.all-our_street"),
    ):
        act()
        assert talk.state.at == "quiz.play"
        assert talk.effects == ()


@pytest.mark.parametrize("locale", ["en", "id"])
def test_every_note_has_words_and_a_way_to_a_person(content: Content, locale: str) -> None:
    """Each kind of note is said in its own words, about the event, with a person and the menu one press away."""
    notes = play_notes(content, EVENT, locale, now=NOW)
    assert set(notes) == set(KINDS)
    assert len({note.text for note in notes.values()}) == len(KINDS)
    for note in notes.values():
        assert EVENT.words[locale]["title"] in note.text
        ids = [button.id for button in note.buttons]
        assert ids[-2:] == ["consent.ask", "menu.main"]
