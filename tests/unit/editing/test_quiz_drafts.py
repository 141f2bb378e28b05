"""Writing a quiz: what goes along with a text, what has to be mended, and what is different."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.content.quiz_edits import body_of, read_quiz
from bot.content.quizzes import CHOICES
from bot.editing import quiz_draft as draft
from bot.editing.quiz_changes import compare_quizzes
from bot.editing.quiz_draft import Body, fitting, question_of, texts_by_place
from bot.editing.quiz_mistakes import CODES, find_mistakes

NAME = "job_offers"
FIRST = "licence_question"
FLAG = "no_licence_chat"
TODAY = date(2026, 11, 23)


@pytest.fixture
def body(content: Content) -> Body:
    """A draft of a quiz of the files."""
    return body_of(content, content, NAME)


def changed(body: Body, question_id: str = "", **fields: Any) -> Body:
    """Return the draft with some fields of the quiz, or of one of its questions, changed."""
    if not question_id:
        return {**body, "quiz": {**body["quiz"], **fields}}
    question = question_of(body, question_id)
    assert question is not None
    return draft.with_question(body, {**question, **fields})


def codes(body: Body, content: Content) -> set[tuple[str, str]]:
    """Return what has to be mended, each with its place inside its question."""
    return {(each.code, each.inside) for each in find_mistakes(body, content, content)}


def test_every_quiz_of_the_files_has_nothing_to_mend(content: Content) -> None:
    """What the model takes, the desk takes as well."""
    for name in content.quizzes:
        assert find_mistakes(body_of(content, content, name), content, content) == []


def test_a_translation_goes_along_with_its_text(content: Content, body: Body) -> None:
    """Where a sentence is changed, its translation stays beside it in every language, and is noted until somebody looks."""
    former = content.words.say(body["quiz"]["title"], "id")
    after = draft.carried(body, changed(body, title="Real?"), content)
    assert draft.said(after, content, "id", "Real?") == former
    assert draft.is_stale(after, "id", "Real?")
    looked = draft.with_words(after, content, "id", {"Real?": former})
    assert not draft.is_stale(looked, "id", "Real?")
    back = draft.carried(looked, changed(looked, title=body["quiz"]["title"]), content)
    assert back["words"] == {}


def test_a_moved_choice_keeps_its_translation(content: Content, body: Body) -> None:
    """Choices are known by their ids: their order says nothing of their words."""
    question = question_of(body, FIRST)
    assert question is not None
    turned = changed(body, FIRST, choices=list(reversed(question["choices"])))
    after = draft.carried(body, turned, content)
    assert after["words"] == {}
    assert draft.missing_in(after, content, "id") == []


def mended(code: str, body: Body) -> Body:
    """Return the draft with one thing wrong."""
    question, flag = question_of(body, FIRST), question_of(body, FLAG)
    assert question is not None
    assert flag is not None
    choices = question["choices"]
    wrong: dict[str, Body] = {
        "empty": changed(body, FIRST, text=" "),
        "too_long": changed(body, title="x" * 21),
        "braces": changed(body, intro="Hi {name}"),
        "same_choices": changed(body, FIRST, choices=[choices[0], {**choices[1], "text": choices[0]["text"]}, choices[2]]),
        "few_choices": changed(body, FIRST, choices=choices[2:]),
        "many_choices": changed(body, FIRST, choices=[*choices, *({**choices[0], "id": n, "text": n} for n in "xy")]),
        "one_right": changed(body, FIRST, choices=[{**each, "correct": True} for each in choices]),
        "some_right": changed(body, FIRST, kind="several", choices=[{**each, "correct": True} for each in choices]),
        "no_answer": changed(body, "broker_letter", answer=None),
        "few_lines": changed(body, FLAG, picture={"chat": [{"by": "me", "text": "Hi"}], "advert": None}),
        "many_lines": changed(body, FLAG, picture={"chat": [{"by": "me", "text": f"{n}"} for n in range(9)], "advert": None}),
        "line_gone": changed(body, FLAG, choices=[{**each, "line": 40 + n} for n, each in enumerate(flag["choices"])]),
        "line_order": changed(body, FLAG, choices=[{**each, "line": 1} for each in flag["choices"]]),
        "long_together": changed(body, FIRST, text="y" * 590),
        "no_source": changed(body, FIRST, sources=[]),
        "unknown_source": changed(body, FIRST, sources=["gone"]),
        "no_fact": changed(body, FIRST, fact=""),
        "unknown_fact": changed(body, FIRST, fact="gone"),
        "no_questions": changed(body, questions=[]),
        "round": changed(body, round=40),
        "results": changed(body, results=[{**each, "min_correct": 1} for each in body["quiz"]["results"]]),
        "few_results": changed(body, results=body["quiz"]["results"][:1]),
        "seconds": changed(body, seconds=5),
        "measures": changed(body, measures=["eighteen_to_work_abroad"]),
        "many_measures": changed(body, measures=["licence_can_be_checked"] * 3),
        "review": changed(body, review_by="2020-01-01"),
    }  # fmt: skip
    return wrong[code]


@pytest.mark.parametrize("code", CODES[: CODES.index("title_taken")])
def test_each_mistake_is_told_by_its_code(code: str, content: Content, body: Body) -> None:
    """One thing wrong is named as what it is, and none but that code or its neighbours."""
    assert code in {name for name, _ in codes(mended(code, body), content)}


def test_two_quizzes_of_one_title_are_told(content: Content, body: Body) -> None:
    """In the list two buttons would read the same."""
    other = content.quizzes["men_too"].title
    assert ("title_taken", "title") in codes(changed(body, title=other), content)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("x" * 21, "too_long"),
        ("Beneran {a}", "braces"),
        ("\u202eBeneran", "directions"),
        ("Beneran 12345", "numbers"),
        ("Beneran https://a.example", "links"),
    ],
)
def test_a_translation_has_its_own_mistakes(
    words: str, code: str, content: Content, body: Body
) -> None:
    """What is wrong in one language is told of that language."""
    after = draft.with_words(body, content, "id", {body["quiz"]["title"]: words})
    found = find_mistakes(after, content, content)
    assert code in {each.code for each in found if each.locale == "id" and each.place == "title"}


def test_a_sentence_said_elsewhere_keeps_its_translation(content: Content) -> None:
    """A copy of a quiz shares its sentences: another translation would change the other quiz as well."""
    body = draft.copied(body_of(content, content, NAME), "copy", "Copy", TODAY, iter("abcdefghijklmnopqrstuvwxyz").__next__)  # fmt: skip
    intro = body["quiz"]["intro"]
    after = draft.with_words(body, content, "id", {intro: "Lain sama sekali."})
    assert ("said_elsewhere", "intro") in codes(after, content)


@given(kind=st.sampled_from(sorted(CHOICES)), title=st.text(max_size=40))
def test_a_new_quiz_is_told_what_it_lacks_and_never_falls(
    kind: Any, title: str, content: Content
) -> None:
    """Whatever is typed first, the page has something to say and nothing breaks."""
    name = draft.slug_of(title, content.quizzes)
    body = draft.added(draft.blank(name, title, TODAY), draft.blank_question(kind, "q_1"))
    found = find_mistakes(body, content, content)
    assert {each.code for each in found} >= {"empty", "no_source", "no_fact"}
    assert {each.code for each in found} <= set(CODES)
    assert compare_quizzes({}, body)


@given(titles=st.lists(st.text(max_size=50), max_size=6))
def test_names_fit_and_are_never_given_twice(titles: list[str]) -> None:
    """A name made of a title is one that files take, whatever was typed."""
    taken: list[str] = []
    for title in titles:
        name = draft.slug_of(title, taken)
        assert name not in taken
        assert name[0].isalpha()
        assert name.isascii()
        assert len(name) <= draft.MAX_ID_CHARS
        taken.append(name)


@given(data=st.data())
def test_moving_loses_nothing(data: st.DataObject, content: Content) -> None:
    """However questions are moved, doubled and taken out, all others stay, in their order."""
    body = body_of(content, content, NAME)
    ids = [each["id"] for each in body["quiz"]["questions"]]
    name, place = data.draw(st.sampled_from(ids)), data.draw(st.integers(-3, 40))
    moved = [each["id"] for each in draft.moved(body, name, place)["quiz"]["questions"]]
    assert [each for each in moved if each != name] == [each for each in ids if each != name]
    assert moved.index(name) == max(0, min(place, len(ids) - 1))
    doubled = draft.doubled(body, name, "q_new")
    assert draft.removed(doubled, "q_new")["quiz"] == body["quiz"]


def test_what_is_different_is_told_by_place(content: Content, body: Body) -> None:
    """A changed word, a question taken out and a translation each have their place."""
    after = draft.removed(changed(body, round=7), FIRST)
    after = draft.with_words(after, content, "id", {body["quiz"]["title"]: "Asli?"})
    found = {(each.field, each.locale) for each in compare_quizzes(body, after)}
    assert {("round", ""), ("title", "id"), ("text", ""), ("order", "")} <= found
    assert compare_quizzes(body, body) == []


def test_what_belongs_to_another_kind_is_left_out(content: Content, body: Body) -> None:
    """Changing the kind there and back loses nothing that was typed, and the file gets only what it takes."""
    turned = changed(body, FIRST, kind="true_false", answer=True)
    quiz = read_quiz({"quiz": fitting(turned["quiz"])})
    made = quiz.question(FIRST)
    assert made is not None
    assert made.choices == ()
    assert fitting(changed(turned, FIRST, kind="single")["quiz"]) == fitting(
        changed(body, FIRST)["quiz"]
    )
    assert len(texts_by_place(body["quiz"])) > 100
