"""`services`: what for, where, and only what the staff has found right lately."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.directory import FRESH, HOME, Standing, showable
from bot.content.load import Content
from bot.content.model import Need
from bot.content.services_step import Services
from bot.conversation.steps.services import PAGE
from tests.support.loaded import the_content
from tests.unit.conversation.talk import NOW, Talk, meaning

TODAY = NOW.date()
CHECKED = TODAY - timedelta(days=3)
NEEDS = get_args(Need)
ENDS = ("emergency.show", "consent.ask", "menu.main")
CONTENT = the_content()
STEP = CONTENT.step("services.ask")


def talk_with(content: Content, *checked: str, on: date = CHECKED, locale: str = "en") -> Talk:
    """Return a conversation in a world in which these services were found right."""
    talk = Talk.greeted(content, locale)
    talk.checks = {name: Standing(good=on) for name in checked}
    return talk


def pages_of(talk: Talk, button: str) -> list[str]:
    """Press a button and every "show more" after it; return the words of each page."""
    words = [talk.press(button).words]
    while "-" in talk.buttons[0]:
        words.append(talk.press(talk.buttons[0]).words)
    return words


def test_every_need_can_be_chosen(content: Content) -> None:
    """The needs come in two parts, and the second leads back to the first."""
    talk = talk_with(content).press("services.ask")
    first, second = talk.buttons, talk.press("services.ask.more-1").buttons
    chosen = {button.removeprefix("services.ask.") for button in (*first, *second)}
    assert set(NEEDS) <= chosen
    assert first[-3:] == second[-3:] == ENDS
    assert talk.press("services.ask.more-0").buttons == first


def test_asking_for_a_service_in_words_leads_here(content: Content) -> None:
    """Whoever asks for something near them is asked what for."""
    talk = talk_with(content).write("who can help me near here?", meaning("services_nearby"))
    assert talk.says("services.ask.text")
    assert talk.write("Trouble at work").says("services.ask.where")


def test_the_numbers_page_leads_here(content: Content) -> None:
    """Under the emergency numbers is the way to find a service."""
    assert "services.ask" in talk_with(content).press("emergency.show").buttons


def test_only_countries_with_something_to_show_are_offered(content: Content) -> None:
    """Indonesia and "another country" are always there; what is dark opens no country."""
    talk = talk_with(content, "tw-1955").press("services.ask.work")
    places = [button.removeprefix("services.ask.") for button in talk.buttons[:-3]]
    assert places == ["work-ID", "work-TW", "work-other"]
    talk.checks = {}
    assert talk.press("services.ask.work").buttons[:-3] == (
        "services.ask.work-ID",
        "services.ask.work-other",
    )


def test_all_countries_can_be_reached_page_by_page(content: Content) -> None:
    """With everything checked, going on shows every country once."""
    talk = talk_with(content, *content.services)
    found: list[str] = []
    page = "services.ask.abroad"
    while page:
        buttons = talk.press(page).buttons[:-3]
        found += [b.partition("-")[2] for b in buttons if not b[-1].isdigit()]
        page = next((b for b in buttons if b[-1].isdigit()), "")
    having = {
        c
        for s in content.services.values()
        if "abroad" in s.needs and s.can_be_reached
        for c in s.countries
    }
    assert set(found) == {*having - {"any"}, HOME, "other"}


@pytest.mark.parametrize("locale", ["en", "id"])
def test_what_happens_with_what_one_tells_comes_before_the_number(
    content: Content, locale: str
) -> None:
    """Name, for whom, its rules, its hours, its cost, when it was checked, and then how to reach it."""
    service = content.services["sapa-129"]
    words = talk_with(content, "sapa-129", locale=locale).press("services.ask.violence-ID").words
    say = content.words.say
    parts = [
        service.name,
        say(service.serves, locale),
        say(service.confidentiality, locale),
        say(service.hours or "", locale),
        say(service.cost or "", locale),
        "19 November 2026",
        ": 129\n",
        "https://wa.me/628111129129",
    ]
    places = [
        words.find(part, words.find(service.name) + 1 if number else 0)
        for number, part in enumerate(parts)
    ]
    assert -1 not in places
    assert places == sorted(places)


def test_a_closed_service_says_when_it_opens(content: Content) -> None:
    """On a Sunday, an office in Jakarta opens on Monday at nine, its own time."""
    talk = talk_with(content, "komnas-perempuan")
    words = talk.press("services.ask.violence-ID").words
    assert "Closed now. Opens on Monday 09:00, local time there." in words
    talk.wait(timedelta(days=1, hours=1))
    assert "Open now." in talk.press("services.ask.violence-ID").words


def test_of_uncertain_hours_only_the_words_are_said(content: Content) -> None:
    """Where the hours are old or vague, neither open nor closed is claimed."""
    words = talk_with(content, "hk-mfmw").press("services.ask.work-HK").words
    assert "Hours: Office hours" in words
    assert "Open now" not in words
    assert "Closed now" not in words


def test_the_rest_comes_page_by_page(content: Content) -> None:
    """At most three at a time, each of them once, and always with the ways on below."""
    talk = talk_with(content, *content.services)
    wanted = showable(content.services.values(), talk.checks, TODAY)
    fitting = [s for s in wanted if "legal" in s.needs and "ID" in s.countries]
    words = pages_of(talk, "services.ask.legal-ID")
    assert len(words) == -(-len(fitting) // PAGE)
    for service in fitting:
        assert sum(f"{service.name}\nFor:" in page for page in words) == 1
    assert talk.buttons == ENDS


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("locale", ["en", "id"])
def test_with_nothing_checked_that_is_said_with_the_fixed_numbers(
    content: Content, need: str, locale: str
) -> None:
    """Today's case: no service is named, some fixed number is, and a person is offered."""
    talk = talk_with(content, locale=locale).press(f"services.ask.{need}-{HOME}")
    assert talk.says("services.ask.nothing")
    assert any(number.number in talk.words for number in content.emergency)
    assert talk.buttons == ENDS
    assert "wa.me" not in talk.words


def test_abroad_the_local_number_is_named_too(content: Content) -> None:
    """A number of Indonesia is of no use to somebody in danger elsewhere."""
    talk = talk_with(content).press("services.ask.danger-other")
    assert talk.says("services.ask.abroad")
    assert "110" not in talk.words


def test_danger_brings_a_number_before_any_question(content: Content) -> None:
    """Who is in danger is not asked where before they have a number."""
    talk = talk_with(content).press("services.ask.danger")
    assert "110" in talk.words
    assert talk.says("services.ask.where")


def test_refugees_are_not_asked_where_and_never_get_immigration(content: Content) -> None:
    """Their services are here; with everything checked, no page has a line of police or immigration."""
    talk = talk_with(content, *content.services)
    pages = pages_of(talk, "services.ask.refugee")
    assert any("UNHCR" in page for page in pages)
    police = [s for s in content.services.values() if s.kind == "police"]
    for service in police:
        assert all(service.name not in page for page in pages)
    assert all("+6281399679966" not in page for page in pages)


@pytest.mark.parametrize(
    "choice",
    [
        "unheard_of",
        "work-XX",
        "work-ID-x",
        "more-x",
        "work-",
        "work-ID-9999",
        "-",
        "work-٣",
        "other",
    ],
)
def test_a_made_up_choice_is_an_old_button(content: Content, choice: str) -> None:
    """What no button ever said is explained, or leads to a question that exists."""
    at = talk_with(content).press(f"services.ask.{choice}").state.at
    assert at == ("services.ask" if choice == "work-" else "unclear.old_button")


def test_a_page_beyond_the_last_is_the_first(content: Content) -> None:
    """A list may have become shorter since its button was shown."""
    talk = talk_with(content, "sapa-129")
    first = talk.press("services.ask.violence-ID").words
    assert talk.press("services.ask.violence-ID-7").words == first


standings = st.dictionaries(
    st.sampled_from(sorted(CONTENT.services)),
    st.builds(
        Standing,
        st.none() | st.integers(0, 120).map(lambda days: TODAY - timedelta(days=days)),
        st.none() | st.integers(0, 120).map(lambda days: TODAY - timedelta(days=days)),
    ),
    max_size=30,
)


@given(standings, st.sampled_from(NEEDS), st.sampled_from(["ID", "MY", "HK", "SA", "other"]))
@settings(max_examples=60, deadline=None)
def test_a_dark_entry_is_never_shown(checks: dict[str, Standing], need: str, place: str) -> None:
    """Whatever the checks, every page names only what is right and new, never what is for the staff, and never nothing."""
    talk = Talk.greeted(CONTENT)
    talk.checks = checks
    words = "\n".join(pages_of(talk, f"services.ask.{need}-{place}"))
    assert isinstance(STEP, Services)
    for service in CONTENT.services.values():
        standing = checks.get(service.id, Standing())
        lit = standing.good is not None and TODAY - standing.good <= FRESH
        if f"{service.name}\nFor:" in words:
            assert lit
            assert standing.wrong is None
            assert service.surface in {"show", "show_after_check"}
    assert talk.buttons[-3:] == ENDS
    ways = ("Call: ", "WhatsApp: ", "E-mail: ", "Website: ", STEP.nothing)
    assert any(way in words for way in ways)
