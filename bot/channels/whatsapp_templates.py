"""Templates at Meta: what stands in its list, and how one is submitted. Through pywa; see `bot.channels.whatsapp`.

Source: https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from pywa.errors import WhatsAppError
from pywa_async.api import GraphAPIAsync

from bot.channels.approval import Approval, Listed, NotTaken, Taken
from bot.channels.errors import Misconfigured, Rejected, TemplateRefused
from bot.channels.whatsapp import send_error
from bot.messages import Picture
from bot.store.templates import PICTURE, Wanted, picture_of

log = structlog.get_logger(__name__)

FIELDS = ("id", "name", "language", "status", "category", "rejected_reason", "quality_score")
PAGE = 100
MAX_PAGES = 100
APP = "app"
FindPicture = Callable[[str], Awaitable[Picture | None]]
"""Finds a picture by its address (`Media.url`); None: there is none."""
ALREADY_THERE = 2388024
"""The subcode of Meta's answer to a template that exists in that language."""


@dataclass(frozen=True)
class TemplateApi(Approval):
    """The templates of one account."""

    api: GraphAPIAsync = field(repr=False)
    account: str
    find_picture: FindPicture | None = None
    """None: no template with a picture can be submitted."""

    async def list_all(self) -> list[Listed]:
        """See `Approval.list_all`; Meta gives it page by page."""
        found: list[Listed] = []
        after: str | None = None
        for _ in range(MAX_PAGES):
            page = await self._page(after)
            found += [made for each in _list(page, "data") if (made := _listed(each))]
            paging = page.get("paging")
            paging = paging if isinstance(paging, Mapping) else {}
            cursors = paging.get("cursors")
            after = cursors.get("after") if isinstance(cursors, Mapping) else None
            if "next" not in paging or not after:
                return found
        log.warning("templates_without_end", pages=MAX_PAGES)
        return found

    async def submit(self, wanted: Wanted) -> Taken | NotTaken:
        """See `Approval.submit`."""
        picture = await self._picture(wanted)
        if picture is None and picture_of(wanted.components):
            log.warning("template_without_picture", name=wanted.name)
            return NotTaken("")
        body: dict[str, Any] = {
            "name": wanted.name,
            "language": wanted.language,
            "category": wanted.category.upper(),
        }
        try:
            example = await self._upload_example(picture) if picture else ""
            body["components"] = [_with_example(each, example) for each in wanted.components]
            answer = await self.api.create_template(self.account, body)
            return Taken(str(answer["status"]), str(answer.get("category", wanted.category)))
        except WhatsAppError as error:
            if error.subcode == ALREADY_THERE:
                return Taken("PENDING", wanted.category)
            problem = send_error(error)
            if isinstance(problem, Rejected | TemplateRefused):
                said = error.user_msg or error.details or error.message
                return NotTaken(f"{error.user_title}: {said}" if error.user_title else said)
            # Without a cause, as everywhere: the library's errors say more than a log should.
            raise problem from None
        except Exception as error:
            raise send_error(error) from None

    async def _picture(self, wanted: Wanted) -> Picture | None:
        address = picture_of(wanted.components)
        if not address or self.find_picture is None:
            return None
        return await self.find_picture(address)

    async def _upload_example(self, picture: Picture) -> str:
        """Give Meta the picture that its reader is to see; return the handle, which is good for a day.

        Source: https://developers.facebook.com/docs/graph-api/guides/upload (`app` stands for the app of the token)
        """
        session = await self.api.create_upload_session(
            APP, "picture", len(picture.data), picture.mime
        )
        made = await self.api.upload_file(str(session["id"]), picture.data)
        return str(made["h"])

    async def _page(self, after: str | None) -> Mapping[str, Any]:
        paging = {"limit": PAGE} if after is None else {"limit": PAGE, "after": after}
        try:
            page = await self.api.get_templates(self.account, fields=FIELDS, pagination=paging)
        except Exception as error:
            problem = send_error(error)
            # Meta does not know the account, or we may not read it.
            raise (Misconfigured() if isinstance(problem, Rejected) else problem) from None
        return page


def _with_example(component: Mapping[str, Any], example: str) -> dict[str, Any]:
    """Return a component as Meta wants it: the header's picture by the handle of an example."""
    shown = {name: value for name, value in component.items() if name != PICTURE}
    if PICTURE in component:
        shown["example"] = {"header_handle": [example]}
    return shown


def _listed(data: Mapping[str, Any]) -> Listed | None:
    """Return a template of the list; None for what is none."""
    texts = [data.get(name) for name in ("name", "language", "status")]
    if not all(isinstance(text, str) and text for text in texts):
        return None
    name, language, status = (str(text) for text in texts)
    reason, score = data.get("rejected_reason"), data.get("quality_score")
    quality = score.get("score") if isinstance(score, Mapping) else score
    return Listed(
        name, language, status, str(data.get("category", "")).lower(),
        reason if isinstance(reason, str) and reason != "NONE" else None,
        quality if isinstance(quality, str) else None,
    )  # fmt: skip


def _list(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    found = data.get(key)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
