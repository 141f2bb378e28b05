"""Questions as a table: what is read, what is refused and how to mend it, and that nothing is lost on the way out and back."""

import csv
import inspect
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.content.quiz_edits import body_of
from bot.editing import quiz_table
from bot.editing.quiz_draft import Body, blank, said, with_questions
from bot.editing.quiz_mistakes import find_mistakes
from bot.editing.quiz_table import (
    COLUMNS,
    MAX_QUESTIONS,
    TABLE_CODES,
    Brought,
    bring,
    table_of,
    taken_out,
)
from bot.sheets import as_csv, as_xlsx
from bot.table_file import MAX_BYTES, NotATable, read_table
from tests.unit.editing.test_quiz_drafts import TODAY

BATCH = "q_0000abcd"
GOOD = {
    "kind": "single", "fact": "", "question": "Who keeps the passport?", "answer_1": "The worker", "answer_2": "The agent",
    "right": "1", "explanation": "It is the worker's own.", "sources": "",
}  # fmt: skip


@pytest.fixture
def empty() -> Body:
    """A draft without questions."""
    return blank("harbour", "At the harbour", TODAY)


@pytest.fixture
def good(content: Content) -> dict[str, str]:
    """A row that is right."""
    fact, known = next(iter(content.facts.items()))
    return {**GOOD, "fact": fact, "sources": ", ".join(known.sources)}


def csv_of(*rows: dict[str, str], delimiter: str = ",") -> bytes:
    """Return rows as CSV, with the columns of all of them."""
    head = list(dict.fromkeys(name for row in rows for name in row))
    lines = [head, *([row.get(name, "") for name in head] for row in rows)]
    quoted = (delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    return "\n".join(quoted).encode()


def brought(data: bytes, body: Body, content: Content) -> Brought:
    """Bring a file into a draft."""
    return bring(read_table(data, most=MAX_QUESTIONS), body, BATCH, content, content)


def faults(data: bytes, body: Body, content: Content) -> set[tuple[int, str, str]]:
    """Return what is to mend: row, column and code."""
    found = brought(data, body, content).mistakes
    return {(each.row, each.column, each.code) for each in found}


def without_ids(question: dict[str, Any]) -> dict[str, Any]:
    """Return a question without the ids, which a table does not hold, and with the line of each answer said."""
    choices = [
        {**each, "id": "", "line": at if each["line"] is None else each["line"]}
        for at, each in enumerate(question["choices"])
    ]
    return {**question, "id": "", "choices": choices}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_quiz_comes_back_as_it_went_out(content: Content, empty: Body, kind: str) -> None:
    """What is written as a table and read again are the same questions and translations, and nothing is to mend."""
    for name in content.quizzes:
        body = body_of(content, content, name)
        questions = body["quiz"]["questions"]
        head, *rows = table_of(questions, body, content, ["id"])
        data = as_csv(head, rows).encode() if kind == "csv" else as_xlsx([(name, head, rows)])
        found = brought(data, {**empty, "quiz": {**empty["quiz"], "quiz": name}}, content)
        assert found.mistakes == ()
        back = found.body["quiz"]["questions"]
        assert [without_ids(each) for each in back] == [without_ids(each) for each in questions]
        for question in questions:
            text = question["text"]
            assert said(found.body, content, "id", text) == said(body, content, "id", text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_spreadsheet_s_csv_is_read(
    content: Content, empty: Body, good: dict[str, str], delimiter: str, encoding: str
) -> None:
    """Commas, semicolons or tabs, with or without a mark, in two encodings: the letters arrive."""
    row = {**good, "question": "Siapa – ကိုင် – نگه می‌دارد?"}
    data = csv_of(row, delimiter=delimiter).decode().encode(encoding)
    found = brought(data, empty, content)
    assert found.mistakes == ()
    assert found.body["quiz"]["questions"][0]["text"] == row["question"]


def test_what_a_table_brought_can_be_taken_out_again(
    content: Content, good: dict[str, str]
) -> None:
    """A draft with questions of its own is as it was before."""
    body = body_of(content, content, "job_offers")
    found = brought(csv_of(good), body, content)
    assert len(found.ids) == 1
    assert taken_out(found.body, BATCH)["quiz"] == body["quiz"]
    assert taken_out(found.body, "")["quiz"] == found.body["quiz"]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"kind": "choose"}, "kind", "kind"),
        ({"level": "9"}, "level", "level"),
        ({"right": "3"}, "right", "right"),
        ({"right": "1, 2"}, "right", "one_right"),
        ({"right": ""}, "right", "one_right"),
        ({"kind": "true_false", "right": "perhaps"}, "right", "right"),
        ({"kind": "order", "right": "1", "answer_3": "C"}, "right", "right"),
        ({"question": ""}, "question", "empty"),
        ({"answer_2": "the WORKER"}, "answer_2", "same_choices"),
        ({"answer_2": ""}, "right", "few_choices"),
        ({"answer_1": "x" * 61}, "answer_1", "too_long"),
        ({"fact": "moon"}, "fact", "unknown_fact"),
        ({"sources": "moon"}, "sources", "unknown_source"),
        ({"sources": ""}, "sources", "no_source"),
        ({"question": "=1+1"}, "question", "formula"),
        ({"explanation": "@SUM(A1)"}, "explanation", "formula"),
        ({"hint:id": "Siapa?"}, "hint:id", "no_source_words"),
        ({"answer_2:id": "x" * 61}, "answer_2:id", "too_long"),
        ({"kind": "flag", "line_1": "a", "line_2": "b", "answer_3": "c", "line_3": "d", "about": "1"}, "about", "about"),
        ({"kind": "flag", "answer_3": "c"}, "line_1", "few_lines"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_row_and_column(
    content: Content, empty: Body, good: dict[str, str], changed: dict[str, str], column: str, code: str
) -> None:  # fmt: skip
    """Somebody finds in their spreadsheet what to mend."""
    second = {**good, "question": "Another?", **changed}
    assert (3, column, code) in faults(csv_of(good, second), empty, content)


@pytest.mark.parametrize(
    ("head", "column", "code"),
    [
        ("Right answer", "Right answer", "unknown_column"),
        ("explanations", "explanations", "near_column"),
        ("question", "question", "double_column"),
        ("question:xx", "question:xx", "no_language"),
        ("question:en", "question:en", "no_language"),
        ("level:id", "level:id", "unknown_column"),
        ("=A1", "", "no_head_cell"),
    ],
)
def test_a_column_that_nobody_knows_is_named(
    content: Content, empty: Body, good: dict[str, str], head: str, column: str, code: str
) -> None:
    """A wrong head stops everything before the rows are looked at."""
    lines = csv_of(good).decode().split("\n")
    data = f'{lines[0]},"{head}"\n{lines[1]},"x"'.encode()
    found = faults(data, empty, content)
    assert {each for each in found if each[0] == 1} == {(1, column, code)}
    assert brought(data, empty, content).body is empty


def test_a_cell_below_no_name_is_named(
    content: Content, empty: Body, good: dict[str, str]
) -> None:
    """What stands beside the table is not silently left out."""
    data = csv_of(good) + b',"a note"'
    assert (2, "", "no_head_cell") in faults(data, empty, content)


def test_a_missing_column_is_named(content: Content, empty: Body, good: dict[str, str]) -> None:
    """Without what each question must have, nothing is read."""
    assert faults(csv_of({"question": "Who?", "fact": good["fact"]}), empty, content) == {
        (1, "explanation", "no_column"),
        (1, "sources", "no_column"),
    }


def test_a_table_brought_twice_brings_nothing_twice(
    content: Content, empty: Body, good: dict[str, str]
) -> None:
    """A question that stands there already is refused, in the table itself and in the draft."""
    assert (3, "question", "double") in faults(csv_of(good, good), empty, content)
    once = brought(csv_of(good), empty, content)
    assert faults(csv_of(good), once.body, content) == {(2, "question", "double")}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n\n , ,\n", "empty"),
        (b"\xd0\xcf\x11\xe0old", "old_workbook"),
        (b"PK\x03\x04 and no more", "not_a_workbook"),
        (b"question,fact\nWer h\xe4lt?,x", "not_utf8"),
        (b"\x00\x01\x02", "not_text"),
        (b'question,fact\n"open', "broken"),
        (b"a," * 500 + b"\n", "too_wide"),
        (b"question\n" + b"x" * 5_000, "cell_long"),
        (b"question\n" + b"x\n" * (MAX_QUESTIONS + 1), "too_long"),
        (b"question\n" + b"x" * MAX_BYTES, "too_large"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, why: str) -> None:
    """Each with a reason of its own, so that somebody can mend it."""
    with pytest.raises(NotATable) as refused:
        read_table(data, most=MAX_QUESTIONS)
    assert refused.value.why == why


def test_a_workbook_that_unpacks_to_far_more_is_refused() -> None:
    """Forty megabytes of nothing pack into a few kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b" " * 40_000_000)
    with pytest.raises(NotATable) as refused:
        read_table(packed.getvalue(), most=MAX_QUESTIONS)
    assert refused.value.why == "too_large"


def test_a_formula_in_a_workbook_is_refused(
    content: Content, empty: Body, good: dict[str, str]
) -> None:
    """What a spreadsheet has calculated is not taken for words; the sign alone is no formula there."""
    book = openpyxl.Workbook()
    book.active.append(list(good))
    book.active.append(list({**good, "explanation": "=1+1"}.values()))
    out = io.BytesIO()
    book.save(out)
    assert (2, "explanation", "formula") in faults(out.getvalue(), empty, content)


@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
        st.text(max_size=400).map(str.encode),
        st.lists(
            st.tuples(st.sampled_from([*COLUMNS, "question:id", "x", ""]), st.text(max_size=70)),
            min_size=1,
            max_size=12,
        ).map(lambda cells: as_csv([n for n, _ in cells], [[c for _, c in cells]]).encode()),
    )
)
def test_whatever_comes_is_read_or_refused(content: Content, data: bytes) -> None:
    """No file breaks the page; what is taken without a mistake is right, and codes have a sentence."""
    body = blank("harbour", "At the harbour", TODAY)
    try:
        found = brought(data, body, content)
    except NotATable:
        return
    if not found.mistakes:
        for name in found.ids:
            assert not [
                m for m in find_mistakes(found.body, content, content) if m.question == name
            ]


@given(
    text=st.text(
        st.one_of(
            st.sampled_from("=@+-',\"; "),
            st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="{}"),
        ),
        min_size=1,
        max_size=60,
    ).filter(lambda text: text == text.strip())
)
@example(text="'=1")
@example(text=",=1")
def test_any_words_survive_a_csv(content: Content, text: str) -> None:
    """Words that look like a formula are guarded on the way out, and unguarded on the way in."""
    question = {**body_of(content, content, "job_offers")["quiz"]["questions"][0], "text": text}
    body = with_questions(blank("harbour", "At the harbour", TODAY), [question])
    head, *rows = table_of([question], body, content, [])
    data = as_csv(head, rows).encode()
    for cells in csv.reader(io.StringIO(data.decode())):
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]
    [_, row] = read_table(data, most=1)
    assert row.cells[head.index("question")] == text
    assert not row.formulas


def test_the_codes_are_those_that_are_used() -> None:
    """A code without a use, or a use without a code, would leave somebody without a sentence."""
    source = inspect.getsource(quiz_table)
    for code in TABLE_CODES:
        assert source.count(f'"{code}"') > 1, code
