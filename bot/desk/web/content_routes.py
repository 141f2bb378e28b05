"""The desk's pages for those who look after what Suar says and understands: answers, recordings, the directory, messages to label."""

from starlette.routing import Route

from bot.desk.web import answers, directory, edits, learning, review, unmet, voices, whatsapp
from bot.desk.web.desk import Desk
from bot.desk.web.guard import Page, allowed, confirmed, get, post, signed_in
from bot.desk.web.upload import read_upload
from bot.hotline.permissions import Permission

REVIEW = "/review/{review_id:uuid}"
SERVICE = "/directory/{service_id:str}"
ANSWER = "/answers/{answer:str}"
EDIT = "/edits/{edit_id:uuid}"
VOICE = "/voices/{locale:str}/{place:str}"
RECORDING = "/recordings/{voice_id:uuid}"
UNMET = "/unmet/{question_id:uuid}"


def content_routes(desk: Desk) -> list[Route]:
    """Return their routes."""
    return [*_content(desk), *_review(desk), *_directory(desk), *_whatsapp(desk)]


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
        *(get(path, allowed(desk, Permission.WRITE, page)) for path, page in pages),
        *(post(path, allowed(desk, Permission.WRITE, page)) for path, page in actions),
        post(VOICE, allowed(desk, Permission.WRITE, voices.send, reads=read_upload)),
    ]


def _review(desk: Desk) -> list[Route]:
    """What those who label messages can reach."""
    actions: list[tuple[str, Page]] = [
        (REVIEW + "/save", review.save),
        (REVIEW + "/undo", review.undo),
        (REVIEW + "/unusable", review.set_unusable),
    ]
    return [
        get("/review", allowed(desk, Permission.REVIEW, review.show_list)),
        get(REVIEW, allowed(desk, Permission.REVIEW, review.show)),
        *(post(path, allowed(desk, Permission.REVIEW, page)) for path, page in actions),
        post(
            "/review/export",
            allowed(desk, Permission.EXPORT, confirmed(review.export, back=review.LIST)),
        ),
    ]


def _directory(desk: Desk) -> list[Route]:
    """What everybody of the staff can read, and what those who check it can record."""
    return [
        get("/directory", signed_in(desk, directory.show_list)),
        get(SERVICE, signed_in(desk, directory.show)),
        post(SERVICE + "/check", allowed(desk, Permission.CHECK, directory.record)),
        post(SERVICE + "/undo", allowed(desk, Permission.CHECK, directory.undo)),
    ]


def _whatsapp(desk: Desk) -> list[Route]:
    """Words that WhatsApp has to approve."""
    actions: list[tuple[str, Page]] = [
        ("/whatsapp/submit", whatsapp.submit),
        ("/whatsapp/sync", whatsapp.sync),
    ]
    return [
        get("/whatsapp", allowed(desk, Permission.WRITE, whatsapp.show)),
        get("/parts/whatsapp", allowed(desk, Permission.WRITE, whatsapp.part)),
        *(post(path, allowed(desk, Permission.WRITE, page)) for path, page in actions),
    ]
