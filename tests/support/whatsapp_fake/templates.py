"""Meta's templates: taken in after a look at their form, listed page by page, and looked up when one is sent."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.support.whatsapp_fake.meta import ACCOUNT_ID, Json

LANGUAGES = frozenset(
    {"ar", "bn", "en", "fa", "fil", "id", "ms", "ta", "th", "ur", "vi", "zh_CN", "en_GB"}
)
CATEGORIES = frozenset({"UTILITY", "MARKETING", "AUTHENTICATION"})
PER_PAGE = 25
"""What Meta gives where nobody says how many."""
MAX_BODY = 1024
MAX_TITLE = 25
MAX_REPLIES = 10


class NotSent(Exception):
    """A template cannot be sent; `code` says why."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


@dataclass
class Templates:
    """What Meta has of one account."""

    listed: dict[tuple[str, str], Json] = field(default_factory=dict)
    approves: bool = False
    """A new one is approved at once."""
    examples: dict[str, bytes] = field(default_factory=dict)
    """Pictures that were uploaded for its reader, by their handles."""
    created: int = 0
    """How often one was to be created, whatever came of it."""
    page: int = PER_PAGE
    """So many at most stand on one page."""
    fault: Callable[[], Response | None] = lambda: None
    _numbers: "count[int]" = field(default_factory=lambda: count(594425479261596))

    async def create(self, request: Request) -> Response:
        """Take a template in."""
        if (broken := self.fault()) is not None:
            return broken
        if request.path_params["account"] != ACCOUNT_ID:
            return refused(100, 33, "Unsupported post request", "Object does not exist")
        self.created += 1
        body: Json = await request.json()
        problem = _problem(body) or self._header_problem(body)
        if problem is not None:
            return refused(100, *problem)
        key = (body["name"], body["language"])
        if key in self.listed:
            words = "There is already content in this language"
            return refused(100, 2388024, "Content in This Language Already Exists", words)
        status = "APPROVED" if self.approves else "PENDING"
        made = {**body, "id": str(next(self._numbers)), "status": status}
        self.listed[key] = made
        return JSONResponse({name: made[name] for name in ("id", "status", "category")})

    def _header_problem(self, body: Json) -> tuple[int, str, str] | None:
        header = next((each for each in body["components"] if each["type"] == "HEADER"), None)
        if header is None:
            return None
        if header.get("format") != "IMAGE" or set(header) != {"type", "format", "example"}:
            return 2388012, "Invalid header", "Unexpected key, or unknown format"
        handles = header["example"].get("header_handle", [])
        if len(handles) != 1 or handles[0] not in self.examples:
            return 2388273, "Missing sample", "A header with a picture has an example of it"
        return None

    async def show(self, request: Request) -> Response:
        """Give a page of the list."""
        if (broken := self.fault()) is not None:
            return broken
        if request.path_params["account"] != ACCOUNT_ID:
            return refused(100, 33, "Unsupported get request", "Object does not exist")
        asked = request.query_params
        size = min(int(asked.get("limit", PER_PAGE)), self.page)
        start = int(asked.get("after", "0"))
        every = list(self.listed.values())
        fields = asked.get("fields", "name,language,status,category,id").split(",")
        given = [
            {"rejected_reason": "NONE", "quality_score": {"score": "UNKNOWN"}, **each}
            for each in every[start : start + size]
        ]
        data = [{name: each[name] for name in ("id", *fields) if name in each} for each in given]
        end = start + len(data)
        paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(every):
            paging["next"] = f"https://graph.facebook.com/next?after={end}"
        return JSONResponse({"data": data, "paging": paging} if data else {"data": []})

    def set(self, name: str, language: str, **values: object) -> None:
        """Change what Meta thinks of a template."""
        self.listed[name, language].update(values)

    def check(self, body: Json) -> None:
        """Make sure that a template can be sent.

        Raises:
            NotSent: It cannot.
        """
        found = self.listed.get((body["name"], body["language"]["code"]))
        if found is None or found["status"] in {"PENDING", "REJECTED", "DELETED"}:
            raise NotSent(132001)
        if found["status"] in {"PAUSED", "DISABLED"}:
            raise NotSent(132015 if found["status"] == "PAUSED" else 132016)
        parts = {each["type"].upper(): each for each in found["components"]}
        given = [each for each in body.get("components", ()) if each["type"] == "body"]
        values = [value for each in given for value in each["parameters"]]
        if len(values) != len(_gaps(parts["BODY"]["text"])):
            raise NotSent(132000)
        shown = [each for each in body.get("components", ()) if each["type"] == "header"]
        kinds = [value["type"] for each in shown for value in each["parameters"]]
        if kinds != (["image"] if "HEADER" in parts else []):
            raise NotSent(132012)
        pressed = [each for each in body.get("components", ()) if each["type"] == "button"]
        replies = parts.get("BUTTONS", {"buttons": []})["buttons"]
        for each in pressed:
            payloads = [value["payload"] for value in each["parameters"]]
            if int(each["index"]) >= len(replies) or not all(0 < len(p) <= 128 for p in payloads):
                raise NotSent(131009)

    def words(self, body: Json) -> str:
        """Return what a person reads of a template that was sent."""
        found = self.listed[body["name"], body["language"]["code"]]
        text = next(each["text"] for each in found["components"] if each["type"] == "BODY")
        given = [each for each in body.get("components", ()) if each["type"] == "body"]
        values = [value["text"] for each in given for value in each["parameters"]]
        for number, value in enumerate(values, start=1):
            text = text.replace(f"{{{{{number}}}}}", value)
        return str(text)


def payloads_of(sent: Json) -> list[str]:
    """Return what the buttons of a template that was sent mean."""
    parts = sent["template"].get("components", ())
    return [each["parameters"][0]["payload"] for each in parts if each["type"] == "button"]


def refused(code: int, subcode: int, title: str, words: str) -> Response:
    """Return an error as Meta writes it where somebody has to mend a form."""
    error = {
        "message": "Invalid parameter",
        "type": "OAuthException",
        "code": code,
        "error_subcode": subcode,
        "is_transient": False,
        "error_user_title": title,
        "error_user_msg": words,
        "fbtrace_id": "Az8",
    }
    return JSONResponse({"error": error}, 400)


def _problem(body: Json) -> tuple[int, str, str] | None:
    """Return what is wrong with the form of a template."""
    if not re.fullmatch(r"[a-z0-9_]{1,512}", body.get("name", "")):
        return 2388042, "Invalid name", "Use lower case letters, digits and underscores"
    if body.get("language") not in LANGUAGES:
        return 2388040, "Invalid language", "This language is not supported"
    if body.get("category") not in CATEGORIES:
        return 2388041, "Invalid category", "Unknown category"
    parts = {each["type"]: each for each in body.get("components", ())}
    if "BODY" not in parts:
        return 2388043, "Missing body", "A template has a body"
    return _body_problem(parts["BODY"]) or _buttons_problem(parts.get("BUTTONS"))


def _body_problem(part: Json) -> tuple[int, str, str] | None:
    text, gaps = part["text"], _gaps(part["text"])
    if not 0 < len(text) <= MAX_BODY or re.search(r"\t| {5}|\n{3}", text):
        return 2388047, "Invalid body", "Too long, or with characters that are not allowed"
    if gaps != list(range(1, len(gaps) + 1)):
        return 2388047, "Invalid variables", "Variables are numbered from one"
    if (gaps and re.match(r"\s*\{\{", text)) or re.search(r"\}\}\W*$", text):
        said = "Variables can't be at the start or end of the template"
        return 2388299, said, said
    samples = part.get("example", {}).get("body_text", [[]])[0]
    if len(samples) != len(gaps):
        return 2388043, "Missing sample", "Every variable has a sample"
    return None


def _buttons_problem(part: Json | None) -> tuple[int, str, str] | None:
    titles = [each["text"] for each in part["buttons"]] if part else []
    if len(titles) > MAX_REPLIES or len(set(titles)) != len(titles):
        return 2388060, "Invalid buttons", "Too many, or two that read the same"
    if not all(0 < len(title) <= MAX_TITLE for title in titles):
        return 2388060, "Invalid buttons", "At most 25 characters"
    return None


def _gaps(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\{\{(\d+)\}\}", text)]
