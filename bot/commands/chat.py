"""`suar chat`: a conversation in the terminal, on the real database and the real language model."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import click
from pydantic import SecretStr

from bot.app import House, open_house
from bot.channels.terminal import NAME
from bot.commands.common import configured, running, tell
from bot.commands.understand import read_lines
from bot.conversation.attachments import said
from bot.conversation.trouble import offline
from bot.errors import SetupError, StoreUnavailable
from bot.hotline import cases
from bot.local.run import local_database, local_nlu
from bot.messages import VOICE, Address, Button, Incoming, IncomingKind, Outgoing
from bot.store import outbox
from bot.store.contacts import Party
from bot.store.migrate import migrate

ACCOUNT = "local"


@click.command()
@click.option("--locale", help="The language to begin with, such as id.")
@click.option("--jsonl", is_flag=True, help="For scripts: one JSON object a line, in and out.")
@running
async def chat(locale: str | None, jsonl: bool) -> None:
    """Talk to the bot. Each start is a new person; Ctrl-D ends it."""
    settings = configured(log_level="warning")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with (
        local_nlu(settings, tell) as (url, token),
        local_database(settings, tell) as dsn,
    ):
        await asyncio.to_thread(migrate, dsn)
        inside = settings.model_copy(update={"database_url": dsn, "nlu_url": url})
        if token:
            inside = inside.model_copy(update={"nlu_token": SecretStr(token)})
        async with open_house(inside) as house:
            talk = Talk(house, locale)
            await (_script(talk) if jsonl else _hand(talk))


@dataclass
class Talk:
    """One person at one terminal."""

    house: House
    locale: str | None
    address: Address = field(init=False)
    offered: tuple[Button, ...] = ()
    _count: int = 0

    def __post_init__(self) -> None:
        self.address = Address(NAME, ACCOUNT, self.house.clock.token(12))

    async def do(self, kind: IncomingKind, text: str) -> list[Outgoing]:
        """Do something as this person; return what the bot says."""
        self._count += 1
        event = f"{self.address.value}:{self._count}"
        incoming = Incoming(self.address, event, kind, text, self.locale)
        talk = self.house.conversations
        try:
            await talk.receive(incoming)
            return await self.look()
        except StoreUnavailable:
            return [offline(talk.content, self.locale or talk.default_locale)]

    async def typed(self, line: str) -> list[Outgoing]:
        """Take a line: the number of an option that stands on the screen, or words."""
        number = int(line) if line.isdecimal() and len(line) < 4 else 0
        if 0 < number <= len(self.offered):
            return await self.do(IncomingKind.BUTTON, self.offered[number - 1].id)
        return await self.do(IncomingKind.TEXT, line)

    async def look(self) -> list[Outgoing]:
        """Return what has come, and note what can be chosen there."""
        said = [*await self.collect(), *self._spoken()]
        if said:
            self.offered = tuple(button for message in said for button in message.buttons)
        return said

    async def collect(self) -> list[Outgoing]:
        """Take what waits in the outbox."""
        house = self.house
        async with house.db.transaction() as conn:
            party = await house.people.find(conn, self.address, lock=True)
            if party is None:
                return []
            now = house.clock.now()
            letters, _ = await outbox.take(
                conn, party, holder=house.holder.number, now=now, limit=100
            )
            await outbox.mark_sent(conn, [(letter.id, None) for letter in letters], now)
        return [self._told(letter.message, party) for letter in letters]

    def _told(self, message: Outgoing, party: Party) -> Outgoing:
        """Return a message as a terminal can show it: of a file, that it is there."""
        if message.file is None:
            return message
        talk = self.house.conversations
        here = said(talk.content, talk.state_of(party).locale, "here_unseen").text
        return replace(message, text=f"{message.text}\n{here}".strip())

    async def state(self) -> tuple[str | None, dict[str, str] | None]:
        """Return the conversation's language, and its open case."""
        async with self.house.db.transaction(durable=False) as conn:
            party = await self.house.people.find(conn, self.address)
            if party is None:
                return self.locale, None
            case = await cases.find_open(conn, party.conversation_id)
        found = {"reference": case.reference, "state": case.state} if case else None
        return party.locale, found

    def _spoken(self) -> list[Outgoing]:
        spoken = self.house.terminal.spoken
        mine = [message for address, message in spoken if address == self.address]
        spoken.clear()
        return mine


async def _script(talk: Talk) -> None:
    for number, data in read_lines():
        if isinstance(data.get("text"), str):
            said = await talk.do(IncomingKind.TEXT, data["text"])
        elif isinstance(data.get("button"), str):
            said = await talk.do(IncomingKind.BUTTON, data["button"])
        else:
            raise SetupError(f'line {number} has neither "text" nor "button"')
        language, case = await talk.state()
        answer = {
            "messages": [_json(message) for message in said],
            "language": language,
            "case": case,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))


async def _hand(talk: Talk) -> None:
    click.echo(shown(await talk.do(IncomingKind.START, "")), nl=False)
    loop = asyncio.get_running_loop()
    while True:
        click.echo("> ", nl=False)
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            return
        click.echo(shown(await talk.typed(line.rstrip("\n"))), nl=False)


def shown(said: Sequence[Outgoing]) -> str:
    """Return messages as they stand on the screen: what can be chosen is numbered through, and pictures are described."""
    lines, numbers = [], count(1)
    for message in said:
        lines += ["", message.text]
        for media in message.media:
            if media.kind == VOICE:
                lines.append(f"  [voice: {media.alt}]")
            else:
                lines += [f"  | {line}" for line in media.alt.splitlines()]
        lines += [f"  [{next(numbers)}] {button.title}" for button in message.buttons]
    return "".join(f"{line}\n" for line in lines)


def _json(message: Outgoing) -> dict[str, Any]:
    return {
        "text": message.text,
        "buttons": [{"id": button.id, "title": button.title} for button in message.buttons],
        "media": [{"kind": m.kind, "url": m.url, "alt": m.alt} for m in message.media],
    }
