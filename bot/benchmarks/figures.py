"""What was measured: single runs, and several runs of the same thing."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One run: how many turns a second, and how long each took, in seconds."""

    rate: float
    latencies_s: tuple[float, ...]


@dataclass
class Series:
    """Several runs of one thing, spread over the whole benchmark so that a busy moment hits all alike."""

    samples: list[Sample] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Turns a second: the median of the runs."""
        return statistics.median(sample.rate for sample in self.samples)

    @property
    def turns(self) -> int:
        """How many turns were measured in all."""
        return sum(len(sample.latencies_s) for sample in self.samples)

    def latency_ms(self, share: float) -> float:
        """Return the latency that `share` (0 to 1) of all turns stayed within, in milliseconds."""
        latencies = [one for sample in self.samples for one in sample.latencies_s]
        return 1000 * quantile(latencies, share)

    def ratios_to(self, other: "Series") -> list[float]:
        """Return our rate over the other's, run by run."""
        pairs = zip(self.samples, other.samples, strict=True)
        return [ours.rate / theirs.rate for ours, theirs in pairs if theirs.rate]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of `values` do not exceed; NaN for none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
