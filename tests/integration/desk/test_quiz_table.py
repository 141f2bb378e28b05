"""Questions by the table, on the desk: brought, refused with what to mend, taken out again, handed out."""

import csv
import io
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.desk.web.pages import Pages
from bot.editing.quiz_table import COLUMNS, TABLE_CODES
from bot.hotline.permissions import Role
from bot.sheets import as_csv
from bot.table_file import MAX_BYTES
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import LOCALES, House, Words
from tests.integration.desk.test_quizzes_studio import (
    QUESTION,
    begin,
    desk_of,
    edit,
    follow,
    form_of,
    submit,
)

REFUSALS = (
    "no_file", "only_head", "empty", "too_large", "old_workbook", "not_a_workbook", "not_utf8", "not_text", "broken",
    "too_wide", "too_long", "cell_long", "busy",
)  # fmt: skip


@pytest.fixture
async def writer(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    async with desk_of(house, "Tari") as browser:
        yield browser


async def bring(browser: Browser, draft: str, data: bytes | str) -> httpx.Response:
    """Choose a file on the draft's page of tables, and send it."""
    fields = form_of(await browser.open(f"{draft}/table"), f"{draft}/table")
    sent = {"file": ("my table.csv", data)}
    return await browser.client.post(
        f"{draft}/table", data={"csrf": fields["csrf"][0]}, files=sent
    )


async def example(browser: Browser, draft: str) -> list[list[str]]:
    """Return the example that the page hands out."""
    page = await browser.open(f"{draft}/table/file?kind=csv")
    assert "attachment" in page.headers["content-disposition"]
    return list(csv.reader(io.StringIO(page.text.removeprefix("\ufeff"))))


async def test_the_example_can_be_brought_and_taken_out(writer: Browser) -> None:
    """Somebody begins with the example, sees its questions in their draft, and takes them out with one press."""
    draft = await begin(writer)
    head, *rows = await example(writer, draft)
    assert [row[0] for row in rows] == ["single", "several", "true_false", "order", "flag"]
    page = await follow(writer, await bring(writer, draft, as_csv(head, rows)))
    assert len(QUESTION.findall(page.text)) == len(rows)
    assert "Questions added from the table: 5" in words_of(page)
    page = await follow(writer, await submit(writer, page, f"{draft}/table/undo"))
    assert not QUESTION.findall(page.text)


async def test_a_draft_as_a_workbook_is_read_again(writer: Browser) -> None:
    """What was handed out of one draft comes into another; brought a second time it is refused as double."""
    shipped = await edit(writer)
    book = (await writer.open(f"{shipped}/table/file?kind=xlsx&of=draft")).content
    refused = await bring(writer, shipped, book)
    assert refused.status_code == 422
    assert "This question stands in the quiz or in the table already" in words_of(refused)
    page = await follow(writer, await bring(writer, await begin(writer), book))
    assert len(QUESTION.findall(page.text)) >= 12


async def test_nothing_is_taken_in_while_there_is_something_to_mend(writer: Browser) -> None:
    """One row is wrong: it is named by row and column, and none of the others comes in."""
    draft = await begin(writer)
    head, *rows = await example(writer, draft)
    rows[1][head.index("right")] = "9"
    rows[2][head.index("fact")] = "=HYPERLINK(1)"
    answer = await bring(writer, draft, "\ufeff" + _raw(head, rows))
    assert answer.status_code == 422
    said = words_of(answer)
    assert "Row 3, right : Name the right answer by its number" in said
    assert "Row 4, fact : This cell is a formula" in said
    assert not QUESTION.findall((await writer.open(draft)).text)


def _raw(head: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "No file was chosen"),
        (b"question,fact\n", "no question below it"),
        (b"%PDF-1.7\x00\x00", "This is no table"),
        (b"x" * (MAX_BYTES + 1), "at most 2 MB"),
    ],
)
async def test_what_is_no_table_is_refused_with_a_reason(
    writer: Browser, data: bytes, said: str
) -> None:
    """The page stays, and says what to bring instead."""
    draft = await begin(writer)
    answer = await bring(writer, draft, data)
    assert answer.status_code == 422
    assert said in words_of(answer)


async def test_fifty_megabytes_are_refused_before_they_are_read(writer: Browser) -> None:
    """The answer says how large a file may be, and the draft is as it was."""
    draft = await begin(writer)
    answer = await bring(writer, draft, b"question,fact\n" * 3_700_000)
    assert answer.status_code == 413
    assert "too large: at most 8 MB" in words_of(answer)
    assert not QUESTION.findall((await writer.open(draft)).text)


async def test_only_its_author_brings_a_table_into_a_draft(house: House, writer: Browser) -> None:
    """Somebody else finds no such page, and sends nothing into it; who makes no campaigns neither."""
    draft = await begin(writer)
    async with desk_of(house, "Rina") as second:
        assert (await second.open(f"{draft}/table")).status_code == 404
        await second.open(draft)
        csrf = form_of(await second.open("/desk/campaigns/quizzes"), "/desk/campaigns/quizzes")
        sent = {"csrf": csrf["csrf"][0]}
        files = {"file": ("x.csv", b"question\nx")}
        answer = await second.client.post(f"{draft}/table", data=sent, files=files)
        assert answer.status_code == 404
    counsellor = await house.add_staff("Dewi", Role.COUNSELLOR)
    async with open_browser(house) as other:
        await other.sign_in(counsellor.email)
        assert (await other.open(f"{draft}/table")).status_code == 404


def test_every_code_has_its_words() -> None:
    """Columns are explained, refusals and mistakes have a sentence."""
    environment = Pages(Words("en", LOCALES, {}))._environments["en"]
    module = environment.get_template("studio/words_table.html").module
    assert set(module.TABLE_COLUMNS) <= set(COLUMNS)
    many = {f"{name}_{at}" for name in ("answer", "line") for at in range(1, 9)}
    assert set(COLUMNS) - set(module.TABLE_COLUMNS) <= many
    assert set(module.TABLE_REFUSALS) == set(REFUSALS)
    for code in TABLE_CODES:
        values = {"near": "x", "name": "x", "place": 1}
        assert len(str(module.table_sentence({"code": code, "values": values})).strip()) > 10, code
