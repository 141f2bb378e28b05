"""What Meta tells of templates, bent in every way."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp_news import NumberNews, TemplateNews, read_news
from tests.support.whatsapp_fake.meta import ACCOUNT_ID, template_news
from tests.unit.channels.test_whatsapp import mutated

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
STATUS = "message_template_status_update"


def news(data: object) -> Any:  # what a test looks into
    """Return the one piece of news."""
    [told] = read_news(data, now=NOW)
    return told


def test_states_quality_and_category() -> None:
    """Each of the three webhooks says one thing, and says nothing of the others."""
    told = news(template_news(STATUS, "suar_a", "id", event="REJECTED", reason="PROMOTIONAL"))
    assert isinstance(told, TemplateNews)
    assert told.account == ACCOUNT_ID
    assert (told.news.status, told.news.reason) == ("REJECTED", "PROMOTIONAL")
    scores = {"previous_quality_score": "GREEN", "new_quality_score": "RED"}
    told = news(template_news("message_template_quality_update", "suar_a", "id", **scores))
    assert (told.news.status, told.news.quality) == (None, "RED")
    told = news(
        template_news("template_category_update", "suar_a", "id", new_category="MARKETING")
    )
    assert (told.news.status, told.news.category) == (None, "MARKETING")


def test_words_of_the_webhook_become_those_of_the_list() -> None:
    """One that is reinstated is approved; one that is flagged can still be sent, and shows as disliked; an unknown word stays itself."""
    told = [
        news(template_news(STATUS, "suar_a", "id", event=event)).news
        for event in ("REINSTATED", "FLAGGED", "SOMETHING_NEW")
    ]
    assert [each.status for each in told] == ["APPROVED", None, "SOMETHING_NEW"]
    assert told[1].quality == "FLAGGED"


def test_nothing_is_from_the_future() -> None:
    """A clock of Meta's that goes wrong does not silence all later news."""
    assert news(template_news(STATUS, "a", "id", event="PAUSED", time=2**34)).news.at == NOW


def test_the_number_is_told_of_too() -> None:
    """What Meta thinks of our number comes by the same way; of other changes of the account nothing is kept."""
    value = {"display_phone_number": "628", "event": "FLAGGED", "current_limit": "TIER_1K"}
    change = {"field": "phone_number_quality_update", "value": value}
    other = {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}}
    entry = {"id": ACCOUNT_ID, "time": 1795420800, "changes": [change, other]}
    assert read_news({"entry": [entry]}, now=NOW) == [NumberNews(ACCOUNT_ID, "FLAGGED")]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=7),
    st.one_of(st.none(), st.integers(), st.text(max_size=8), st.just([]), st.just({})),
)
def test_however_it_is_bent_nothing_fails(path: list[int], new: object) -> None:
    """Whatever stands where, what cannot be read is left out."""
    data = template_news(STATUS, "suar_a", "id", event="APPROVED", other_info={"title": "T"})
    read_news(mutated(data, path, new), now=NOW)


def test_what_cannot_be_stored_is_left_out() -> None:
    """A NUL or half a sign in Meta's words keeps nothing else of them from being kept."""
    data = template_news(STATUS, "suar_a", "id", event="RE\x00JECTED", reason="\ud800 spam\x00")
    told = news(data).news
    assert (told.status, told.reason) == ("REJECTED", "? spam")
