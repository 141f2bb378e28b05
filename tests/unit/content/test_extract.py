"""Every sentence that a person reads is found for the translators."""

import tomllib

from babel.messages.extract import extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.util import pathmatch

from bot.content.extract import build_template, extract_content
from bot.content.load import ROOT, Content
from bot.content.parts import MAX_TITLE_CHARS
from bot.content.steps import HandOver
from bot.content.texts import texts_of


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


def test_the_template_says_the_rank_of_each_text(content: Content) -> None:
    """A translator knows what hangs on a word before anything else."""
    template = build_template(ROOT, content)
    assert template["Menu"].auto_comments[0] == "rank: safety"
    answer = template[content.answers["what_is_trafficking"].text]
    assert answer.auto_comments[0] == "rank: answer"
    assert all(m.auto_comments[0].startswith("rank: ") for m in template if m.id)


def test_pybabel_finds_the_same_texts(content: Content) -> None:
    """Babel's own tool, with `babel.cfg`, reads every text of `flows/` and no other, each near its line."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, _ = parse_mapping_cfg(file)
    patterns = [pattern for pattern, method in methods if method == "suar_content"]
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "flows").rglob("*.yml")):
        shown = str(path.relative_to(ROOT))
        if any(pathmatch(pattern, shown) for pattern in patterns):
            lines = path.read_text(encoding="utf-8").splitlines()
            for line, text, _, _ in extract_from_file(extract_content, path):
                found.setdefault(str(text), set()).add(shown)
                first_word = str(text).split()[0]
                assert any(first_word in each for each in lines[line - 1 : line + 1]), text
    wanted: dict[str, set[str]] = {}
    for each in texts_of(content):
        wanted.setdefault(each.text, set()).add(each.where)
    assert found == wanted


def test_the_extractor_is_known_to_babel() -> None:
    """`pybabel` finds it by the name in `pyproject.toml`."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    name = data["project"]["entry-points"]["babel.extractors"]["suar_content"]
    assert name == f"{extract_content.__module__}:{extract_content.__name__}"
