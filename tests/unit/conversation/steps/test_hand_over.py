"""`hand_over`: the case is opened and the person knows what happens now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.content.load import Content
from bot.conversation.effects import LeaveCase, OpenCase, RecordConsent
from bot.conversation.state import Owner
from bot.conversation.wait import Wait
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import DRAW, Talk, meaning


def asked(content: Content, locale: str = "en") -> Talk:
    """Return somebody who is asked for consent after a disclosure."""
    talk = Talk.greeted(content, locale)
    talk.write("…", meaning("disclose", risk=RiskLevel.HIGH, kinds=("confinement",)))
    return talk.press("risk.support.talk")


@pytest.mark.parametrize(
    ("on_desk", "words"), [(True, "consent.waiting.staffed"), (False, "consent.waiting.unstaffed")]
)
def test_whoever_waits_is_told_honestly_whether_somebody_is_there(
    content: Content, on_desk: bool, words: str
) -> None:
    """No promise is made when nobody is at the desk."""
    talk = asked(content)
    talk.on_desk = on_desk
    assert talk.press("consent.ask.talk").says(words)


@pytest.mark.parametrize("locale", ["en", "id"])
def test_the_reference_and_the_four_words_are_told_in_the_persons_language(
    content: Content, locale: str
) -> None:
    """They are shown once, in a message marked as sensitive, and go with the case."""
    talk = asked(content, locale).press("consent.ask.talk")
    [case] = talk.effects
    assert isinstance(case, OpenCase)
    assert case.passphrase == DRAW.passphrases[locale]
    assert " ".join(case.passphrase) in talk.messages[0].text
    assert case.reference in talk.messages[0].text
    assert talk.messages[0].sensitive


def test_a_language_without_words_of_its_own_gets_another_ones(content: Content) -> None:
    """A missing word list keeps nobody from a counsellor."""
    talk = asked(content)
    talk.state = talk.state.from_json({**talk.state.to_json(), "locale": "xx"})
    [case] = talk.press("consent.ask.talk").effects
    assert isinstance(case, OpenCase)
    assert case.passphrase in DRAW.passphrases.values()


def test_the_case_carries_what_was_told_of_danger(content: Content) -> None:
    """The queue's order depends on it."""
    [case] = asked(content).press("consent.ask.talk").effects
    assert isinstance(case, OpenCase)
    assert (case.risk.level, case.risk.kinds) == (RiskLevel.HIGH, ("confinement",))


def test_no_button_opens_a_case_without_the_question(content: Content) -> None:
    """A made-up press on the waiting step asks for consent; so does one after leaving a case."""
    fresh = Talk.greeted(content).press("consent.waiting")
    assert not fresh.effects
    assert fresh.state.at == "consent.ask"
    left = (
        asked(content)
        .press("consent.ask.talk")
        .press("consent.waiting.leave")
        .press("consent.waiting")
    )
    assert not left.effects
    assert left.state.at == "consent.ask"


def test_what_was_shared_is_forgotten_by_the_bot(content: Content) -> None:
    """A later case starts without the lines and the consent of an earlier one."""
    talk = asked(content).press("consent.ask.share")
    assert talk.state.memory["consent"] == {"lines": [], "share": False, "version": None}


@pytest.mark.parametrize(
    ("choice", "granted", "detail"),
    [("later_yes", True, "any"), ("later_no", False, None), ("at-night", True, "night")],
)
def test_later_contact_is_the_persons_choice(
    content: Content, choice: str, granted: bool, detail: str | None
) -> None:
    """Whether and when somebody may write later goes to the ledger with the words shown."""
    talk = asked(content).press("consent.ask.talk").press(f"consent.waiting.{choice}")
    [effect] = talk.effects
    assert isinstance(effect, RecordConsent)
    assert (effect.consent.scope, effect.consent.granted, effect.consent.detail) == (
        "contact_later",
        granted,
        detail,
    )
    assert effect.consent.text_version


@pytest.mark.parametrize("choice", ["at-noon", "at-", "other"])
def test_made_up_times_are_not_noted(content: Content, choice: str) -> None:
    """Only the times offered can be chosen."""
    assert not asked(content).press("consent.ask.talk").press(f"consent.waiting.{choice}").effects


def test_leaving_ends_the_wait(content: Content) -> None:
    """Whoever leaves is the bot's again and is told that nobody will write."""
    talk = asked(content).press("consent.ask.talk").press("consent.waiting.leave")
    assert talk.effects == (LeaveCase(),)
    assert talk.owner is Owner.BOT


AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC).astimezone(ZoneInfo("Asia/Jakarta"))
"""Monday, eight in the morning in Jakarta."""


def time(**known: object) -> Wait:
    """Return what can be said of the time: nothing, unless it is named."""
    return replace(Wait("en", "high", AT + timedelta(minutes=15), "nothing"), **known)  # type: ignore[arg-type]  # fields by name


def told(content: Content, *, on_desk: bool, wait: Wait) -> list[str]:
    """Return what somebody reads who joins the queue."""
    talk = asked(content)
    talk.on_desk, talk.time = on_desk, wait
    talk.press("consent.ask.talk")
    [case] = talk.effects
    assert isinstance(case, OpenCase)
    assert case.wait == wait
    return [message.text for message in talk.messages]


def test_the_range_is_told_as_it_was_measured(content: Content) -> None:
    """With a range the person reads both ends, with a low end of nothing only the upper one."""
    there = {"speaks": True, "told": "range", "high": timedelta(minutes=45)}
    _, time_told, _ = told(content, on_desk=True, wait=time(**there, low=timedelta(minutes=10)))
    assert "between 10 minutes and 45 minutes" in time_told
    _, time_told, _ = told(content, on_desk=True, wait=time(**there, low=timedelta()))
    assert "up to 45 minutes" in time_told


def test_where_too_little_is_known_no_number_is_told(content: Content) -> None:
    """Then the person reads that we cannot say, and not one digit."""
    _, time_told, _ = told(content, on_desk=True, wait=time(speaks=True, told="unsure"))
    assert "cannot say" in time_told
    assert not any(sign.isdigit() for sign in time_told)


def test_when_nobody_is_there_the_plan_the_promise_and_the_numbers_are_told(
    content: Content,
) -> None:
    """The person reads honestly that nobody is there, from when on somebody is, by when they hear, and whom to call."""
    first, plan, numbers, _ = told(content, on_desk=False, wait=time(told="time", opens_at=AT))
    assert "do not know when" not in first
    assert "nobody" in plan
    assert "Monday 08:00" in plan
    assert "Monday 08:15" in plan
    assert all(number.number in numbers for number in content.emergency)


def test_where_the_plan_is_not_known_nothing_is_promised(content: Content) -> None:
    """The person reads what they always read, and no time."""
    first, _ = told(content, on_desk=False, wait=time())
    assert "do not know when" in first


def test_who_is_there_and_speaks_another_language_is_told_of(content: Content) -> None:
    """The person is not left to think that they are understood, and reads when they will be."""
    _, others, _ = told(content, on_desk=True, wait=time())
    assert "another language" in others
    _, others, _ = told(content, on_desk=True, wait=time(told="time", opens_at=AT))
    assert "Monday 08:00" in others
