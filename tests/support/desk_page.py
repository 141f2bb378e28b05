"""The desk in Chromium, for tests that look at it as staff do."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import BrowserContext, ConsoleMessage, Page, async_playwright

from tests.support.chromium import FLAGS


@asynccontextmanager
async def chromium_contexts(address: str, count: int) -> AsyncIterator[list[BrowserContext]]:
    """Open so many browsers that know nothing of one another."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        yield [await chromium.new_context(base_url=address, locale="en-GB") for _ in range(count)]
        await chromium.close()


@asynccontextmanager
async def open_chromium(address: str) -> AsyncIterator[Page]:
    """Open one page; anything that goes wrong on it fails the test."""
    complaints: list[str] = []
    async with chromium_contexts(address, 1) as (context,):
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_wrong(said) else None)
        yield page
    assert complaints == []


async def sign_in(page: Page, email: str, password: str, code: str) -> None:
    """Fill in the sign-in form, and give a code."""
    await page.goto("/desk/sign-in")
    await page.fill("#email", email)
    await page.fill("#password", password)
    await page.click("button[type=submit]")
    await page.fill("#code", code)
    await page.click("button[type=submit]")
    await page.wait_for_url("**/desk/")


def _is_wrong(message: ConsoleMessage) -> bool:
    """Chromium notes every 404, and a conversation that is gone is one."""
    return message.type == "error" and "404" not in message.text
