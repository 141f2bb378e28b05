"""A browser without scripts: it keeps cookies, and sends back the hidden fields of the page it saw."""

import re
from dataclasses import dataclass, field
from html import unescape

import httpx

from tests.integration.desk.house import PASSWORD

HIDDEN = re.compile(r'name="(csrf|token|next)"[^>]* value="([^"]*)"')


@dataclass
class Browser:
    """One person's browser."""

    client: httpx.AsyncClient
    codes: dict[str, list[str]] = field(default_factory=dict)
    """Recovery codes of the staff by their e-mail: what their drawer holds."""
    page: httpx.Response | None = None

    async def open(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        self.page = await self.client.get(path, headers=headers)
        return self.page

    async def part(self, path: str) -> httpx.Response:
        """Fetch a fragment, as the open page does by itself."""
        return await self.client.get(path, headers={"HX-Request": "true"})

    async def send(self, path: str, *, htmx: bool = False, **fields: str) -> httpx.Response:
        """Send a form of the page that was opened last, with its hidden fields."""
        assert self.page is not None
        data = {**dict(HIDDEN.findall(self.page.text)), **fields}
        headers = {"HX-Request": "true"} if htmx else {}
        return await self.client.post(path, data=data, headers=headers)

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """Fill in the sign-in form, and give a code where one is asked for."""
        await self.open("/desk/sign-in?lang=en")
        answer = await self.send("/desk/sign-in?lang=en", email=email, password=password)
        if answer.status_code != httpx.codes.SEE_OTHER or not self.codes.get(email.lower()):
            return answer
        return await self.give_code(self.codes[email.lower()].pop())

    async def give_code(self, code: str, path: str = "/desk/code") -> httpx.Response:
        """Fill in the form that asks for a code."""
        await self.open(path)
        return await self.send("/desk/code", code=code)

    async def take_next(self) -> str:
        """Press "Next person"; return the conversation's path."""
        await self.open("/desk/")
        answer = await self.send("/desk/next")
        return answer.headers["location"]


def words_of(page: httpx.Response) -> str:
    """Return the text of a page as a person reads it, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
