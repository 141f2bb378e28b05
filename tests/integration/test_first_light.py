"""The path that matters: somebody tells of danger, agrees, and a counsellor talks with them."""

from bot.hotline import access
from tests.support.world import TestHouse


async def test_a_disclosure_leads_to_a_counsellor_and_back(house: TestHouse) -> None:
    """A person discloses, shares by choice, is claimed, hears the counsellor, and is given back to the bot."""
    person, counsellor = house.person(), await house.staff()
    [support] = await person.write("my boss keeps my passport and the door is locked")
    assert "I believe you" in support.text
    assert "110" in support.text

    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None

    await house.talks.reply(counsellor, case_id, "I am here. My name is Sari.", token="1")
    await house.talks.reply(counsellor, case_id, "I am here. My name is Sari.", token="1")
    assert [m.text for m in person.inbox()][-1] == "I am here. My name is Sari."
    assert await person.write("thank you for coming") == []

    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
    assert [(line.author, line.text, line.shared) for line in view.lines] == [
        ("person", "my boss keeps my passport and the door is locked", True),
        ("staff", "I am here. My name is Sari.", False),
        ("person", "thank you for coming", False),
    ]
    assert "document_confiscation" in view.kinds

    await house.talks.close(counsellor, case_id, "helped")
    assert "did the talk help" in person.inbox()[-1].text
    [thanks, menu] = await person.press("feedback.ask.good")
    assert menu.buttons
