"""The desk as routes: every page it has, and who may reach it."""

from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.conversation.typing import Typing
from bot.desk.web import (
    answers,
    audit_log,
    board,
    casefile,
    check,
    conversation,
    directory,
    edits,
    events,
    files,
    flows,
    forecast,
    going_on,
    health,
    kept,
    learning,
    practice,
    profile,
    queue,
    ready,
    receivers,
    referrals,
    reports,
    review,
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
    unmet,
    voices,
    whatsapp,
)
from bot.desk.web.desk import Desk
from bot.desk.web.errors import handlers
from bot.desk.web.guard import Handler, Page, allowed, at_door, confirmed, signed_in
from bot.desk.web.pages import STATIC, Pages
from bot.desk.web.passwords import Passwords
from bot.desk.web.security import Guarded
from bot.desk.web.services import DeskServices
from bot.desk.web.studio.routes import ROUTES as STUDIO
from bot.desk.web.upload import read_upload
from bot.hotline.permissions import Permission
from bot.prover import drawing

CASE = "/cases/{case_id:uuid}"
LINE = CASE + "/lines/{line_id:int}"
REVIEW = "/review/{review_id:uuid}"
SERVICE = "/directory/{service_id:str}"
ANSWER = "/answers/{answer:str}"
EDIT = "/edits/{edit_id:uuid}"
VOICE = "/voices/{locale:str}/{place:str}"
RECORDING = "/recordings/{voice_id:uuid}"
FILE = CASE + "/file"
REFERRAL = "/referrals/{referral_id:uuid}"
UNMET = "/unmet/{question_id:uuid}"
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
            *_review(desk),
            *_directory(desk),
            *_content(desk),
            *_studio(desk),
            *_trust(desk),
            *_practice(desk),
            *_own(desk),
            *_whatsapp(desk),
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
        _get("/sign-in", sign_in.show(desk)),
        _post("/sign-in", sign_in.submit(desk)),
        _get("/setup", setup.show(desk)),
        _post("/setup", setup.submit(desk)),
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
        (LINE + "/translation", translate.put),
        ("/interpret/{translation_id:uuid}", translate.answer),
        (LINE + "/mark", conversation.mark),
        (LINE + "/unmark", conversation.unmark),
        (LINE + "/veil", conversation.veil),
        ("/undelivered/{outbox_id:int}/retry", undelivered.retry),
    ]
    return [
        _get("/", signed_in(desk, queue.home)),
        *(_get(path, allowed(desk, Permission.TALK, page)) for path, page in pages),
        *(_post(path, allowed(desk, Permission.TALK, page)) for path, page in actions),
        _post(
            CASE + "/reply", allowed(desk, Permission.TALK, conversation.reply, reads=read_upload)
        ),
        _post(
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
        *(_get(path, allowed(desk, Permission.TALK, page)) for path, page in pages),
        *(_post(path, allowed(desk, Permission.TALK, page)) for path, page in actions),
        _get(
            REFERRAL + "/file",
            allowed(
                desk,
                Permission.TALK,
                confirmed(referrals.fetch, back="/desk/referrals/{referral_id}"),
            ),
        ),
    ]


def _review(desk: Desk) -> list[Route]:
    """What those who label messages can reach."""
    actions: list[tuple[str, Page]] = [
        (REVIEW + "/save", review.save),
        (REVIEW + "/undo", review.undo),
        (REVIEW + "/unusable", review.set_unusable),
    ]
    return [
        _get("/review", allowed(desk, Permission.REVIEW, review.show_list)),
        _get(REVIEW, allowed(desk, Permission.REVIEW, review.show)),
        *(_post(path, allowed(desk, Permission.REVIEW, page)) for path, page in actions),
        _post(
            "/review/export",
            allowed(desk, Permission.EXPORT, confirmed(review.export, back=review.LIST)),
        ),
    ]


def _directory(desk: Desk) -> list[Route]:
    """What everybody of the staff can read, and what those who check it can record."""
    return [
        _get("/directory", signed_in(desk, directory.show_list)),
        _get(SERVICE, signed_in(desk, directory.show)),
        _post(SERVICE + "/check", allowed(desk, Permission.CHECK, directory.record)),
        _post(SERVICE + "/undo", allowed(desk, Permission.CHECK, directory.undo)),
    ]


def _content(desk: Desk) -> list[Route]:
    """What those who edit what Suar says can reach."""
    pages: list[tuple[str, Page]] = [
        ("/answers", answers.show_list),
        (ANSWER, answers.show),
        (ANSWER + "/edit", edits.show_form),
        (EDIT, edits.show),
        ("/voices", voices.show_list),
        ("/voices/sound/{voice_id:uuid}", voices.sound),
        (VOICE, voices.show),
        ("/learning", learning.show),
        ("/unmet", unmet.show_list),
        (UNMET, unmet.show),
    ]
    actions: list[tuple[str, Page]] = [
        (ANSWER + "/still-right", answers.still_right),
        (ANSWER + "/edit", edits.save),
        (ANSWER + "/parts/preview", edits.preview_part),
        (EDIT + "/send", edits.send),
        (EDIT + "/publish", edits.publish),
        (EDIT + "/refuse", edits.refuse),
        (EDIT + "/withdraw", edits.withdraw),
        (EDIT + "/undo", edits.undo),
        (RECORDING + "/publish", voices.publish),
        (RECORDING + "/refuse", voices.refuse),
        (RECORDING + "/withdraw", voices.withdraw),
        (RECORDING + "/take-back", voices.take_back),
        (RECORDING + "/delete", voices.delete),
        (VOICE + "/retire", voices.retire),
        ("/learning/export", learning.export),
        (UNMET + "/belongs", unmet.belongs),
        (UNMET + "/wanted", unmet.wanted),
        (UNMET + "/done", unmet.done),
        ("/unmet/decisions/{decision_id:uuid}/undo", unmet.undo),
    ]
    return [
        *(_get(path, allowed(desk, Permission.WRITE, page)) for path, page in pages),
        *(_post(path, allowed(desk, Permission.WRITE, page)) for path, page in actions),
        _post(VOICE, allowed(desk, Permission.WRITE, voices.send, reads=read_upload)),
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
        _get("/code", at_door(desk, second_step.show_code)),
        _post("/code", at_door(desk, second_step.give_code)),
        _get("/second-step", at_door(desk, second_step.show)),
        _post("/second-step", at_door(desk, second_step.set_up)),
        _post(
            "/second-step/codes",
            signed_in(desk, confirmed(second_step.make_codes, back=back)),
        ),
        _get("/audit", allowed(desk, Permission.AUDIT, audit_log.show)),
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
        _get("/rota", allowed(desk, Permission.TALK, rota.show)),
        *(_get(path, allowed(desk, Permission.OVERSEE, page)) for path, page in pages),
        *(_post(path, allowed(desk, Permission.OVERSEE, page)) for path, page in actions),
        _post(
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
        _get("/practice", allowed(desk, Permission.TALK, practice.show_list)),
        _get(PRACTICE, allowed(desk, Permission.TALK, practice.show)),
        *(_post(path, allowed(desk, Permission.TALK, page)) for path, page in actions),
    ]


def _own(desk: Desk) -> list[Route]:
    """What everybody of the staff can reach."""
    return [
        _get("/events", signed_in(desk, events.connect)),
        _get("/parts/health", signed_in(desk, health.part)),
        _get("/flows", signed_in(desk, flows.show_all)),
        _get("/flows/{flow}", signed_in(desk, flows.show)),
        _get("/help", signed_in(desk, settings.help_page)),
        _get("/settings", signed_in(desk, settings.show)),
        _post("/settings/profile", allowed(desk, Permission.TALK, profile.change_own)),
        _get("/staff", allowed(desk, Permission.OVERSEE, profile.show_staff)),
        _post("/staff/{staff_id:uuid}", allowed(desk, Permission.OVERSEE, profile.confirm)),
        _post("/settings/telegram/code", allowed(desk, Permission.TALK, staff_account.make_code)),
        _post("/settings/telegram/unlink", allowed(desk, Permission.TALK, staff_account.unlink)),
        _post("/settings/language", signed_in(desk, settings.change_locale)),
        _post("/settings/password", signed_in(desk, settings.change_password)),
        _post("/settings/browsers/end", signed_in(desk, settings.end_others)),
        _post("/settings/browsers/{session_id:uuid}/end", signed_in(desk, settings.end_browser)),
        _post("/sign-out", at_door(desk, sign_in.sign_out)),
    ]


def _whatsapp(desk: Desk) -> list[Route]:
    """Words that WhatsApp has to approve."""
    actions: list[tuple[str, Page]] = [
        ("/whatsapp/submit", whatsapp.submit),
        ("/whatsapp/sync", whatsapp.sync),
    ]
    return [
        _get("/whatsapp", allowed(desk, Permission.WRITE, whatsapp.show)),
        _get("/parts/whatsapp", allowed(desk, Permission.WRITE, whatsapp.part)),
        *(_post(path, allowed(desk, Permission.WRITE, page)) for path, page in actions),
    ]


def _get(path: str, handler: Handler) -> Route:
    return Route(path, handler, methods=["GET"])


def _post(path: str, handler: Handler) -> Route:
    return Route(path, handler, methods=["POST"])
