"""Reports and the forecast on the desk: what is counted, what is hidden, files, and who may read them."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

from bot.hotline.reports_read import months_until
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House

HARM = Risk(RiskLevel.HIGH, ())


async def a_month_ago(house: House, people: int, locale: str) -> None:
    """Let so many have asked for a person in the middle of the last whole month."""
    month = months_until(house.clock.now())[0]
    waited = house.clock.now().date() - month.replace(day=15)
    for _ in range(people):
        await house.add_case("they took my passport", risk=HARM, locale=locale, waited=waited)


async def test_a_report_tells_what_is_many_and_hides_what_is_few(
    supervisor_desk: Browser, house: House
) -> None:
    """Seven and six stand in it, two do not, nor the six that would give them away; and no word of anybody."""
    for people, locale in ((7, "id"), (6, "en"), (2, "prs")):
        await a_month_ago(house, people, locale)
    page = await supervisor_desk.open("/desk/reports")
    words = words_of(page)
    assert "Indonesian 7" in words
    assert "English hidden" in words
    assert "Dari hidden" in words
    assert "High risk 15" in words
    assert "passport" not in page.text
    month = months_until(house.clock.now())[0]
    asked = {"first": str(month), "last": str(month)}
    told = await supervisor_desk.send("/desk/reports/export", **asked, kind="csv")
    assert told.headers["content-type"].startswith("text/csv")
    assert "language,prs,,yes" in told.text
    assert "language,total,15,no" in told.text
    book = await supervisor_desk.send("/desk/reports/export", **asked, kind="xlsx")
    assert "xl/workbook.xml" in ZipFile(BytesIO(book.content)).namelist()


async def test_months_that_cannot_be_chosen_are_not_read(
    supervisor_desk: Browser, house: House
) -> None:
    """This month, and whatever else is sent, give the last whole month: no day can be cut out of a report."""
    await house.add_case(risk=HARM)
    page = await supervisor_desk.open("/desk/reports?first=2026-11-22&last=<script>")
    assert page.status_code == 200
    assert "High risk 1" not in words_of(page)
    assert "<script>&" not in page.text


async def test_counsellors_find_no_reports(desk: Browser) -> None:
    """Neither the page, nor the files, nor the forecast."""
    assert (await desk.open("/desk/reports")).status_code == 404
    assert (await desk.open("/desk/rota/forecast")).status_code == 404
    await desk.open("/desk/")
    assert (await desk.send("/desk/reports/export", kind="csv")).status_code == 404


async def test_a_forecast_says_when_it_knows_too_little_and_answers_when_it_knows(
    supervisor_desk: Browser, house: House
) -> None:
    """An empty history is said to be too short; after six weeks of people the answer comes with its range and its ground."""
    path = "/desk/rota/forecast?day=2027-03-15&time=20:00&language=id&level=high"
    assert "Nothing can be said" in words_of(await supervisor_desk.open(path))
    for day in range(1, 44):
        await house.add_case(risk=HARM, locale="id", waited=timedelta(days=day))
    words = words_of(await supervisor_desk.open(path))
    assert "With the rota as it is A wait of more than a day." in words
    assert "One more person makes it shorter" in words
    assert "arrivals of 6 weeks" in words
    assert "take it as a hint" in words
    assert "is assumed" in words
