"""`certificate`: a name that is drawn and kept nowhere."""

import json
from urllib.parse import unquote

import pytest

from bot.content.load import Content
from bot.conversation.effects import ForgetWords
from tests.unit.conversation.talk import Talk, meaning

STEP = "quiz.certificate"


def played(content: Content, right: int = 6, **more: object) -> Talk:
    """Return somebody whose round of eight is over."""
    talk = Talk.greeted(content)
    known = {"quiz": "warning_signs", "round": [], "at": 8, "right": right, "open": False}
    talk.state = talk.state.remembering("quiz", **known, **more)
    return talk.press(STEP)


def picture(talk: Talk) -> list[str]:
    """Return the parts of the address of what was given."""
    [media] = talk.messages[-1].media
    assert (media.kind, media.url.partition(":")[0]) == ("certificate", "certificate")
    return media.url.partition(":")[2].split("/")


def test_the_name_goes_to_the_picture_and_nowhere_else(content: Content) -> None:
    """Not into what is remembered, not into the words for those who cannot see it, and not into the buffer of the last day."""
    talk = played(content).write("  Siti   Nurhaliza ", meaning("greet", 0.7))
    quiz, right, asked, day, name, code = picture(talk)
    assert (quiz, right, asked, day, code) == ("warning_signs", "6", "8", "2026-11-22", "")
    assert unquote(name) == "Siti Nurhaliza"
    assert talk.effects == (ForgetWords(),)
    assert "Siti" not in json.dumps(talk.state.to_json())
    [media] = talk.messages[-1].media
    assert "Siti" not in media.alt
    assert "6 of 8" in media.alt


def test_it_may_be_without_a_name(content: Content) -> None:
    """One press, and the certificate is given to nobody by name."""
    assert picture(played(content).press(f"{STEP}.none"))[4] == ""


@pytest.mark.parametrize(("right", "given"), [(4, False), (5, True), (8, True)])
def test_most_must_be_right(content: Content, right: int, given: bool) -> None:
    """At six of ten and more; below it says when there is one."""
    talk = played(content, right)
    assert (f"{STEP}.none" in talk.buttons) == given
    assert bool(talk.press(f"{STEP}.none").messages[-1].media) == given


def test_who_came_by_a_link_leads_others_to_it(content: Content) -> None:
    """The link on the picture is that of the campaign, for a week."""
    came = {"came": "k7m2", "came_until": "2026-11-23T00:00:00+00:00"}
    assert picture(played(content, **came).press(f"{STEP}.none"))[5] == "k7m2"
    late = {**came, "came_until": "2026-11-22T01:00:00+00:00"}
    assert picture(played(content, **late).press(f"{STEP}.none"))[5] == ""


@pytest.mark.parametrize("typed", ["081234567", "https://a.b", "x" * 61, "a b c d e f g", "@siti"])
def test_what_is_no_name_is_asked_for_once_more(content: Content, typed: str) -> None:
    """And not kept, since it may be a number of somebody."""
    talk = played(content).write(typed, meaning("out_of_scope", 0.1))
    assert talk.effects == (ForgetWords(),)
    assert talk.state.at == STEP
    assert not talk.messages[-1].media
