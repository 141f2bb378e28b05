"""Every sentence that a person reads is found for the translators."""

from bot.content.extract import build_template, texts_of
from bot.content.load import ROOT, Content
from bot.content.parts import MAX_TITLE_CHARS
from bot.content.steps import HandOver


def test_texts_of_every_kind_are_found(content: Content) -> None:
    """Titles, variants, tables of titles, answers, quizzes, numbers, services and pages are all there."""
    found = {text.text for text in texts_of(content)}
    answer = content.answers["what_is_trafficking"]
    question = next(iter(content.quizzes.values())).questions[0]
    number = content.emergency[0]
    waiting = content.step("consent.waiting")
    assert isinstance(waiting, HandOver)
    wanted = [
        "Menu",
        "What would you like to do next? You can also just write.",
        *waiting.times.values(),
        answer.text,
        answer.more,
        answer.title,
        question.choices[0].text,
        question.explanation,
        number.when,
        number.confidentiality,
        content.pages["telegram"]["menu"],
    ]
    assert [text for text in wanted if text not in found] == []


def test_names_ids_and_numbers_are_not_translated(content: Content) -> None:
    """What stays the same in every language is not given to a translator."""
    found = {text.text for text in texts_of(content)}
    assert not {"menu.main", "ask", "Polri", "110", "content-team"} & found


def test_services_for_the_staff_alone_are_not_translated(content: Content) -> None:
    """Only what a person may be shown is."""
    shown = {text.text for text in texts_of(content) if text.where.endswith("services.yml")}
    hidden = [
        each for each in content.services.values() if each.surface in {"staff_only", "never"}
    ]
    open_ = {each.serves for each in content.services.values() if each not in hidden}
    assert hidden
    assert not {each.serves for each in hidden} - open_ & shown


def test_the_template_holds_every_text_once_with_its_limit(content: Content) -> None:
    """A translator sees where a text stands and how long it may be; words of the pages are there too."""
    template = build_template(ROOT, content)
    for text in texts_of(content):
        message = template[text.text]
        assert any(where == text.where for where, _ in message.locations)
    assert f"At most {MAX_TITLE_CHARS} characters." in template["Menu"].auto_comments
    places = {where for message in template for where, _ in message.locations}
    assert any(place.endswith(".html") for place in places)


def test_the_template_is_the_same_every_time(content: Content) -> None:
    """The order is stable, so that a change shows as a change."""
    assert [m.id for m in build_template(ROOT, content)] == [
        m.id for m in build_template(ROOT, content)
    ]
