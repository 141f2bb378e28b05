"""Planning in Chromium: an audience by keyboard with the focus where it should be, times that show what they come to, and a calendar to drag on."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from playwright.async_api import Page, expect

from bot.campaigns.audience import read_rule, write_rule
from bot.campaigns.schedule import Local, Recurring
from tests.integration.desk.house import PASSWORD, House
from tests.integration.desk.studio_house import Studio, make_studio
from tests.support.desk_page import open_chromium

pytestmark = [pytest.mark.browser]

FRIDAY = date(2027, 7, 30)
NINE = time(9)
CALENDAR = f"/desk/campaigns/calendar?day={FRIDAY}"


@pytest.fixture
async def studio(house: House) -> Studio:
    """A campaign with two campaigners, on the first of July 2027."""
    house.clock.ahead = datetime(2027, 7, 1, 3, tzinfo=UTC) - house.clock.real.now()
    return await make_studio(house)


@pytest.fixture
async def page(studio: Studio, address: str) -> AsyncIterator[Page]:
    """The writer in Chromium; anything on the console fails the test."""
    async with open_chromium(address) as page:
        await page.goto("/desk/sign-in")
        await page.fill("#email", studio.writer.email)
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        await page.wait_for_url("**/desk/")
        yield page


def message(number: object, part: str) -> str:
    """Return the address of a page of a message."""
    return f"/desk/campaigns/messages/{number}/{part}"


async def test_an_audience_by_keyboard(page: Page, studio: Studio) -> None:
    """Parts come and go without a new page; the focus is on what was added, and the count follows what is chosen."""
    await studio.people(6, city="kupang")
    await studio.people(7, city="medan")
    made = await studio.write()
    await page.goto(message(made, "whom"))
    await expect(page.locator(".plan-count")).to_have_text("13 people")
    await page.evaluate("window.stays = true")
    await page.locator("#new-0").select_option("city")
    await page.get_by_role("button", name="Add").press("Enter")
    await expect(page.locator("#v-0\\.0-0")).to_be_focused()
    await page.get_by_role("searchbox", name="Find in this list").fill("kup")
    await expect(page.get_by_label("Medan", exact=True)).to_be_hidden()
    await page.get_by_label("Kupang", exact=True).press("Space")
    await expect(page.locator(".plan-count")).to_have_text("6 people")
    await expect(page.get_by_label("Kupang", exact=True)).to_be_focused()
    await expect(page.locator("#reach")).to_contain_text("they live in Kupang.")
    await page.locator("#new-0").select_option("none")
    await page.get_by_role("button", name="Add").last.press("Enter")
    await expect(page.locator("#new-0\\.1")).to_be_focused()
    await expect(page.locator("#reach")).to_contain_text("This group is empty.")
    await page.get_by_role("button", name=re.compile("Take out.*None of these")).press("Enter")
    await expect(page.locator("#new-0")).to_be_focused()
    await expect(page.locator(".plan-count")).to_have_text("6 people")
    assert await page.evaluate("window.stays") is True
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.locator(".said")).to_have_text("It is saved.")
    kept = write_rule((await studio.get(made)).draft.audience)
    assert kept == {"all": [{"field": "city", "in": ["kupang"]}]}


async def test_times_show_at_once_what_they_come_to(page: Page, studio: Studio) -> None:
    """A way is chosen and only its fields are there; the next five times follow, and a night is told before anything is sent."""
    await studio.people(6, zone="Asia/Makassar")
    made = await studio.write()
    await page.goto(message(made, "when"))
    await expect(page.get_by_label("Monday", exact=True)).to_be_hidden()
    await page.get_by_role("radio", name="Again and again").check()
    await page.get_by_label("Monday", exact=True).check()
    await page.locator("#recurring_time").fill("09:00")
    await page.locator("#recurring_time").dispatch_event("change")
    await expect(page.locator(".plan-firings li")).to_have_count(5)
    await expect(page.locator(".plan-firings li").first).to_contain_text("Monday, July 5, 2027")
    await expect(page.locator(".plan-firings li").first).to_contain_text("08:00 WIB · 09:00 WITA")
    await page.locator("#recurring_time").fill("22:00")
    await page.locator("#recurring_time").dispatch_event("change")
    await expect(page.locator("#firings")).to_contain_text("quiet hours")
    await page.locator("#recurring_time").fill("10:00")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".said")).to_have_text("It is saved.")
    kept = (await studio.get(made)).draft.schedule
    assert kept == Recurring(weekdays=("mon",), time=time(10))


async def drag(page: Page, name: str, to: date) -> None:
    """Drag a message to a day."""
    item = page.locator(".cal-item", has_text=name).first
    await item.drag_to(page.locator(f"#day-{to} .cal-head"))


async def test_a_draft_is_dragged_and_taken_back(page: Page, studio: Studio) -> None:
    """It goes to the other day at once, and back with one press."""
    made = await studio.write(schedule=Local(on=FRIDAY, time=NINE))
    await page.goto(CALENDAR)
    await drag(page, "The day itself", FRIDAY - timedelta(days=2))
    await expect(page.locator("#day-2027-07-28")).to_contain_text("The day itself")
    assert (await studio.get(made)).draft.schedule == Local(on=date(2027, 7, 28), time=NINE)
    await page.get_by_role("button", name="Undo").press("Enter")
    await expect(page.locator(f"#day-{FRIDAY}")).to_contain_text("The day itself")
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)


async def test_what_was_approved_asks_before_it_is_moved(page: Page, studio: Studio) -> None:
    """The dialog says that it waits for approval again; without a yes it stays."""
    made = await studio.write(schedule=Local(on=FRIDAY, time=NINE))
    await studio.approve(made)
    await page.goto(CALENDAR)
    await drag(page, "The day itself", FRIDAY - timedelta(days=1))
    dialog = page.get_by_role("dialog", name="Move it to another day?")
    await expect(dialog).to_contain_text("waits for approval again")
    await expect(dialog).to_contain_text("Thursday, July 29, 2027")
    await dialog.get_by_role("button", name="Leave it where it is").click()
    await expect(dialog).to_be_hidden()
    assert (await studio.get(made)).version == 3
    await drag(page, "The day itself", FRIDAY - timedelta(days=1))
    await dialog.get_by_role("button", name="Move it", exact=True).click()
    await expect(page.locator("#day-2027-07-29")).to_contain_text("Waits for approval")


async def test_what_recurs_cannot_be_dragged(page: Page, studio: Studio) -> None:
    """It says why, and leads to its times."""
    made = await studio.write("Weekly", schedule=Recurring(weekdays=("mon",), time=NINE))
    await page.goto(CALENDAR)
    box = await page.locator(".cal-item", has_text="Weekly").first.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 10, box["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 200, box["y"] + 30, steps=5)
    await page.mouse.up()
    dialog = page.get_by_role("dialog", name="This goes out again and again")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("link", name="Open its times").click()
    await page.wait_for_url(f"**{message(made, 'when')}")


async def test_arrow_keys_go_from_day_to_day(page: Page, studio: Studio) -> None:
    """Right, down, left and up, the other way round where one reads from right to left; Enter opens the week."""
    await studio.write(schedule=Local(on=FRIDAY, time=NINE))
    await page.goto(CALENDAR)
    link = page.locator("#day-2027-07-14 .cal-link")
    await link.focus()
    for key, day in (("ArrowRight", 15), ("ArrowDown", 22), ("ArrowLeft", 21), ("ArrowUp", 14)):
        await page.keyboard.press(key)
        await expect(page.locator(f"#day-2027-07-{day} .cal-link")).to_be_focused()
    await page.evaluate("document.documentElement.dir = 'rtl'")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#day-2027-07-15 .cal-link")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**view=week**")
    await expect(page.locator(".cal-cell")).to_have_count(7)


async def test_a_phone_has_a_list_of_days(page: Page, studio: Studio) -> None:
    """Narrow, nothing is cut off, days of other months are not there, and a message is moved by its link."""
    kupang = read_rule({"field": "city", "in": ["kupang"]})
    made = await studio.write(audience=kupang, schedule=Local(on=FRIDAY, time=NINE))
    await page.set_viewport_size({"width": 360, "height": 740})
    for path in (CALENDAR, message(made, "whom"), message(made, "when"), message(made, "move")):
        await page.goto(path)
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
    await page.goto(CALENDAR)
    await expect(page.locator("#day-2027-08-01")).to_be_hidden()
    await page.get_by_role("link", name="Move to… The day itself").click()
    await page.get_by_label("To this day, at the same time").fill("2027-07-29")
    await page.get_by_role("button", name="Move it").click()
    await expect(page.locator("#day-2027-07-29")).to_contain_text("The day itself")
