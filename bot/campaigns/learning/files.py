"""What people have learned as files for other programs: CSV and XLSX. What is hidden is an empty cell, shares have two places."""

from collections.abc import Iterator

from bot import sheets
from bot.campaigns.learning.report import Learned, Point, Report, Return
from bot.campaigns.learning.shares import Change, Share
from bot.sheets import Cell

HEAD = (
    "fact",
    "phase",
    "expected",
    "answered",
    "known",
    "known_low",
    "known_high",
    "right",
    "right_low",
    "right_high",
    "unsure",
    "same_people",
    "change",
    "change_low",
    "change_high",
    "change_p_adjusted",
)
RETURNS_HEAD = (
    "fact",
    "phase",
    "came_back",
    "knew_before",
    "knew_before_low",
    "knew_before_high",
    "stayed_away",
    "away_knew_before",
    "away_knew_before_low",
    "away_knew_before_high",
)
ITEMS_HEAD = (
    "question",
    "language",
    "compared_with",
    "people",
    "class",
    "delta",
    "p_adjusted",
    "probably_mistranslated",
)


def as_csv(report: Report) -> str:
    """Return the shares and changes as one CSV."""
    return sheets.as_csv(HEAD, _rows(report))


def as_xlsx(report: Report) -> bytes:
    """Return a workbook of three sheets: shares and changes, who came back, and questions by language."""
    return sheets.as_xlsx(
        (
            ("learned", HEAD, _rows(report)),
            ("came_back", RETURNS_HEAD, _returns(report)),
            ("questions", ITEMS_HEAD, _items(report)),
        )
    )


def _rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    for fact in report.facts:
        for point in fact.points:
            yield (
                fact.fact,
                point.phase,
                point.expected,
                point.answered,
                *_share(point.known),
                *_share(point.recognised),
                _rounded(point.unsure),
                *_change(_change_at(fact, point)),
            )


def _change_at(fact: Learned, point: Point) -> Change | None:
    return next((gain.change for gain in fact.gains if gain.phase == point.phase), None)


def _returns(report: Report) -> Iterator[tuple[Cell, ...]]:
    for fact in report.facts:
        for each in fact.returns:
            yield (fact.fact, each.phase, *_groups(each))


def _groups(each: Return) -> Iterator[Cell]:
    for share in (each.back, each.away):
        yield share.people if share else None
        yield from _share(share)


def _items(report: Report) -> Iterator[tuple[Cell, ...]]:
    for item in report.items:
        yield (
            item.question,
            item.locale,
            item.reference,
            item.people,
            item.size,
            _rounded(item.delta),
            _chance(item.chance),
            "yes" if item.is_suspect else "no",
        )


def _share(share: Share | None) -> tuple[Cell, ...]:
    if share is None:
        return (None, None, None)
    return (_rounded(share.value), _rounded(share.low), _rounded(share.high))


def _change(change: Change | None) -> tuple[Cell, ...]:
    if change is None:
        return (None, None, None, None, None)
    limits = (_rounded(change.value), _rounded(change.low), _rounded(change.high))
    return (change.people, *limits, _chance(change.p))


def _chance(chance: float | None) -> float | None:
    return None if chance is None else round(chance, 4)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
