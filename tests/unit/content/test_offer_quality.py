"""How well the signs are found in 60 written offers: each sign's precision and recall, against limits.

Everything is counted, not guessed: run with ``-s`` to read the table. The offers were written for Suar, half of them before
anybody saw how they are read (see the file); real ones will be read less well.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from bot.content.load import ROOT, Content

OFFERS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests" / "data" / "offers.yml").read_text(encoding="utf-8")
)["offers"]
N_OF_A_KIND = 30
MAX_ORDINARY = 2
"""No sign may be seen in more of the ordinary offers, rightly or not."""
MIN_PRECISION = 0.8
MIN_RECALL = 0.75


@dataclass
class Counts:
    """What was found of what should be, by sign."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def precision(self, sign: str) -> float:
        """Return how much of what was found is there, 0 to 1; 1 where nothing was found."""
        seen = self.right[sign] + self.wrong[sign]
        return self.right[sign] / seen if seen else 1.0

    def recall(self, sign: str) -> float:
        """Return how much of what is there was found, 0 to 1."""
        return self.right[sign] / (self.right[sign] + self.missed[sign])


@pytest.fixture(scope="module")
def counts(content: Content) -> Counts:
    """The signs found in all offers."""
    counted = Counts()
    for offer in OFFERS:
        found = {finding.sign for finding in content.offer.read(offer["text"])}
        wanted = set(offer["signs"])
        counted.right.update(found & wanted)
        counted.wrong.update(found - wanted)
        counted.missed.update(wanted - found)
    for sign in content.offer.signs:
        print(  # noqa: T201  # the report
            f"{sign:15} right {counted.right[sign]:2} wrong {counted.wrong[sign]} missed {counted.missed[sign]}"
            f" precision {counted.precision(sign):.2f} recall {counted.recall(sign):.2f}"
        )
    return counted


def test_the_offers_are_what_they_say(content: Content) -> None:
    """Thirty risky and thirty ordinary ones, halved alike, in several languages, and every sign is somewhere."""
    assert Counter((offer["kind"], offer["half"]) for offer in OFFERS) == {
        (kind, half): N_OF_A_KIND // 2
        for kind in ("risky", "ordinary")
        for half in ("first", "second")
    }
    assert {offer["language"] for offer in OFFERS} >= {"id", "en", "ms"}
    written = Counter(sign for offer in OFFERS for sign in offer["signs"])
    assert set(written) == set(content.offer.signs)
    assert len({offer["text"] for offer in OFFERS}) == len(OFFERS)


def test_each_sign_is_found_where_it_is_and_nowhere_else(content: Content, counts: Counts) -> None:
    """No sign falls under the limits of precision and recall."""
    for sign in content.offer.signs:
        assert counts.precision(sign) >= MIN_PRECISION, sign
        assert counts.recall(sign) >= MIN_RECALL, sign


def test_ordinary_offers_show_no_signs(content: Content) -> None:
    """A shop that looks for a cashier is not frightened away: no sign in more than two of the thirty."""
    ordinary = [offer for offer in OFFERS if offer["kind"] == "ordinary"]
    seen = Counter(
        finding.sign
        for offer in ordinary
        for finding in content.offer.read(offer["text"])
        if not content.offer.signs[finding.sign].good
    )
    assert all(times <= MAX_ORDINARY for times in seen.values()), seen


def test_every_risky_offer_shows_a_sign(content: Content) -> None:
    """Nobody who pastes one of these is told that nothing was found."""
    for offer in OFFERS:
        if offer["kind"] == "risky":
            signs = [content.offer.signs[f.sign] for f in content.offer.read(offer["text"])]
            assert any(not sign.good for sign in signs), offer["text"]
