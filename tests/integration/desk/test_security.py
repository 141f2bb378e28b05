"""Headers, forged forms, and what somebody sees when something breaks."""

import pytest

from bot.desk.web.security import POLICY
from bot.errors import StoreUnavailable
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House


async def test_every_answer_carries_the_policy(desk: Browser) -> None:
    """Pages, fragments, files and errors allow no inline script, tell no other site, and are not kept."""
    for path in ("", "sign-in", "parts/health", "static/desk.css", "nothing", "cases/x"):
        answer = await desk.client.get(f"/desk/{path}")
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        kept = "no-cache" if path.startswith("static") else "no-store"
        assert answer.headers["cache-control"] == kept
    stamped = await desk.client.get("/desk/static/desk.css?v=1")
    assert "immutable" in stamped.headers["cache-control"]


async def test_no_page_has_inline_script_or_style(desk: Browser, house: House) -> None:
    """What the policy forbids is not in the pages either."""
    await house.add_case("words")
    talk = await desk.take_next()
    for path in ("/desk/", talk, "/desk/settings", "/desk/help", "/desk/undelivered"):
        page = (await desk.open(path)).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


@pytest.mark.parametrize("given", ["", "made-up", "å"])
async def test_forged_form_is_refused(desk: Browser, house: House, given: str) -> None:
    """A form without this session's token has no effect."""
    await house.add_case()
    answer = await desk.client.post("/desk/next", data={"csrf": given})
    assert answer.status_code == 403
    assert "My conversations 0" in words_of(await desk.open("/desk/"))


async def test_form_from_another_site_is_refused(desk: Browser) -> None:
    """Even with the right token, the browser's word that it comes from elsewhere is enough."""
    await desk.open("/desk/")
    desk.client.headers["sec-fetch-site"] = "cross-site"
    assert (await desk.send("/desk/next")).status_code == 403


async def test_sign_in_form_needs_its_own_browser(stranger: Browser) -> None:
    """The sign-in form cannot be sent from a browser that never asked for it."""
    await stranger.open("/desk/sign-in")
    stranger.client.cookies.clear()
    assert (await stranger.send("/desk/sign-in", email="a@b.c", password="x")).status_code == 403


async def test_too_big_and_malformed_forms_are_refused(desk: Browser) -> None:
    """A form that none of our pages can make is refused in words."""
    await desk.open("/desk/")
    assert (await desk.send("/desk/next", text="x" * 70_000)).status_code == 413
    odd = {"content-type": "multipart/form-data; boundary=x"}
    answer = await desk.client.post("/desk/next", content=b"--y\r\n", headers=odd)
    assert answer.status_code in {400, 403}
    assert (await desk.client.put("/desk/next")).status_code == 405


async def test_a_nul_stops_nothing(desk: Browser, house: House) -> None:
    """A NUL, which no keyboard writes and no database takes, is left out of a form and an address; the rest counts."""
    case_id = await house.add_case()
    case = await desk.take_next()
    await desk.open(case)
    assert (await desk.send(f"{case}/reply", text="Ha\x00lo", token="t" * 20)).status_code < 400
    assert "Halo" in words_of(await desk.open(f"/desk/cases/{case_id}"))
    assert (await desk.open("/desk/referrals?state=%00&like=a%00")).status_code == 200
    for wrong in ("/desk/flows/%00", "/desk/answers/a%00b", "/desk/static/%00"):
        assert (await desk.open(wrong)).status_code == 404


@pytest.mark.parametrize("digits", ["9" * 18, "9" * 30, "9" * 5000])
async def test_a_number_beyond_all_rows_leads_nowhere(
    supervisor_desk: Browser, digits: str
) -> None:
    """An address with a number that no row can have is one of nothing."""
    await supervisor_desk.open("/desk/")
    nobodys = "00000000-0000-4000-8000-000000000000"
    for address in (f"/cases/{nobodys}/lines/{digits}/mark", f"/undelivered/{digits}/retry"):
        assert (await supervisor_desk.send(f"/desk{address}", mark="well")).status_code == 404


async def test_database_away_is_said_in_words(desk: Browser, house: House) -> None:
    """Without a database the page says so, and an open page shows it in its banner."""

    async def fails(*args: object) -> None:
        raise StoreUnavailable

    await desk.open("/desk/")
    house.talks.claim_next = fails  # type: ignore[method-assign, assignment]
    answer = await desk.send("/desk/next")
    assert answer.status_code == 503
    assert "The database does not answer" in words_of(answer)
    part = await desk.send("/desk/next", htmx=True)
    assert part.headers["hx-retarget"] == "#trouble"


async def test_a_mistake_of_ours_shows_no_traceback(desk: Browser, house: House) -> None:
    """An error nobody foresaw becomes a page without a word of code in it."""

    async def fails(*args: object) -> None:
        raise KeyError("secret detail")

    await desk.open("/desk/")
    house.talks.claim_next = fails  # type: ignore[method-assign, assignment]
    answer = await desk.send("/desk/next")
    assert answer.status_code == 500
    assert "This is our mistake, not yours." in words_of(answer)
    assert "secret" not in answer.text
    assert "KeyError" not in answer.text


async def test_degraded_parts_are_shown(desk: Browser, house: House) -> None:
    """While a part is not well, every page carries a banner that says what still works."""
    assert words_of(await desk.part("/desk/parts/health")) == ""
    house.health |= {"nlu": "degraded", "database": "down", "novel": "down"}
    shown = words_of(await desk.part("/desk/parts/health"))
    assert "Understanding of messages is slow or down." in shown
    assert "The database does not answer." in shown
    assert "One part of Suar is not well: novel." in shown
