"""The desk as routes: every page it has, and who may reach it."""

from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.conversation.typing import Typing
from bot.desk.web import (
    audit_log,
    board,
    casefile,
    check,
    conversation,
    events,
    files,
    flows,
    forecast,
    going_on,
    health,
    kept,
    pauses,
    practice,
    profile,
    queue,
    ready,
    receivers,
    referrals,
    reports,
    rota,
    second_step,
    settings,
    setup,
    sign_in,
    staff_account,
    together,
    traffic,
    translate,
    undelivered,
)
from bot.desk.web.content_routes import content_routes
from bot.desk.web.desk import Desk
from bot.desk.web.errors import handlers
from bot.desk.web.guard import Page, allowed, at_door, confirmed, get, post, signed_in
from bot.desk.web.pages import STATIC, Pages
from bot.desk.web.passwords import Passwords
from bot.desk.web.security import Guarded
from bot.desk.web.services import DeskServices
from bot.desk.web.studio.routes import ROUTES as STUDIO
from bot.desk.web.upload import read_upload
from bot.hotline.permissions import Permission
from bot.prover import drawing


class _Whole(Convertor[int]):
    """A whole number of at most 18 digits, which PostgreSQL can look up; what is longer is the address of nothing."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return how it stands in an address."""
        return str(value)


register_url_convertor("whole", _Whole())
CASE = "/cases/{case_id:uuid}"
LINE = CASE + "/lines/{line_id:whole}"
FILE = CASE + "/file"
REFERRAL = "/referrals/{referral_id:uuid}"
PRACTICE = "/practice/{talk_id:uuid}"


def desk_routes(desk: DeskServices, *, passwords: Passwords | None = None) -> list[Route | Mount]:
    """Return the routes of the staff's web app; everything lies under ``/desk/``."""
    typing = Typing(desk.talks.conversations)
    return [_mount(Desk(desk, Pages(desk.words), passwords or Passwords(), typing))]


def _mount(desk: Desk) -> Mount:
    zipped = [Middleware(GZipMiddleware, minimum_size=1024)]
    static = [
        Mount("/static/drawing", StaticFiles(directory=drawing.STATIC), middleware=zipped),
        Mount("/static", StaticFiles(directory=STATIC), middleware=zipped),
    ]
    return Mount(
        "/desk",
        routes=[
            *_door(desk),
            *_work(desk),
            *_casework(desk),
            *content_routes(desk),
            *_studio(desk),
            *_trust(desk),
            *_practice(desk),
            *_own(desk),
            *_hours(desk),
            *static,
        ],
        middleware=[
            Middleware(Guarded),
            Middleware(ExceptionMiddleware, handlers=handlers(desk)),
        ],
    )


def _door(desk: Desk) -> list[Route]:
    """What can be reached by somebody who is not signed in."""
    return [
        get("/sign-in", sign_in.show(desk)),
        post("/sign-in", sign_in.submit(desk)),
        get("/setup", setup.show(desk)),
        post("/setup", setup.submit(desk)),
    ]


def _work(desk: Desk) -> list[Route]:
    """What only those who talk with people can reach, and the front page."""
    pages: list[tuple[str, Page]] = [
        ("/parts/queue", queue.part),
        ("/parts/waiting", queue.waiting_part),
        (CASE, conversation.show),
        (CASE + "/parts/conversation", conversation.part),
        (CASE + "/parts/ready", ready.part),
        (CASE + "/attachments/{file_id:uuid}", files.show),
        ("/interpret", translate.show),
        ("/undelivered", undelivered.show),
    ]
    actions: list[tuple[str, Page]] = [
        ("/next", queue.take_next),
        ("/rest", queue.rest),
        ("/rest/end", queue.end_rest),
        (CASE + "/release", conversation.release),
        (CASE + "/close", casefile.closing),
        (CASE + "/draft", kept.save_draft),
        (CASE + "/notes", together.write_note),
        (CASE + "/consult", together.consult),
        (CASE + "/consult/answer", together.answer_consult),
        (CASE + "/guests/end", together.end_guest),
        (CASE + "/join", together.join),
        (CASE + "/transfer", together.offer),
        (CASE + "/transfer/end", together.end_offer),
        (CASE + "/transfer/answer", together.answer_offer),
        (CASE + "/check", check.agree),
        (CASE + "/check/ask", check.ask),
        (CASE + "/check/judge", check.judge),
        (LINE + "/take-back", kept.take_back),
        (CASE + "/go-on", going_on.ask),
        (CASE + "/pause", pauses.begin),
        (CASE + "/pause/end", pauses.end),
        (LINE + "/translation", translate.put),
        ("/interpret/{translation_id:uuid}", translate.answer),
        (LINE + "/mark", conversation.mark),
        (LINE + "/unmark", conversation.unmark),
        (LINE + "/veil", conversation.veil),
        ("/undelivered/{outbox_id:whole}/retry", undelivered.retry),
    ]
    return [
        get("/", signed_in(desk, queue.home)),
        *(get(path, allowed(desk, Permission.TALK, page)) for path, page in pages),
        *(post(path, allowed(desk, Permission.TALK, page)) for path, page in actions),
        post(
            CASE + "/reply", allowed(desk, Permission.TALK, conversation.reply, reads=read_upload)
        ),
        post(
            CASE + "/unmask",
            allowed(
                desk,
                Permission.UNMASK,
                confirmed(conversation.unmask, back="/desk/cases/{case_id}"),
            ),
        ),
    ]


def _casework(desk: Desk) -> list[Route]:
    """The file of a person and referrals, for those who talk with people."""
    pages: list[tuple[str, Page]] = [
        (FILE, casefile.show),
        (CASE + "/referrals/new", referrals.show_new),
        ("/referrals", referrals.show_list),
        (REFERRAL, referrals.show),
        ("/receivers", receivers.show),
    ]
    actions: list[tuple[str, Page]] = [
        (FILE + "/text", casefile.write),
        (FILE + "/wrap-up", casefile.wrap_up),
        (FILE + "/protocol", casefile.choose_protocol),
        (FILE + "/step", casefile.set_step),
        (FILE + "/people", casefile.involve),
        (FILE + "/people/{person_id:uuid}/end", casefile.end_involvement),
        (FILE + "/days", casefile.plan_day),
        (FILE + "/days/{day_id:uuid}/end", casefile.end_day),
        (FILE + "/pace", casefile.change_pace),
        (FILE + "/wishes/{wish_id:uuid}/release", casefile.release),
        (CASE + "/referrals/new", referrals.create),
        (REFERRAL + "/edit", referrals.edit),
        (REFERRAL + "/show", referrals.ask),
        (REFERRAL + "/draft", referrals.to_draft),
        (REFERRAL + "/send", referrals.send),
        (REFERRAL + "/answer", referrals.answer),
        (REFERRAL + "/close", referrals.close),
        (REFERRAL + "/take-back", referrals.take_back),
        ("/referrals/left/{number:str}/told", referrals.told),
        ("/receivers", receivers.add),
        ("/receivers/{receiver_id:uuid}/retire", receivers.retire),
    ]
    return [
        *(get(path, allowed(desk, Permission.TALK, page)) for path, page in pages),
        *(post(path, allowed(desk, Permission.TALK, page)) for path, page in actions),
        get(
            REFERRAL + "/file",
            allowed(
                desk,
                Permission.TALK,
                confirmed(referrals.fetch, back="/desk/referrals/{referral_id}"),
            ),
        ),
    ]


def _studio(desk: Desk) -> list[Route]:
    """What campaigners can reach."""
    return [
        Route(
            each.path,
            allowed(desk, Permission.CAMPAIGN, each.page, reads=each.reads),
            methods=[each.method],
        )
        for each in STUDIO
    ]


def _trust(desk: Desk) -> list[Route]:
    """The second step of signing in, and the audit log."""
    back = settings.SETTINGS
    return [
        get("/code", at_door(desk, second_step.show_code)),
        post("/code", at_door(desk, second_step.give_code)),
        get("/second-step", at_door(desk, second_step.show)),
        post("/second-step", at_door(desk, second_step.set_up)),
        post(
            "/second-step/codes",
            signed_in(desk, confirmed(second_step.make_codes, back=back)),
        ),
        get("/audit", allowed(desk, Permission.AUDIT, audit_log.show)),
    ]


def _hours(desk: Desk) -> list[Route]:
    """Who is on duty when, and what supervisors look after."""
    pages: list[tuple[str, Page]] = [
        ("/board", board.show),
        ("/parts/board", board.part),
        ("/reports", reports.show),
        ("/rota/forecast", forecast.show),
        ("/traffic", traffic.show),
        ("/parts/traffic", traffic.part),
    ]
    actions: list[tuple[str, Page]] = [
        (CASE + "/reassign", board.give),
        ("/rota", rota.add),
        ("/rota/copy", rota.copy),
        ("/rota/days", rota.set_day),
        ("/rota/days/{day_id:uuid}/remove", rota.unset_day),
        ("/rota/shifts/{shift_id:uuid}/remove", rota.remove),
        ("/rota/changes/{change_id:uuid}/undo", rota.undo),
        ("/traffic/rule", traffic.rule),
        ("/traffic/rulings/{ruling_id:uuid}/undo", traffic.undo),
    ]
    return [
        get("/rota", allowed(desk, Permission.TALK, rota.show)),
        *(get(path, allowed(desk, Permission.OVERSEE, page)) for path, page in pages),
        *(post(path, allowed(desk, Permission.OVERSEE, page)) for path, page in actions),
        post(
            "/reports/export",
            allowed(desk, Permission.EXPORT, confirmed(reports.export, back="/desk/reports")),
        ),
    ]


def _practice(desk: Desk) -> list[Route]:
    """Where those who talk with people, or will, can practise with people who are made up."""
    actions: list[tuple[str, Page]] = [
        ("/practice", practice.begin),
        (PRACTICE + "/say", practice.say),
        (PRACTICE + "/undo", practice.undo),
        (PRACTICE + "/end", practice.end),
        (PRACTICE + "/own", practice.keep_own),
        (PRACTICE + "/share", practice.share),
        (PRACTICE + "/forget", practice.forget),
    ]
    return [
        get("/practice", allowed(desk, Permission.TALK, practice.show_list)),
        get(PRACTICE, allowed(desk, Permission.TALK, practice.show)),
        *(post(path, allowed(desk, Permission.TALK, page)) for path, page in actions),
    ]


def _own(desk: Desk) -> list[Route]:
    """What everybody of the staff can reach."""
    return [
        get("/events", signed_in(desk, events.connect)),
        get("/parts/health", signed_in(desk, health.part)),
        get("/flows", signed_in(desk, flows.show_all)),
        get("/flows/{flow}", signed_in(desk, flows.show)),
        get("/help", signed_in(desk, settings.help_page)),
        get("/settings", signed_in(desk, settings.show)),
        post("/settings/profile", allowed(desk, Permission.TALK, profile.change_own)),
        get("/staff", allowed(desk, Permission.OVERSEE, profile.show_staff)),
        post("/staff/{staff_id:uuid}", allowed(desk, Permission.OVERSEE, profile.confirm)),
        post("/settings/telegram/code", allowed(desk, Permission.TALK, staff_account.make_code)),
        post("/settings/telegram/unlink", allowed(desk, Permission.TALK, staff_account.unlink)),
        post("/settings/language", signed_in(desk, settings.change_locale)),
        post("/settings/password", signed_in(desk, settings.change_password)),
        post("/settings/browsers/end", signed_in(desk, settings.end_others)),
        post("/settings/browsers/{session_id:uuid}/end", signed_in(desk, settings.end_browser)),
        post("/sign-out", at_door(desk, sign_in.sign_out)),
    ]
