"""Says how to mend what a model refuses, for whoever edits the files: the next thing to do, in one line."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel


def mend_of(error: Mapping[str, Any], model: type[BaseModel]) -> str | None:
    """Return how to mend one of pydantic's errors in a `model`; None where its message says all."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"add `{error['loc'][-1]}:`"
        case "extra_forbidden":
            known = model.model_fields if len(error["loc"]) == 1 else ()
            return f"take it out, or correct its name{did_you_mean(str(error['loc'][-1]), known)}"
        case "string_too_long":
            over = len(str(error["input"])) - context["max_length"]
            return f"shorten it by {over}"
        case "string_too_short" | "too_short":
            return "write something, or take the key out"
        case "literal_error":
            return f"use one of {context['expected']}"
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return "write the day as 2026-11-30"
    return None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean `x`?`` when one of `known` looks like `name`, else nothing."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""
