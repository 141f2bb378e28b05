"""What a person tells in several short messages, as people on phones do."""

from dataclasses import replace

from bot.understanding.model import NO_RISK, Guess, Parse, Risk, RiskLevel
from tests.support.world import TestHouse

EARLIER, LAST = "it is about the paper he took", "and the other thing too"
TOGETHER = Risk(RiskLevel.HIGH, ("document_confiscation",), "self")


def doubtful(house: TestHouse) -> None:
    """Let both messages be doubtful alone and a disclosure together."""
    unclear = Parse((Guess("out_of_scope", 0.2),), NO_RISK, doubt=True)
    house.nlu.table[EARLIER] = replace(unclear, doubt=False)
    house.nlu.table[LAST] = unclear
    house.nlu.tell(f"{EARLIER}\n{LAST}", "disclose", risk=TOGETHER)


async def test_two_messages_are_a_disclosure_together(house: TestHouse) -> None:
    """The second message alone is not clear; with the first one it is answered as what it is."""
    doubtful(house)
    person = house.person()
    await person.write(EARLIER)
    [support] = await person.write(LAST)
    assert "I believe you" in support.text


async def test_what_has_been_forgotten_is_not_read_again(house: TestHouse) -> None:
    """When the short-lived buffer has run out, a message stands alone and is asked about plainly."""
    doubtful(house)
    person = house.person()
    await person.write(EARLIER)
    house.clock.pass_(seconds=house.conversations.buffer_for.total_seconds())
    [question] = await person.write(LAST)
    assert "in danger or being hurt" in question.text


async def test_two_people_are_not_mixed_up(house: TestHouse) -> None:
    """What one person wrote is never read with what another writes."""
    doubtful(house)
    await house.person().write(EARLIER)
    [question] = await house.person().write(LAST)
    assert "in danger or being hurt" in question.text
