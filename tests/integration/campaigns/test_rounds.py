"""Rounds that end: counted behind the link by which somebody came, and for their city where they want it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.messages import Outgoing
from bot.store.tables import CityRoundRow, LinkCountRow
from tests.integration.campaigns.test_joining import add_link, join
from tests.integration.test_quiz_counts import answer
from tests.support.world import Person, TestHouse


async def play(person: Person, *, begin: str = "quiz.play.begin") -> list[Outgoing]:
    """Play a round to its end; return what comes last."""
    [*_, asked] = await person.press(begin)
    if asked.buttons[0].id == "study.ask.yes":
        [*_, asked] = await person.press("study.ask.no")
    while True:
        told = await answer(person, asked.buttons[0].id)
        if told[-1].buttons[0].id == "quiz.play.again":
            return told
        [asked] = await person.press("quiz.play.next")


async def counts(house: TestHouse) -> list[tuple[str, int, int]]:
    """Return each link's openings and ends."""
    query = select(LinkCountRow.code, LinkCountRow.opened, LinkCountRow.finished)
    async with house.db.transaction() as conn:
        return [(row.code, row.opened, row.finished) for row in await conn.execute(query)]


async def cities(house: TestHouse) -> dict[str, int]:
    """Return how many rounds there were for each city."""
    async with house.db.transaction() as conn:
        rows = await conn.execute(select(CityRoundRow.city, CityRoundRow.finished))
        return {row.city: row.finished for row in rows}


async def test_the_first_round_behind_a_link_counts_once(house: TestHouse) -> None:
    """Whoever plays again is not counted again, until they come by a link anew."""
    await add_link(house, "k7m2", "quiz:warning_signs")
    person = house.person()
    await person.start("c_k7m2")
    await play(person)
    await play(person, begin="quiz.play.again")
    assert await counts(house) == [("k7m2", 1, 1)]
    await person.start("c_k7m2")
    await play(person)
    assert await counts(house) == [("k7m2", 2, 2)]


@pytest.mark.parametrize("why", ["late", "covered", "deleted"])
async def test_nothing_is_counted_behind_a_link(house: TestHouse, why: str) -> None:
    """More than a week later, under a cover, and behind a link that is no more."""
    await add_link(house, "k7m2", "quiz:warning_signs")
    person = house.person()
    await person.press("watched.ask.word")
    await person.write("mangga77")
    await person.start("c_k7m2")
    if why == "late":
        house.clock.at += timedelta(days=8)
    if why == "deleted":
        async with house.db.transaction() as conn:
            await conn.execute(text("DELETE FROM campaign_links"))
    if why == "covered":
        await person.write("mangga77")
        [*_, asked] = await person.press("quiz.play")
        told = await answer(person, asked.buttons[0].id)
        while told[-1].buttons[0].id == "quiz.play.next":
            [asked] = await person.press("quiz.play.next")
            told = await answer(person, asked.buttons[0].id)
    else:
        await play(person)
    assert await counts(house) == ([] if why == "deleted" else [("k7m2", 1, 0)])


async def test_a_round_counts_for_the_city_that_somebody_told(house: TestHouse) -> None:
    """Once they say so, with every round after it; who takes their city back counts for none."""
    person = house.person()
    await join(person)
    await person.press("campaigns.city")
    await person.press("campaigns.city.medan")
    await person.press("quiz.list.warning_signs")
    await play(person)
    assert await cities(house) == {}
    await person.press("quiz.together")
    await person.press("quiz.together.yes")
    assert await cities(house) == {"medan": 1}
    await play(person, begin="quiz.play.again")
    assert await cities(house) == {"medan": 2}
    await person.press("campaigns.news")
    await person.press("campaigns.news.no")
    await play(person, begin="quiz.play.again")
    assert await cities(house) == {"medan": 2}


async def test_a_city_hears_of_itself_from_five_on(house: TestHouse) -> None:
    """By the city of the link; fewer are "among the first"."""
    await add_link(house, "k7m2", "quiz:warning_signs", city="kupang")
    said = []
    for _ in range(6):
        person = house.person()
        await person.press("language.choose.en")
        await person.start("c_k7m2")
        await play(person)
        await person.press("quiz.together")
        [told] = await person.press("quiz.together.yes")
        said.append(told.text)
    assert ["among the first" in words for words in said] == [True] * 4 + [False] * 2
    assert "Together, 6 rounds were finished for Kupang" in said[-1]
