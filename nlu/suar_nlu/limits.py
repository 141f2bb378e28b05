"""Holds figures against `limits.yml`: what a released language, and each group of languages, has to reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from suar_nlu import paths


def read_limits() -> dict[str, Any]:
    """Read `limits.yml`."""
    return dict(yaml.safe_load(paths.LIMITS.read_text(encoding="utf-8")))


def find_missed(
    figures: Mapping[str, Mapping[str, Any]], limits: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what is not reached: name of the group, figure, limit, share, and whether it stops a release.

    A group has to reach its limits as counted. Of a single language there are few messages; it stops a release only
    when the bounds say that it is really under its limit, and only where it is released.
    """
    missed = []
    for name, group in figures.items():
        wanted = limits["groups"].get(name) or limits["groups"][_group_of(name)]
        for figure, limit in wanted.items():
            found = group.get(figure)
            if not found or found["share"] is None or reaches(found["share"], limit):
                continue
            outer = found["high"] if "at_least" in limit else found["low"]
            is_language = name not in limits["groups"]
            stops = name in limits["released"] if is_language else name in limits["stop_at"]
            missed.append(
                {
                    "group": name,
                    "figure": figure,
                    "limit": limit,
                    "share": found["share"],
                    "stops": stops and not (is_language and reaches(outer, limit)),
                }
            )
    return missed


def reaches(share: float, limit: Mapping[str, float]) -> bool:
    """Tell whether a share is on the right side of a limit."""
    if "at_least" in limit:
        return share >= limit["at_least"]
    return share <= limit["at_most"]


def _group_of(language: str) -> str:
    from suar_nlu.figures import BIG, GROUPS  # noqa: PLC0415 (it brings scikit-learn)

    big, others = GROUPS
    return big if language in BIG or language == "all" else others
