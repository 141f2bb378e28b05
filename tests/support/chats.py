"""People who connect a second chat with their first."""

import re
from uuid import UUID

from tests.support.world import Person, TestHouse

_SHOWN = re.compile(r"[BDFGHJKMNPQRTVWXZ]{4}-[BDFGHJKMNPQRTVWXZ]{4}")


async def make_code(person: Person) -> str:
    """Let somebody ask for a code; return it."""
    await person.press("join.ask")
    await person.press("join.ask.yes")
    return code_of(person)


def code_of(person: Person) -> str:
    """Return the code that somebody was shown last."""
    shown = [found[0] for each in person.inbox() if (found := _SHOWN.search(each.text))]
    return shown[-1].replace("-", "")


async def connect(person: Person, code: str) -> bool:
    """Let somebody follow a code and say yes; tell whether they were asked."""
    asked = await person.start(f"j_{code}")
    pressed = {button.id for message in asked for button in message.buttons}
    if "join.confirm.yes" not in pressed:
        return False
    await person.press("join.confirm.yes")
    return True


async def two_chats(house: TestHouse) -> tuple[Person, Person]:
    """Return one person in two chats."""
    first, second = house.person(), house.person()
    await first.start()
    assert await connect(second, await make_code(first))
    return first, second


async def contact_of(house: TestHouse, person: Person, *, made: bool = False) -> UUID:
    """Return who is at a chat's address; with `made`, a stranger is one too."""
    async with house.db.transaction() as conn:
        find = house.people.find_or_make if made else house.people.find
        party = await find(conn, person.address)
    assert party is not None
    return party.contact_id
