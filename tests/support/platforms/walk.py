"""Walks a golden conversation on a platform: every act goes through its gateway, and what is seen there is held against what the turn says."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.channels.fit import fit
from bot.content.load import Content
from bot.conversation.answering import Answer
from bot.messages import FILES_TAKEN, Button, IncomingKind, Outgoing
from bot.prover.golden import Golden, Turn
from bot.prover.replay import Played, _prepare, replay
from bot.prover.talk import Talk
from bot.store import contacts
from tests.support.platforms.platform import NotPossible, Platform, Seen, Visitor
from tests.support.platforms.stage import Stage, without_database
from tests.support.platforms.web import WebVisitor

ELLIPSIS = "\u2026"
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"^\d+\. ")
_DOES = {"blocks": IncomingKind.BLOCKED, "unblocks": IncomingKind.UNBLOCKED}


@dataclass
class Walk:
    """One golden conversation on one platform."""

    content: Content
    platform: Platform
    stage: Stage
    golden: Golden
    visitor: Visitor
    talk: Talk

    @classmethod
    async def begin(
        cls, content: Content, platform: Platform, stage: Stage, golden: Golden
    ) -> "Walk":
        """Let somebody new stand where the conversation begins."""
        make = Talk.greeted if golden.greeted else Talk.new
        talk = make(content, golden.locale, chosen=golden.chosen)
        talk.state = replace(talk.state, memory=golden.remembers)
        visitor = await platform.visitor()
        stage.talk, stage.golden = talk, golden
        platform.house.conversations.default_locale = golden.locale
        platform.house.clock.at = talk.now
        async with platform.house.db.batch() as batch:
            party = await platform.house.people.find_or_make(
                await batch.connection(), visitor.address
            )
            state = talk.state
            contacts.save_state(batch, party, state.to_json(), locale=state.locale, at=talk.now)
        # A page that is open already, where there are pages: it may be that nobody can look later.
        await visitor.new()
        return cls(content, platform, stage, golden, visitor, talk)

    async def differences(self) -> list[str]:
        """Play every turn; return what was seen otherwise than it is said, in words for whoever mends it."""
        found: list[str] = []
        for played in replay(self.content, self.golden):
            # Where one turn went otherwise, the rest tells nothing more.
            if found:
                break
            seen = await self._play(played)
            found += [f"turn {played.number}: {each}" for each in compare(played.messages, seen)]
        return found

    async def _play(self, played: Played) -> list[Seen]:
        turn = played.turn
        self.stage.turn = turn
        _prepare(self.talk, turn)
        self.platform.house.clock.at = self.talk.now
        can = self.platform.channel.capabilities
        expect = len(fit(played.messages, can))
        if turn.broken == "database":
            with without_database():
                return await self._act(turn, expect)
        return await self._act(turn, expect)

    async def _act(self, turn: Turn, expect: int) -> list[Seen]:
        """Do what the turn says; what nobody can do here happens as if they could."""
        try:
            seen = await self._there(turn, expect)
        except NotPossible:
            kind, text = _as_event(turn)
            return await self.visitor.beside(kind, text, expect)
        # On a busy machine a page collects the answer after what it asked for next: another task of the server brings it.
        if len(seen) < expect and isinstance(self.visitor, WebVisitor):
            with suppress(TimeoutError):
                seen += await self.visitor.new(expect - len(seen))
        return seen

    async def _there(self, turn: Turn, expect: int) -> list[Seen]:
        who = self.visitor
        if turn.text is not None:
            if len(turn.text * turn.times) > who.longest:
                raise NotPossible
            return await who.write(turn.text * turn.times)
        if turn.press is not None:
            return await who.press(turn.press)
        if turn.start is not None:
            return await who.start(turn.start)
        if turn.sends is not None:
            return await who.send_file(turn.sends)
        if turn.does == "blocks":
            await who.block()
            return []
        if turn.does == "unblocks":
            return await who.unblock()
        await self._end_talk()
        return await who.new(expect)

    async def _end_talk(self) -> None:
        """Say what the bot says when a counsellor has ended the talk, as the desk has it said."""
        service = self.platform.house.conversations
        result = self.talk.end_talk().result
        assert result is not None
        answer = Answer(self.visitor.address)
        async with service.db.batch() as batch:
            conn = await batch.connection()
            party = await service.people.find_or_make(conn, self.visitor.address, lock=True)
            service.saying.write(batch, party, result, answer, at=None)
        await service.saying.send(answer)


def _as_event(turn: Turn) -> tuple[IncomingKind, str]:
    """Return a turn's act as the event that the platform would have made of it."""
    if turn.text is not None:
        return IncomingKind.TEXT, turn.text * turn.times
    if turn.press is not None:
        return IncomingKind.BUTTON, turn.press
    if turn.start is not None:
        return IncomingKind.START, turn.start
    if turn.sends is not None:
        assert turn.sends in FILES_TAKEN
        return IncomingKind.UNREADABLE, turn.sends
    return _DOES[turn.does or ""], ""


def compare(said: Sequence[Outgoing], seen: Sequence[Seen]) -> Iterator[str]:
    """Yield what was not seen as it was said: the same words but for where they are cut, and the same choices in the same order."""
    wanted = _words(message.text for message in said)
    got = _words(each.text for each in seen)
    if wanted != got:
        yield f"said {wanted!r}, seen {got!r}"
    buttons = [button for message in said for button in message.buttons]
    choices = [choice for each in seen for choice in each.choices]
    # A list with pages keeps the ways to a person and to the menu on each page: there only the choices are the same.
    if sorted(each.id for each in buttons) != sorted(each.id for each in choices):
        yield f"offered {[b.id for b in buttons]}, seen {[c.id for c in choices]}"
        return
    titles = {choice.id: choice.title for choice in choices}
    yield from (
        f"titled {button.title!r}, seen {titles[button.id]!r}"
        for button in buttons
        if not _reads_as(titles[button.id], button)
    )


def _words(texts: object) -> str:
    """Return words without the space between them, which goes where a text is cut, and without what stands for no words."""
    assert hasattr(texts, "__iter__")
    return "".join(_SPACE.sub("", text) for text in texts if text != ELLIPSIS)


def _reads_as(title: str, button: Button) -> bool:
    """Tell whether a title is the button's, perhaps numbered, perhaps cut."""
    for each in (title, _NUMBER.sub("", title)):
        begins = each.endswith(ELLIPSIS) and button.title.startswith(
            each.rstrip(ELLIPSIS).rstrip()
        )
        if each == button.title or begins:
            return True
    return False
