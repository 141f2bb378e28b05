"""The updates of one bot: kept until confirmed, fetched by long polling or pushed to a webhook.

Source: tdlib/telegram-bot-api, Client.cpp, `process_get_updates_query` and `abort_long_poll`.
The real server also slows down a bot that asks twice with the same offset or that fights over
the poll (3 s each); the fake does not, to keep tests short.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from tests.support.telegram_fake.errors import BotApiError
from tests.support.telegram_fake.records import Json

FIRST_UPDATE_ID = 700_000_001
UPDATE_KINDS = frozenset(
    {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "chat_member",
        "message_reaction",
        "message_reaction_count",
    }
)
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_DEFAULT_KINDS = UPDATE_KINDS - _NOT_BY_DEFAULT
_OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_SET = "Conflict: terminated by setWebhook request"

Listener = Callable[[Json], None]


class UpdateQueue:
    """Updates with their ids. Confirming is explicit, as with the real server."""

    def __init__(self) -> None:
        self.allowed: list[str] = []
        self.listener: Listener | None = None
        self._pending: dict[int, Json] = {}
        self._delivered: dict[int, Json] = {}
        self._again: deque[Json] = deque()
        self._next_id = FIRST_UPDATE_ID
        self._waiter: asyncio.Future[None] | None = None

    @property
    def pending(self) -> list[Json]:
        """The updates that the bot has not confirmed yet, oldest first."""
        return list(self._pending.values())

    def set_allowed(self, allowed: object) -> None:
        """Remember allowed_updates; anything but a list leaves the earlier choice in force."""
        if isinstance(allowed, list):
            self.allowed = [str(kind) for kind in allowed]

    def push(self, kind: str, payload: Json) -> int | None:
        """Add an update; return its id, or None when the bot does not want this kind."""
        if kind not in (self.allowed or _DEFAULT_KINDS):
            return None
        update_id = self._next_id
        self._next_id += 1
        update = {"update_id": update_id, kind: payload}
        self._pending[update_id] = update
        self._hand_over(update)
        return update_id

    def push_again(self, update_id: int) -> bool:
        """Deliver an update once more, confirmed or not; False when it is unknown."""
        update = self._pending.get(update_id) or self._delivered.get(update_id)
        if update is None:
            return False
        if self.listener is None and update_id not in self._pending:
            self._again.append(update)
        self._hand_over(update)
        return True

    def forget(self, update_id: int) -> None:
        """Confirm one update."""
        if update := self._pending.pop(update_id, None):
            self._delivered[update_id] = update

    def drop(self) -> None:
        """Throw away everything that is pending."""
        self._pending.clear()
        self._again.clear()

    async def get(self, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """Answer one getUpdates.

        Args:
            offset: Updates below it are confirmed; negative counts from the end.
            limit: 1 to 100.
            timeout_s: How long to wait when there is nothing, seconds.

        Raises:
            BotApiError: 409 when another poll or a webhook ended this one.
        """
        self.interrupt(BotApiError(409, _OTHER_POLL))
        self._confirm_before(offset)
        if timeout_s > 0 and not self._pending and not self._again:
            await self._wait(timeout_s)
        return self._batch(limit)

    def interrupt(self, reason: BotApiError | None) -> None:
        """End a waiting poll, with an error or (None) with whatever there is."""
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if reason:
            waiter.set_exception(reason)
        else:
            waiter.set_result(None)

    def _hand_over(self, update: Json) -> None:
        if self.listener:
            self.listener(update)
        else:
            self.interrupt(None)

    def _confirm_before(self, offset: int) -> None:
        if offset < 0:
            keep = list(self._pending)[offset:]
            offset = keep[0] if keep else 0
        while self._pending and (first := next(iter(self._pending))) < offset:
            self.forget(first)

    def _batch(self, limit: int) -> list[Json]:
        batch: list[Json] = []
        while self._again and len(batch) < limit:
            # A repeated update goes first: a client takes the last id of a batch for its offset.
            batch.append(self._again.popleft())
        room = limit - len(batch)
        return batch + list(self._pending.values())[:room]

    async def _wait(self, timeout_s: float) -> None:
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await waiter
        except TimeoutError:
            pass
        finally:
            if self._waiter is waiter:
                self._waiter = None
