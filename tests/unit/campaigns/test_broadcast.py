"""What a broadcast says, what is wrong with it, and the states that it goes through."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from bot.campaigns.broadcast import (
    MOVES,
    OPEN_STEPS,
    Act,
    BadContent,
    Ground,
    Known,
    NotNow,
    State,
    acts_in,
    check_content,
    check_languages,
    check_when,
    move,
    read_content,
    to_json,
)
from bot.campaigns.schedule import At, Now, Recurring
from bot.content.load import Content
from tests.support.audience import AT_NINE, words

NOW = datetime(2026, 7, 30, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def one(text: str = "Hello!", locale: str = "en", **more: Any) -> dict[str, Any]:
    """Return the JSON of content in one language."""
    return {"variants": [{"words": {locale: {"text": text, **more}}}]}


def found(content: Content, data: dict[str, Any], **known: Any) -> list[tuple[str, str]]:
    """Return the codes and values of what is wrong."""
    findings = check_content(read_content(data), Known(content, **known))
    return [(each.code, each.value) for each in findings]


def test_every_state_can_be_left_or_is_the_last() -> None:
    """The table knows every state and every act, and only what is archived stays for good."""
    assert {act for _, act in MOVES} == set(get_args(Act))
    assert {state for state, _ in MOVES} | set(MOVES.values()) == set(get_args(State))
    assert acts_in("archived") == {"unarchive"}
    assert all(map(acts_in, get_args(State)))
    assert "send" not in acts_in("draft")


def test_nothing_goes_out_that_was_not_approved() -> None:
    """The only way to `scheduled` is an approval, or going on after a pause; every edit leads to a draft."""
    ways = {(before, act) for (before, act), after in MOVES.items() if after == "scheduled"}
    assert ways == {("waiting", "approve"), ("paused", "resume")}
    assert {after for (_, act), after in MOVES.items() if act == "edit"} == {"draft"}
    with pytest.raises(NotNow):
        move("draft", "approve")
    assert move("waiting", "approve") == "scheduled"


def test_content_survives_its_json() -> None:
    """What is written down is read back as it was."""
    content = words("id", "en", fallback="en")
    assert read_content(to_json(content)) == content


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"variants": []}, "at least 1"),
        (one(""), "at least 1 character"),
        (one("x" * 601), "at most 600"),
        (one(buttons=[{"title": "x" * 21, "target": "quiz:a"}]), "at most 20"),
        (one(buttons=[{"title": "Go", "target": "javascript:alert(1)"}]), "pattern"),
        (one(buttons=[{"title": "Go", "target": "http://suar.example/"}]), "pattern"),
        (one(buttons=[{"title": "Go", "target": "quiz:a"}] * 3), "at most 2"),
        ({**one(), "fallback": "id"}, "fallback"),
        ({"variants": [{"share": 60, "words": {"en": {"text": "x"}}}]}, "100 together"),
        ({"variants": [{"id": "b", "words": {"en": {"text": "x"}}}]}, "a, or a and b"),
        (
            {
                "variants": [
                    {"id": "a", "share": 50, "words": {"en": {"text": "x"}}},
                    {"id": "b", "share": 50, "words": {"id": {"text": "x"}}},
                ]
            },
            "same languages",
        ),
        ({**one(), "sql": "1"}, "not permitted"),
    ],
)
def test_what_is_no_content_is_refused_clearly(data: dict[str, Any], part: str) -> None:
    """Too long, too many, in other languages, or with a target that no button may have."""
    with pytest.raises(BadContent, match=part):
        read_content(data)


def test_a_loud_word_is_found_where_a_locked_screen_shows_it(content: Content) -> None:
    """In the first sixty characters, in the language of the text; after them it may stand."""
    assert found(content, one("Victims speak up.")) == [("loud_word", "victim")]
    assert found(content, one("Korban bicara.", "id")) == [("loud_word", "korban")]
    assert found(content, one("Come and join us on Friday. " * 3 + "Victims speak up.")) == []


def test_targets_are_those_there_are(content: Content) -> None:
    """Quizzes and events that exist, steps that are open to broadcasts, and the campaign's own sites."""
    known = {"events": {"talk-july"}, "domains": ("suar.example",)}
    good = (
        "quiz:warning_signs", "event:talk-july", "step:campaigns.news",
        "https://suar.example/july", "https://www.suar.example",
    )  # fmt: skip
    bad = {
        "quiz:none": "unknown_quiz",
        "event:talk-august": "unknown_event",
        "step:risk.support": "unknown_step",
        "step:campaigns.none": "unknown_step",
        "https://notsuar.example/": "unknown_https",
        "https://suar.example.evil.example/": "unknown_https",
        "https://suar.example@evil.example/": "unknown_https",
        "https://evil.example@suar.example/": "unknown_https",
        "https://suar.example:8443/": "unknown_https",
    }
    for target in good:
        assert found(content, one(buttons=[{"title": "Go", "target": target}]), **known) == []
    for target, code in bad.items():
        seen = found(content, one(buttons=[{"title": "Go", "target": target}]), **known)
        assert seen == [(code, target)]
    assert all(content.has_step(step) for step in OPEN_STEPS)


def test_two_buttons_that_read_the_same_and_unknown_languages_are_found(content: Content) -> None:
    """A typed title would mean one of them; nobody reads a language that Suar does not speak."""
    twice = [
        {"title": "Go", "target": "quiz:warning_signs"},
        {"title": "GO", "target": "step:menu.main"},
    ]
    assert found(content, one(buttons=twice)) == [("same_title", "go")]
    assert found(content, one("Bonjour", "fr")) == [("unknown_language", "fr")]


def test_what_is_hard_to_read_is_a_warning(content: Content) -> None:
    """It does not keep anybody from sending it; a language that cannot be measured is left alone."""
    hard = "Notwithstanding considerable organisational complications, participants subsequently demonstrated extraordinary commitment throughout."
    [finding] = check_content(read_content(one(hard)), Known(content))
    assert (finding.code, finding.warning) == ("hard_to_read", True)
    assert found(content, one(hard, "ms")) == []


def test_languages_without_words_are_found(content: Content) -> None:
    """Of those that the audience reads; with a fallback there are none."""
    ground = Ground.of(content, "Asia/Jakarta")
    read = ("id", "ms", "ar", "en")
    seen = check_languages(words("id"), read, ground=ground)
    assert [(each.code, each.value) for each in seen] == [("no_words", "ar"), ("no_words", "en")]
    assert list(check_languages(words("id", "en", fallback="en"), read, ground=ground)) == []


def test_a_moment_that_is_over_and_an_early_end_are_found(content: Content) -> None:
    """What never goes out is said before anybody waits for it."""
    ground = Ground.of(content, "Asia/Jakarta")

    def codes(schedule: Any, not_after: datetime | None = None) -> list[str]:
        return [each.code for each in check_when(schedule, not_after, now=NOW, ground=ground)]

    assert codes(At(at=NOW - HOUR)) == ["in_the_past"]
    over = Recurring(weekdays=("mon",), time=AT_NINE, until=NOW.date() - timedelta(days=9))
    assert codes(over) == ["never_goes_out"]
    assert codes(At(at=NOW + HOUR), NOW + HOUR) == ["expires_before_it_starts"]
    assert codes(Now(), NOW) == ["expires_before_it_starts"]
    assert codes(Now(), NOW + HOUR) == codes(Now()) == []
