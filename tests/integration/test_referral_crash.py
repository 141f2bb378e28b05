"""A process dies while it sends a referral: afterwards it is sent once or not at all, and can be sent as if nothing had been."""

import asyncio
import os
import signal
import sys
from dataclasses import replace

import pyrage
import pytest
from sqlalchemy import func, select

from bot.content.load import Content
from bot.errors import Conflict
from bot.faults import REFERRAL_POINTS
from bot.hotline import protocols
from bot.hotline.referrals import access, changes
from bot.hotline.referrals.draft import Draft, open_draft
from bot.hotline.referrals.receivers import add_receiver
from bot.hotline.staff import Role, Staff
from bot.store.engine import Database
from bot.store.tables import ReferralEventRow, ReferralRow
from tests.integration import referral_sender
from tests.integration.desk.house import House
from tests.integration.referral_sender import with_known_key

KEY = pyrage.x25519.Identity.generate()


async def agreed_to(house: House) -> tuple[Staff, ReferralRow]:
    """Return a counsellor, and a referral to which the person has said yes."""
    counsellor = await house.add_staff("Dewi")
    supervisor = await house.add_staff("Rani", Role.SUPERVISOR)
    await house.open_desk(counsellor)
    case_id = await house.add_case("hello", locale="en")
    await house.talks.claim_next(replace(counsellor, languages=("en",)))
    national, now = house.content.protocols["national"], house.clock.now()
    async with house.db.transaction() as conn:
        receiver = await add_receiver(
            conn, supervisor, name="UPTD PPA", role="women_and_children", region="national",
            recipient=str(KEY.to_public()), clock=house.clock,
        )  # fmt: skip
        draft = Draft(receiver, "a bed", {"name": "Rina"})
        made = await open_draft(
            conn, house.people, counsellor, case_id, draft, national, clock=house.clock
        )
        for stage in national.before_referral:
            await protocols.set_done(conn, counsellor, case_id, stage, done=True, now=now)
        row, party = await changes.lock(conn, made), await house.party_of(conn, case_id)
        await changes.mark_shown(conn, row, party, counsellor, "words", version="v", at=now)
        await changes.answer(
            conn, party, row.number, owners=[party.contact_id], granted=True, locale="en", at=now
        )
        return counsellor, await changes.lock(conn, made)


async def send_in_a_process(dsn: str, row: ReferralRow, staff: Staff, fault: str = "") -> int:
    """Send in another process; return how it ended."""
    environment = {**os.environ, "SUAR_FAULT": fault} if fault else dict(os.environ)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", referral_sender.__name__, dsn, str(row.id), staff.email,
        env=environment,
    )  # fmt: skip
    return await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("point", REFERRAL_POINTS)
async def test_a_death_while_sending_neither_doubles_nor_loses(
    db: Database, dsn: str, content: Content, point: str
) -> None:
    """Killed just before or just after the commit, the referral is agreed to still or sent once; then it is there to be handed over."""
    house = with_known_key(House(db, content))
    counsellor, row = await agreed_to(house)
    died = await send_in_a_process(dsn, row, counsellor, f"{point}:1")
    assert died == -signal.SIGKILL
    async with db.transaction() as conn:
        state = await conn.scalar(select(ReferralRow.state))
    assert state == ("consented" if point.startswith("before") else "sent")
    again = await send_in_a_process(dsn, row, counsellor)
    assert (again == 0) is point.startswith("before")
    async with db.transaction() as conn:
        sent = ReferralEventRow.kind == "sent"
        assert await conn.scalar(select(func.count()).where(sent)) == 1
        _, _, package = await access.package_of(conn, house.people, counsellor, row.id)
    assert b"Rina" in pyrage.decrypt(package, [KEY])


async def test_two_presses_at_once_make_one_file(db: Database, content: Content) -> None:
    """Of two counsellors' presses at the same moment one makes the file, and the other is told that it has moved on."""
    house = with_known_key(House(db, content))
    counsellor, row = await agreed_to(house)
    press = house.services.referring.send
    done = await asyncio.gather(
        *(press(counsellor, row.id, "age", lambda *_: "page") for _ in range(4)),
        return_exceptions=True,
    )
    assert [isinstance(each, Conflict) for each in done].count(True) == 3
    assert done.count(None) == 1
    async with db.transaction() as conn:
        sent = ReferralEventRow.kind == "sent"
        assert await conn.scalar(select(func.count()).where(sent)) == 1
