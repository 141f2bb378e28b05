"""docs/openapi.yml as tests use it: what it names, and requests that are made from it."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
import yaml
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import APIOperation
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

PATH = Path(__file__).parents[2] / "docs" / "openapi.yml"
BASE = "http://suar"
METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
Json = dict[str, Any]


def read_document() -> Json:
    """Return the document."""
    return yaml.safe_load(PATH.read_text())  # type: ignore[no-any-return]


def with_known(document: Json, known: Mapping[str, Iterable[str]]) -> Json:
    """Return the document with what only one installation knows: parameters and properties by their names, and their values.

    Half of what is generated for a parameter is one of them, so that both sides of it are seen; a property is always one of them.
    """
    made = copy.deepcopy(document)
    for parameter in _parameters(made):
        if parameter["name"] in known:
            values = list(known[parameter["name"]])
            parameter["schema"] = {"anyOf": [{"enum": values}, parameter["schema"]]}
    for schema in made["components"]["schemas"].values():
        for name, each in schema.get("properties", {}).items():
            if name in known:
                each["enum"] = list(known[name])
    return made


def with_short_lists(document: Json) -> Json:
    """Return the document with no list longer than two: what a hundred messages in one call would try, two do in less time."""

    def shortened(part: Any) -> Any:
        if isinstance(part, list):
            return [shortened(each) for each in part]
        if not isinstance(part, dict):
            return part
        made = {name: shortened(each) for name, each in part.items()}
        return {**made, "maxItems": 2} if part.get("type") == "array" else made

    return {**document, "components": shortened(document["components"])}


def with_messages(document: Json) -> Json:
    """Return the document with a message of somebody in every call of Meta's that tells of any: most would be empty else."""
    made = copy.deepcopy(document)
    schemas = made["components"]["schemas"]
    schemas["WhatsAppCall"]["properties"]["entry"]["minItems"] = 1
    schemas["WhatsAppEntry"]["properties"]["changes"]["minItems"] = 1
    schemas["WhatsAppMessage"]["required"].append("from")
    value = schemas["WhatsAppMessages"]["properties"]["value"]
    value["required"].append("messages")
    value["properties"]["messages"]["minItems"] = 1
    return made


def _parameters(document: Json) -> Iterator[Json]:
    yield from document["components"]["parameters"].values()
    for operations in document["paths"].values():
        for operation in operations.values():
            yield from (each for each in operation.get("parameters", ()) if "name" in each)


def operations_of(document: Json) -> dict[str, APIOperation]:  # type: ignore[type-arg]  # its own are private
    """Return each operation, ready to generate requests, by its `operationId`."""
    # Without a configuration of its own it would look for a file in every folder above.
    schema = schemathesis.openapi.from_dict(copy.deepcopy(document), config=SchemathesisConfig())
    found = (each.ok() for each in schema.get_all_operations())
    return {each.definition.raw["operationId"]: each for each in found}


def named_in(document: Json) -> set[tuple[str, str]]:
    """Return each method and path that the document names."""
    return {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in METHODS
    }


def served_by(routes: Iterable[BaseRoute]) -> set[tuple[str, str]]:
    """Return each method and path that routes serve, as a document names them; what is mounted stands as one with a `{path}`.

    Raises:
        TypeError: A kind of route that nobody has thought of here.
    """
    found: set[tuple[str, str]] = set()
    for route in routes:
        match route:
            case Route():
                methods = (route.methods or set()) - {"HEAD"}
                found |= {(method, route.path_format) for method in methods}
            case WebSocketRoute():
                found.add(("GET", route.path_format))
            case Mount():
                found.add(("GET", f"{route.path}/{{path}}"))
            case _:
                raise TypeError(route)
    return found


def request_of(case: Case) -> httpx.Request:
    """Return the request of a generated case, with its bytes as they go over the line."""
    made = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    body = made.body or b""
    headers = [(name.encode("latin-1"), _raw(value)) for name, value in made.headers.items()]
    assert made.method is not None
    assert made.url is not None
    content = body.encode() if isinstance(body, str) else bytes(body)
    return httpx.Request(made.method, made.url, headers=headers, content=content)


def with_headers(request: httpx.Request, headers: Mapping[str, str]) -> httpx.Request:
    """Return a request with some of its headers replaced."""
    replaced = {name.lower().encode() for name in headers}
    kept = [(name, value) for name, value in request.headers.raw if name.lower() not in replaced]
    more = [(name.encode(), value.encode()) for name, value in headers.items()]
    return httpx.Request(
        request.method, request.url, headers=[*kept, *more], content=request.content
    )


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")
