"""A process dies while it asks whether a talk may go on, or while it submits words to Meta: nothing is lost, and nothing is said or submitted twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.conversation.templates import house_wanted
from bot.errors import Refused
from bot.faults import GO_ON_POINTS, TEMPLATE_POINTS
from bot.store.templates import WANTED
from tests.integration.test_whatsapp import Meta
from tests.integration.test_whatsapp_templates import kept_of
from tests.integration.test_whatsapp_window import templates_of
from tests.integration.whatsapp import actor
from tests.support.whatsapp_fake.meta import status, statuses, webhook
from tests.support.whatsapp_talk import (
    Talk,
    approve_all,
    on_meta,
    shut,
    talk_on,
    template_desk,
)
from tests.support.world import TestHouse

pytestmark = pytest.mark.slow
AROUND_SENDING = ("before_send", "after_send")
"""Any message passes these; the question has to be told from one that arrived, too."""


@pytest_asyncio.fixture
async def meta(house: TestHouse) -> AsyncIterator[Meta]:
    """Suar on WhatsApp, with a worker that looks after it."""
    async with on_meta(house) as made:
        yield made


async def act_in_a_process(meta: Meta, fault: str, *deed: str) -> int:
    """Do something in another process; return how it ended."""
    house = meta.house
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", actor.__name__, house.db.dsn, meta.graph.base_url,
        house.clock.now().isoformat(), *deed,
        env={**os.environ, "SUAR_FAULT": fault},
    )  # fmt: skip
    return await process.wait()


async def silent_for_a_day(meta: Meta) -> Talk:
    """Return a talk whose person has not written for a day, with words waiting for them that may be announced."""
    talk = await talk_on(meta)
    await approve_all(meta)
    shut(talk)
    await talk.reply("here is what I found")
    return talk


async def recover(meta: Meta) -> None:
    """Let the worker look for two minutes."""
    for _ in range(6):
        await meta.house.recovery.look()
        meta.house.clock.pass_(seconds=20)


@pytest.mark.parametrize("point", [*GO_ON_POINTS, *AROUND_SENDING])
async def test_a_death_while_asking_asks_once_and_loses_no_press(meta: Meta, point: str) -> None:
    """Killed before the commit nothing was asked and it can be pressed again; after it the question leaves by itself, once.

    Yes then lets out what has waited.
    """
    talk = await silent_for_a_day(meta)
    deed = ("ask", talk.staff.email, str(talk.case_id))
    assert await act_in_a_process(meta, f"{point}:1", *deed) == -signal.SIGKILL
    asked = templates_of(meta)
    assert len(asked) == (point == "after_send")
    for sent in asked:
        # Meta tells of what it took, also where nobody heard its answer.
        told = status(sent["id"], "sent", sent["biz_opaque_callback_data"])
        await meta.post(webhook(statuses(told)))
    await recover(meta)
    if point == "before_go_on_commit":
        assert templates_of(meta) == []
        await talk.ask()
    assert len(templates_of(meta)) == 1
    with pytest.raises(Refused, match="asked_already"):
        await talk.ask()
    await recover(meta)
    assert len(templates_of(meta)) == 1
    await talk.press("go_on.ask.yes")
    assert talk.said()[-1] == "here is what I found"


@pytest.mark.parametrize(("number", "read"), [(1, "PENDING"), (2, "APPROVED"), (1, "REJECTED")])
@pytest.mark.parametrize("point", TEMPLATE_POINTS)
async def test_a_death_after_submitting_submits_nothing_twice(
    meta: Meta, point: str, read: str, number: int
) -> None:
    """Killed before Meta's answer was noted, the next process finds the words in Meta's list, with what Meta thinks of them by now.

    However soon it comes.
    """
    wanted = list(house_wanted(meta.house.content))
    assert len(wanted) > number
    await template_desk(meta).want(wanted)
    assert await act_in_a_process(meta, f"{point}:{number}", "sync") == -signal.SIGKILL
    submitted = list(meta.graph.templates.listed)
    assert len(submitted) == meta.graph.templates.created == number
    states = {(each.name, each.language): each.status for each in await kept_of(meta)}
    assert states[submitted[-1]] == WANTED
    meta.graph.templates.set(*submitted[-1], status=read, rejected_reason="SCAM")
    assert await template_desk(meta).sync() is None
    assert meta.graph.templates.created == len(wanted)
    kept = {(each.name, each.language): each for each in await kept_of(meta)}
    found = kept.pop(submitted[-1])
    assert (found.status, found.reason) == (read, "SCAM")
    assert {each.status for each in kept.values()} == {"PENDING"}
