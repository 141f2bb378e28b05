"""A counsellor at a browser without scripts: signs in, takes the next person, writes, closes; tries again when refused by a dead server."""

import asyncio
import re
from dataclasses import dataclass, field

import httpx

from tests.support.second_step import code_on

CASE = re.compile(r'class="person" href="/desk/cases/([0-9a-f-]{36})"')
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
TITLE = re.compile(r"<title>\s*(?:\([^)]*\)\s*)?([A-Z0-9]{6})\b")
PASSWORD = "a long enough password"
PATIENCE_S = 60.0
BROKEN = 500


@dataclass
class Counsellor:
    """One browser, signed in."""

    url: str
    email: str
    http: httpx.AsyncClient = field(init=False)
    csrf: str = ""
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.http = httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=20)

    async def sign_in(self) -> None:
        """Open the door with e-mail and password, and set the second step up, through the forms."""
        form = CSRF.findall((await self._get("/desk/sign-in")).text)[0]
        given = {"csrf": form, "email": self.email, "password": PASSWORD, "next": ""}
        answer = await self.http.post("/desk/sign-in", data=given)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.status_code
        page = (await self._get("/desk/second-step")).text
        set_up = {"csrf": CSRF.findall(page)[0], "code": code_on(page), "next": ""}
        answer = await self.http.post("/desk/second-step", data=set_up)
        assert answer.status_code == httpx.codes.OK, answer.status_code
        home = await self._get("/desk/")
        self.csrf = CSRF.findall(home.text)[0]

    async def take_next(self) -> tuple[str, str]:
        """Take the next person, whoever it is; return the case's id and its reference."""
        async with asyncio.timeout(PATIENCE_S):
            while not (new := await self._mine() - self.seen):
                await self._try("/desk/next")
        [case_id] = new
        self.seen.add(case_id)
        page = await self._get(f"/desk/cases/{case_id}")
        return case_id, TITLE.findall(page.text)[0]

    async def reply(self, case_id: str, text: str) -> None:
        """Write to the person; a form that is sent again carries the same token."""
        token = f"token-of-{text}".replace(" ", "-")[:64].ljust(16, "-")
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = await self._try(f"/desk/cases/{case_id}/reply", text=text, token=token)
                if answer is not None:
                    assert answer.status_code == httpx.codes.SEE_OTHER, answer.status_code
                    return

    async def reads(self, case_id: str, text: str) -> int:
        """Wait until the page of the conversation shows a text; return how often it does."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = (await self._get(f"/desk/cases/{case_id}")).text
                if text in page:
                    return page.count(text)
                await asyncio.sleep(0.1)

    async def close_case(self, case_id: str) -> None:
        """End the talk."""
        async with asyncio.timeout(PATIENCE_S):
            while case_id in await self._mine():
                await self._try(f"/desk/cases/{case_id}/close", outcome="helped")

    async def leave(self) -> None:
        """Close the browser."""
        await self.http.aclose()

    async def _mine(self) -> set[str]:
        return set(CASE.findall((await self._get("/desk/")).text))

    async def _get(self, path: str) -> httpx.Response:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    answer = await self.http.get(path)
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                    continue
                if answer.status_code < BROKEN:
                    return answer
                await asyncio.sleep(0.1)

    async def _try(self, path: str, **form: str) -> httpx.Response | None:
        """Send a form once; None when no sound answer came back, so that it may or may not have been taken."""
        try:
            answer = await self.http.post(path, data={"csrf": self.csrf, **form})
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            return None
        if answer.status_code < BROKEN:
            return answer
        await asyncio.sleep(0.1)
        return None
