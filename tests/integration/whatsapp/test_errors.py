"""Every error code of the Cloud API, sent through: what becomes of the message, of the person, and of whoever looks after Suar."""

from datetime import datetime, timedelta

import pytest
from pywa import errors as pywa_errors
from sqlalchemy import select, update

from bot.channels.errors import Misconfigured, RateLimited, TemporarilyDown
from bot.channels.whatsapp_errors import error_of, is_known
from bot.commands.doctor import Look, _look_at_whatsapp
from bot.messages import Outgoing
from bot.settings import read_settings
from bot.store import outbox
from bot.store.tables import AddressRow, OutboxRow
from tests.integration.test_whatsapp import SARI, VERIFY, Meta
from tests.support.whatsapp_fake.graph import TOKEN, Fault
from tests.support.whatsapp_fake.meta import PHONE_ID, SECRET
from tests.unit.channels.test_whatsapp_errors import DOCUMENTED

CODES = sorted({*pywa_errors._all_exceptions(), *DOCUMENTED})


async def send(meta: Meta) -> OutboxRow:
    """Send one message to Sari; return what became of it."""
    house = meta.house
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, SARI)
        assert party is not None
        letters = await outbox.put(
            conn, party, [Outgoing("hello")],
            clock=house.clock, epoch=party.epoch, holder=house.delivery.holder,
        )  # fmt: skip
    await house.delivery.deliver(SARI, letters)
    async with house.db.transaction() as conn:
        query = select(OutboxRow).where(OutboxRow.id == letters[0].id)
        return (await conn.execute(query)).one()  # type: ignore[return-value]  # its columns


async def start_again(meta: Meta) -> None:
    """Let nothing be left of the message before."""
    async with meta.house.db.transaction() as conn:
        await conn.execute(update(OutboxRow).values(status="sent"))
        await conn.execute(update(AddressRow).values(blocked_at=None))
    meta.channel._slowed.clear()
    meta.house.clock.pass_(seconds=60)


async def is_blocked(meta: Meta) -> bool:
    """Tell whether Sari counts as gone."""
    async with meta.house.db.transaction() as conn:
        return await conn.scalar(select(AddressRow.blocked_at)) is not None


async def test_every_code_ends_as_the_table_says(meta: Meta) -> None:
    """Each code that Meta documents or pywa knows is sent through: tried again, given up with its reason, or the person is left alone."""
    await meta.writes("halo")
    for code in CODES:
        assert is_known(code), code
        meta.graph.faults.append(Fault(code))
        row, error = await send(meta), error_of(code)
        now: datetime = meta.house.clock.now()
        assert row.error == error.code, code
        assert row.status == ("queued" if error.retryable else "dead"), code
        if isinstance(error, RateLimited):
            assert row.not_before is not None
            assert row.not_before - now >= timedelta(seconds=error.retry_after_s), code
        elif isinstance(error, Misconfigured):
            assert row.not_before is not None
            assert row.not_before - now >= timedelta(minutes=1), code
        assert await is_blocked(meta) == error.stops_contact, code
        await start_again(meta)
        if code % 20 == 0:
            await meta.writes("halo")


async def looked_at(meta: Meta, data_dir: object) -> Look:
    """Let the doctor look at WhatsApp."""
    settings = read_settings(
        data_dir=data_dir,
        whatsapp_token=TOKEN,
        whatsapp_phone_id=PHONE_ID,
        whatsapp_app_secret=SECRET,
        whatsapp_verify_token=VERIFY,
        whatsapp_api_url=meta.graph.base_url,
    )
    return await _look_at_whatsapp(settings)


@pytest.mark.parametrize(
    ("code", "well", "says"),
    [
        (None, True, "writes as Suar from +62 811-0000-000"),
        (190, False, Misconfigured.code),
        (2, False, TemporarilyDown.code),
        (33, False, Misconfigured.code),
    ],
)
async def test_the_doctor_says_so(
    meta: Meta, tmp_path: object, code: int | None, well: bool, says: str
) -> None:
    """Whether Meta knows us, and under which name and number, is what `suar doctor` tells the operator."""
    if code is not None:
        meta.graph.node_faults.append(Fault(code))
    look = await looked_at(meta, tmp_path)
    assert (look.well, look.found) == (well, says)


async def test_without_a_number_the_doctor_says_what_is_missing(
    meta: Meta, tmp_path: object
) -> None:
    """Where Meta tells no number, no link to WhatsApp can be made, and the doctor says it."""
    meta.graph.shown_number = ""
    assert not (await looked_at(meta, tmp_path)).well
