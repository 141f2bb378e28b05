"""The steps of "Make your first campaign": what each of them reads from its form, and what it makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from starlette.datastructures import FormData

from bot.campaigns.audience import EVERYBODY, AllOf, AnyRule, OneOf
from bot.campaigns.schedule import AnySchedule, Local, Now
from bot.content.load import Content
from bot.content.starters import Starter
from bot.desk.web.security import text_of
from bot.desk.web.studio import message_form as forms
from bot.desk.web.studio.message_form import NONE, SAME, Problem, Typed, TypedButton, TypedWords

NAME, WORDS, WHOM, WHEN, LOOK = STEPS = (1, 2, 3, 4, 5)
GOALS = ("quiz", "event", "read")
READ, EVENTS = "step:topics.pick", "step:campaigns.about"
"""Where the button leads when people are to read, and while the campaign has no event yet."""
INTERESTS = ("quizzes", "events", "series", "helping")
KEPT_CHARS = 4_000


@dataclass(frozen=True)
class State:
    """How far somebody has come, as it lies in the campaign's body under `wizard`."""

    step: int = WORDS
    message: str = ""
    goal: str = ""
    kept: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    """What was typed in a step and could not be saved, by the step's number."""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "State | None":
        """Return the state that a campaign's body holds; None where it was not begun so, or is done."""
        found = body.get("wizard")
        return cls(**found) if isinstance(found, Mapping) else None

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored."""
        return {**vars(self), "kept": {key: dict(value) for key, value in self.kept.items()}}


def fields_of(form: FormData) -> dict[str, list[str]]:
    """Return what was typed, to be kept until it can be saved."""
    names = [name for name in form if name not in {"csrf", "version", "do"}]
    return {
        name: [each[:KEPT_CHARS] for each in form.getlist(name) if isinstance(each, str)]
        for name in names
    }


def started(starter: Starter, goal: str, quiz: str, name: str) -> Typed:
    """Return the form of a message that begins with a starter's words."""
    spoken: dict[str, TypedWords] = {}
    for code, words in starter.words.items():
        target = SAME if spoken else target_of(goal, quiz)
        button = TypedButton(words.button, target)
        spoken[str(code)] = TypedWords(words.text, (button, TypedButton(target=NONE)))
    return Typed(name, tuple(spoken), fallback="id", variants={"a": spoken})


def target_of(goal: str, chosen: str) -> str:
    """Return where the button of a first message leads."""
    if goal == "read":
        return READ
    return chosen or (EVENTS if goal == "event" else NONE)


def read_words(form: FormData, typed: Typed) -> Typed:
    """Return the form of a message with what was typed in its second step: the words of version A and its first button."""
    spoken = {}
    for number, code in enumerate(typed.locales):
        former = typed.words("a", code)
        button = replace(
            former.buttons[0], title=" ".join(text_of(form, f"a-{code}-title0").split())
        )
        if not number:
            button = replace(button, target=text_of(form, "a-target0") or former.buttons[0].target)
        text = text_of(form, f"a-{code}-text").replace("\r\n", "\n").strip()
        spoken[code] = replace(former, text=text, buttons=(button, *former.buttons[1:]))
    return replace(typed, variants={**typed.variants, "a": spoken})


def words_problems(typed: Typed) -> list[Problem]:
    """Return what is wrong with the words; the target has one field for all languages."""
    found = []
    for each in forms.problems_of(typed):
        is_target = each.where.endswith("-target0")
        found.append(replace(each, where="a-target0") if is_target else each)
    return list(dict.fromkeys(found))


def read_whom(form: FormData, content: Content, former: AnyRule) -> tuple[AnyRule, list[Problem]]:
    """Return whom the form means, and what is wrong with it."""
    who = text_of(form, "who")
    if who == "keep":
        return former, []
    if who == "everybody":
        return EVERYBODY, []
    cities = [each for each in form.getlist("city") if each in content.cities.cities]
    likes = [each for each in form.getlist("interest") if each in INTERESTS]
    if who == "cities" and cities:
        return AllOf(all=(OneOf(field="city", values=tuple(map(str, cities))),)), []
    if who == "interests" and likes:
        return AllOf(all=(OneOf(field="interest", values=tuple(map(str, likes))),)), []
    known = who in {"cities", "interests"}
    return former, [Problem(who if known else "who", "no_choice")]


def whom_of(rule: AnyRule) -> tuple[str, tuple[str, ...]]:
    """Return which of the simple choices a rule is (`keep`: none of them), and its values."""
    if rule == EVERYBODY:
        return "everybody", ()
    if isinstance(rule, AllOf) and len(rule.all) == 1 and isinstance(rule.all[0], OneOf):
        part = rule.all[0]
        names = {"city": "cities", "interest": "interests"}
        if part.field in names:
            return names[part.field], part.values
    return "keep", ()


def read_when(
    form: FormData, former: AnySchedule, *, now: datetime, home: str
) -> tuple[AnySchedule, list[Problem]]:
    """Return when the form means, and what is wrong with it."""
    match text_of(form, "when"):
        case "keep":
            return former, []
        case "now":
            return Now(), []
        case "day":
            return _read_day(form, former, today=now.astimezone(ZoneInfo(home)).date())
    return former, [Problem("when", "no_choice")]


def _read_day(
    form: FormData, former: AnySchedule, *, today: date
) -> tuple[AnySchedule, list[Problem]]:
    try:
        on = date.fromisoformat(text_of(form, "on"))
    except ValueError:
        return former, [Problem("on", "no_day")]
    if on <= today:
        return former, [Problem("on", "past_day")]
    try:
        return Local(on=on, time=time.fromisoformat(text_of(form, "time"))), []
    except (ValueError, ValidationError):
        return former, [Problem("time", "no_time")]
