"""A house around the desk for its tests: people with cases, staff, and the counsellors' side of the conversations."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette

from bot.campaigns.store_broadcasts import Broadcasts
from bot.channels.delivery import Delivery
from bot.channels.whatsapp_links import wa_link
from bot.clock import SystemClock
from bot.content.catalogue import LocaleInfo, Words
from bot.content.load import Content
from bot.conversation.referring import Referring
from bot.conversation.service import Conversations
from bot.conversation.talks import Talks
from bot.desk.web.app import desk_routes
from bot.desk.web.passwords import Passwords
from bot.desk.web.services import DeskServices, Studio
from bot.editing.live import LiveContent
from bot.hotline import cases, consent, marks
from bot.hotline import watched as watching
from bot.hotline.permissions import Role, needs_code
from bot.hotline.second_step import begin, confirm
from bot.hotline.staff import Staff, add_staff
from bot.jobs.procrastinate_queue import JobQueue, make_app
from bot.messages import Address, CaseId, StaffId
from bot.store import sessions, transcript
from bot.store.campaigning import ROLE
from bot.store.contacts import Party, People
from bot.store.crypto import Keyring, Lookup, hash_token
from bot.store.engine import Database
from bot.store.notices import Ear
from bot.store.tables import AuditRow
from bot.understanding.model import Risk, RiskLevel
from bot.understanding.service import Reader
from tests.support.loaded import the_lexicon
from tests.support.nlu import ToldNlu

PASSWORD = "four plain words here"
LOCALES = {"en": LocaleInfo(name="English"), "id": LocaleInfo(name="Bahasa Indonesia")}
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Hashing as it should be costs a test more than all the rest of it."""
WELL = {"database": "ok", "nlu": "ok", "telegram": "off"}


class MovableClock:
    """The machine's clock, which a test may put forward, or stop: a busy machine then has as long as it needs for what must happen in a moment."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.stopped: datetime | None = None
        self.real = SystemClock()
        self.new_id, self.token, self.choice = (
            self.real.new_id,
            self.real.token,
            self.real.choice,
        )

    def now(self) -> datetime:
        """Return the time, put forward."""
        return (self.stopped or self.real.now()) + self.ahead

    def stop(self) -> None:
        """Let no time pass by itself from now on."""
        self.stopped = self.real.now()


@dataclass(repr=False)  # asyncio shows what a fixture has made to itself, several times a test
class House:
    """The desk with its database, and hands to put people and staff into it."""

    db: Database
    content: Content
    clock: MovableClock = field(default_factory=MovableClock)
    health: dict[str, str] = field(default_factory=lambda: dict(WELL))
    words: Words = field(default_factory=lambda: Words("en", LOCALES, {}))
    passwords: Passwords = field(default_factory=lambda: Passwords(CHEAP))
    secrets: dict[str, str] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    whatsapp_number: str | None = None
    """Our number on WhatsApp, as far as it is known."""
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        """Make what the desk leans on."""
        keyring = Keyring.of([Fernet.generate_key().decode()])
        self.people = People(keyring, Lookup(b"k" * 32), self.clock)
        conversations = Conversations(
            db=self.db,
            people=self.people,
            content=self.content,
            reader=Reader(ToldNlu(), the_lexicon()),
            # Nobody has a page open: what is written stays in the outbox.
            delivery=Delivery(
                self.db,
                self.people,
                {},
                JobQueue(make_app(self.db.dsn)),
                self.clock,
                holder=1,
            ),
            clock=self.clock,
            default_locale="id",
            buffer_for=timedelta(hours=24),
        )
        self.talks = Talks(conversations)
        self.live = LiveContent(self.db, self.clock, self.content)
        self.live.feed(conversations)
        self.ear = Ear(self.db.dsn)
        self.services = DeskServices(
            db=self.db,
            people=self.people,
            clock=self.clock,
            words=self.words,
            content=lambda: self.live.content,
            live=self.live,
            ear=self.ear,
            secure_cookies=False,
            talks=self.talks,
            referring=Referring(self.talks.conversations),
            studio=self._studio(),
            health=self._health,
        )
        self.app = Starlette(routes=desk_routes(self.services, passwords=self.passwords))

    def _studio(self) -> Studio:
        campaigners = Database.at(self.db.dsn, pool_size=2, role=ROLE)
        self.closing.append(campaigners.close)
        home = "Asia/Jakarta"
        return Studio(
            db=campaigners,
            broadcasts=Broadcasts(campaigners, self.clock, lambda: self.live.content, home),
            home=home,
            base_url="https://suar.example",
            telegram_name=self._telegram_name,
            per_second=25,
            whatsapp_link=self._whatsapp_link,
        )

    async def _whatsapp_link(self, payload: str) -> str | None:
        if self.whatsapp_number is None:
            return None
        return wa_link(self.whatsapp_number, f"Halo Suar! ({payload})")

    async def _telegram_name(self) -> str | None:
        return "suar_example_bot"

    async def close(self) -> None:
        """Let go of what it opened."""
        for each in self.closing:
            await each()

    async def _health(self) -> Mapping[str, str]:
        return self.health

    async def add_staff(
        self,
        name: str = "Dewi",
        role: Role = Role.COUNSELLOR,
        locale: str = "en",
        *,
        second_step: bool = True,
        **brings: Any,  # further fields of `Staff`
    ) -> Staff:
        """Add somebody; the e-mail is the name at example.org, the password `PASSWORD`, the second step set up where it must be."""
        staff = Staff(
            StaffId(self.clock.new_id()),
            f"{name.lower()}@example.org",
            name,
            role,
            brings.pop("languages", ("id", "en")),
            locale,
            **brings,
        )
        async with self.db.transaction() as conn:
            await add_staff(conn, staff, password_hash=await self.passwords.hash(PASSWORD))
            if needs_code(role) and second_step:
                await self._set_up(conn, staff)
        return staff

    async def open_desk(self, *staff: Staff) -> None:
        """Let somebody have the desk open from now on, for as long as it is believed without a further sign."""
        async with self.db.transaction() as conn:
            for each in staff:
                token = await sessions.open_session(conn, each.id, clock=self.clock)
                await sessions.be_on_desk(conn, hash_token(token), now=self.clock.now())

    async def _set_up(self, conn: AsyncConnection, staff: Staff) -> None:
        secret = await begin(conn, self.people, staff.id)
        code = pyotp.TOTP(secret).at(self.clock.now())
        made = await confirm(conn, self.people, staff.id, code, now=self.clock.now())
        assert made is not None
        self.secrets[staff.email], self.codes[staff.email] = secret, made

    def code_of(self, staff: Staff) -> str:
        """Return what the app on somebody's phone shows now."""
        return pyotp.TOTP(self.secrets[staff.email]).at(self.clock.now())

    async def audited(self) -> list[tuple[str, str | None]]:
        """Return every line of the audit log as kind and reason, the oldest first."""
        async with self.db.transaction() as conn:
            rows = await conn.execute(
                select(AuditRow.kind, AuditRow.why).order_by(AuditRow.number)
            )
            return [(row.kind, row.why) for row in rows]

    async def add_case(
        self,
        *shared: str,
        risk: Risk | None = None,
        locale: str = "id",
        channel: str = "webchat",
        waited: timedelta = timedelta(),
        talks: bool = True,
        reading: dict[str, Any] | None = None,
        wishes: Mapping[str, str] | None = None,
    ) -> CaseId:
        """Put a person into the queue who wrote `shared` before and agreed to talk and to share it."""
        self._count += 1
        number = self._count
        async with self.db.transaction() as conn:
            party = await self.people.find_or_make(
                conn, Address(channel, "suar", f"person-{number}")
            )
            now = self.clock.now() - waited
            lines = [
                await transcript.add(
                    conn,
                    party,
                    "person",
                    text,
                    at=now,
                    expires_at=now + timedelta(days=2),
                    reading=reading,
                )
                for text in shared
            ]
            case_id, _ = await cases.open_case(
                conn,
                party,
                clock=self.clock,
                lookup=self.people.lookup,
                reference=f"S-{1000 + number}",
                passphrase=(f"word{number}", "rain", "boat", "lamp"),
                risk=risk or Risk(RiskLevel.HIGH, ("document_confiscation",), "self"),
                wishes=wishes or {},
                locale=locale,
                share=lines,
            )
            for scope in (consent.TALK, consent.SHARE):
                await consent.record(
                    conn,
                    party,
                    scope,
                    granted=talks,
                    text_version="v1",
                    locale=locale,
                    at=now,
                    case_id=case_id,
                )
            # The waiting time that a test asks for.
            await cases._set_state(conn, case_id, waiting_since=now, opened_at=now)
        return case_id

    async def party_of(self, conn: AsyncConnection, case_id: UUID) -> Party:
        """Return the person of a case, locked."""
        row = await cases.lock(conn, case_id)
        return await self.people.get(conn, row.conversation_id)

    async def person_writes(self, case_id: UUID, text: str) -> None:
        """Let the person of a case write."""
        async with self.db.transaction() as conn:
            party = await self.party_of(conn, case_id)
            case = await cases.find_open(conn, party.conversation_id)
            assert case is not None
            await cases.relay(conn, party, case, text, now=self.clock.now())

    async def person_uses_safe_word(self, case_id: UUID, *, watched: bool) -> None:
        """Let the person of a case bring the quiz to their screen, or help back."""
        async with self.db.transaction() as conn:
            party = await self.party_of(conn, case_id)
            case = await cases.find_open(conn, party.conversation_id)
            assert case is not None
            await watching.note(conn, party, case, is_watched=watched, now=self.clock.now())

    async def person_answers(self, case_id: UUID, *, learn: bool) -> None:
        """Let the person of a case say whether Suar may learn from single messages of theirs."""
        async with self.db.transaction() as conn:
            party, now = await self.party_of(conn, case_id), self.clock.now()
            await consent.record(
                conn,
                party,
                consent.LEARN,
                granted=learn,
                text_version="v1",
                locale="id",
                at=now,
            )
            await marks.follow_consent(conn, party, granted=learn, at=now)

    async def person_leaves(self, case_id: UUID) -> None:
        """Let the person of a case leave."""
        async with self.db.transaction() as conn:
            party = await self.party_of(conn, case_id)
            case = await cases.find_open(conn, party.conversation_id)
            assert case is not None
            await cases.leave(conn, party, case, now=self.clock.now())
