"""The desk as routes: every page it has, and who may reach it."""

from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.desk.web import (
    answers,
    conversation,
    directory,
    edits,
    events,
    flows,
    health,
    profile,
    queue,
    review,
    settings,
    setup,
    sign_in,
    undelivered,
    unmet,
)
from bot.desk.web.desk import Desk
from bot.desk.web.errors import handlers
from bot.desk.web.guard import Handler, Page, checking, reviewing, signed_in, talking, writing
from bot.desk.web.pages import STATIC, Pages
from bot.desk.web.passwords import Passwords
from bot.desk.web.security import Guarded
from bot.desk.web.services import DeskServices
from bot.prover import drawing

CASE = "/cases/{case_id:uuid}"
LINE = CASE + "/lines/{line_id:int}"
REVIEW = "/review/{review_id:uuid}"
SERVICE = "/directory/{service_id:str}"
ANSWER = "/answers/{answer:str}"
EDIT = "/edits/{edit_id:uuid}"
UNMET = "/unmet/{question_id:uuid}"


def desk_routes(desk: DeskServices, *, passwords: Passwords | None = None) -> list[Route | Mount]:
    """Return the routes of the staff's web app; everything lies under ``/desk/``."""
    return [_mount(Desk(desk, Pages(desk.words), passwords or Passwords()))]


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
            *_review(desk),
            *_directory(desk),
            *_content(desk),
            *_own(desk),
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
        ("/undelivered", undelivered.show),
    ]
    actions: list[tuple[str, Page]] = [
        ("/next", queue.take_next),
        ("/rest", queue.rest),
        ("/rest/end", queue.end_rest),
        (CASE + "/reply", conversation.reply),
        (CASE + "/release", conversation.release),
        (CASE + "/close", conversation.close),
        (LINE + "/mark", conversation.mark),
        (LINE + "/unmark", conversation.unmark),
        ("/undelivered/{outbox_id:int}/retry", undelivered.retry),
    ]
    return [
        _get("/", signed_in(desk, queue.home)),
        *(_get(path, talking(desk, page)) for path, page in pages),
        *(_post(path, talking(desk, page)) for path, page in actions),
    ]


def _review(desk: Desk) -> list[Route]:
    """What those who label messages can reach."""
    actions: list[tuple[str, Page]] = [
        ("/review/export", review.export),
        (REVIEW + "/save", review.save),
        (REVIEW + "/undo", review.undo),
        (REVIEW + "/unusable", review.set_unusable),
    ]
    return [
        _get("/review", reviewing(desk, review.show_list)),
        _get(REVIEW, reviewing(desk, review.show)),
        *(_post(path, reviewing(desk, page)) for path, page in actions),
    ]


def _directory(desk: Desk) -> list[Route]:
    """What everybody of the staff can read, and what those who check it can record."""
    return [
        _get("/directory", signed_in(desk, directory.show_list)),
        _get(SERVICE, signed_in(desk, directory.show)),
        _post(SERVICE + "/check", checking(desk, directory.record)),
        _post(SERVICE + "/undo", checking(desk, directory.undo)),
    ]


def _content(desk: Desk) -> list[Route]:
    """What those who edit what Suar says can reach."""
    pages: list[tuple[str, Page]] = [
        ("/answers", answers.show_list),
        (ANSWER, answers.show),
        (ANSWER + "/edit", edits.show_form),
        (EDIT, edits.show),
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
        (UNMET + "/belongs", unmet.belongs),
        (UNMET + "/wanted", unmet.wanted),
        (UNMET + "/done", unmet.done),
        ("/unmet/decisions/{decision_id:uuid}/undo", unmet.undo),
    ]
    return [
        *(_get(path, writing(desk, page)) for path, page in pages),
        *(_post(path, writing(desk, page)) for path, page in actions),
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
        _post("/settings/profile", talking(desk, profile.change_own)),
        _get("/staff", talking(desk, profile.show_staff)),
        _post("/staff/{staff_id:uuid}", talking(desk, profile.confirm)),
        _post("/settings/language", signed_in(desk, settings.change_locale)),
        _post("/settings/password", signed_in(desk, settings.change_password)),
        _post("/sign-out", signed_in(desk, sign_in.sign_out)),
    ]


def _get(path: str, handler: Handler) -> Route:
    return Route(path, handler, methods=["GET"])


def _post(path: str, handler: Handler) -> Route:
    return Route(path, handler, methods=["POST"])
