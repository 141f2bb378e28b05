"""`consent`: the limits first, then exactly what would be shared, then the question."""

import pytest

from bot.content.load import Content
from bot.conversation.effects import OpenCase
from bot.conversation.state import Said
from bot.conversation.steps.consent import MAX_SHARED_CHARS
from tests.unit.conversation.talk import Talk, meaning, text_at

PERSON = meaning("talk_to_human")


def opened(talk: Talk) -> OpenCase:
    """Return the one case that the last turn opened."""
    [effect] = [each for each in talk.effects if isinstance(each, OpenCase)]
    return effect


def test_the_limits_come_before_the_question(content: Content) -> None:
    """What must be reported is said before anybody is asked to agree, and nothing has happened yet."""
    talk = Talk.greeted(content).write("can I talk to a person", PERSON)
    assert talk.messages[0].text == text_at(content, "consent.ask.limits")
    assert "can I talk to a person" in talk.messages[1].text
    assert talk.buttons == ("consent.ask.share", "consent.ask.talk", "consent.ask.no")
    assert not talk.effects


def test_the_lines_shared_are_those_shown(content: Content) -> None:
    """Sharing gives the counsellor the lines of the preview, not one more."""
    talk = (
        Talk.greeted(content)
        .write("my agent calls me", meaning())
        .write("a person please", PERSON)
    )
    shown = [said.id for said in talk.buffer if f"• {said.text}" in talk.words]
    talk.buffer.append(Said(99, "a line that was never shown"))
    talk.press("consent.ask.share")
    assert opened(talk).share == tuple(shown) == (1, 2)
    assert {c.scope: c.granted for c in opened(talk).consents} == {"talk": True, "share": True}


def test_talking_without_sharing_shares_nothing(content: Content) -> None:
    """A yes to talking alone passes no line on."""
    talk = Talk.greeted(content).write("a person please", PERSON).press("consent.ask.talk")
    assert opened(talk).share == ()
    assert {c.scope: c.granted for c in opened(talk).consents} == {"talk": True, "share": False}


def test_a_plain_yes_talks_and_shares_nothing(content: Content) -> None:
    """Sharing takes the button that says so."""
    talk = Talk.greeted(content).write("a person please", PERSON).write("yes", meaning("affirm"))
    assert opened(talk).share == ()


def test_the_ledger_keeps_which_words_were_agreed_to(content: Content) -> None:
    """The fingerprint differs from one language's words to the other's, and is the same for the same words."""

    def agreed(locale: str) -> str:
        talk = Talk.greeted(content, locale).press("consent.ask").press("consent.ask.talk")
        return opened(talk).consents[0].text_version

    assert agreed("en") == agreed("en") != ""


def test_with_nothing_written_there_is_nothing_to_share(content: Content) -> None:
    """Whoever only pressed buttons is told that nothing is seen, and is not offered to share it."""
    talk = Talk.greeted(content).press("menu.main.human")
    assert talk.says("consent.ask.nothing")
    assert talk.buttons == ("consent.ask.talk", "consent.ask.no")


def test_a_long_story_is_shown_and_shared_by_its_latest_lines(content: Content) -> None:
    """The preview stays readable: the latest lines up to a limit, in their order."""
    talk = Talk.greeted(content)
    talk.buffer.extend(Said(number, f"{number}" * 1000) for number in (1, 2, 3, 4, 5))
    talk.press("consent.ask")
    assert talk.state.memory["consent"]["lines"] == [3, 4, 5]
    assert talk.words.index("3" * 50) < talk.words.index("5" * 50)


def test_a_single_line_is_shown_however_long(content: Content) -> None:
    """The latest line is always part of the preview."""
    talk = Talk.greeted(content)
    talk.buffer.append(Said(1, "x" * (MAX_SHARED_CHARS + 1)))
    assert talk.press("consent.ask").state.memory["consent"]["lines"] == [1]


@pytest.mark.parametrize("answer", ["press", "word"])
def test_a_no_is_a_no(content: Content, answer: str) -> None:
    """Nothing is passed on, and the door stays open."""
    talk = Talk.greeted(content).press("consent.ask")
    talk = talk.press("consent.ask.no") if answer == "press" else talk.write("no", meaning("deny"))
    assert not talk.effects
    assert talk.says("consent.ask.refused")
    assert talk.state.at == "menu.main"


def test_a_no_after_a_disclosure_stays_with_the_person(content: Content) -> None:
    """Whoever told of danger and wants nobody is not sent back to a menu."""
    talk = (
        Talk.greeted(content)
        .press("risk.support")
        .press("risk.support.talk")
        .press("consent.ask.no")
    )
    assert talk.state.at == "risk.stay"


def test_an_old_yes_opens_nothing(content: Content) -> None:
    """The buttons under the question work only while it is the question."""
    talk = Talk.greeted(content).press("consent.ask").press("menu.main").press("consent.ask.share")
    assert not talk.effects
    assert talk.state.at == "unclear.old_button"


def test_a_made_up_choice_opens_nothing(content: Content) -> None:
    """Only yes and no are choices."""
    talk = Talk.greeted(content).press("consent.ask").press("consent.ask.maybe")
    assert not talk.effects
    assert talk.state.at == "unclear.old_button"
