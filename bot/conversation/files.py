"""Files from a person for a counsellor, and what a person is shown of a counsellor's.

What they send is fetched or received outside of any turn, scanned, and kept with the line it came with.

On Telegram a turn only notes that a file came, and asks for it in the same transaction (`bot.queue.FetchFile`); here it is fetched. The
web chat sends the bytes themselves, in a request of their own. Either way a file is one line, however often it comes.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.errors import SendError
from bot.conversation.attachments import said
from bot.conversation.service import Conversations
from bot.errors import ConsentMissing, NotFound, NotTaken
from bot.faults import fault_point
from bot.hotline import cases, consent
from bot.messages import MAX_FILE_BYTES, Address
from bot.scan import FileKind, Scanned, scan_beside
from bot.store import attachments, inbox, notices, receipts
from bot.store.attachments import Coming
from bot.store.contacts import Party
from bot.store.outbox import Letter

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(minutes=10)
MAX_IN_CASE = 40
"""So many files a case keeps; whoever sends more is asked for words."""
EVENTS = "web-files"


@dataclass(frozen=True)
class Files:
    """What is done with files."""

    conversations: Conversations

    async def fetch(self, number: UUID) -> None:
        """Fetch a file that a turn has noted, and keep it or tell the person why not; nothing where that is done.

        Raises:
            SendError: Its platform is away; it is to be tried again.
        """
        found = await self._find(number)
        if found is None:
            return
        party, coming = found
        try:
            file = await self._fetched(party, coming)
            fault_point("after_fetch")
            await self._keep(coming, file)
        except NotTaken as refused:
            await self._refuse(coming, refused.why)
        except NotFound:
            log.info("file_of_nobody")  # forgotten while it was fetched

    async def check_open(self, address: Address) -> None:
        """Make sure that somebody may send a file now, before anything of it is read.

        Raises:
            NotTaken: `not_now` (no counsellor will look at it), or `full`.
        """
        async with self.conversations.db.transaction(durable=False) as conn:
            party = await self.conversations.people.find(conn, address)
            if party is not None and party.ended:
                raise NotTaken("not_now")
            await self._open_case(conn, party)

    async def take(self, address: Address, event_id: str, data: bytes) -> Scanned:
        """Keep a file that a person has sent, as a line of theirs; one that comes again has no second effect.

        Raises:
            NotTaken: It is none that is taken, or nobody is there for it (any more). Nothing is kept.
        """
        file = await scan_beside(data)
        talk = self.conversations
        async with talk.db.transaction() as conn:
            party = await talk.people.find(conn, address, lock=True)
            case = await self._open_case(conn, party)
            assert party is not None  # who has a case is somebody
            if await inbox.once(conn, party, EVENTS, event_id):
                now, number = talk.clock.now(), talk.clock.new_id()
                line = await cases.relay(conn, party, case, "", now=now)
                await attachments.add(conn, party, case.id, line, file, number=number, at=now)
            fault_point("before_file_commit")
        log.info("file_kept", case=str(case.id), kind=file.kind.value)
        return file

    async def show(self, address: Address, number: UUID) -> tuple[FileKind, bytes]:
        """Return a file of a counsellor that has come to this person, and note that they have had it before their eyes.

        Raises:
            NotFound: There is none of that number for them, or somebody may be looking at the screen just now.
        """
        talk = self.conversations
        now = talk.clock.now()
        async with talk.db.transaction() as conn:
            party = await talk.people.find(conn, address)
            if party is None or party.ended or talk.state_of(party).is_covered(now):
                raise NotFound
            found = await attachments.find_shown(conn, party, number)
            if found is None:
                raise NotFound
            uid, kind, data = found
            await receipts.mark_read(conn, party.conversation_id, uid, now)
        return kind, data

    async def _open_case(self, conn: AsyncConnection, party: Party | None) -> cases.OpenCase:
        case = await cases.find_open(conn, party.conversation_id) if party else None
        if case is None or not await consent.holds(conn, case.id, consent.TALK):
            raise NotTaken("not_now")
        if await attachments.count(conn, case.id) >= MAX_IN_CASE:
            raise NotTaken("full")
        return case

    async def _find(self, number: UUID) -> tuple[Party, Coming] | None:
        talk = self.conversations
        async with talk.db.transaction(durable=False) as conn:
            coming = await attachments.find_coming(conn, number)
            if coming is None:
                return None
            try:
                return await talk.people.get(conn, coming.conversation_id), coming
            except NotFound:
                return None

    async def _fetched(self, party: Party, coming: Coming) -> Scanned:
        """Fetch and scan a file, if the person still agrees to talk."""
        talk = self.conversations
        async with talk.db.transaction(durable=False) as conn:
            await self._check_wanted(conn, coming)
        source = attachments.source_of(party, coming)
        channel = talk.delivery.channels.get(source.channel)
        if channel is None:
            raise NotTaken("lost")
        try:
            data = await channel.fetch(source.ref, limit=MAX_FILE_BYTES)
        except SendError as error:
            log.warning("file_not_fetched", error=error.code)
            if error.retryable and talk.clock.now() - coming.since < GIVE_UP_AFTER:
                raise
            raise NotTaken("lost") from None
        return await scan_beside(data)

    async def _keep(self, coming: Coming, file: Scanned) -> None:
        """Keep what was fetched. While that took its time the person may have left, so it is decided anew under their lock."""
        talk = self.conversations
        async with talk.db.transaction() as conn:
            party = await talk.people.get(conn, coming.conversation_id, lock=True)
            await self._check_wanted(conn, coming)
            if await attachments.keep(conn, party, coming.id, file):
                await notices.to_desk(conn, "message", coming.case_id)
            fault_point("before_file_commit")
        log.info("file_kept", case=str(coming.case_id), kind=file.kind.value)

    async def _check_wanted(self, conn: AsyncConnection, coming: Coming) -> None:
        """Make sure that the person still agrees to talk, and that there is room."""
        try:
            await consent.check(conn, coming.case_id, consent.TALK)
        except ConsentMissing:
            raise NotTaken("lost") from None
        if await attachments.count(conn, coming.case_id) >= MAX_IN_CASE:
            raise NotTaken("full")

    async def _refuse(self, coming: Coming, why: str) -> None:
        """Note that a file is not taken, and tell the person, unless somebody may be looking at their phone."""
        talk = self.conversations
        letters: Callable[[], list[Letter]] = list
        async with talk.db.batch() as batch:
            conn = await batch.connection()
            try:
                party = await talk.people.get(conn, coming.conversation_id, lock=True)
            except NotFound:
                return
            state = talk.state_of(party)
            if await attachments.refuse(conn, coming.id, why):
                await notices.to_desk(conn, "message", coming.case_id)
                if not state.is_covered(talk.clock.now()):
                    words = said(talk.content, state.locale, why)
                    letters = talk.add(batch, party, [words])
        log.info("file_refused", case=str(coming.case_id), why=why)
        made = letters()
        if made and talk.delivery.inline_holder(party.address.channel) is not None:
            await talk.delivery.deliver(party.address, made)


async def read_bounded(chunks: AsyncIterator[bytes], limit: int = MAX_FILE_BYTES) -> bytes:
    """Return what is sent piece by piece; no more than one piece over `limit` bytes is ever read.

    Raises:
        NotTaken: `too_large`.
    """
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > limit:
            raise NotTaken("too_large")
    return bytes(content)
