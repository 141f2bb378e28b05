"""The one-time link that makes the first admin."""

import asyncio
from datetime import timedelta

import pytest

from bot.hotline.staff import Role, list_staff
from bot.store import sessions
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House

WISH = {
    "name": "Sari",
    "email": "Sari@Example.org",
    "password": "four plain words here",
    "locale": "id",
}


@pytest.fixture
async def link(house: House) -> str:
    """A fresh set-up link."""
    async with house.db.transaction() as conn:
        token = await sessions.add_setup_link(conn, clock=house.clock)
    return f"/desk/setup?token={token}"


async def test_link_makes_the_first_admin_and_signs_in(
    stranger: Browser, house: House, link: str
) -> None:
    """Who fills in the form is the admin and at the desk, in the language chosen."""
    await stranger.open(link)
    answer = await stranger.send("/desk/setup", **WISH)
    assert answer.headers["location"] == "/desk/"
    assert (await stranger.open("/desk/")).headers["location"] == "/desk/second-step"
    assert 'lang="id"' in (await stranger.open("/desk/second-step")).text
    async with house.db.transaction() as conn:
        [admin] = await list_staff(conn)
    assert (admin.email, admin.role, admin.locale) == ("sari@example.org", Role.ADMIN, "id")


async def test_link_works_once(stranger: Browser, link: str) -> None:
    """A link that was used shows that there is nothing."""
    await stranger.open(link)
    page = stranger.page
    await stranger.send("/desk/setup", **WISH)
    stranger.page = page
    again = await stranger.send("/desk/setup", **{**WISH, "email": "other@example.org"})
    assert again.status_code in {403, 404}
    stranger.client.cookies.clear()
    assert (await stranger.open(link)).status_code == 404


async def test_two_at_once_make_one_admin(stranger: Browser, house: House, link: str) -> None:
    """Of two forms sent at the same moment one wins."""
    await stranger.open(link)
    wishes = ({**WISH, "email": f"{name}@example.org"} for name in "ab")
    answers = await asyncio.gather(*(stranger.send("/desk/setup", **wish) for wish in wishes))
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    async with house.db.transaction() as conn:
        assert len(await list_staff(conn)) == 1


async def test_old_unknown_and_needless_links_look_the_same(
    stranger: Browser, house: House, link: str
) -> None:
    """Too old, made up, or staff there already: there is nothing here."""
    unknown = await stranger.open("/desk/setup?token=made-up")
    await house.add_staff("Rani")
    needless = await stranger.open(link)
    house.clock.ahead += timedelta(hours=25)
    old = await stranger.open(link)
    assert {page.status_code for page in (unknown, needless, old)} == {404}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "sari", "Please give an e-mail address"),
        ("name", "  ", "Please give the name"),
        ("password", "too short", "at least 12 characters"),
        ("locale", "xx", "Please choose a language"),
    ],
)
async def test_mistakes_are_told_and_the_rest_is_kept(
    stranger: Browser, link: str, field: str, value: str, said: str
) -> None:
    """A form with a mistake says which, and does not use the link up."""
    await stranger.open(f"{link}&lang=en")
    answer = await stranger.send("/desk/setup?lang=en", **{**WISH, field: value})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert (await stranger.send("/desk/setup", **WISH)).status_code == 303
