"""The outward HTTP surface as docs/openapi.yml describes it: what is generated from it is answered as it says, and nothing ever with 500."""

import os
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.gateway.telegram import SECRET_HEADER
from bot.gateway.whatsapp import SIGNATURE_HEADER
from tests.support.files import picture
from tests.support.front import (
    SESSION,
    TELEGRAM_SECRET,
    VERIFY,
    Front,
    open_front,
    refusing_connections,
)
from tests.support.openapi import (
    BASE,
    named_in,
    operations_of,
    read_document,
    request_of,
    served_by,
    with_headers,
    with_known,
    with_messages,
    with_short_lists,
)
from tests.support.shapes import shapes
from tests.support.whatsapp_fake.meta import PHONE_ID, raw, sign

KNOWN = {
    "hub.verify_token": [VERIFY],
    "phone_number_id": [PHONE_ID],
    "X-Chat-Session": [SESSION],
    "address": ["menu:menu.main@id.png", "picture:00000000-0000-4000-8000-000000000000@id.png"],
    "path": ["sign-in", "tabler.min.css", "results.css", "icon-192.png", "chat.css"],
}
"""What only this installation knows, so that what is generated comes to both sides of it."""
DOCUMENT = read_document()
OPERATIONS = operations_of(with_messages(with_short_lists(with_known(DOCUMENT, KNOWN))))
NOBODYS = "00000000-0000-4000-8000-000000000000"
PATHS = {name: each.path for name, each in OPERATIONS.items()}
WEBHOOKS = {"takeTelegramUpdate", "takeWhatsAppEvents"}
EXPECTED = {
    "takeTelegramUpdate": ("telegram", [403, 403, 403]),
    "takeWhatsAppEvents": ("whatsapp", [401, 403, 403]),
}
"""What becomes of a request without a proof, with another one, and with that of other bytes."""
WRONG = {
    "form_no_object",
    "text_invalid_from",
    "text_invalid_timestamp",
    "text_invalid_user_id",
}
"""Recorded payloads that were made wrong on purpose, and are taken all the same."""
CONFORMS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODES = {"fitting": GenerationMode.POSITIVE, "unfitting": GenerationMode.NEGATIVE}
EXAMPLES = int(os.environ.get("SUAR_FUZZ_EXAMPLES", "0"))
"""Set, so many new requests are tried for each operation; else always the same ones, few enough for every day."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


def cases_of(name: str, mode: str) -> list[Case]:
    """Return requests for an operation, as they are made from its description."""
    found: list[Case] = []

    @settings(
        max_examples=EXAMPLES or (30 if name in WEBHOOKS else 15),
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(OPERATIONS[name].as_strategy(generation_mode=MODES[mode]))
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def front(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """Suar as somebody outside meets it."""
    async with open_front(dsn, tmp_path_factory.mktemp("data")) as made:
        yield made


def proven(operation: str, request: httpx.Request) -> httpx.Request:
    """Return a request as the platform itself would send it: its very bytes are signed, whatever they are."""
    if operation == "takeWhatsAppEvents":
        signature = sign(request.content)["X-Hub-Signature-256"]
        return with_headers(request, {SIGNATURE_HEADER: signature})
    if operation == "takeTelegramUpdate":
        return with_headers(request, {SECRET_HEADER: TELEGRAM_SECRET})
    return request


def modes_of(name: str) -> list[str]:
    """Return how requests for an operation can be made; without a parameter or a body there is nothing that could not fit."""
    operation = OPERATIONS[name]
    parts = (operation.query, operation.headers, operation.path_parameters, operation.body)
    return list(MODES) if any(parts) else ["fitting"]


async def test_the_document_names_what_is_there(front: Front) -> None:
    """Each route of the web role stands in the document, and the document names none that is not there."""
    assert named_in(DOCUMENT) == served_by(front.app.routes)


@pytest.mark.parametrize("name", sorted(WEBHOOKS))
async def test_what_fits_is_read(front: Front, name: str) -> None:
    """What is generated for a webhook comes to the code that reads it: people are known, and what they do is kept and answered."""
    before = await front.kept()
    for case in cases_of(name, "fitting"):
        await front.send(proven(name, request_of(case)))
    after = await front.kept()
    assert after[0] > before[0]
    assert after[1] > before[1]


@pytest.mark.parametrize(
    ("name", "mode"), [(name, mode) for name in OPERATIONS for mode in modes_of(name)]
)
async def test_each_answer_is_as_described(front: Front, name: str, mode: str) -> None:
    """Whatever is sent, fitting the description or not, is answered with a status, headers and a body that stand there, and never with 5xx."""
    for case in cases_of(name, mode):
        case.validate_response(await front.send(proven(name, request_of(case))), CONFORMS)


@pytest.mark.parametrize("name", sorted(WEBHOOKS))
async def test_no_generated_proof_is_one(front: Front, name: str) -> None:
    """A proof that is only of the right form is none: 401 or 403 as described, and nothing is stored."""
    before = await front.kept()
    for case in cases_of(name, "fitting"):
        answer = await front.send(request_of(case))
        case.validate_response(answer, CONFORMS)
        assert answer.status_code in {401, 403}
    assert await front.kept() == before


@pytest.mark.parametrize("name", sorted(WEBHOOKS))
async def test_nobody_else_is_heard(front: Front, name: str) -> None:
    """Each recorded payload without the platform's proof is refused with 401 or 403, and nothing of it is stored."""
    before = await front.kept()
    await _deliver(front, name)
    assert await front.kept() == before


async def _deliver(front: Front, name: str) -> None:
    platform, expected = EXPECTED[name]
    for shape in shapes(platform).values():
        request = httpx.Request("POST", BASE + PATHS[name], content=raw(shape))
        codes = [(await front.send(each)).status_code for each in _unproven(name, request)]
        assert codes == expected


def _unproven(name: str, request: httpx.Request) -> list[httpx.Request]:
    """Return a request without a proof, with somebody else's, and with that of other bytes."""
    if name == "takeTelegramUpdate":
        wrong = ("another", TELEGRAM_SECRET + " x")
        return [request, *(with_headers(request, {SECRET_HEADER: each}) for each in wrong)]
    forged = (sign(request.content, "another"), sign(request.content + b" "))
    return [request, *(with_headers(request, each) for each in forged)]


@pytest.mark.parametrize("platform", ["telegram", "whatsapp"])
async def test_what_is_recorded_is_described(platform: str) -> None:
    """Each recorded payload fits its schema, but for those that were made wrong on purpose."""
    name = {"telegram": "TelegramUpdate", "whatsapp": "WhatsAppCall"}[platform]
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema)
    for shape, data in shapes(platform).items():
        assert validator.is_valid(data) == (shape not in WRONG), shape


async def test_other_methods_are_refused(front: Front) -> None:
    """A method that an address does not take is answered with 405, and never with 5xx."""
    for path, operations in DOCUMENT["paths"].items():
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            if method.lower() in operations or path in {"/desk/{path}", "/chat/ws"}:
                continue
            address = path.replace("{path}", "x").replace("{slug}", "x").replace("{token}", "x")
            address = (
                address.replace("{number}", NOBODYS)
                .replace("{voice_id}", NOBODYS)
                .replace("{address}", "x")
            )
            answer = await front.send(httpx.Request(method, BASE + address))
            assert answer.status_code == 405, (method, path)


async def test_a_file_of_a_person_in_a_case_is_taken(front: Front) -> None:
    """What is described for a file that is taken is what comes."""
    headers = {"x-chat-session": SESSION, "x-chat-id": "one"}
    request = httpx.Request("POST", f"{BASE}/chat/files", headers=headers, content=picture())
    answer = await front.send(request)
    assert (answer.status_code, answer.json()) == (200, {"kind": "picture"})


NEED_NO_DATABASE = frozenset({
    "verifyWhatsApp", "showChat", "embedChat", "chatScript", "chatWorker", "chatTheme", "chatLogo", "chatManifest", "chatFile",
    "chatSocket", "showPicture", "resultsFile", "isAlive", "openDesk", "showLeader",
})  # fmt: skip
"""They answer as ever: what they look into is in memory, or nothing was asked of the database."""
AWAY = {
    "takeTelegramUpdate": raw(shapes("telegram")["button"])
    .replace(b"9024", b"9924")
    .replace(b"700801", b"800801"),
    "takeWhatsAppEvents": raw(shapes("whatsapp")["text"])
    .replace(b"6281200000001", b"6281200009999")
    .replace(b"ID.3000000000000000001", b"ID.4000000000000000001"),
    "sendFile": picture(),
    "leaveChat": b"a-token-of-nobody",
}
"""Bodies for which something has to be kept."""


async def test_while_the_database_is_away_it_is_said(front: Front, dsn: str) -> None:
    """503 from all that has to keep or find something, and nothing is kept; once it is back the same events are taken, once."""
    before = await front.kept()
    await front.db.engine.dispose()
    answers = {}
    with refusing_connections(dsn):
        for name, operation in OPERATIONS.items():
            request = _plain_request(name, operation)
            answers[name] = answer = await front.client.send(proven(name, request))
            documented = operation.definition.raw["responses"]
            assert str(answer.status_code) in documented, name
    assert {name for name, each in answers.items() if each.status_code == 503} == set(
        OPERATIONS
    ) - NEED_NO_DATABASE
    await front.settle()
    assert await front.kept() == before
    for name in sorted(WEBHOOKS):
        for _ in range(2):
            request = _plain_request(name, OPERATIONS[name])
            assert (await front.client.send(proven(name, request))).status_code == 200
            await front.settle()
    after = await front.kept()
    assert (after[0] - before[0], after[1] - before[1]) == (2, 2)


def _plain_request(name: str, operation: Any) -> httpx.Request:
    path = PATHS[name]
    for part, value in {
        "number": NOBODYS,
        "voice_id": NOBODYS,
        "slug": "lebaran",
        "path": "x",
        "address": "x",
        "token": "x",
    }.items():
        path = path.replace(f"{{{part}}}", value)
    headers = {"x-chat-session": SESSION, "x-chat-id": "away"}
    return httpx.Request(
        operation.method.upper(), BASE + path, headers=headers, content=AWAY.get(name, b"")
    )
