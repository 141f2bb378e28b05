"""The form of a message: whatever content there is, the form holds it, and makes the same of it again."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from bot.campaigns.audience import EVERYBODY
from bot.campaigns.broadcast import BroadcastContent, read_content
from bot.campaigns.broadcast_rows import Draft
from bot.campaigns.schedule import Now
from bot.desk.web.studio import message_form as forms
from bot.desk.web.studio.message_form import Typed

LOCALES = ("id", "en", "ar", "my", "th")
TARGETS = (
    "quiz:warning_signs", "event:talk-july", "step:menu.main", "https://example.org/a",
    "https://example.org/b",
)  # fmt: skip
LETTERS = st.characters(categories=("L", "N"), max_codepoint=0x1200)
WORD = st.text(LETTERS, min_size=1, max_size=12)
BUTTONS = st.lists(
    st.fixed_dictionaries({"title": WORD, "target": st.sampled_from(TARGETS)}), max_size=2
)


@st.composite
def contents(draw: st.DrawFn) -> BroadcastContent:
    """Return any content whose lines are written without needless spaces."""
    locales = draw(st.lists(st.sampled_from(LOCALES), min_size=1, max_size=4, unique=True))
    share = draw(st.integers(1, 99))
    names = draw(st.sampled_from([("a",), ("a", "b")]))
    shares = {"a": 100} if names == ("a",) else {"a": share, "b": 100 - share}
    said: list[dict[str, Any]] = [
        {
            "id": name,
            "share": shares[name],
            "words": {
                locale: {
                    "text": draw(st.lists(WORD, min_size=1, max_size=5).map("\n".join)),
                    "buttons": draw(BUTTONS),
                }
                for locale in locales
            },
        }
        for name in names
    ]
    fallback = draw(st.sampled_from([None, *locales]))
    return read_content({"variants": said, "fallback": fallback})


def sent(typed: Typed) -> FormData:
    """Return what a browser sends of the form."""
    fields: list[tuple[str, str]] = [("name", typed.name), ("share", str(typed.share))]
    fields += [("fallback", typed.fallback), ("picture", str(typed.picture or ""))]
    fields += [("locale", code) for code in typed.locales]
    for variant, spoken in typed.variants.items():
        fields.append(("variant", variant))
        for code, words in spoken.items():
            place = f"{variant}-{code}"
            fields.append((f"{place}-text", words.text.replace("\n", "\r\n")))
            for number, button in enumerate(words.buttons):
                fields.append((f"{place}-title{number}", button.title))
                fields.append((f"{place}-target{number}", button.target))
                fields.append((f"{place}-address{number}", button.address))
    return FormData(fields)


def typed_of(content: BroadcastContent) -> Typed:
    """Return the form that shows some content."""
    return forms.typed_of(Draft("July", content, EVERYBODY, Now()))


@given(contents())
def test_what_the_form_shows_it_reads_back(content: BroadcastContent) -> None:
    """Opened and saved without a touch, a message stays what it was: words, buttons in each language, shares, fallback."""
    again = forms.read_typed(sent(typed_of(content)), LOCALES)
    assert list(forms.problems_of(again)) == []
    assert forms.content_of(again) == content


@given(contents(), st.sampled_from(LOCALES))
def test_a_language_leaves_the_others_as_they_are(content: BroadcastContent, code: str) -> None:
    """Taken out, also where it was the source, the rest says and leads where it did."""
    typed = forms.without_language(typed_of(content), code)
    if len(content.locales) == 1 or code not in content.locales:
        assert typed == typed_of(content)
        return
    left = forms.content_of(typed)
    assert left.locales == content.locales - {code}
    for before, after in zip(content.variants, left.variants, strict=True):
        assert all(after.words[each] == before.words[each] for each in left.locales)


@given(contents(), st.sampled_from(LOCALES))
def test_a_new_language_is_empty_and_asked_for(content: BroadcastContent, code: str) -> None:
    """Added, it has to be written before the message can be saved; nothing else has changed."""
    typed = forms.with_language(typed_of(content), code, LOCALES)
    wrong = {each.where.split("-")[1] for each in forms.problems_of(typed)}
    assert wrong == ({code} - content.locales)


@given(st.dictionaries(WORD, st.text(max_size=30), max_size=10), st.lists(WORD, max_size=3))
def test_any_form_can_be_read(fields: dict[str, str], locales: list[str]) -> None:
    """Whatever is sent, it is read, and either it has problems or it is content."""
    form = FormData([*fields.items(), *(("locale", code) for code in (*locales, "id"))])
    typed = forms.read_typed(form, LOCALES)
    if not list(forms.problems_of(typed)):
        forms.content_of(typed)


def test_a_button_needs_words_and_a_place() -> None:
    """What is half there is told at its field: no words, no place, an address that is none, too much of it."""
    form = FormData(
        [
            ("name", ""), ("locale", "id"), ("locale", "en"), ("variant", "a"),
            ("a-id-text", "x" * 601), ("a-id-title0", "Go"), ("a-id-target1", "quiz:a"),
            ("a-en-text", "Hi"), ("a-en-target0", "web"), ("a-en-title0", "y" * 21),
            ("a-en-address0", "javascript:alert(1)"), ("a-en-target1", "same"),
        ]
    )  # fmt: skip
    wrong = [
        (each.where, each.code) for each in forms.problems_of(forms.read_typed(form, LOCALES))
    ]
    assert wrong == [
        ("name", "empty"),
        ("a-id-text", "too_long"),
        ("a-id-target0", "no_target"),
        ("a-id-title1", "no_title"),
        ("a-en-title0", "too_long"),
        ("a-en-address0", "no_address"),
        ("a-en-title1", "no_title"),
    ]
