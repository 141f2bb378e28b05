"""A file of a talk, given out as what it is and as nothing that a browser could run."""

import re
from uuid import UUID

from starlette.responses import Response

from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import FILE_POLICY
from bot.desk.web.talk_page import case_of
from bot.hotline.access import access_file
from bot.scan import CONTENT_TYPES, NEUTRAL_NAMES, FileKind

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


async def show(desk: Desk, visit: Visit) -> Response:
    """Give out a file that `staff` may read now; that it was opened is on disk before."""
    file_id: UUID = visit.request.path_params["file_id"]
    async with desk.services.db.transaction() as conn:
        kind, data = await access_file(
            conn, desk.services.people, visit.staff, case_of(visit), file_id
        )
    # A PDF is shown by no page of ours: what it can do in a reader is beyond what we can look through.
    way = "attachment" if kind is FileKind.PDF else "inline"
    headers = {
        "content-disposition": f'{way}; filename="{NEUTRAL_NAMES[kind]}"',
        "content-security-policy": FILE_POLICY,
        "accept-ranges": "bytes",
        # What is pressed already, and asked for in parts, is not to be zipped on its way.
        "content-encoding": "identity",
    }
    return answer_with(data, visit.request.headers.get("range", ""), CONTENT_TYPES[kind], headers)


def answer_with(data: bytes, wanted: str, content_type: str, headers: dict[str, str]) -> Response:
    """Return all of it, or the one part that is asked for: some browsers play sound in no other way."""
    found = _RANGE.fullmatch(wanted)
    start = int(found[1]) if found else 0
    if not found or start >= len(data):
        return Response(data, media_type=content_type, headers=headers)
    end = min(int(found[2] or len(data)) + 1, len(data))
    headers["content-range"] = f"bytes {start}-{end - 1}/{len(data)}"
    return Response(data[start:end], 206, headers, content_type)
