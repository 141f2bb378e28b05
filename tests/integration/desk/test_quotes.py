"""A counsellor answers one line: by link and form, by keyboard, with undo and draft, and never a line that is not hers to read."""

from uuid import UUID

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import delete, func, select

from bot.messages import Outgoing
from bot.store.outbox import MESSAGE
from bot.store.tables import OutboxRow, TranscriptRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House
from tests.integration.desk.test_browser import page
from tests.support.accessibility import faults_of

__all__ = ["page"]

LONG = "They took my passport when I came here and said that I get it back in a year, not before"
START = "They took my passport when I came here and said that I get it back in a year,…"


async def line_of(house: House, case_id: UUID, author: str = "person") -> int:
    """Return the number of the last line of somebody in a case."""
    async with house.db.transaction() as conn:
        found = await conn.scalar(
            select(func.max(TranscriptRow.id)).where(
                TranscriptRow.case_id == case_id, TranscriptRow.author == author
            )
        )
    assert found is not None
    return int(found)


async def sent(house: House, case_id: UUID) -> list[Outgoing]:
    """Return what stands in the outbox for the person of a case."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        rows = await conn.scalars(
            select(OutboxRow.message_sealed)
            .where(OutboxRow.conversation_id == party.conversation_id)
            .order_by(OutboxRow.id)
        )
        return [Outgoing.from_json(party.key.open_json(each, MESSAGE)) for each in rows]


async def test_a_quote_is_chosen_shown_and_sent_without_scripts(
    desk: Browser, house: House
) -> None:
    """The link shows the first 80 signs above the box; the reply goes out with the line's number, and the desk shows both."""
    case_id = await house.add_case(locale="en")
    await desk.take_next()
    await house.person_writes(case_id, LONG)
    path, line = f"/desk/cases/{case_id}", await line_of(house, case_id)
    assert f'href="{path}?quote={line}#reply"' in (await desk.open(path)).text
    shown = await desk.open(f"{path}?quote={line}")
    assert f"You reply to: {START} Take the quote out" in words_of(shown)
    assert f'name="quote" value="{line}"' in shown.text
    answer = await desk.send(f"{path}/reply", text="Who?", token="a" * 16, quote=str(line))
    assert answer.status_code == 303
    assert [(each.text, each.quote) for each in await sent(house, case_id)] == [("Who?", line)]
    shown = await desk.open(path)
    assert f"Counsellor: Answers: {START} Who?" in words_of(shown)
    assert 'name="quote"' not in shown.text


@pytest.mark.parametrize("htmx", [True, False])
async def test_a_line_that_is_not_hers_is_refused(desk: Browser, house: House, htmx: bool) -> None:
    """Somebody else's line, her own, and what is no number: refused as not found, nothing sent, and her words stay in the box."""
    case_id = await house.add_case(locale="en")
    await desk.take_next()
    foreign_case = await house.add_case("not yours", locale="en")
    await desk.send(f"/desk/cases/{case_id}/reply", text="Hello", token="a" * 16)
    lines = (
        await line_of(house, foreign_case),
        await line_of(house, case_id, "staff"),
        "x",
        "9" * 30,
    )
    for number, line in enumerate(lines):
        shown = await desk.open(f"/desk/cases/{case_id}?quote={line}")
        assert "You reply to:" not in words_of(shown)
        form = {"text": "a secret", "token": f"{number}" * 16, "quote": str(line)}
        answer = await desk.send(f"/desk/cases/{case_id}/reply", htmx=htmx, **form)
        assert answer.status_code == 404
        assert "The line that you reply to is not there any more" in words_of(answer)
        assert htmx or ">a secret</textarea>" in answer.text
    assert [each.text for each in await sent(house, case_id)] == ["Hello"]


async def test_a_line_that_is_gone_is_quoted_nowhere(desk: Browser, house: House) -> None:
    """Once the line is deleted the desk shows the reply alone."""
    case_id = await house.add_case(locale="en")
    await desk.take_next()
    await house.person_writes(case_id, "once said")
    path, line = f"/desk/cases/{case_id}", await line_of(house, case_id)
    await desk.send(f"{path}/reply", text="Who?", token="a" * 16, quote=str(line))
    async with house.db.transaction() as conn:
        await conn.execute(delete(TranscriptRow).where(TranscriptRow.id == line))
    shown = words_of(await desk.open(path))
    assert "Counsellor: Who?" in shown
    assert "once said" not in shown


async def test_words_that_are_hard_to_read_are_not_quoted(desk: Browser, house: House) -> None:
    """Of a veiled line the quote says only that it is one."""
    case_id = await house.add_case(locale="en")
    await desk.take_next()
    await house.person_writes(case_id, "a hard thing")
    path, line = f"/desk/cases/{case_id}", await line_of(house, case_id)
    await desk.send(f"{path}/lines/{line}/veil", veiled="yes")
    shown = words_of(await desk.open(f"{path}?quote={line}"))
    assert "You reply to: A line that is hard to read" in shown


@pytest.mark.browser
@pytest.mark.slow
async def test_by_keyboard_with_undo_and_draft(page: Page, house: House) -> None:
    """Chosen and taken out by keys alone, with what was typed still there; undo and a new page bring the quote back; axe finds nothing."""
    case_id = await house.add_case(locale="en")
    await page.goto("/desk/")
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(page.locator("#reply-text")).to_be_focused()
    await house.person_writes(case_id, LONG)
    line = await line_of(house, case_id)
    await page.keyboard.type("Who ")
    await page.locator(f"#quote-{line}").focus()
    await page.keyboard.press("Enter")
    strip = page.locator("#quote .quote-strip")
    await expect(strip).to_contain_text(START)
    await expect(page.locator("#reply-text")).to_be_focused()
    assert await faults_of(page) == []
    await page.locator("#quote-drop").focus()
    await page.keyboard.press("Space")
    await expect(strip).to_have_count(0)
    await expect(page.locator("#reply-text")).to_have_value("Who ")
    # Drafts of what was done just before may still be on their way.
    async with page.expect_response(
        lambda r: r.url.endswith("/draft") and f"quote={line}" in (r.request.post_data or "")
    ):
        await page.locator(f"#quote-{line}").focus()
        await page.keyboard.press("Enter")
    await page.reload()
    await expect(strip).to_contain_text(START)
    house.clock.stop()  # the moment of undo is as long as a busy machine needs
    await page.locator("#reply-text").focus()
    await page.keyboard.press("End")
    await page.keyboard.type("was it?")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line-staff .quote")).to_contain_text(START)
    await expect(strip).to_have_count(0)
    assert await faults_of(page) == []
    await page.keyboard.press("Control+z")
    await expect(page.locator(".line-staff")).to_have_count(0)
    await expect(strip).to_contain_text(START)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line-staff .quote")).to_contain_text(START)
    assert [each.quote for each in await sent(house, case_id)] == [line]
