"""What came of a campaign: charts with their tables, files, and whether everybody may see its results."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.responses import Response

from bot.campaigns import campaigns, results
from bot.campaigns.campaigns import Campaign
from bot.campaigns.results import Results
from bot.campaigns.results_files import as_csv, as_json, as_xlsx
from bot.campaigns.size import SMALLEST
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.learning import XLSX
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door

FILES = {
    "csv": (as_csv, "text/csv"),
    "xlsx": (as_xlsx, XLSX),
    "json": (as_json, "application/json"),
}
CONFLICT = 409


async def show(desk: Desk, visit: Visit) -> Response:
    """Show all numbers of a campaign."""
    campaign, made = await _read(desk, visit)
    values = {
        "campaign": campaign,
        "results": made,
        "small": SMALLEST,
        **_names(desk, made, visit.staff.locale),
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/report.html", values)


async def export(desk: Desk, visit: Visit) -> Response:
    """Send the same as a file."""
    form = await read_form(visit.request)
    kind = text_of(form, "kind")
    kind = kind if kind in FILES else "csv"
    campaign, made = await _read(desk, visit)
    write, media_type = FILES[kind]
    name = f"suar-{campaign.slug}-{desk.now():%Y-%m-%d}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(write(made), media_type=media_type, headers=headers)


async def show_public(desk: Desk, visit: Visit) -> Response:
    """Show the switch that lets everybody see the results, and the way to look at the page before."""
    return await _public_page(desk, visit)


async def set_public(desk: Desk, visit: Visit) -> Response:
    """Let everybody see the results, or nobody outside any more."""
    form = await read_form(visit.request)
    campaign_id: UUID = visit.request.path_params["campaign_id"]
    seen = text_of(form, "version")
    async with desk.services.studio.db.transaction() as conn:
        campaign = await campaigns.get(conn, campaign_id, lock=True)
        is_mine = seen == str(campaign.version)
        if is_mine:
            public = text_of(form, "public") == "yes"
            await results.publish(
                conn, campaign, public=public, version=campaign.version, at=desk.now()
            )
    if not is_mine:
        return await _public_page(desk, visit, problem="changed", status=CONFLICT)
    return frame.to(f"/desk/campaigns/{campaign_id}/results?done=kept")


async def _public_page(
    desk: Desk, visit: Visit, *, problem: str = "", status: int = 200
) -> Response:
    studio = desk.services.studio
    async with studio.db.transaction(durable=False) as conn:
        campaign = await campaigns.get(conn, visit.request.path_params["campaign_id"])
    page = f"{studio.base_url}/results/{campaign.slug}"
    token = results.preview_token(campaign.slug, desk.services.people.lookup)
    values = {
        "campaign": campaign,
        "public": campaign.body.get(results.PUBLIC) is True,
        "shown": results.is_public(campaign),
        "page": page,
        "preview": f"{page}?preview={token}",
        "problem": problem,
        "done": visit.request.query_params.get("done", ""),
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/results.html", values, status=status)


async def _read(desk: Desk, visit: Visit) -> tuple[Campaign, Results]:
    async with desk.services.studio.db.transaction(durable=False) as conn:
        campaign = await campaigns.get(conn, visit.request.path_params["campaign_id"])
        return campaign, await results.read(conn, campaign, today=desk.now().date())


def _names(desk: Desk, made: Results, locale: str) -> Mapping[str, Any]:
    """Return what the page calls cities, quizzes and questions; what is no more goes by its id."""
    content = desk.services.content()
    say = content.words.say
    wanted = {each.question for each in made.questions}
    return {
        "cities": {code: city.name for code, city in content.cities.cities.items()},
        "quizzes": {name: say(quiz.title, locale) for name, quiz in content.quizzes.items()},
        "questions": {
            question.id: say(question.text, locale)
            for quiz in content.quizzes.values()
            for question in quiz.questions
            if question.id in wanted
        },
    }


ONE = "/campaigns/{campaign_id:uuid}"
DOORS = (
    Door("GET", ONE + "/report", show),
    Door("POST", ONE + "/report/export", export),
    Door("GET", ONE + "/results", show_public),
    Door("POST", ONE + "/results", set_public),
)
