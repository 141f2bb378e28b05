"""Our templates and Meta's list: submitted once, compared, and told of by the webhook in any order."""

from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from bot.conversation.template_desk import SKEW
from bot.conversation.templates import house_wanted
from bot.jobs.tasks.follow_up import follow_up
from bot.store import templates
from bot.store.templates import Kept
from tests.integration.test_whatsapp import Meta
from tests.support.whatsapp_fake.meta import ACCOUNT_ID, button, template_news
from tests.support.whatsapp_fake.templates import payloads_of
from tests.support.whatsapp_talk import approve_all, on_meta, template_desk
from tests.support.world import TestHouse

STATUS = "message_template_status_update"


@pytest_asyncio.fixture
async def meta(house: TestHouse) -> AsyncIterator[Meta]:
    """Suar on WhatsApp."""
    async with on_meta(house) as made:
        yield made


async def kept_of(meta: Meta) -> list[Kept]:
    """Return what is known of the templates."""
    return (await template_desk(meta).list_kept())[0]


async def test_what_is_wanted_is_submitted_once_and_then_approved(meta: Meta) -> None:
    """Each template goes to Meta in each language, once, however often it is asked for; a later look takes the approval in."""
    desk = template_desk(meta)
    wanted = list(house_wanted(meta.house.content))
    assert await desk.want(wanted) == len(wanted)
    assert (await desk.list_kept())[1].is_busy
    assert await desk.sync() is None
    assert await desk.want(wanted) == 0
    assert await desk.sync() is None
    assert meta.graph.templates.created == len(wanted)
    assert {each.status for each in await kept_of(meta)} == {"PENDING"}
    for key in meta.graph.templates.listed:
        meta.graph.templates.set(*key, status="APPROVED", quality_score={"score": "GREEN"})
    meta.house.clock.at += SKEW
    assert await desk.sync() is None
    kept = await kept_of(meta)
    assert {(each.status, each.quality) for each in kept} == {("APPROVED", "GREEN")}
    assert not (await desk.list_kept())[1].is_busy


async def test_killed_between_submitting_and_noting_it_is_not_submitted_again(meta: Meta) -> None:
    """What stands in Meta's list already is found there; and one that Meta calls a double is taken for what it is."""
    desk = template_desk(meta)
    wanted = list(house_wanted(meta.house.content))
    await desk.want(wanted)
    first, second, *_ = wanted
    for each in (first, second):
        await desk.api.submit(each)
    meta.house.clock.at += 2 * SKEW
    await desk.sync()
    assert meta.graph.templates.created == len(wanted)
    assert (await desk.api.submit(second)).status == "PENDING"  # type: ignore[union-attr]


async def test_a_long_list_is_read_to_its_end(meta: Meta) -> None:
    """Meta gives its list page by page, with templates of others among ours."""
    meta.graph.templates.page = 3
    for number in range(7):
        made = {"name": f"others_{number}", "language": "id", "status": "APPROVED"}
        meta.graph.templates.listed[f"others_{number}", "id"] = {"id": str(number), **made}
    await approve_all(meta)
    meta.house.clock.at += 2 * SKEW
    await template_desk(meta).sync()
    kept = await kept_of(meta)
    assert {each.status for each in kept} == {"APPROVED"}
    assert all(each.name.startswith("suar_") for each in kept)


async def test_what_meta_does_not_take_in_says_why_and_can_be_submitted_again(meta: Meta) -> None:
    """A form that Meta refuses is shown with Meta's own words; so is one that is rejected after it was read, and one that is gone."""
    desk = template_desk(meta)
    [good, *_] = house_wanted(meta.house.content)
    bad = templates.Wanted(
        "message", "id", "id", "marketing", [{"type": "BODY", "text": "a\n\n\n\nb"}]
    )
    await desk.want([good, bad])
    await desk.sync()
    told = {each.fingerprint: each for each in await kept_of(meta)}
    assert told[bad.fingerprint].status == templates.REFUSED
    assert "not allowed" in str(told[bad.fingerprint].reason)
    assert await desk.want([bad]) == 1
    meta.graph.templates.set(good.name, good.language, status="REJECTED", rejected_reason="SCAM")
    meta.house.clock.at += 2 * SKEW
    await desk.sync()
    told = {each.fingerprint: each for each in await kept_of(meta)}
    assert (told[good.fingerprint].status, told[good.fingerprint].reason) == ("REJECTED", "SCAM")
    assert await desk.want([good]) == 0
    meta.graph.templates.listed.clear()
    meta.house.clock.at += 2 * SKEW
    await desk.sync()
    told = {each.fingerprint: each for each in await kept_of(meta)}
    assert told[good.fingerprint].status == templates.GONE


async def test_faults_of_meta_are_kept_for_the_page(meta: Meta) -> None:
    """Down, slow or without rights: nothing changes but that it is said, until it goes well again."""
    desk = template_desk(meta)
    await approve_all(meta)
    for code, status, expected in (
        (190, 401, "misconfigured"),
        (200, 403, "misconfigured"),
        (80007, 400, "rate_limited"),
        (2, 500, "temporarily_down"),
    ):
        error = {"error": {"code": code, "message": "M", "type": "OAuthException"}}
        answer = JSONResponse(error, status)
        meta.graph.templates.fault = lambda answer=answer: answer  # type: ignore[misc]
        assert await desk.sync() == expected
        kept, account = await desk.list_kept()
        assert account.fault == expected
        assert {each.status for each in kept} == {"APPROVED"}
    meta.graph.templates.fault = lambda: None
    assert await desk.sync() is None
    assert (await desk.list_kept())[1].fault is None


async def test_the_webhook_tells_of_changes(meta: Meta) -> None:
    """State, reason, quality and category come in signed; what is told of others' templates changes nothing."""
    await approve_all(meta)
    [one, *_] = await kept_of(meta)
    later = int(meta.house.clock.now().timestamp()) + 60
    meta.house.clock.pass_(minutes=5)
    who = (one.name, one.language)
    for data in (
        template_news(STATUS, *who, time=later, event="PAUSED", reason="NONE"),
        template_news("message_template_quality_update", *who, new_quality_score="RED"),
        template_news("template_category_update", *who, new_category="MARKETING"),
        template_news(STATUS, "somebody_elses", "id", event="APPROVED"),
        template_news(STATUS, *who, time=later - 120, event="APPROVED"),
    ):
        assert await meta.post(data) == 200
        assert await meta.post(data) == 200
    first, *others = await kept_of(meta)
    assert (first.status, first.quality, first.category) == ("PAUSED", "RED", "marketing")
    assert {each.status for each in others} == {"APPROVED"}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(["APPROVED", "PAUSED", "REJECTED"]), min_size=1, max_size=5),
    st.randoms(),
)
async def test_in_whatever_order_the_latest_counts(
    meta: Meta, events: list[str], chance: Random
) -> None:
    """News of a template that come late, doubled and out of order leave it as the newest of them says."""
    await approve_all(meta)
    [one, *_] = await kept_of(meta)
    begun = int(meta.house.clock.now().timestamp())
    meta.house.clock.pass_(minutes=10)
    told = [
        template_news(STATUS, one.name, one.language, time=begun + number, event=event)
        for number, event in enumerate(events, start=1)
    ]
    mixed = told * 2
    chance.shuffle(mixed)
    for data in mixed:
        assert await meta.post(data) == 200
    assert (await kept_of(meta))[0].status == events[-1]


async def test_an_unknown_word_of_meta_is_kept_as_it_is(meta: Meta) -> None:
    """What we do not know yet is not taken for approved, and shows as Meta says it."""
    await approve_all(meta)
    [one, *_] = await kept_of(meta)
    meta.house.clock.pass_(minutes=5)
    now = int(meta.house.clock.now().timestamp())
    await meta.post(template_news(STATUS, one.name, one.language, time=now, event="IN_LIMBO"))
    assert (await kept_of(meta))[0].status == "IN_LIMBO"
    async with meta.house.db.transaction() as conn:
        found = await templates.statuses(conn, list(house_wanted(meta.house.content)), ACCOUNT_ID)
    assert found[one.fingerprint] == "IN_LIMBO"


async def test_who_asked_to_be_written_to_again_is_by_the_template(meta: Meta) -> None:
    """A follow-up after a week goes out by approved words, whose buttons do what the bot's do; without them it is undelivered, as before."""
    for expected in ([], ["template"]):
        await meta.says(button(meta.next_id(), "follow_up.ask"))
        await meta.says(button(meta.next_id(), "follow_up.ask.d7"))
        meta.house.clock.at += timedelta(days=7, hours=1)
        before = len(meta.graph.sent)
        await follow_up(meta.house.db, meta.house.conversations, meta.house.clock)
        assert [each["type"] for each in meta.graph.sent[before:]] == expected
        await approve_all(meta)
    assert payloads_of(meta.graph.sent[-1])[0] == "follow_up.hello.good"
    answer = await meta.says(button(meta.next_id(), "follow_up.hello.good"))
    assert answer
