"""Meta for a benchmark: takes what Suar sends, and posts signed webhooks with what people do and what became of the messages."""

import hashlib
import hmac
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.local import processes

PHONE_ID = "100000000000001"
SECRET = "only-for-the-local-fake"  # noqa: S105  # opens nothing
PEOPLE = 500
BUTTONS = (
    "menu.main",
    "menu.main.questions",
    "menu.main.language",
    "topics.pick.would_be_migrant",
)
WORDS = ("halo", "menu", "is my passport mine?", "gaji saya tidak dibayar", "apa itu trafficking?")
STATUSES = ("sent", "delivered", "read")


@dataclass
class Meta:
    """What Suar has sent, and what Meta has not told of it yet."""

    url: str = ""
    sent: int = 0
    untold: deque[dict[str, Any]] = field(default_factory=deque)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        """Return what is served: messages, marks of reading, and our own number."""
        app = web.Application()
        app.router.add_post("/{version}/{phone}/messages", self._take)
        app.router.add_get("/{version}/{node}", self._node)
        return app

    async def _node(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"id": PHONE_ID, "display_phone_number": "+62 811 0000 000"})

    async def _take(self, request: web.Request) -> web.Response:
        data = await request.json()
        if data.get("status") == "read":
            return web.json_response({"success": True})
        message_id = f"wamid.bench{next(self._numbers)}"
        self.sent += 1
        for status in STATUSES:
            self.untold.append(
                {
                    "id": message_id,
                    "status": status,
                    "timestamp": "1795420801",
                    "recipient_user_id": data.get("recipient"),
                    "biz_opaque_callback_data": data.get("biz_opaque_callback_data"),
                    "pricing": {"billable": False, "pricing_model": "PMP", "category": "service"},
                }
            )
        return web.json_response({"messages": [{"id": message_id}]})

    def value(self, events: int, share_of_statuses: float) -> dict[str, Any]:
        """Return the value of a change with so many events, of which about a share are statuses."""
        statuses = min(len(self.untold), round(events * share_of_statuses))
        told = [self.untold.popleft() for _ in range(statuses)]
        people = [self._person() for _ in range(events - statuses)]
        value: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "628110000000", "phone_number_id": PHONE_ID},
        }
        if people:
            value["contacts"] = [contact for contact, _ in people]
            value["messages"] = [message for _, message in people]
        return {**value, "statuses": told} if told else value

    def _person(self) -> tuple[dict[str, Any], dict[str, Any]]:
        number = next(self._numbers)
        user_id = f"ID.4{number % PEOPLE:018}"
        message: dict[str, Any] = {
            "from_user_id": user_id,
            "id": f"wamid.person{number}",
            "timestamp": "1795420800",
        }
        if number % 2:
            message |= {"type": "text", "text": {"body": WORDS[number % len(WORDS)]}}
        else:
            reply = {"id": BUTTONS[number % len(BUTTONS)], "title": "T"}
            message |= {
                "type": "interactive",
                "interactive": {"type": "button_reply", "button_reply": reply},
            }
        return {"profile": {"name": "S"}, "user_id": user_id}, message


def signed(value: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Return a call of the webhook, with its signature."""
    change = {"field": "messages", "value": value}
    entry = {"id": "1", "changes": [change]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return body, {"X-Hub-Signature-256": f"sha256={made}", "Content-Type": "application/json"}


@asynccontextmanager
async def running_meta() -> AsyncIterator[Meta]:
    """Serve on the loopback interface while the block lasts."""
    meta, port = Meta(), processes.free_port()
    meta.url = f"http://127.0.0.1:{port}"
    runner = web.AppRunner(meta.app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield meta
    finally:
        await runner.cleanup()
