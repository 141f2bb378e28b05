"""What people learn, on the desk: figures with their ranges, what is few is hidden, files, and who may see them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import numpy as np
from sqlalchemy import insert

from bot.campaigns.learning.answers import PHASES, Answer
from bot.hotline.permissions import Role
from bot.store.study import day_of
from bot.store.tables import ContactRow, StudyAnswerRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.support.players import DAY, Study, play_study

FACT = "passport_withheld"
PAGE = "/desk/learning"


async def put(house: House, answers: Sequence[Answer], *, fact: str = FACT) -> None:
    """Keep made-up answers, the quiz forty days ago."""
    began = day_of(house.clock.now()) - timedelta(days=40)
    numbers = {person: house.clock.new_id() for person in {answer.person for answer in answers}}
    rows = [
        {
            "contact_id": numbers[answer.person],
            "fact": fact,
            "phase": answer.phase,
            "quiz": "warning_signs",
            "question": answer.question,
            "locale": answer.locale,
            "choices": answer.choices,
            "right": answer.right,
            "on": began + (answer.on - DAY),
        }
        for answer in answers
    ]
    async with house.db.transaction() as conn:
        await conn.execute(
            insert(ContactRow), [{"id": n, "wrapped_key": b"-"} for n in numbers.values()]
        )
        await conn.execute(insert(StudyAnswerRow), rows)


async def test_the_page_tells_before_after_and_a_month_later(
    supervisor_desk: Browser, house: House
) -> None:
    """The claim, a figure with its range for each phase, the change of the same people, and nobody's single answer."""
    await put(house, play_study(Study(), 300, np.random.default_rng(2)))
    page = await supervisor_desk.open(PAGE)
    words = words_of(page)
    assert house.content.facts[FACT].claim in words
    for phase in ("Before the quiz", "Right after it", "A week later", "Four weeks later"):
        assert re.search(rf"{phase} \d+% \d+–\d+% \d+% \d+–\d+%", words), phase
    assert re.search(
        r"Right after it: \+\d+ in 100 \(\+\d+ to \+\d+\), of 300 people. More know it.", words
    )
    assert "Those who answered then had known it before the quiz" in words
    assert page.text.count('class="whisker"') == len(PHASES)


async def test_what_is_few_is_hidden(supervisor_desk: Browser, house: House) -> None:
    """Nine people are no figure, on the page and in the files."""
    await put(house, play_study(Study(), 9, np.random.default_rng(3)))
    words = words_of(await supervisor_desk.open(PAGE))
    assert "Too few people have answered so far." in words
    assert "%" not in words
    told = await supervisor_desk.send(f"{PAGE}/export", kind="csv")
    assert f"{FACT},before,,,,,,,,,,,,,," in told.text


async def test_one_language_can_be_looked_at(supervisor_desk: Browser, house: House) -> None:
    """The figures of a language are of its people alone; an unknown one means all."""
    rng = np.random.default_rng(4)
    english = [
        replace(a, person=("en", a.person)) for a in play_study(Study(), 50, rng, locale="en")
    ]
    await put(house, [*play_study(Study(), 80, rng), *english])
    for language, people in (("id", 80), ("en", 50), ("", 130), ("<script>", 130)):
        page = await supervisor_desk.open(f"{PAGE}?language={language}")
        assert f"{people} of {people}" in words_of(page)
        assert "<script>&" not in page.text


async def test_files_hold_the_same(supervisor_desk: Browser, house: House) -> None:
    """CSV and a workbook, by those who see the page."""
    await put(house, play_study(Study(), 100, np.random.default_rng(5)))
    await supervisor_desk.open(PAGE)
    told = await supervisor_desk.send(f"{PAGE}/export", kind="csv")
    assert told.headers["content-type"].startswith("text/csv")
    assert told.text.startswith("fact,phase,expected,answered,known,")
    assert f"\n{FACT},before,100,100,0." in told.text
    book = await supervisor_desk.send(f"{PAGE}/export", kind="xlsx")
    assert "xl/worksheets/sheet3.xml" in ZipFile(BytesIO(book.content)).namelist()


async def test_a_mistranslation_is_pointed_out(supervisor_desk: Browser, house: House) -> None:
    """A guise that means the contrary in English is named with its language."""
    rng = np.random.default_rng(33)
    study = Study(
        stays=dict.fromkeys(PHASES, 1.0), difficulty=0.0, guises=(4, 4, 4, 4), forgetting_days=200
    )
    answers = play_study(study, 900, rng)
    answers += [
        replace(
            answer,
            person=("en", answer.person),
            right=False if answer.question == "guise0" else answer.right,
        )
        for answer in play_study(study, 400, rng, locale="en")
    ]
    await put(house, answers)
    words = words_of(await supervisor_desk.open(PAGE))
    assert "guise0 harder in English than in Indonesian probably mistranslated 1300" in words
    assert words.count("probably mistranslated") == 1


async def test_nothing_measured_is_said_plainly(supervisor_desk: Browser) -> None:
    """Before anybody was asked the page says so, and offers no file of nothing."""
    page = await supervisor_desk.open(PAGE)
    assert "Nobody has been asked yet." in words_of(page)
    assert "export" not in page.text


async def test_it_is_for_those_who_make_quizzes(desk: Browser, house: House) -> None:
    """A campaigner finds the page in their menu; a counsellor finds neither page nor file."""
    assert (await desk.open(PAGE)).status_code == 404
    home = await desk.open("/desk/")
    assert PAGE not in home.text
    assert (await desk.send(f"{PAGE}/export", kind="csv")).status_code == 404
    campaigner = await house.add_staff("Citra", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(campaigner.email)
        assert f'href="{PAGE}"' in (await browser.open("/desk/")).text
        assert (await browser.open(PAGE)).status_code == 200
