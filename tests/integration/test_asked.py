"""By what words answers are asked for: learned once, kept for all processes, learned anew with another model."""

from dataclasses import dataclass, field, replace

from sqlalchemy import func, select

from bot.conversation.asked import Asked, ways_of_asking
from bot.store.tables import QuestionVectorRow
from bot.understanding.model import Parse
from tests.support.nlu import ToldNlu
from tests.support.world import TestHouse


@dataclass
class Comparing(ToldNlu):
    """A language model whose vectors are alike where texts share a beginning."""

    name: str | None = "one"
    asked: list[str] = field(default_factory=list)

    async def parse(self, text: str) -> Parse:
        """See `Nlu.parse`."""
        self.asked.append(text)
        letters = [0] * 26
        for char in text.casefold():
            if "a" <= char <= "z":
                letters[ord(char) - ord("a")] += 1
        return replace(await super().parse(text), meaning=bytes(min(n, 127) for n in letters))

    async def model(self) -> str | None:
        """See `Nlu.model`."""
        return self.name


async def learned(house: TestHouse, nlu: Comparing) -> Asked:
    """Return a keeper that has learned everything."""
    asked = Asked(house.db, nlu, house.conversations.reader, house.content)
    while not await asked.learn():
        pass
    return asked


async def test_a_question_finds_its_answer_once_the_ways_of_asking_are_known(
    house: TestHouse,
) -> None:
    """Before, its intent alone decides; afterwards its own words find the answer."""
    nlu = Comparing()
    house.conversations.reader.nlu = nlu
    question = "may somebody else hold on to my certificates abroad"
    answer = house.content.answers["keep_your_papers"]
    person = house.person()
    before = await person.write(answer.question)
    assert not any(answer.text in message.text for message in before)
    await learned(house, nlu)
    near = (await house.conversations.reader.read(answer.question)).near
    assert near[0].answer == answer.id
    assert question not in nlu.asked


async def test_what_one_process_has_learned_the_next_only_reads(house: TestHouse) -> None:
    """A start asks the model nothing that has been kept; another model begins anew and what was kept goes."""
    await learned(house, Comparing())
    again = Comparing()
    await learned(house, again)
    assert again.asked == []
    other = Comparing(name="two")
    await learned(house, other)
    assert set(other.asked) == {text for _, text in ways_of_asking(house.content)}
    async with house.db.transaction() as conn:
        models = await conn.scalars(select(QuestionVectorRow.model).distinct())
        assert list(models) == ["two"]


async def test_while_the_model_is_away_nothing_is_learned_and_nothing_breaks(
    house: TestHouse,
) -> None:
    """It is tried again later."""
    asked = Asked(house.db, Comparing(name=None), house.conversations.reader, house.content)
    assert not await asked.learn()
    assert house.conversations.reader.questions is None
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(QuestionVectorRow)) == 0
