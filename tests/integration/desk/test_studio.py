"""The studio's first page."""

from bot.hotline.permissions import Role
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House


async def test_an_empty_studio_says_so(house: House) -> None:
    """Before there is any campaign, the page says that there is none."""
    me = await house.add_staff("Rina", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        answer = await browser.open("/desk/campaigns")
    assert answer.status_code == 200
    assert "No campaign yet." in answer.text
