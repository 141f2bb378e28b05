"""One person's whole way, from the first word over a counsellor to the feedback, and what must be true of it."""

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.support.counsellor import Counsellor
from tests.support.processes import Stack
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.records import SentMessage
from tests.support.telegram_person import DISCLOSURE, QUESTION

STEP_S = 40.0
people = itertools.count(90_000)


@dataclass
class Play:
    """The stage of a run: Suar, Telegram, and who has taken whom."""

    suar: Stack
    telegram: TelegramFakeClient
    broken: frozenset[str] = frozenset()
    """What is said while the database is away; it counts for nothing."""
    taken: dict[str, tuple[Counsellor, str]] = field(default_factory=dict)
    """By a case's reference: its counsellor and its id."""


@dataclass
class Story:
    """One person's way from the first word to the feedback."""

    play: Play
    counsellor: Counsellor
    id: int = field(default_factory=lambda: next(people))

    async def tell(self) -> list[str]:
        """Play the whole script; return every text that reached the person, doubles included."""
        telegram = self.play.telegram
        await telegram.person(self.id, first_name="Sari", language_code="en")
        await telegram.start(self.id)
        await self.heard(2)
        await telegram.write(self.id, QUESTION)
        await self.heard(3)
        await telegram.write(self.id, DISCLOSURE)
        await self.heard(4)
        await self.press("risk.support.talk")
        await self.heard(6)
        await self.press("consent.ask.share")
        told = await self.heard(8)
        await self.talk(*await self.claimed(told[6]))
        await self.press("feedback.ask.good")
        await self.heard(13)
        return [message.text for message in await self.messages()]

    async def claimed(self, told: str) -> tuple[Counsellor, str]:
        """Let our counsellor take whoever is next, and wait until somebody has taken us."""
        case_id, reference = await self.counsellor.take_next()
        self.play.taken[reference] = self.counsellor, case_id
        async with asyncio.timeout(STEP_S):
            while True:
                for reference, who in self.play.taken.items():
                    if reference in told:
                        return who
                await asyncio.sleep(0.02)

    async def talk(self, counsellor: Counsellor, case_id: str) -> None:
        """Two messages each way; each arrives once, and the bot keeps quiet."""
        since = time.time()
        for number, heard in ((1, 9), (2, 10)):
            await counsellor.reply(case_id, f"Line {number} for {self.id}")
            await self.heard(heard)
            words = f"Answer {number} of {self.id}"
            await self.play.telegram.write(self.id, words)
            assert await counsellor.reads(case_id, words) == 1
        said = [message.text for message in await self.messages() if message.at_s > since]
        assert all(text.startswith("Line ") for text in said), first_lines(said)
        await counsellor.close_case(case_id)
        await self.heard(11)

    async def press(self, data: str) -> None:
        """Press a button of the latest message that has it."""
        shown = [message for message in await self.messages() if data in message.button_data()]
        await self.play.telegram.press(self.id, shown[-1].message_id, data)

    async def heard(self, count: int) -> list[str]:
        """Wait until the person has read `count` different messages; return them in order.

        Raises:
            TimeoutError: They did not come; tells what did, and what the database holds.
        """
        deadline = asyncio.get_running_loop().time() + STEP_S
        while True:
            texts = list(dict.fromkeys([message.text for message in await self.messages()]))
            if len(texts) >= count:
                return texts
            if asyncio.get_running_loop().time() > deadline:
                suar = self.play.suar
                died = f"deaths {len(suar.web.deaths)}, {len(suar.worker.deaths)}"
                left = f"{died}, left {suar.open_work()}, {suar.logs()[-4000:]}"
                raise TimeoutError(f"{len(texts)} of {count}: {first_lines(texts)[-1]}; {left}")
            await asyncio.sleep(0.03)

    async def messages(self) -> list[SentMessage]:
        """Return what reached the person."""
        everything = await self.play.telegram.messages(self.id)
        return [message for message in everything if message.text not in self.play.broken]


def first_lines(texts: list[str]) -> list[str]:
    """Return what is the same for everybody: references and four words stand further down."""
    return [text.splitlines()[0].rstrip("0123456789") for text in texts]


def check(texts: list[str], expected: list[str], doubles: int) -> None:
    """Check that a person read what they should, in order, and at most `doubles` messages twice."""
    assert first_lines(list(dict.fromkeys(texts))) == expected
    again = {text: times for text, times in Counter(texts).items() if times > 1}
    assert all(times == 2 for times in again.values()), again
    assert len(again) <= doubles, first_lines(list(again))


def check_store(suar: Stack, people: int) -> None:
    """Check that the database tells the same: a case each, claimed once, nothing left, nothing given up."""
    suar.wait_settled()
    assert suar.ask("SELECT count(*), count(DISTINCT conversation_id) FROM cases") == [
        (people, people)
    ]
    events = suar.ask("SELECT kind, count(*), count(DISTINCT case_id) FROM case_events GROUP BY 1")
    for kind in ("case_opened", "case_claimed", "case_closed"):
        assert (kind, people, people) in events, events
    assert suar.ask("SELECT count(*) FROM cases WHERE rating = 'good'") == [(people,)]
    # Refused may be what the person has read all right, when the database forgot that before a counsellor came.
    assert suar.ask("SELECT count(*) FROM outbox WHERE status = 'dead'") == [(0,)]
