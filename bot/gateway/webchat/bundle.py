"""The page's scripts and styles under addresses that change with what they hold, in as few requests as a bad line allows."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

YEAR_S = 365 * 24 * 3600
KEPT = {
    "Cache-Control": f"public, max-age={YEAR_S}, immutable",
    "X-Content-Type-Options": "nosniff",
}
SCRIPTS = (
    "store.js",
    "language.js",
    "links.js",
    "messages.js",
    "still.js",
    "line.js",
    "receipts.js",
    "typing.js",
    "files.js",
    "attach.js",
    "work.js",
    "app.js",
    "chat.js",
)
"""In the order in which they run; each is closed in itself."""


class Cached(StaticFiles):
    """Assets carry their fingerprint in the address, so a browser may keep them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """Give a file with leave to keep it."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(KEPT)
        return response


def bundle(folder: Path) -> bytes:
    """Return the page's scripts as one: on a slow line each request costs more than what it brings."""
    return b"\n".join((folder / name).read_bytes() for name in SCRIPTS)


def fingerprint(folders: Iterable[Path], *more: bytes) -> str:
    """Return what changes whenever a file of the folders, or something else, does."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.is_file():
                digest.update(path.read_bytes())
    for each in more:
        digest.update(each)
    return digest.hexdigest()[:10]
