"""Every door of the desk, opened with what no form of ours holds: a page or a refusal comes back, never 500."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from unittest.mock import MagicMock
from urllib.parse import quote, urlencode

import httpx
import pytest
import pytest_asyncio
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.routing import Mount, Route

from bot.content.catalogue import Words
from bot.content.load import Content
from bot.desk.web.app import desk_routes
from bot.hotline.staff import Role
from bot.store.engine import Database
from tests.integration.desk.browser import Browser
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import LOCALES, House
from tests.integration.desk.test_accessibility import _furnish, addresses
from tests.support.tables import empty_queue, empty_tables

NOBODYS = "00000000-0000-4000-8000-000000000000"
SIGNS_OUT = frozenset(
    {"/sign-out", "/settings/password", "/settings/browsers/end", "/second-step"}
)
LIVE = "/events"
NO_FORMS = (
    "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "",
)  # fmt: skip
QUERY = (
    "said", "done", "seen", "locale", "next", "campaign", "with", "token", "state", "preview", "like", "language", "lang",
    "goal", "from", "case", "batch", "archived", "view", "day", "week", "month", "page", "kind", "staff", "before", "to",
)  # fmt: skip
"""What pages ask their addresses for."""
EXAMPLES = int(os.environ.get("SUAR_FUZZ_EXAMPLES", "0"))
"""Set, so many new requests are tried for each door; else always the same ones, few enough for every day."""
ENDS = re.compile(
    r"end|close|release|withdraw|retire|remove|delete|refuse|publish|take-back|transfer|forget|cancel|unlink|archive|erase"
)
"""Doors that may end what other doors need: they are tried last."""

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

odd = st.one_of(
    st.text(max_size=12),
    st.sampled_from([
        "", " ", "\x00", "a\x00b", "\ufffd", "\U0001f642", "\u202e", "-1", "0", "1", "2147483648", "9223372036854775808",
        "9" * 40, "9" * 5000, "1e400", "nan", "inf", "\u0663", "\u00b2", "x" * 9000, "2026-02-30", "0001-01-01", "9999-12-31",
        "9999-12-31T23:59", "24:00", "25:99", "+62 811 0000 000", NOBODYS, "not-a-uuid", "{}", "[]", '{"all": []}', '[[[[', "null",
        "Asia/Nowhere", "../../etc/passwd", "<script>", "%s{0}", "'; --", "on", "yes", "en", "id", "xx",
    ]),
)  # fmt: skip
broken_bytes = st.sampled_from([b"%ED%A0%80", b"%FF", b"%", b"%00", b"\xff", b"&&==&", b"%zz"])
"""What stands for a lone surrogate, for no UTF-8 at all, and for no form at all."""


@dataclass
class Form:
    """A form as a page shows it."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Reads the forms of a page, with the fields that a browser would send, whatever is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        action = given.get("action") or given.get("hx-post")
        if (tag == "form" or "hx-post" in given) and action:
            self.found.append(Form(action))
        if tag == "select":
            self._select = given.get("name") or ""
        name = self._select if tag == "option" else given.get("name")
        if tag in {"input", "textarea", "option", "button"} and name and self.found:
            self.found[-1].fields.append((name, given.get("value") or ""))


@dataclass
class Opened:
    """A furnished desk, and what its pages offer."""

    house: House
    browser: Browser
    csrf: str
    forms: dict[str, Form]
    names: list[str]
    values: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(dsn: str, content: Content) -> AsyncIterator[Opened]:
    """The desk of somebody who may do everything, with something of every kind in it."""
    db = Database.at(dsn)
    async with db.engine.begin() as conn:
        await empty_tables(conn)
        await empty_queue(conn)
    house = House(db, content)
    admin = await house.add_staff("Rani", Role.ADMIN)
    async with open_browser(house) as desk:
        await desk.sign_in(admin.email)
        pages = await _furnish(house, desk, admin)
        forms, names, values = await _look_around(desk, addresses(house, pages))
        csrf = re.findall(
            r'name="csrf"[^>]* value="([^"]+)"', (await desk.open("/desk/settings")).text
        )[0]
        yield Opened(house, desk, csrf, forms, names, values)
    await house.close()
    await db.close()


async def _look_around(
    desk: Browser, paths: list[str]
) -> tuple[dict[str, Form], list[str], list[str]]:
    """Return the forms of all pages by their doors, and each name and value that stands in one."""
    forms: dict[str, Form] = {}
    names, values = set(), set()
    for path in paths:
        page = Forms()
        page.feed((await desk.open(path)).text)
        for form in page.found:
            kept = forms.setdefault(form.action.partition("?")[0], form)
            kept.fields += [each for each in form.fields if each not in kept.fields]
            names |= {name for name, _ in form.fields}
            values |= {value for _, value in form.fields if 0 < len(value) < 40}
    return forms, sorted(names - {"csrf"}), sorted(values)


def doors(method: str) -> list[str]:
    """Return the path of every route with a method."""
    [mount] = desk_routes(MagicMock(words=Words("en", LOCALES, {})))
    assert isinstance(mount, Mount)
    found = [
        route.path
        for route in mount.routes
        if isinstance(route, Route) and method in (route.methods or ())
    ]
    return sorted(found, key=lambda path: (path in SIGNS_OUT, bool(ENDS.search(path)), path))


def matching(opened: Opened, path: str) -> list[str]:
    """Return the addresses of forms that a route takes."""
    pattern = "/desk" + re.sub(r"\\\{\w+(:\w+)?\\\}", "[^/]+", re.escape(path))
    return [action for action in opened.forms if re.fullmatch(pattern, action)]


@st.composite
def address(draw: st.DrawFn, path: str) -> str:
    """Return an address of a route with odd parts."""

    def part(match: re.Match[str]) -> str:
        match match[1]:
            case "uuid":
                return draw(st.sampled_from([NOBODYS, NOBODYS.upper(), "f" * 32]))
            case "whole":
                return draw(
                    st.sampled_from(["0", "1", "2147483648", "9" * 18, "9" * 30, "9" * 5000])
                )
            case _:
                return quote(draw(odd)[:300], safe="") or "%00"

    return "/desk" + re.sub(r"\{\w+(?::(\w+))?\}", part, path)


@st.composite
def bent(draw: st.DrawFn, form: Form | None, opened: Opened) -> list[tuple[str, str]]:
    """Return the fields of a form, some of them missing, repeated, or with what belongs to others."""
    fields = [each for each in form.fields if each[0] != "csrf"] if form else []
    names = [name for name, _ in fields] or opened.names
    value = odd | st.sampled_from(opened.values)
    for _ in range(draw(st.integers(1, 4))):
        act = draw(st.sampled_from(["put", "put", "put", "drop", "double", "add"]))
        name = draw(st.sampled_from(names))
        if act in {"put", "drop"}:
            fields = [each for each in fields if each[0] != name]
        if act != "drop":
            fields.append(
                (name if act != "add" else draw(st.sampled_from(opened.names) | odd), draw(value))
            )
    return fields


@pytest.mark.parametrize("path", [each for each in doors("POST") if each not in SIGNS_OUT])
async def test_no_form_breaks_a_door(opened: Opened, path: str) -> None:
    """Forms with anything in them, and what is none, are taken or refused by every door."""
    await all_sent(opened, posts(opened, path))


@pytest.mark.parametrize("path", [each for each in doors("GET") if each != LIVE])
async def test_no_address_breaks_a_page(opened: Opened, path: str) -> None:
    """Pages are asked for with anything in their address, and answered with a page or with 404."""
    await all_sent(opened, gets(opened, path))


@st.composite
def posts(draw: st.DrawFn, opened: Opened, path: str) -> httpx.Request:
    """Return a form for a route."""
    known = matching(opened, path)
    form = opened.forms[draw(st.sampled_from(known))] if known else None
    to = form.action if form and draw(st.integers(0, 4)) else draw(address(path))
    body = urlencode([("csrf", opened.csrf), *draw(bent(form, opened))]).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "x-csrf-token": opened.csrf}
    match draw(st.integers(0, 9)):
        case 0:
            body += f"&{quote(draw(st.sampled_from(opened.names)))}=".encode() + draw(broken_bytes)
        case 1:
            headers["content-type"] = draw(st.sampled_from(NO_FORMS))
        case 2 | 3 | 4:
            headers["hx-request"] = "true"
    return opened.browser.client.build_request("POST", to, content=body, headers=headers)


@st.composite
def gets(draw: st.DrawFn, opened: Opened, path: str) -> httpx.Request:
    """Return a request for a page."""
    known = matching(opened, path)
    to = draw(st.sampled_from(known)) if known and draw(st.booleans()) else draw(address(path))
    pairs = st.tuples(
        st.sampled_from([*opened.names, *QUERY]), odd | st.sampled_from(opened.values)
    )
    query = urlencode(draw(st.lists(pairs, max_size=4)))
    headers = {"hx-request": "true"} if draw(st.booleans()) else {}
    return opened.browser.client.build_request("GET", f"{to}?{query}", headers=headers)


async def all_sent(opened: Opened, strategy: st.SearchStrategy[httpx.Request]) -> None:
    """Send what is made, as it is sent by a browser that is signed in."""
    broken = [told for each in made_of(strategy) if (told := await trouble(opened, each))]
    assert not broken, "\n".join(broken)


def made_of(strategy: st.SearchStrategy[httpx.Request]) -> list[httpx.Request]:
    """Return a few requests."""
    found: list[httpx.Request] = []

    @settings(
        max_examples=EXAMPLES or 10,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(request: httpx.Request) -> None:
        found.append(request)

    collect()
    return found


async def trouble(opened: Opened, request: httpx.Request) -> str:
    """Send a request; tell what is wrong with its answer: 5xx, something that is logged as broken, or that nobody is signed in any more."""
    with structlog.testing.capture_logs() as logs:
        answer = await opened.browser.client.send(request)
    errors = [each for each in logs if each["log_level"] in {"error", "critical"}]
    gone = answer.headers.get("location", "").startswith("/desk/sign-in")
    if answer.status_code < 500 and not errors and not gone:
        return ""
    where = [str(each.get("where", each))[-400:] for each in errors]
    return f"{request.method} {str(request.url)[:200]} {request.content[:300]!r}: {answer.status_code} {where}"
