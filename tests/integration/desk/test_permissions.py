"""Every door of the desk, tried by every role."""

import re

import pytest
from starlette.routing import Mount, Route

from bot.desk.web.app import desk_routes
from bot.hotline.permissions import Permission, Role, may
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House

NOBODYS = "00000000-0000-4000-8000-000000000000"
PAGES = {
    Permission.TALK: ("GET", "/desk/undelivered"),
    Permission.OVERSEE: ("GET", "/desk/cases/{case}"),
    Permission.UNMASK: ("POST", "/desk/cases/{case}/unmask"),
    Permission.REVIEW: ("GET", "/desk/review"),
    Permission.EXPORT: ("POST", "/desk/review/export"),
    Permission.WRITE: ("GET", "/desk/answers"),
    Permission.CAMPAIGN: ("GET", "/desk/campaigns"),
    Permission.CHECK: ("POST", "/desk/directory/kpai/check"),
    Permission.AUDIT: ("GET", "/desk/audit"),
}
"""A door for each permission; the case is somebody else's, which only those open who oversee."""
FOR_ALL = ("/desk/", "/desk/directory", "/desk/flows", "/desk/help", "/desk/settings")


@pytest.mark.parametrize("role", Role)
async def test_each_door_opens_for_those_it_is_for(house: House, role: Role) -> None:
    """Cell by cell: who may gets an answer, who may not finds nothing."""
    other = await house.add_staff("Budi")
    case_id = await house.add_case("words")
    await house.talks.claim_next(other)
    me = await house.add_staff("Dewi", role)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        for path in FOR_ALL:
            assert (await browser.open(path)).status_code == 200
        for permission, (method, path) in PAGES.items():
            await browser.open("/desk/settings")
            address = path.format(case=case_id)
            answer = await (
                browser.open(address)
                if method == "GET"
                else browser.send(address, reason="danger")
            )
            # To see what is hidden in somebody else's conversation one has to oversee, too.
            needed = {permission, *({Permission.OVERSEE} if "{case}" in path else ())}
            expected = all(may(role, each) for each in needed)
            assert (answer.status_code != 404) is expected, permission


def test_each_permission_has_its_door() -> None:
    """A permission that is added is tried as well."""
    assert set(PAGES) == set(Permission)


async def test_nothing_opens_without_both_steps(house: House) -> None:
    """Every address of the desk, for whoever has given the password alone: they are asked for the code, and nothing else."""
    counsellor = await house.add_staff("Dewi")
    async with open_browser(house) as browser:
        browser.codes = {}
        await browser.sign_in(counsellor.email)
        await browser.open("/desk/code")
        for method, path in _addresses(house):
            if path in {"/desk/code", "/desk/second-step", "/desk/sign-out"}:
                continue
            answer = await (browser.client.get(path) if method == "GET" else browser.send(path))
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/desk/code"), (method, path)


def _addresses(house: House) -> list[tuple[str, str]]:
    """Return every address behind the door, with made-up parts."""
    [mount] = desk_routes(house.services, passwords=house.passwords)
    assert isinstance(mount, Mount)
    found = []
    for route in mount.routes:
        if not isinstance(route, Route) or route.path in {"/sign-in", "/setup"}:
            continue
        path = re.sub(r"\{\w+:uuid\}", NOBODYS, route.path)
        path = re.sub(r"\{\w+(?::\w+)?\}", "1", path)
        found += [
            (method, f"/desk{path}") for method in sorted(route.methods or ()) if method != "HEAD"
        ]
    assert len(found) > 40
    return found
