"""A question with a picture reaches a person with it, in the language of their talk."""

from dataclasses import dataclass

from bot.channels.capabilities import TELEGRAM, Capabilities
from bot.channels.testing import FakeChannel
from bot.content.load import Content
from bot.messages import Outgoing
from bot.pictures.making import Drawing
from bot.store.engine import Database
from tests.support.clock import FixedClock
from tests.support.flags import drawing
from tests.support.world import Person, make_house

PLAYED_AT_MOST = 60
NEXT = "quiz.play.next"


@dataclass
class SeeingChannel(FakeChannel):
    """The fake channel, which shows pictures as Telegram does."""

    capabilities: Capabilities = TELEGRAM


async def first_picture(person: Person) -> Outgoing:
    """Play the quiz, pressing whatever comes first and was not pressed yet, until a message has a picture."""
    said, pressed = await person.start("quiz_warning_signs"), {""}
    for _ in range(PLAYED_AT_MOST):
        shown = [message for message in said if message.media]
        if shown:
            return shown[0]
        ways = [button.id for button in said[-1].buttons]
        way = next(each for each in ways if each == NEXT or each not in pressed)
        pressed.add(way)
        said = await person.press(way)
    raise AssertionError("no question with a picture came")


async def test_a_picture_speaks_the_language_of_the_talk(
    db: Database, clock: FixedClock, content: Content
) -> None:
    """What waits in the outbox names a picture that can be drawn, in the person's language; its words say the lines too."""
    async with make_house(db, clock, content, SeeingChannel()) as house:
        message = await first_picture(house.person())
    [media] = message.media
    assert media.kind == "quiz"
    assert media.url.endswith("@en")
    pictures = drawing(content)
    pictures.content = content
    plan = await pictures.plan(media.url)
    assert isinstance(plan, Drawing)
    assert all(line.text in media.alt for line in plan.lines)
    assert (await pictures.make(media)) is not None
