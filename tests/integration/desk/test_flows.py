"""The flows on the desk: pictures and words, in each language, by keyboard and on a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from bot.desk.web.flows import LIST
from bot.hotline.staff import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.test_browser import page  # noqa: F401  # a fixture


@pytest.fixture
async def auditor_desk(house: House) -> AsyncIterator[Browser]:
    """The browser of somebody who neither talks with people nor reviews."""
    auditor = await house.add_staff("Ayu", Role.AUDITOR)
    async with open_browser(house) as browser:
        await browser.sign_in(auditor.email)
        yield browser


async def test_everybody_of_the_staff_reads_them(
    auditor_desk: Browser, stranger: Browser, house: House
) -> None:
    """Any role sees the list, the overview and each flow; who is not signed in sees nothing."""
    overview = await auditor_desk.open(LIST)
    assert overview.status_code == 200
    for flow in house.content.flows:
        assert f'href="{LIST}/{flow}?locale=en"' in overview.text
        shown = await auditor_desk.open(f"{LIST}/{flow}")
        assert shown.status_code == 200
        assert f'id="drawing-{flow}"' in shown.text
    assert (await stranger.open(LIST)).status_code == 303


async def test_language_is_chosen(auditor_desk: Browser, house: House) -> None:
    """The picture and the words beside it are in the language asked for; an unknown one is the reader's own."""
    say = house.content.words.say
    [first, *_] = house.content.step("menu.main").choices  # type: ignore[union-attr]
    for asked, shown in (("id", "id"), ("en", "en"), ("xx", "en")):
        answer = await auditor_desk.open(f"{LIST}/menu?locale={asked}")
        told = words_of(answer)
        assert told.count(say(first.title, shown)) >= 2
        assert f'lang="{shown}" direction="ltr"' in answer.text


async def test_picture_brings_no_style_and_no_script(auditor_desk: Browser) -> None:
    """The page's policy forbids them, and the style sheet is one of ours."""
    answer = await auditor_desk.open(f"{LIST}/risk")
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    sheet = await auditor_desk.client.get("/desk/static/drawing/drawing.css?v=1")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "immutable" in sheet.headers["cache-control"]


@pytest.mark.parametrize("flow", ["nothing", "risk.support", "<script>", "%2e%2e"])
async def test_flow_that_does_not_exist_is_not_found(auditor_desk: Browser, flow: str) -> None:
    """An address that no flow has gives the page that says so."""
    assert (await auditor_desk.open(f"{LIST}/{flow}")).status_code == 404


@pytest.mark.browser
async def test_keyboard_zooms_and_follows_the_ways(page: Page) -> None:  # noqa: F811  # the fixture
    """Plus and minus change the size, zero fits the width, and a name beside a box leads to its flow."""
    await page.goto(f"{LIST}/risk")
    picture, svg = page.locator("[data-picture]"), page.locator("[data-picture] svg")
    await picture.focus()
    natural = (await svg.bounding_box() or {})["width"]
    await page.keyboard.press("+")
    assert (await svg.bounding_box() or {})["width"] == pytest.approx(natural * 1.25, abs=1)
    await expect(page.locator("[data-zoom] output")).to_contain_text("125")
    await page.keyboard.press("0")
    room = await picture.evaluate("box => box.clientWidth")
    assert (await svg.bounding_box() or {})["width"] == pytest.approx(room, abs=1)
    await page.locator(".stub", has_text="emergency.show").first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/flows/emergency?locale=en#step-emergency.show")


@pytest.mark.browser
async def test_picture_scrolls_inside_its_box_on_a_phone(page: Page) -> None:  # noqa: F811  # the fixture
    """At the width of a phone the page itself does not scroll sideways."""
    await page.set_viewport_size({"width": 360, "height": 740})
    for path in (LIST, f"{LIST}/risk"):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        box = page.locator("[data-picture]")
        assert await box.evaluate("box => box.scrollWidth > box.clientWidth")


@pytest.mark.browser
@pytest.mark.parametrize(("place", "shown"), [("", "support"), ("#step-risk.stay", "stay")])
async def test_small_screen_opens_at_the_right_step(page: Page, place: str, shown: str) -> None:  # noqa: F811
    """The picture opens at the step that the link names, else at the one that the flow begins with."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{LIST}/risk{place}")
    seen = page.locator("[data-picture] .name", has_text=shown)
    await expect(seen).to_be_in_viewport(ratio=1)


@pytest.mark.browser
async def test_picture_follows_the_theme(page: Page) -> None:  # noqa: F811  # the fixture
    """The desk's own choice of light or dark counts for the picture, not the system's."""
    await page.goto(f"{LIST}/erase")
    paper = page.locator(".drawing .paper").first
    colours = {}
    for theme in ("light", "dark"):
        await page.evaluate("theme => deskTheme.choose(theme)", theme)
        colours[theme] = await paper.evaluate("box => getComputedStyle(box).fill")
    assert colours == {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 35, 37)"}
