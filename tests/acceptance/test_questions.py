"""Questions as people type them, through the real language model and the real turn: is the right answer there?"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.content.load import ROOT, Content
from bot.conversation.asked import ways_of_asking
from bot.local.judging import serving_model
from bot.local.nlu import LocalNlu
from bot.understanding.lexicon import load_lexicon
from bot.understanding.model import Understanding
from bot.understanding.nearest import Questions
from bot.understanding.rasa import RasaClient
from bot.understanding.service import Reader
from tests.unit.conversation.talk import Talk

FILE = Path(__file__).parents[1] / "data" / "questions.yml"
RIGHT_AT_LEAST = 0.88
WRONG_AT_MOST = 0.05
AT_ONCE = 4
pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Asked:
    """A question, the answers that fit, and what came of it."""

    text: str
    answers: frozenset[str]
    offered: frozenset[str]
    given: frozenset[str]
    at: str | None

    @property
    def is_right(self) -> bool:
        """A fitting answer was given, or stands among the buttons; or a flow that fits began."""
        return bool(self.answers & (self.offered | self.given | {f"@{self.at}"}))


@pytest.fixture(scope="module")
def asked(content: Content) -> list[Asked]:
    """Every question, asked once at the beginning of a conversation."""
    questions = yaml.safe_load(FILE.read_text(encoding="utf-8"))["questions"]
    meanings = asyncio.run(_read(content, [each["text"] for each in questions]))
    return [_ask(content, each, means) for each, means in zip(questions, meanings, strict=True)]


async def _read(content: Content, texts: list[str]) -> list[Understanding]:
    nlu = LocalNlu(ROOT, Path("data"), lambda _: None)
    async with serving_model(nlu, await nlu.train()) as client:
        ways = ways_of_asking(content)
        vectors = await _all(client, [text for _, text in ways])
        reader = Reader(client, load_lexicon(), Questions([name for name, _ in ways], vectors))
        return [await reader.read(text) for text in texts]


async def _all(client: RasaClient, texts: list[str]) -> list[bytes]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def vector(text: str) -> bytes:
        async with limit:
            return (await client.parse(text)).meaning or b""

    return list(await asyncio.gather(*map(vector, texts)))


def _ask(content: Content, question: dict[str, object], means: Understanding) -> Asked:
    talk = Talk.greeted(content, "en").write(str(question["text"]), means)
    buttons = {button.id for message in talk.messages for button in message.buttons}
    offered = {button.removeprefix("answer.give.") for button in buttons} & set(content.answers)
    given = {name for name, answer in content.answers.items() if answer.text in talk.words}
    wanted = question["answers"]
    assert isinstance(wanted, list)
    return Asked(
        str(question["text"]),
        frozenset(wanted),
        frozenset(offered),
        frozenset(given),
        talk.state.at,
    )


def test_the_right_answer_is_given_or_offered(asked: list[Asked]) -> None:
    """Of questions that an answer covers, at least 88 of 100 find it, first or among what is offered."""
    covered = [each for each in asked if each.answers]
    missed = [each for each in covered if not each.is_right]
    assert len(covered) >= 100
    assert 1 - len(missed) / len(covered) >= RIGHT_AT_LEAST, [
        (each.text, each.at, sorted(each.offered)) for each in missed
    ]


def test_what_no_answer_covers_gets_no_confident_one(asked: list[Asked]) -> None:
    """Of questions about something else, at most 5 of 100 are answered as if they were known."""
    outside = [each for each in asked if not each.answers]
    wrong = [each for each in outside if each.given]
    assert len(outside) >= 30
    assert len(wrong) / len(outside) <= WRONG_AT_MOST, [(each.text, each.given) for each in wrong]
