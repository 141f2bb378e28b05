"""Somebody on WhatsApp, from Meta's webhook to the message on their screen: real database, real turns, and the Cloud API over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.applications import Starlette

from bot.app import make_web
from bot.channels.errors import RateLimited, WindowClosed
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp_ground import BURST, StoredGround
from bot.channels.whatsapp_number import examine_number
from bot.errors import NotTaken, StoreUnavailable
from bot.gateway.whatsapp import PATH, WhatsAppGateway
from bot.hotline.staff import Staff
from bot.messages import Address, Button, Outgoing
from bot.settings import read_settings
from bot.store.tables import AddressRow, AttachmentRow, InboxRow, OutboxRow
from tests.channels.test_contract import letter, on_whatsapp
from tests.support.search import find_in_database
from tests.support.whatsapp_fake.graph import (
    TOKEN,
    Fault,
    Graph,
    choices_of,
    running_graph,
    words_of,
)
from tests.support.whatsapp_fake.meta import (
    NUMBER,
    PHONE_ID,
    SECRET,
    USER_ID,
    Json,
    button,
    call,
    every_shape,
    message,
    messages,
    raw,
    row,
    sign,
    status,
    statuses,
    text,
    webhook,
)
from tests.support.world import TEST_KEY, TestHouse
from tests.unit.channels.test_whatsapp import mutated

VERIFY = "the-verify-token-of-a-test"
SARI = Address("whatsapp", PHONE_ID, USER_ID)


@dataclass
class Meta:
    """Meta's side: posts webhooks, and looks at what was sent."""

    house: TestHouse
    graph: Graph
    channel: WhatsApp
    gateway: WhatsAppGateway
    client: httpx.AsyncClient
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def post(self, data: object, **headers: str) -> int:
        """Post a webhook as Meta does; return the status once everything beside is done."""
        body = raw(data)
        answer = await self.client.post(PATH, content=body, headers={**sign(body), **headers})
        await self.settle()
        return answer.status_code

    async def settle(self) -> None:
        """Wait for what goes on beside."""
        while tasks := {*self.gateway._tasks, *self.channel._tasks}:
            await asyncio.gather(*tasks)

    async def says(self, sent: Json, **who: str | None) -> list[Json]:
        """Let Sari do something; return what she is sent."""
        before = len(self.graph.sent)
        assert await self.post(webhook(messages(sent, **who))) == 200
        return self.graph.sent[before:]

    async def writes(self, words: str) -> list[Json]:
        """Let Sari write; return what she is sent."""
        return await self.says(text(self.next_id(), words))

    def next_id(self) -> str:
        """Return an id of Meta's, which has her number in it."""
        return f"wamid.{NUMBER}.{next(self._numbers)}"


@pytest_asyncio.fixture
async def meta(house: TestHouse) -> AsyncIterator[Meta]:
    """Suar on WhatsApp."""
    ground = StoredGround(house.db, house.people, house.clock)
    async with running_graph() as graph, on_whatsapp(graph.base_url, ground) as channel:
        house.delivery.channels = {channel.name: channel}
        gateway = WhatsAppGateway(channel, house.conversations, SECRET, VERIFY)
        transport = httpx.ASGITransport(Starlette(routes=gateway.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://suar") as client:
            yield Meta(house, graph, channel, gateway, client)


async def outbox_of(house: TestHouse) -> list[OutboxRow]:
    """Return the outbox, in order."""
    async with house.db.transaction() as conn:
        return list((await conn.execute(select(OutboxRow).order_by(OutboxRow.id))).all())  # type: ignore[arg-type]


async def test_the_address_is_verified_by_the_word_alone(meta: Meta) -> None:
    """Meta's challenge is answered where the word is right, and refused else."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    right = await meta.client.get(PATH, params=asked)
    assert (right.status_code, right.text) == (200, "1158201444")
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "unsubscribe"}):
        assert (await meta.client.get(PATH, params=asked | wrong)).status_code == 403


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 401),
        ({"X-Hub-Signature-256": ""}, 403),
        ({"X-Hub-Signature-256": "sha256=" + "0" * 64}, 403),
        (sign(raw(webhook(messages(text("m", "hi")))), "another secret"), 403),
    ],
)
async def test_who_is_not_meta_is_not_heard(
    meta: Meta, headers: dict[str, str], expected: int
) -> None:
    """What is unsigned, or signed by somebody else, is refused, and nothing of it is stored."""
    body = raw(webhook(messages(text("m", "hi"))))
    answer = await meta.client.post(PATH, content=body, headers=headers)
    assert answer.status_code == expected
    async with meta.house.db.transaction() as conn:
        assert (await conn.scalars(select(InboxRow.id))).all() == []
        assert (await conn.scalars(select(AddressRow.id))).all() == []


async def test_the_signature_is_over_the_raw_bytes(meta: Meta) -> None:
    """Accents, emoji and slashes, as Meta escapes them, do not break the signature."""
    assert await meta.writes("caf\u00e9 \U0001f642 https://example.org/\u0645")


async def test_from_a_word_to_a_list_to_a_receipt(meta: Meta) -> None:
    """A word brings the welcome with choices; a choice is answered; and that it arrived and was seen is noted."""
    sent = await meta.writes("halo")
    assert {each["recipient"] for each in sent} == {USER_ID}
    assert all("to" not in each for each in sent)
    answer = await meta.says(button(meta.next_id(), "menu.main"))
    assert choices_of(answer[-1])
    assert answer[-1]["interactive"]["type"] == "list"
    answer = await meta.says(row(meta.next_id(), choices_of(answer[-1])[0]))
    assert words_of(answer[-1])
    last = answer[-1]
    tracker = last["biz_opaque_callback_data"]
    told = [status(last["id"], was, tracker) for was in ("read", "sent", "delivered", "read")]
    assert await meta.post(webhook(statuses(*told))) == 200
    [*_, left] = await outbox_of(meta.house)
    assert (left.status, str(left.uid)) == ("sent", tracker)
    assert left.delivered_at is not None


async def test_a_number_alone_is_answered_by_number(meta: Meta) -> None:
    """Where Meta sends no user id, the number is the address."""
    sent = await meta.says(text("m", "halo"), user_id=None)
    assert {each["to"] for each in sent} == {NUMBER}


async def test_nobody_needs_a_number(meta: Meta) -> None:
    """Somebody who hides their number is answered like everybody else."""
    assert await meta.says(text("m", "halo"), number=None)


async def test_a_user_id_that_comes_later_makes_no_stranger(meta: Meta) -> None:
    """Somebody known by their number keeps their conversation when Meta begins to send a user id, and when the number changes."""
    await meta.says(text("m1", "halo"), user_id=None)
    await meta.says(text("m2", "menu"))
    changed = {"body": "B", "user_id": "ID.77", "previous_user_id": USER_ID, "type": "x"}
    await meta.says(message("m3", "system", changed), number=None, user_id=None)
    await meta.says(text("m4", "menu"), number=None, user_id="ID.77")
    async with meta.house.db.transaction() as conn:
        assert len((await conn.scalars(select(AddressRow.id))).all()) == 1
    assert meta.graph.sent[-1]["recipient"] == "ID.77"


async def test_what_comes_again_is_handled_once(meta: Meta) -> None:
    """An event that Meta repeats, in another call and out of order, is answered once."""
    first, second = text("m1", "halo"), button("m2", "menu.main")
    await meta.post(webhook(messages(second, first)))
    answered = len(meta.graph.sent)
    await meta.post(webhook(messages(first), messages(second, second)))
    await meta.post(webhook(messages(first)))
    assert len(meta.graph.sent) == answered


@pytest.mark.parametrize("name", [name for name, _ in every_shape()])
async def test_every_shape_is_taken(meta: Meta, name: str) -> None:
    """Each documented kind of message is taken with 200, twice, and answered once or not at all."""
    shape = dict(every_shape())[name]
    assert await meta.post(webhook(messages(shape))) == 200
    answered = len(meta.graph.sent)
    assert await meta.post(webhook(messages(shape))) == 200
    assert len(meta.graph.sent) == answered
    silent = {
        "contacts",
        "reaction",
        "unreaction",
        "revoke",
        "in_a_group",
        "identity",
        "new_number",
    }
    assert (answered > 0) == (name not in silent)


async def test_a_call_is_declined_with_words(meta: Meta) -> None:
    """A call stops ringing, and whoever called reads that calls cannot be taken, with a way on."""
    assert await meta.post(webhook(call("c1"), field="calls")) == 200
    assert await meta.post(webhook(call("c1"), field="calls")) == 200
    assert meta.graph.calls[0]["action"] == "reject"
    assert "cannot be taken" in meta.graph.texts()[0] or "tidak" in meta.graph.texts()[0]
    assert choices_of(meta.graph.sent[-1])


async def test_what_cannot_be_kept_is_asked_for_again(meta: Meta) -> None:
    """Without its store Suar says so to the person, once, and to Meta each time, which brings it again; then it is answered."""
    data = webhook(messages(text("m1", "halo")))

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    with patch("bot.gateway.whatsapp.keep_all", away):
        assert await meta.post(data) == 503
        assert await meta.post(data) == 503
    assert len(meta.graph.sent) == 1
    assert await meta.post(data) == 200
    assert len(meta.graph.sent) > 1


async def test_what_was_kept_survives_the_process(meta: Meta) -> None:
    """What Meta has been told is kept is answered by the worker if this process dies before it answers."""
    with patch.object(meta.gateway, "_beside", lambda work: work.close()):
        await meta.post(webhook(messages(text("m1", "halo"))))
    assert meta.graph.sent == []
    async with meta.house.db.transaction() as conn:
        [waiting] = (await conn.scalars(select(InboxRow.conversation_id))).all()
    await meta.house.conversations.recover(waiting)
    assert meta.graph.sent


async def test_a_day_later_nothing_is_sent(meta: Meta) -> None:
    """24 hours after the person's last word a message ends as one that the desk shows, without asking Meta; a new word opens the window."""
    await meta.writes("halo")
    meta.house.clock.pass_(hours=24)
    with pytest.raises(WindowClosed):
        await meta.channel.send(SARI, letter("are you there?"))
    assert await meta.writes("yes")
    assert await meta.channel.send(SARI, letter("good"))


async def test_that_the_window_has_closed_is_heard_late_too(meta: Meta) -> None:
    """Meta may take a message and tell afterwards that it was not delivered: the desk shows it, with its reason."""
    sent = await meta.writes("halo")
    told = status(sent[0]["id"], "failed", sent[0]["biz_opaque_callback_data"], 131047)
    assert await meta.post(webhook(statuses(told))) == 200
    first, *_ = await outbox_of(meta.house)
    assert (first.status, first.error) == ("dead", "window_closed")


async def test_who_cannot_be_reached_is_left_alone_until_they_write(meta: Meta) -> None:
    """Somebody whom nothing reaches any more counts as gone, until they write again."""
    sent = await meta.writes("halo")
    told = status(sent[-1]["id"], "failed", sent[-1]["biz_opaque_callback_data"], 131026)
    await meta.post(webhook(statuses(told)))
    assert await blocked(meta.house)
    await meta.writes("halo")
    assert not await blocked(meta.house)


async def blocked(house: TestHouse) -> bool:
    """Tell whether Sari counts as gone."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, SARI)
    assert party is not None
    return party.blocked


async def test_nobody_is_sent_too_much(meta: Meta) -> None:
    """45 messages may go at once, then one in six seconds, whichever process sends; the outbox waits with the rest."""
    await meta.writes("halo")
    other = StoredGround(meta.house.db, meta.house.people, meta.house.clock)
    already = len(meta.graph.sent)
    for _ in range(BURST - already):
        assert (await other.ask(SARI)).wait_s == 0
    with pytest.raises(RateLimited) as raised:
        await meta.channel.send(SARI, letter("one more"))
    assert 0 < raised.value.retry_after_s <= 6
    meta.house.clock.pass_(seconds=6)
    assert await meta.channel.send(SARI, letter("one more"))
    assert (await other.ask(SARI)).wait_s > 0
    assert (await other.ask(replace(SARI, value="ID.5"))).wait_s == 0


async def test_meta_is_given_time(meta: Meta) -> None:
    """Each time that Meta finds it too much, the wait grows: 4, 16, 64 seconds."""
    waits = []
    for _ in range(3):
        meta.graph.faults.append(Fault(131056))
        with pytest.raises(RateLimited) as raised:
            await meta.channel.send(SARI, letter("hello"))
        waits.append(raised.value.retry_after_s)
    assert waits == [6, 16, 64]


async def test_a_message_in_doubt_is_known_by_its_status(meta: Meta) -> None:
    """A message whose sending was never answered is not sent twice once a status has told that it arrived."""
    await meta.writes("halo")
    *_, last = await outbox_of(meta.house)
    async with meta.house.db.transaction() as conn:
        await conn.execute(
            OutboxRow.__table__.update()  # type: ignore[attr-defined]
            .where(OutboxRow.id == last.id)
            .values(platform_id=None, status="sending")
        )
    doubtful = replace(letter("x"), uid=last.uid, interrupted=True)
    assert await meta.channel.find_arrived(SARI, doubtful) is None
    await meta.post(webhook(statuses(status("wamid.late", "sent", str(last.uid)))))
    found = await meta.channel.find_arrived(SARI, doubtful)
    assert found is not None
    assert "wamid" not in found


async def counsellor_of(meta: Meta) -> tuple[Staff, UUID]:
    """Let Sari ask for a person, and somebody take her."""
    await meta.writes("halo")
    await meta.says(button(meta.next_id(), "consent.ask"))
    await meta.says(button(meta.next_id(), "consent.ask.talk"))
    counsellor = await meta.house.staff()
    case_id = await meta.house.talks.claim_next(counsellor)
    assert case_id is not None
    return counsellor, case_id


async def test_a_counsellor_sees_that_it_was_read(meta: Meta) -> None:
    """What a counsellor writes reaches the phone, what Sari wrote is shown as read once it is answered, and her reading is noted."""
    counsellor, case_id = await counsellor_of(meta)
    await meta.writes("they keep my passport")
    meta.graph.read.clear()
    await meta.house.talks.reply(counsellor, case_id, "I am here.", token="1")
    await meta.settle()
    sent = meta.graph.sent[-1]
    assert words_of(sent) == "I am here."
    assert len(meta.graph.read) == 1
    await meta.post(
        webhook(statuses(status(sent["id"], "read", sent["biz_opaque_callback_data"])))
    )
    *_, left = await outbox_of(meta.house)
    assert left.read_at is not None


async def test_a_photo_is_offered_as_on_telegram(meta: Meta) -> None:
    """A photo to a counsellor is noted to be fetched, and fetched with Meta's two steps; one that is too large is left there."""
    await counsellor_of(meta)
    meta.graph.media["65463453"] = ("image/jpeg", b"\xff\xd8\xff" + b"x" * 100)
    await meta.says(dict(every_shape())["image"])
    async with meta.house.db.transaction() as conn:
        assert len((await conn.scalars(select(AttachmentRow.id))).all()) == 1
    assert await meta.channel.fetch("65463453", limit=103) == meta.graph.media["65463453"][1]
    with pytest.raises(NotTaken):
        await meta.channel.fetch("65463453", limit=102)


async def test_typing_is_shown_under_the_last_message(meta: Meta) -> None:
    """While a counsellor writes, WhatsApp shows it; to somebody of whom nothing was heard here, nothing is sent."""
    await meta.channel.show_typing(SARI)
    assert meta.graph.read == []
    await meta.writes("halo")
    await meta.channel.show_typing(SARI)
    assert meta.graph.read[-1]["typing_indicator"] == {"type": "text"}


async def test_no_number_stands_in_the_database(meta: Meta) -> None:
    """Meta's ids of messages have numbers in them: neither those nor the person's ids stand anywhere in clear."""
    counsellor, case_id = await counsellor_of(meta)
    await meta.writes("they keep my passport")
    await meta.house.talks.reply(counsellor, case_id, "I am here.", token="1")
    needles = (NUMBER, USER_ID.lower(), USER_ID, "wamid")
    assert await find_in_database(meta.house.db, needles) == []


async def test_pressed_or_spoken_in_one_call(meta: Meta) -> None:
    """Several messages of one person in one call are answered in their order."""
    await meta.writes("halo")
    before = len(meta.graph.sent)
    await meta.post(webhook(messages(button("a", "menu.main"), button("b", "language.choose"))))
    said = meta.graph.sent[before:]
    assert choices_of(said[0])[0].startswith(("menu", "topics", "consent", "help", "answer"))
    assert any(choice.startswith("language") for choice in choices_of(said[-1]))


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.sampled_from([name for name, _ in every_shape()]),
    st.lists(st.integers(0, 9), min_size=1, max_size=9),
    st.one_of(
        st.none(), st.integers(), st.text(max_size=8), st.just([]), st.just({}), st.just(...)
    ),
)
async def test_never_an_error_of_ours(meta: Meta, name: str, path: list[int], new: object) -> None:
    """However a real webhook is bent, it is taken, and Meta has no reason to bring it again."""
    shape = dict(every_shape())[name]
    data = webhook(messages(shape), statuses(status("w", "failed", "no uid", 1)), call("c1"))
    body = mutated(data, path, new)
    assert await meta.post({} if body is ... else body) == 200


async def test_what_is_no_json_is_not_wanted_again(meta: Meta) -> None:
    """Signed nonsense is answered with 200, and something endless with 413."""
    for body in (b"{", b"[" * 100_000, b"\xff"):
        answer = await meta.client.post(PATH, content=body, headers=sign(body))
        assert answer.status_code == 200
    body = b" " * 4_000_001
    assert (await meta.client.post(PATH, content=body, headers=sign(body))).status_code == 413


async def test_buttons_of_an_answer_go_out_as_they_are(meta: Meta) -> None:
    """Three choices stand open, and pressing one leads on."""
    await meta.writes("halo")
    choices = tuple(Button(f"menu.main.{n}", f"Choice {n}") for n in range(3))
    await meta.channel.send(SARI, letter(Outgoing("choose", choices)))
    sent = meta.graph.sent[-1]
    assert sent["interactive"]["type"] == "button"
    assert choices_of(sent) == [choice.id for choice in choices]


async def test_the_whole_web_speaks_whatsapp_where_it_is_set_up(
    house: TestHouse, tmp_path: Path
) -> None:
    """With its settings the web takes Meta's webhook and says so where its health is asked for; the rest is as the tests above."""
    async with running_graph() as graph:
        app = make_web(
            read_settings(
                data_dir=tmp_path,
                database_url=house.db.dsn,
                secret_keys=(TEST_KEY,),
                whatsapp_token=TOKEN,
                whatsapp_phone_id=PHONE_ID,
                whatsapp_app_secret=SECRET,
                whatsapp_verify_token=VERIFY,
                whatsapp_api_url=graph.base_url,
            )
        )
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://suar"
            ) as client,
        ):
            assert (await client.get("/readyz")).json()["whatsapp"] == "ok"
            body = raw(webhook(messages(text("m", "halo"))))
            answer = await client.post(PATH, content=body, headers=sign(body))
            assert answer.status_code == 200
            async with asyncio.timeout(20):
                while not any("interactive" in sent for sent in graph.sent):
                    await asyncio.sleep(0.05)
        number = await examine_number(graph.base_url, TOKEN, PHONE_ID)
        assert (number.name, number.digits) == ("Suar", "628110000000")
