"""The ways in that the studio offers for a link: Telegram, WhatsApp where our number is known, and the web chat, each with its code."""

import html
import re
from collections.abc import AsyncIterator

import pytest

from bot.hotline.staff import Role
from bot.pictures.qr import qr_svg
from tests.integration.desk.browser import Browser
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.studio import make_campaign, post
from tests.integration.desk.test_results import PAGE, add_campaign

ON_WHATSAPP = "https://wa.me/628110000000?text=Halo%20Suar%21%20%28c_kota%29"
ON_THE_WEB = "https://suar.example/?start=c_kota"


@pytest.fixture
async def rina(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser."""
    house.whatsapp_number = "628110000000"
    me = await house.add_staff("Rina", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        yield browser


async def test_a_link_leads_in_everywhere(rina: Browser, house: House) -> None:
    """A link's page has its addresses on Telegram, on WhatsApp and in the web chat; its codes lead where they say; closed, only that it is."""
    campaign = await make_campaign(rina)
    await rina.open(campaign)
    await post(rina, f"{campaign}/links", {"target": "join", "city": "", "code": "kota"})
    shown = html.unescape((await rina.open(campaign)).text)
    for address in ("https://t.me/suar_example_bot?start=c_kota", ON_WHATSAPP, ON_THE_WEB):
        assert f'value="{address}"' in shown
    for via, address in (("whatsapp", ON_WHATSAPP), ("web", ON_THE_WEB)):
        code = await rina.client.get(f"{campaign}/links/kota/qr.svg?via={via}")
        assert code.content == qr_svg(address)
    assert (await rina.client.get(f"{campaign}/links/kota/qr.svg?via=fax")).status_code == 404
    house.whatsapp_number = None
    assert "wa.me" not in (await rina.open(campaign)).text
    gone = await rina.client.get(f"{campaign}/links/kota/qr.svg?via=whatsapp")
    assert gone.status_code == 404
    await post(rina, f"{campaign}/links/open", {"code": "kota", "open": "no"})
    assert ON_THE_WEB not in (await rina.open(campaign)).text


async def test_a_leader_has_a_link_to_whatsapp(rina: Browser, house: House) -> None:
    """A leader's link, its code and the sheet to print lead to WhatsApp too."""
    campaign = await add_campaign(house)
    await rina.open(PAGE)
    fields = {"campaign": str(campaign), "nickname": "Kak Ani", "city": "kupang"}
    done = await rina.send(PAGE, **fields, target="quiz:warning_signs", named="yes")
    shown = html.unescape((await rina.open(done.headers["location"])).text)
    [code] = set(re.findall(r"wa\.me/628110000000\?text=[^\"]*c_([a-z0-9]{10})", shown))
    svg = await rina.client.get(f"{PAGE}/{code}/qr.svg?via=whatsapp")
    assert svg.content.startswith(b"<")
    sheet = await rina.client.get(f"{PAGE}/{code}/sheet")
    assert "wa.me/628110000000" in sheet.text
    assert "qr.svg?via=whatsapp" in sheet.text
