"""`series`: episodes, thoughts that are kept nowhere, and their quizzes."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.content.series import Series
from bot.conversation.effects import ForgetWords
from bot.conversation.state import Link
from bot.messages import IncomingKind
from bot.understanding.model import RiskLevel
from tests.unit.conversation.steps.test_rate_campaign import finish, played
from tests.unit.conversation.talk import Talk, meaning

LIST = "series.list"
NAME = "our_street"


def asked(content: Content) -> Talk:
    """Return somebody who has the first question of the first episode before them."""
    return Talk.greeted(content).press(f"{LIST}.talk-{NAME}-1-1")


def test_a_link_leads_to_the_episodes(content: Content) -> None:
    """`series` is the first series there is; each episode has its button."""
    talk = Talk.greeted(content)
    talk.link = Link("k7m2", "series")
    talk.do(IncomingKind.START, "c_k7m2")
    assert talk.buttons[:5] == tuple(f"{LIST}.ep-{NAME}-{n}" for n in range(1, 6))
    assert "campaigns.news" in talk.buttons


def test_an_episode_leads_through_its_questions_to_its_quiz(content: Content) -> None:
    """Talk, next question, quiz: one button each; without a link it is said where the episode will be."""
    series = content.series[NAME]
    talk = Talk.greeted(content).press(f"{LIST}.ep-{NAME}-1")
    assert series.where in talk.words
    talk.press(talk.buttons[0])
    assert series.episodes[0].questions[0].ask in talk.words
    talk.press(talk.buttons[0])
    assert series.episodes[0].questions[1].ask in talk.words
    talk.press(talk.buttons[0])
    assert talk.state.at == "quiz.play"


def test_a_thought_is_answered_kindly_and_forgotten(content: Content) -> None:
    """Whatever was written is taken out of the short-lived buffer, and stands nowhere in the state."""
    talk = asked(content).write("segelas teh dari bu sari", meaning("out_of_scope", 0.1))
    assert talk.effects == (ForgetWords(),)
    assert content.series[NAME].episodes[0].questions[0].after in talk.words
    assert "sari" not in str(talk.state.to_json())
    assert talk.buttons[0] == f"{LIST}.talk-{NAME}-1-2"


@pytest.mark.parametrize(
    "said", [meaning("talk_to_human"), meaning("out_of_scope", 0.1, doubt=True)]
)
def test_what_is_no_thought_is_not_taken_for_one(content: Content, said: object) -> None:
    """Whoever asks for a person, or may be in danger, is answered as anywhere else."""
    talk = asked(content).write("…", said)  # type: ignore[arg-type]  # an understanding
    assert talk.state.at in {"consent.ask", "risk.unsure"}


def test_danger_in_a_thought_is_danger(content: Content) -> None:
    """It is answered at once, and the words are not forgotten: the person may share them."""
    talk = asked(content).write(
        "…", meaning("disclose", risk=RiskLevel.HIGH, kinds=("confinement",))
    )
    assert talk.state.at == "risk.support"
    assert talk.effects == ()


@pytest.mark.parametrize("choice", ["ep-gone-1", f"ep-{NAME}-9", f"talk-{NAME}-1-9", f"talk-{NAME}-1", "quiz-x", f"ep-{NAME}-1-1-1", f"ep-{NAME}-0"])  # fmt: skip
def test_a_button_of_what_is_no_more_shows_the_others(content: Content, choice: str) -> None:
    """An episode that was taken out leads to the list."""
    talk = Talk.greeted(content).press(f"{LIST}.{choice}")
    assert f"{LIST}.ep-{NAME}-1" in talk.buttons


def test_without_a_series_it_says_so(content: Content) -> None:
    """Where there is none, there is a person and the menu."""
    talk = Talk.greeted(replace(content, series={})).press(LIST)
    assert talk.says(f"{LIST}.none")
    assert talk.buttons == ("consent.ask", "menu.main")


def test_after_its_quiz_comes_the_next_episode(content: Content) -> None:
    """Under the result of the quiz of an episode stands the way on; after the last there is none."""
    series = content.series[NAME]
    for number, shown in ((4, False), (5, False)):
        assert series.episodes[number - 1].quiz in content.quizzes
        talk = played(content, by_link=False)
        talk.state = talk.state.remembering("series", episode=f"{NAME}-{number}")
        finish(talk)
        assert any("series.list.ep" in button for button in talk.buttons) == shown
    earlier = replace(content, series={NAME: _with_quiz(series, "warning_signs")})
    talk = played(earlier, by_link=False)
    talk.state = talk.state.remembering("series", episode=f"{NAME}-4")
    assert f"{LIST}.ep-{NAME}-5" in finish(talk).buttons


def _with_quiz(series: Series, quiz: str) -> Series:
    episodes = tuple(each.model_copy(update={"quiz": quiz}) for each in series.episodes)
    return series.model_copy(update={"episodes": episodes})


@pytest.mark.parametrize(
    "link", ["https://other.example/v", "https://own.example@other.example/v"]
)
def test_links_lead_only_to_own_sites(content: Content, link: str) -> None:
    """A file whose episode is elsewhere than on one of its domains is refused."""
    data = content.series[NAME].model_dump()
    data["domains"] = ["own.example"]
    data["episodes"][0]["link"] = "https://videos.own.example/1"
    Series.model_validate(data)
    data["episodes"][0]["link"] = link
    with pytest.raises(ValueError, match="none of domains"):
        Series.model_validate(data)
