"""A campaign as a file: what it may say, and what is wrong with one."""

from pathlib import Path
from uuid import UUID

import pytest

from bot.campaigns.audience import InCampaign
from bot.campaigns.broadcast import Ground, Known, check_content, check_languages
from bot.campaigns.file import CampaignFile
from bot.content.load import ROOT, Content
from bot.errors import ContentError
from bot.yaml_file import read_model

CAMPAIGN = UUID(int=7)
GOOD = """
campaign: camp-2027
title: Camp
links: [{code: c27-medan, target: join}]
broadcasts:
  - name: Welcome
    audience: {all: [{field: campaign, in: [this]}]}
    when: {kind: drip, days: 1, time: "09:00"}
    words: {id: {text: Halo}}
"""


def read(tmp_path: Path, text: str) -> CampaignFile:
    """Read a file with this text."""
    path = tmp_path / "camp.yml"
    path.write_text(text, encoding="utf-8")
    return read_model(CampaignFile, path, "camp.yml")


def test_this_is_the_campaign_itself(tmp_path: Path) -> None:
    """Whoever joined this campaign can be meant before it has a number."""
    [broadcast] = read(tmp_path, GOOD).broadcasts
    rule = broadcast.draft(CAMPAIGN).audience
    assert rule.all == (InCampaign(field="campaign", values=(CAMPAIGN,)),)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("camp-2027", "Camp 2027", "campaign"),
        ("target: join", "target: menu.main", "links.0.target"),
        ('time: "09:00"', 'time: "23:00"', "quiet hours"),
        ("days: 1", "days: 0", "days"),
        ("{kind: drip, days: 1,", "{kind: local, on: 2027-02-30,", "does not exist"),
        ("words: {id: {text: Halo}}", "fallback: id", "give `words`, or `variants`"),
        ("words: {id: {text: Halo}}", "words: {id: {text: Halo}}\n    fallback: en", "fallback"),
        ("    when:", "    not_after: 2027-07-01T09:00:00\n    when:", "say the zone"),
        ("title: Camp", "title: Camp\nends_on: 2027-01-01\nstarts_on: 2027-02-01", "ends before"),
        ("[{code: c27-medan", "[{code: c27-medan, target: join}, {code: c27-medan", "twice"),
        ("title: Camp", "title: Camp\ntitel: Camp", "titel"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A date that does not exist, an hour in the night, a name twice or a key that nobody knows is refused with where and why."""
    assert old in GOOD
    with pytest.raises(ContentError) as refused:
        read(tmp_path, GOOD.replace(old, new))
    assert said in str(refused.value)
    assert "camp.yml" in str(refused.value)


@pytest.mark.parametrize(
    "path", sorted(set((ROOT / "flows/campaigns").glob("*.yml")) - {ROOT / "flows/campaigns/cities.yml"})
)  # fmt: skip
def test_every_campaign_that_ships_can_go_out(path: Path, content: Content) -> None:
    """Each campaign in flows/campaigns reads well, holds nothing loud, leads somewhere, and speaks both released languages."""
    file = read_model(CampaignFile, path, path.name)
    ground = Ground.of(content, "Asia/Jakarta")
    assert file.broadcasts
    for broadcast in file.broadcasts:
        draft = broadcast.draft(CAMPAIGN)
        assert not list(check_content(draft.content, Known(content, (), file.domains)))
        assert not list(check_languages(draft.content, {"id", "en"}, ground=ground))
