"""The line's way in: files in a folder, each one thing that somebody did."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot.channels.errors import SendError
from bot.conversation.service import Conversations
from bot.conversation.trouble import offline
from bot.errors import StoreUnavailable
from bot.messages import Address, Incoming, IncomingKind
from tests.support.line.channel import NAME, Line

log = structlog.get_logger(__name__)

ACCOUNT = "modem"


@dataclass
class LineGateway:
    """Feeds what comes in on the line to the conversations."""

    channel: Line
    conversations: Conversations

    async def take_all(self) -> None:
        """Take what has come in, in the order of its names; what cannot be kept stays where it is."""
        for file in sorted((self.channel.folder / "in").glob("*.json")):
            try:
                await self._take(file)
            except StoreUnavailable:
                return
            # Only now: what is durable is not needed again, and what comes again has no second effect.
            file.unlink()

    async def _take(self, file: Path) -> None:
        incoming = read_file(file)
        if incoming is None:
            log.warning("line_malformed")
            return
        try:
            await self.conversations.receive(incoming)
        except StoreUnavailable:
            await self._say_broken(incoming)
            raise

    async def _say_broken(self, incoming: Incoming) -> None:
        talk = self.conversations
        try:
            await self.channel.say_now(
                incoming.address, offline(talk.content, talk.default_locale)
            )
        except SendError as error:
            log.warning("not_even_said", error=error.code)


def read_file(file: Path) -> Incoming | None:
    """Return what somebody did; None for what is none of ours. The file's name is the event's id."""
    try:
        data: Any = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return None
    match data:
        case {"from": str(person), "text": str(text)} if person.isalnum():
            address = Address(NAME, ACCOUNT, person)
            return Incoming(address, file.stem, IncomingKind.TEXT, text)
        case {"from": str(person), "stopped": bool(stopped)} if person.isalnum():
            kind = IncomingKind.BLOCKED if stopped else IncomingKind.UNBLOCKED
            return Incoming(Address(NAME, ACCOUNT, person), file.stem, kind)
        case _:
            return None
