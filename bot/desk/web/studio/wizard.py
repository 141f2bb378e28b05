""" "Make your first campaign": five steps, each kept as soon as it is right, so that one can stop at any of them and go on later."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from bot.campaigns import audience, campaigns
from bot.campaigns.audience import EVERYBODY
from bot.campaigns.broadcast import NotNow
from bot.campaigns.broadcast_rows import Broadcast, Draft
from bot.campaigns.campaigns import Campaign, Frame
from bot.campaigns.firing import fire_test
from bot.campaigns.schedule import Now
from bot.campaigns.segments import count_testers
from bot.campaigns.store_broadcasts import NotReady
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio import message_form as forms
from bot.desk.web.studio import wizard_steps as steps
from bot.desk.web.studio.campaigns import CAMPAIGN, LIST, read_frame
from bot.desk.web.studio.choices import plan_words
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.message_facts import form_facts
from bot.desk.web.studio.message_form import Problem, Typed
from bot.desk.web.studio.message_preview import preview
from bot.desk.web.studio.messages import MESSAGES
from bot.desk.web.studio.wizard_steps import GOALS, LOOK, NAME, STEPS, WHEN, WHOM, WORDS, State
from bot.errors import Conflict, NotFound

NEW = "/campaigns/start"
WIZARD = CAMPAIGN + "/start"


@dataclass(frozen=True)
class At:
    """Where somebody is: the campaign, how far they have come, and its message once there is one."""

    campaign: Campaign
    state: State
    message: Broadcast | None


@dataclass(frozen=True)
class Shown:
    """What a step shows beside what is kept."""

    problems: list[Problem] = field(default_factory=list)
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    """What stands in its form and is not saved."""
    trouble: str = ""
    frame: Frame | None = None
    words: Typed | None = None
    status: int = 200


async def show_new(desk: Desk, visit: Visit) -> Response:
    """Show the first step of a campaign that is not kept yet."""
    return await _render(desk, visit, NAME, {"typed": Frame(""), "problems": (), "wrong": set()})


async def begin(desk: Desk, visit: Visit) -> Response:
    """Keep the campaign, and go to its second step."""
    typed, problems = read_frame(await read_form(visit.request))
    if problems:
        wrong = {each.where for each in problems}
        values = {"typed": typed, "problems": tuple(problems), "wrong": wrong}
        return await _render(desk, visit, NAME, values, status=422)
    body = {"wizard": State().to_json()}
    async with desk.services.studio.db.transaction() as conn:
        made = await campaigns.create(
            conn, typed, clock=desk.services.clock, by=visit.staff.id, body=body
        )
    return _to(made, WORDS)


async def go_on(desk: Desk, visit: Visit) -> Response:
    """Go to the step at which somebody stopped."""
    at = await _at(desk, visit)
    return _to(at.campaign.id, at.state.step)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show a step."""
    at, step = await _at(desk, visit), _step(visit)
    if step > WORDS and at.message is None:
        return _to(at.campaign.id, WORDS)
    return await _page(desk, visit, at, step, Shown(typed=at.state.kept.get(str(step), {})))


async def submit(desk: Desk, visit: Visit) -> Response:
    """Keep a step and go to the next one, or back; what cannot be kept is shown again, or still there when one comes back."""
    at, step = await _at(desk, visit), _step(visit)
    form = await read_form(visit.request)
    if step > WORDS and at.message is None:
        return _to(at.campaign.id, WORDS)
    if step == LOOK:
        return await _last(desk, visit, at, form)
    try:
        shown = await _SAVES[step](desk, visit, at, form)
    except (Conflict, NotNow):
        shown = Shown(trouble="moved_act", status=409)
    back = text_of(form, "do") == "back"
    if shown.problems or shown.trouble:
        if not back:
            return await _page(desk, visit, at, step, replace(shown, typed=steps.fields_of(form)))
        await _note(desk, at.campaign.id, step=step - 1, kept={str(step): steps.fields_of(form)})
        return _to(at.campaign.id, step - 1)
    following = step - 1 if back else step + 1
    await _note(desk, at.campaign.id, step=following, done=str(step))
    return _to(at.campaign.id, following)


async def _save_name(desk: Desk, visit: Visit, at: At, form: FormData) -> Shown:
    typed, problems = read_frame(form)
    # The wizard asks for no web sites: those that are there stay.
    typed = replace(typed, domains=typed.domains or at.campaign.domains)
    if problems:
        return Shown(problems, frame=typed, status=422)
    async with desk.services.studio.db.transaction() as conn:
        now = await campaigns.get(conn, at.campaign.id)
        await campaigns.edit(
            conn, now.id, typed, version=now.version, at=desk.now(), by=visit.staff.id
        )
    return Shown()


async def _save_words(desk: Desk, visit: Visit, at: At, form: FormData) -> Shown:
    goal = text_of(form, "goal")
    if at.message is None and goal not in GOALS:
        return Shown([Problem("goal", "no_choice")], status=422)
    typed = steps.read_words(form, _words(desk, at, goal))
    problems = steps.words_problems(typed)
    if problems:
        return Shown(problems, words=typed, status=422)
    broadcasts, content = desk.services.studio.broadcasts, forms.content_of(typed)
    if at.message is None:
        draft = Draft(typed.name, content, EVERYBODY, Now())
        made = await broadcasts.create(at.campaign.id, draft, by=visit.staff.id)
        await _note(desk, at.campaign.id, message=str(made), goal=goal)
    elif content != at.message.draft.content:
        await _edit(desk, visit, at.message, replace(at.message.draft, content=content))
    return Shown()


async def _save_whom(desk: Desk, visit: Visit, at: At, form: FormData) -> Shown:
    assert at.message is not None
    draft = at.message.draft
    rule, problems = steps.read_whom(form, desk.services.content(), draft.audience)
    if problems:
        return Shown(problems, status=422)
    await _edit(desk, visit, at.message, replace(draft, audience=rule))
    return Shown()


async def _save_when(desk: Desk, visit: Visit, at: At, form: FormData) -> Shown:
    assert at.message is not None
    draft, home = at.message.draft, desk.services.studio.home
    schedule, problems = steps.read_when(form, draft.schedule, now=desk.now(), home=home)
    if problems:
        return Shown(problems, status=422)
    await _edit(desk, visit, at.message, replace(draft, schedule=schedule))
    return Shown()


_SAVES = {NAME: _save_name, WORDS: _save_words, WHOM: _save_whom, WHEN: _save_when}


async def _edit(desk: Desk, visit: Visit, seen: Broadcast, draft: Draft) -> None:
    if draft != seen.draft:
        await desk.services.studio.broadcasts.edit(
            seen.id, draft, by=visit.staff.id, version=seen.version
        )


async def _last(desk: Desk, visit: Visit, at: At, form: FormData) -> Response:
    """Send the message to the testers, or ask for its approval; then the wizard is done."""
    assert at.message is not None
    studio, do = desk.services.studio, text_of(form, "do")
    if do == "back":
        return _to(at.campaign.id, WHEN)
    if do == "test":
        async with studio.db.transaction(durable=False) as conn:
            testers = await count_testers(conn)
        if not testers:
            return await _page(desk, visit, at, LOOK, Shown(trouble="no_testers", status=409))
        ground = studio.broadcasts.ground
        await fire_test(
            studio.db, at.message.id, clock=desk.services.clock, ground=ground, by=visit.staff.id
        )
        return _to(at.campaign.id, LOOK, said="did_test")
    try:
        await studio.broadcasts.act(
            at.message.id, "submit", by=visit.staff.id, version=at.message.version
        )
    except NotReady:
        return await _page(desk, visit, at, LOOK, Shown(trouble="not_ready", status=422))
    except (Conflict, NotNow):
        return await _page(desk, visit, at, LOOK, Shown(trouble="moved_act", status=409))
    await _note(desk, at.campaign.id, over=True)
    return frame.to(f"{MESSAGES}/{at.message.id}", said="did_submit")


async def _page(desk: Desk, visit: Visit, at: At, step: int, shown: Shown) -> Response:
    """Return the page of a step of a campaign that is kept."""
    seen = at.campaign
    kept = Frame(seen.title, seen.about, seen.starts_on, seen.ends_on, seen.domains)
    values: dict[str, Any] = {
        "campaign": seen,
        "message": at.message,
        "typed": shown.frame or kept,
        "problems": tuple(shown.problems),
        "wrong": {each.where for each in shown.problems},
        "trouble": shown.trouble,
        "filled": shown.typed,
    }
    values |= await _step_values(desk, visit, at, step, shown)
    return await _render(desk, visit, step, values, status=shown.status)


async def _step_values(
    desk: Desk, visit: Visit, at: At, step: int, shown: Shown
) -> dict[str, Any]:
    studio, content = desk.services.studio, desk.services.content()
    async with studio.db.transaction(durable=False) as conn:
        values = await form_facts(desk, conn, visit, at.campaign.id)
        if step == WHOM:
            today = desk.now().date()
            size = await audience.count(conn, EVERYBODY, today=today, home=studio.home)
            values |= {"everybody": size, "interests": steps.INTERESTS}
        if step == LOOK:
            values["testers"] = await count_testers(conn)
    asked = visit.request.query_params.get("goal", "") or (shown.typed.get("goal") or [""])[0]
    goal = at.state.goal or (asked if asked in GOALS else "")
    values |= {"goal": goal, "cities": content.cities.cities, "home": studio.home}
    if goal:
        values["words"] = shown.words or _filled(shown.typed, _words(desk, at, goal))
    if at.message is not None:
        values |= await plan_words(desk, visit)
        values["chosen"] = steps.whom_of(at.message.draft.audience)
        values["schedule"] = at.message.draft.schedule
        values["audience"] = audience.describe(at.message.draft.audience)
    if step == LOOK and at.message is not None:
        typed = forms.typed_of(at.message.draft)
        values["findings"] = await studio.broadcasts.findings(at.message.id)
        values["typed_message"] = typed
        values["shown"] = preview(content, typed, visit.staff.locale, "a")
    return values


def _words(desk: Desk, at: At, goal: str) -> Typed:
    """Return the words of the message, or those that it begins with."""
    if at.message is not None:
        return forms.typed_of(at.message.draft)
    starter = desk.services.content().starters[goal]
    return steps.started(starter, goal, "", at.campaign.title)


def _filled(kept: Mapping[str, list[str]], typed: Typed) -> Typed:
    """Return the form with what was typed before somebody went back."""
    if not any(name.startswith("a-") for name in kept):
        return typed
    form = FormData([(name, value) for name, values in kept.items() for value in values])
    return steps.read_words(form, typed)


async def _render(
    desk: Desk, visit: Visit, step: int, values: Mapping[str, Any], *, status: int = 200
) -> Response:
    common: dict[str, Any] = {
        "campaign": None, "message": None, "step": step, "numbers": STEPS, "trouble": "",
        "filled": {}, "done": visit.request.query_params.get("said", ""),
    }  # fmt: skip
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(
            desk, conn, visit, "studio/wizard.html", {**common, **values}, status=status
        )


async def _at(desk: Desk, visit: Visit) -> At:
    """Return where somebody is.

    Raises:
        NotFound: There is no such campaign, or it is not being made in this way (any more).
    """
    studio = desk.services.studio
    async with studio.db.transaction(durable=False) as conn:
        seen = await campaigns.get(conn, visit.request.path_params["campaign_id"])
    state = State.of(seen.body)
    if state is None:
        raise NotFound
    message = await studio.broadcasts.get(UUID(state.message)) if state.message else None
    return At(seen, state, message)


async def _note(
    desk: Desk,
    campaign_id: UUID,
    *,
    kept: Mapping[str, Any] | None = None,
    done: str = "",
    over: bool = False,
    **changed: Any,  # noqa: ANN401  # fields of `State`
) -> None:
    """Note how far somebody has come; `done` is a step whose kept words are saved now, `over` ends it all."""
    async with desk.services.studio.db.transaction() as conn:
        seen = await campaigns.get(conn, campaign_id, lock=True)
        state = State.of(seen.body) or State()
        held = {key: value for key, value in state.kept.items() if key != done} | dict(kept or {})
        body = {key: value for key, value in seen.body.items() if key != "wizard"}
        if not over:
            body["wizard"] = replace(state, **changed, kept=held).to_json()
        await campaigns.keep(conn, seen, body, at=desk.now())


def _step(visit: Visit) -> int:
    step: int = visit.request.path_params["step"]
    if step not in STEPS:
        raise NotFound
    return step


def _to(campaign_id: UUID, step: int, said: str = "") -> Response:
    query = f"?said={said}" if said else ""
    return RedirectResponse(f"{LIST}/{campaign_id}/start/{step}{query}", 303)


DOORS = (
    Door("GET", NEW, show_new),
    Door("POST", NEW, begin),
    Door("GET", WIZARD, go_on),
    Door("GET", WIZARD + "/{step:whole}", show),
    Door("POST", WIZARD + "/{step:whole}", submit),
)
