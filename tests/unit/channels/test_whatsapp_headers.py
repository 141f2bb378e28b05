"""The pictures above templates, as one process knows them."""

import asyncio
from datetime import timedelta

from bot.channels.whatsapp_headers import Headers


async def test_many_who_ask_at_once_upload_it_once_and_anew_when_its_time_is_over() -> None:
    """A hundred thousand people get the same picture by one number, until Meta lets go of it."""
    now, uploads = 0.0, list[str]()

    async def upload(url: str) -> str:
        await asyncio.sleep(0)
        uploads.append(url)
        return f"4490{len(uploads)}"

    headers = Headers(timedelta(days=28), lambda: now)
    found = await asyncio.gather(*(headers.get("picture:a", upload) for _ in range(9)))
    assert (set(found), uploads) == ({"44901"}, ["picture:a"])
    now = timedelta(days=28).total_seconds()
    assert headers.find("picture:a") is None
    assert await headers.get("picture:a", upload) == "44902"


async def test_only_the_number_that_failed_is_forgotten() -> None:
    """Who hears late that an old number is gone does not throw the new one away."""

    async def upload(_: str) -> str:
        return "44901"

    headers = Headers(timedelta(days=28))
    await headers.get("picture:a", upload)
    headers.forget("picture:a", "44900")
    assert headers.find("picture:a") == "44901"
    headers.forget("picture:a", "44901")
    assert headers.find("picture:a") is None
