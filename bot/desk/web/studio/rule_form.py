"""A rule of who is meant as a form: every part has a path (`0`, `0.2`, `0.2.1`), and its fields carry it in their names. Pure.

Fields of a part at `0.2`: `k.0.2` what it is (a group or what a condition is about), `v.0.2` the values that were chosen, and of
`last_seen` `o.0.2` and `d.0.2`. A form may hold what is not finished yet: then it is shown as it is, and `rule_of` says what is missing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from bot.campaigns.audience import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_VALUES,
    AllOf,
    AnyRule,
    BadRule,
    Described,
    describe,
    read_rule,
)

GROUPS = ("all", "any", "none")
FIELDS = (
    "language", "city", "age_band", "interest", "campaign", "link", "entry_city", "channel",
    "zone", "last_seen",
)  # fmt: skip
"""What a condition can be about, in the order of the list from which one chooses."""
ROOT = "0"
USUAL_DAYS = "30"
_PATH = re.compile(r"^k\.(0(?:\.\d{1,3})*)$")
_MAX_PARTS = 400
"""More fields of parts than any page of ours sends are not looked at."""


@dataclass(frozen=True)
class Part:
    """A part of a rule as the form has it."""

    kind: str
    """One of `GROUPS`, or of `FIELDS`."""
    values: tuple[str, ...] = ()
    op: str = "within"
    days: str = USUAL_DAYS
    """As it was typed."""
    parts: "tuple[Part, ...]" = ()

    @property
    def is_group(self) -> bool:
        """Whether it holds other parts."""
        return self.kind in GROUPS


@dataclass(frozen=True)
class Sheet:
    """The whole form."""

    root: Part = field(default=Part("all"))
    """Always a group."""
    bare: bool = False
    """The rule was one condition in no group; while it still is one, it is written so."""


class Unfinished(BadRule):
    """A rule that is none yet, and the part of the form that says so."""

    def __init__(self, path: str, code: str) -> None:
        self.path, self.code = path, code
        super().__init__(path, code)


def sheet_of(rule: AnyRule) -> Sheet:
    """Return the form that shows a rule."""
    part = _part_of(describe(rule))
    return Sheet(part) if part.is_group else Sheet(Part("all", parts=(part,)), bare=True)


def _part_of(shown: Described) -> Part:
    if shown.kind in {"within", "longer_ago"}:
        return Part(shown.field, op=shown.kind, days=str(shown.days))
    if shown.kind == "one_of":
        return Part(shown.field, shown.values)
    return Part(shown.kind, parts=tuple(map(_part_of, shown.parts)))


def fields_of(sheet: Sheet) -> list[tuple[str, str]]:
    """Return what a browser sends when a form is not changed."""
    sent = [("bare", "1")] if sheet.bare else []
    for path, part in walk(sheet.root):
        sent.append((f"k.{path}", part.kind))
        sent += [(f"v.{path}", value) for value in part.values]
        if part.kind == "last_seen":
            sent += [(f"o.{path}", part.op), (f"d.{path}", part.days)]
    return sent


def walk(part: Part, path: str = ROOT) -> Iterator[tuple[str, Part]]:
    """Yield every part with its path, groups before what is in them."""
    yield path, part
    for number, inside in enumerate(part.parts):
        yield from walk(inside, f"{path}.{number}")


def read_sheet(form: FormData) -> Sheet:
    """Read the form that somebody sent; what is no part of ours is left out."""
    found = [match[1] for match in map(_PATH.match, form) if match][:_MAX_PARTS]
    inside: dict[str, list[str]] = {}
    for path in found:
        if path != ROOT:
            inside.setdefault(path.rpartition(".")[0], []).append(path)
    root = _read(form, ROOT, inside)
    if root is None or not root.is_group:
        return Sheet()
    bare = bool(form.get("bare")) and root.kind == "all" and len(root.parts) == 1
    return Sheet(root, bare=bare and not root.parts[0].is_group)


def _read(form: FormData, path: str, inside: Mapping[str, Sequence[str]]) -> Part | None:
    kind = _text(form, f"k.{path}")
    if kind in GROUPS:
        if path.count(".") > MAX_DEPTH:
            return None
        paths = sorted(inside.get(path, ()), key=lambda each: int(each.rpartition(".")[2]))
        parts = (_read(form, each, inside) for each in paths)
        return Part(kind, parts=tuple(part for part in parts if part is not None))
    if kind == "last_seen":
        return Part(kind, op=_text(form, f"o.{path}"), days=_text(form, f"d.{path}").strip())
    if kind in FIELDS:
        chosen = (value for value in form.getlist(f"v.{path}") if isinstance(value, str))
        return Part(kind, tuple(dict.fromkeys(value for value in chosen if value)))
    return None


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def rule_of(sheet: Sheet) -> AnyRule:
    """Return the rule that a form stands for.

    Raises:
        Unfinished: It is none yet; says at which part, and why: `no_values`, `too_many_values`, `no_parts`, `days`, `too_deep`,
            `too_many`, or `bad` for what no page of ours sends.
    """
    parts = list(walk(sheet.root))
    for path, part in parts:
        if code := _missing(part, path):
            raise Unfinished(path, code)
    if sum(1 for _, part in parts if not part.is_group) > MAX_CONDITIONS:
        raise Unfinished(ROOT, "too_many")
    whole = sheet.root.parts[0] if sheet.bare else sheet.root
    try:
        rule = read_rule(_json(whole))
    except BadRule as exc:
        raise Unfinished(_place(exc.where), "bad") from exc
    return rule


def _missing(part: Part, path: str) -> str:
    if part.is_group:
        if path.count(".") >= MAX_DEPTH:
            return "too_deep"
        return "no_parts" if not part.parts and (path, part.kind) != (ROOT, "all") else ""
    if part.kind == "last_seen":
        is_number = part.days.isascii() and part.days.isdecimal() and len(part.days) <= 4
        return "" if is_number and 1 <= int(part.days) <= 3650 else "days"
    if len(part.values) > MAX_VALUES:
        return "too_many_values"
    return "" if part.values else "no_values"


def _json(part: Part) -> dict[str, Any]:
    if part.is_group:
        return {part.kind: [_json(each) for each in part.parts]}
    if part.kind == "last_seen":
        return {"field": part.kind, "op": part.op, "days": int(part.days)}
    return {"field": part.kind, "in": list(part.values)}


def _place(where: str) -> str:
    """Return the path of the part that a `BadRule` is about."""
    path = ROOT
    steps = where.split(".")
    for kind, number in zip(steps[::2], steps[1::2], strict=False):
        if kind not in GROUPS or not number.isdecimal():
            break
        path += f".{number}"
    return path


def with_new(sheet: Sheet, path: str, kind: str) -> tuple[Sheet, str]:
    """Return the form with an empty part more at the end of the group at `path`, and the path of the new one.

    Where there is no such group, or it can hold no more, nothing is added.
    """
    there = dict(walk(sheet.root)).get(path)
    if there is None or not there.is_group or not may_hold(path, kind):
        return sheet, path
    grown = replace(there, parts=(*there.parts, Part(kind)))
    return Sheet(_put(sheet.root, path, grown)), f"{path}.{len(there.parts)}"


def may_hold(path: str, kind: str) -> bool:
    """Tell whether a part of this kind may be put into the group at `path`."""
    if kind in GROUPS:
        return path.count(".") + 2 <= MAX_DEPTH
    return kind in FIELDS


def without(sheet: Sheet, path: str) -> Sheet:
    """Return the form without the part at `path`; the outermost group stays, and is emptied."""
    if path == ROOT:
        return Sheet(Part("all"))
    return Sheet(_put(sheet.root, path, None))


def _put(part: Part, path: str, new: Part | None, here: str = ROOT) -> Part:
    """Return `part` with another one, or none, at `path`."""
    if path == here:
        return new or part
    parts = []
    for number, inside in enumerate(part.parts):
        below = f"{here}.{number}"
        if path == below and new is None:
            continue
        on_the_way = path == below or path.startswith(f"{below}.")
        parts.append(_put(inside, path, new, below) if on_the_way else inside)
    return replace(part, parts=tuple(parts))


def is_everybody(rule: AnyRule) -> bool:
    """Tell whether a rule leaves nobody out."""
    return isinstance(rule, AllOf) and not rule.all
