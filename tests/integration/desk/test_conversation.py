"""The conversation page: what is shown, what is sent, and how a talk ends."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from bot.hotline import chats, consent
from bot.hotline.staff import Staff
from bot.messages import Address, CaseId
from bot.store import belongings, contacts
from bot.store.tables import CaseRow, OutboxRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House

SHARED = "They took my passport <b>and</b>\nI cannot leave"


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation that the counsellor has, whose person shared what they wrote."""
    made = await house.add_case(SHARED)
    await desk.take_next()
    await desk.open(f"/desk/cases/{made}")
    return made


async def test_shared_words_stand_apart_and_as_text(desk: Browser, case_id: CaseId) -> None:
    """What was written before is marked as such, escaped, with its line break, language and direction."""
    page = await desk.open(f"/desk/cases/{case_id}")
    assert "Written before the hand-over" in words_of(page)
    words = "They took my passport &lt;b&gt;and&lt;/b&gt;\nI cannot leave"
    assert f'dir="auto" lang="id">{words}</p>' in page.text


async def test_facts_show_risk_consent_and_language(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """Level, kinds, subject, language, channel and each consent stand beside the talk, in words."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.record(
            conn,
            party,
            consent.CONTACT_LATER,
            granted=True,
            text_version="v",
            locale="id",
            at=house.clock.now(),
            case_id=case_id,
            detail="evening",
        )
    shown = words_of(await desk.open(f"/desk/cases/{case_id}"))
    for words in (
        "High risk",
        "Papers or phone taken away",
        "About themselves",
        "Indonesian",
        "Web chat",
        "Talk with a counsellor agreed",
        "Show what they wrote before agreed",
        "May be contacted later In the evening",
    ):
        assert words in shown


async def test_the_page_names_the_other_chats_and_a_talk_that_moved(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """By their apps alone, never an address; the thread tells where the person went on in another chat."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        other = await house.people.find_or_make(conn, Address("telegram", "suar", "4455667788"))
        other = await belongings.join(conn, house.people, other, party.contact_id)
        now = house.clock.now()
        await chats.go_on_here(conn, other, case_id, now=now, locale="id", text_version="v")
    page = await desk.open(f"/desk/cases/{case_id}")
    shown = words_of(page)
    assert "Channel Telegram" in shown
    assert "Also writes on Web chat" in shown
    assert "From here on the person writes in another chat" in shown
    assert "The person went on in another chat of theirs" in shown
    assert "4455667788" not in page.text


async def test_facts_show_what_the_person_wished_for(desk: Browser, house: House) -> None:
    """The name, as text and in its own direction, who they want to talk with and in which language; no more once consent ends."""
    wishes = {"name": "Kak <i>Ray</i>", "counsellor": "woman", "language": "jv"}
    made = await house.add_case(wishes=wishes)
    await desk.take_next()
    page = await desk.open(f"/desk/cases/{made}")
    assert '<dd dir="auto">Kak &lt;i&gt;Ray&lt;/i&gt;</dd>' in page.text
    asked = ("Wants to be called", "Wants to talk with a woman", "Wants to talk in Javanese")
    for words in asked:
        assert words in words_of(page)
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, made)
        await consent.withdraw(conn, party.contact_id, at=house.clock.now(), case_id=made)
    page = await desk.open(f"/desk/cases/{made}")
    assert not any(words in words_of(page) for words in asked)


async def test_safe_word_is_told_as_nobodys_words(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """That somebody may be looking, and that the person is back, stand in the talk in their order, as signs that nobody wrote."""
    await house.person_uses_safe_word(case_id, watched=True)
    shown = words_of(await desk.open(f"/desk/cases/{case_id}"))
    assert "Somebody may be looking at the phone" in shown
    assert "The person is back" not in shown
    await house.person_uses_safe_word(case_id, watched=False)
    page = await desk.open(f"/desk/cases/{case_id}")
    assert page.text.count('class="line line-event"') == 2
    shown = words_of(page)
    assert shown.index("Somebody may be looking at the phone") < shown.index("The person is back")
    assert not re.search(r"\b(un)?watched\b", shown)
    told = page.text.partition('class="line line-event"')[2].partition("</li>")[0]
    assert "The person:" not in told


async def test_reply_is_queued_shown_and_sent_once(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """A form that is sent twice writes once; its state is shown in words and follows the outbox."""
    for _ in range(2):
        answer = await desk.send(
            f"/desk/cases/{case_id}/reply", htmx=True, text="Halo\r\nsaya Dewi"
        )
        assert answer.status_code == 200
    assert answer.headers["hx-trigger"] == "desk:replied"
    assert answer.text.count("Halo\nsaya Dewi") == 1
    assert "Goes out in a moment" in words_of(answer)
    assert re.search(r'id="reply-token" value="[^"]+"[^>]*hx-swap-oob', answer.text)
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(OutboxRow)) == 1
        await conn.execute(text("UPDATE outbox SET status = 'dead'"))
    assert "Not delivered" in words_of(
        await desk.part(f"/desk/cases/{case_id}/parts/conversation")
    )


async def test_a_line_can_be_taken_back_without_scripts(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """Undo is a plain form beside the line: it brings the words back into the box; of somebody else's case it finds nothing."""
    await desk.send(f"/desk/cases/{case_id}/reply", text="too fast")
    page = await desk.open(f"/desk/cases/{case_id}")
    [place] = re.findall(r'action="([^"]+/take-back)"', page.text)
    await other_desk.open("/desk/")
    assert (await other_desk.send(place)).status_code == 404
    assert (await desk.send(place)).headers["location"] == f"/desk/cases/{case_id}"
    page = await desk.open(f"/desk/cases/{case_id}")
    assert ">too fast</textarea>" in page.text
    assert "line-staff" not in page.text
    assert (await desk.send(place)).headers["location"].endswith("?said=too_late")
    answer = await desk.send(place, htmx=True)
    assert "cannot be taken back any more" in words_of(answer)


async def test_ready_replies_speak_the_persons_language(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """They carry the counsellor's name, say where they are in another language, and are for who has the case only."""
    untranslated = replace(house.content, words=house.words)
    object.__setattr__(house.services, "content", lambda: untranslated)
    page = await desk.part(f"/desk/cases/{case_id}/parts/ready")
    assert "Hello, I am Dewi." in words_of(page)
    assert "{" not in page.text
    assert "In this language, because there is no translation yet: English" in words_of(page)
    assert "Hello by name" not in words_of(page)
    await other_desk.open("/desk/")
    theirs = await other_desk.part(f"/desk/cases/{case_id}/parts/ready")
    assert theirs.status_code == 404


async def test_reply_works_without_scripts(desk: Browser, case_id: CaseId) -> None:
    """A plain form sends the reply and comes back to the page."""
    answer = await desk.send(f"/desk/cases/{case_id}/reply", text="Halo")
    assert answer.headers["location"] == f"/desk/cases/{case_id}"
    refused = await desk.send(f"/desk/cases/{case_id}/reply", text="x" * 4001)
    assert refused.status_code == 422
    assert "x" * 4001 in refused.text


@pytest.mark.parametrize(
    ("words", "said"), [(" \n ", "nothing to send"), ("x" * 4001, "too long")]
)
async def test_reply_must_fit(desk: Browser, case_id: CaseId, words: str, said: str) -> None:
    """Nothing, or too much, is refused beside the box, where the text stays."""
    answer = await desk.send(f"/desk/cases/{case_id}/reply", htmx=True, text=words)
    assert (answer.status_code, answer.headers["hx-retarget"]) == (422, "#refusal")
    assert said in words_of(answer)


async def test_withdrawn_consent_hides_and_refuses(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """Once the person takes their consent back, the thread is gone and nothing can be sent."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.withdraw(conn, party.contact_id, at=house.clock.now(), case_id=case_id)
    assert "passport" not in (await desk.open(f"/desk/cases/{case_id}")).text
    answer = await desk.send(f"/desk/cases/{case_id}/reply", htmx=True, text="Halo")
    assert answer.status_code == 409
    assert "no longer agrees to talk" in words_of(answer)


async def test_unchanged_talk_answers_nothing(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """The open page is left in peace until somebody says something."""
    [seen] = re.findall(r'name="seen" value="([^"]+)"', desk.page.text)
    path = f"/desk/cases/{case_id}/parts/conversation?seen={seen}"
    assert (await desk.part(path)).status_code == 204
    await house.person_writes(case_id, "masih di sini?")
    assert "masih di sini?" in (await desk.part(path)).text


async def test_giving_back_lets_somebody_else_go_on(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """A person given back waits on from where they began, and the next counsellor gets them."""
    answer = await desk.send(f"/desk/cases/{case_id}/release")
    assert answer.headers["location"] == "/desk/?said=released"
    assert await other_desk.take_next() == f"/desk/cases/{case_id}"
    assert (await desk.open(f"/desk/cases/{case_id}")).status_code == 404


async def test_closing_needs_an_outcome(desk: Browser, house: House, case_id: CaseId) -> None:
    """Without an outcome the talk stays open; with one it is closed and noted."""
    await desk.send(f"/desk/cases/{case_id}/close", outcome="made-up")
    answer = await desk.send(f"/desk/cases/{case_id}/close", outcome="referred")
    assert answer.headers["location"] == "/desk/?said=closed_heavy"
    async with house.db.transaction() as conn:
        row = (await conn.execute(select(CaseRow.state, CaseRow.outcome))).one()
    assert tuple(row) == ("closed", "referred")
    again = await desk.send(f"/desk/cases/{case_id}/close", outcome="helped")
    assert again.status_code == 409


async def test_person_who_left_is_told_of(desk: Browser, house: House, case_id: CaseId) -> None:
    """When the person leaves, the open page says so and takes the reply box away."""
    await house.person_leaves(case_id)
    part = await desk.part(f"/desk/cases/{case_id}/parts/conversation")
    assert "The person has left this conversation." in words_of(part)
    assert 'id="reply" hx-swap-oob="innerHTML"' in part.text


async def test_erased_person_leaves_nothing_behind(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """When the person has everything erased, the open page loses it and looks like one never there."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await belongings.erase(conn, party.contact_id, house.clock.now())
    part = await desk.part(f"/desk/cases/{case_id}/parts/conversation")
    assert part.status_code == 404
    assert "not here any more" in words_of(part)
    reply = await desk.send(f"/desk/cases/{case_id}/reply", htmx=True, text="Halo")
    assert reply.status_code == 404


async def test_blocked_bot_is_told_of(desk: Browser, house: House, case_id: CaseId) -> None:
    """When the person has blocked the bot, the page says that nothing reaches them."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await contacts.set_blocked(conn, party.address_id, house.clock.now())
    assert "has blocked the bot" in words_of(await desk.open(f"/desk/cases/{case_id}"))


async def test_not_yours_looks_like_not_there(
    other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """Somebody else's conversation and one that never was give the same answer, to reading and writing."""
    await other_desk.open("/desk/settings")
    pages = [
        await other_desk.client.get(f"/desk/cases/{any_id}") for any_id in (case_id, uuid4(), "x")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages[:2]}) == 1
    for action in ("reply", "release", "close"):
        answers = [
            await other_desk.send(
                f"/desk/cases/{any_id}/{action}", text="Halo", token="t" * 20, outcome="helped"
            )
            for any_id in (case_id, uuid4())
        ]
        assert [answer.status_code for answer in answers] == [404, 404]


ACTIONS = {
    "draft": {"text": "x"},
    "notes": {"text": "x"},
    "consult": {"staff": "mine"},
    "consult/answer": {"answer": "yes"},
    "guests/end": {"staff": "mine"},
    "join": {},
    "transfer": {"staff": "mine"},
    "transfer/end": {},
    "transfer/answer": {"answer": "yes"},
    "check": {"question": "x", "answer": "y"},
    "check/ask": {},
    "check/judge": {"is_them": "yes"},
    "lines/1/take-back": {},
    "lines/1/translation": {"text": "x"},
}


async def test_what_can_be_done_in_a_talk_is_for_those_in_it(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId, counsellor: Staff
) -> None:
    """Every act in somebody else's talk, and in one that never was, finds nothing and changes nothing; a forged form is refused."""
    await other_desk.open("/desk/settings")
    before = (await desk.part(f"/desk/cases/{case_id}/parts/conversation")).text
    for action, fields in ACTIONS.items():
        sent = {
            name: str(counsellor.id) if value == "mine" else value
            for name, value in fields.items()
        }
        for any_id in (case_id, uuid4()):
            answer = await other_desk.send(
                f"/desk/cases/{any_id}/{action}", **sent, token="t" * 20
            )
            assert answer.status_code == 404, action
        forged = await desk.client.post(f"/desk/cases/{case_id}/{action}", data=sent)
        assert forged.status_code == 403, action
    after = (await desk.part(f"/desk/cases/{case_id}/parts/conversation")).text
    assert (
        re.search(r'name="seen" value="([^"]+)"', before)[1]
        == (  # type: ignore[index]
            re.search(r'name="seen" value="([^"]+)"', after)[1]  # type: ignore[index]
        )
    )


async def test_undelivered_messages_are_listed_and_tried_again(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """A message that was given up is listed with the reason for its counsellor only, who can try again."""
    await desk.send(f"/desk/cases/{case_id}/reply", text="Halo")
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE outbox SET status = 'dead', error = 'contact_stopped'"))
        number = await conn.scalar(select(OutboxRow.id))
    page = await desk.open("/desk/undelivered")
    assert "has blocked the bot or left the platform" in words_of(page)
    assert "Halo" not in page.text
    assert "Everything arrived." in words_of(await other_desk.open("/desk/undelivered"))
    theirs = await other_desk.send(f"/desk/undelivered/{number}/retry")
    missing = await desk.send(f"/desk/undelivered/{2**70}/retry")
    mine = await desk.send(f"/desk/undelivered/{number}/retry")
    assert (theirs.status_code, missing.status_code, mine.status_code) == (404, 404, 303)
    assert "Everything arrived." in words_of(await desk.open("/desk/undelivered"))


async def test_waiting_time_goes_on_while_talking(desk: Browser, house: House) -> None:
    """The page says since when the person has asked for somebody."""
    made = await house.add_case(waited=timedelta(minutes=9))
    await desk.take_next()
    assert "Since then 9:0" in words_of(await desk.open(f"/desk/cases/{made}"))
