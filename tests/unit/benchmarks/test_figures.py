"""Rates and latencies out of what was measured."""

import math

import pytest

from bot.benchmarks.figures import Sample, Series, quantile


def test_a_percentile_is_a_latency_that_was_measured() -> None:
    """Of a hundred latencies, the 50th percentile has fifty below it, the 99th all but one; of none there is no such thing."""
    latencies = [float(number) for number in reversed(range(100))]
    assert quantile(latencies, 0.5) == 50
    assert quantile(latencies, 0.95) == 95
    assert quantile(latencies, 0.99) == quantile(latencies, 1) == 99
    assert quantile([3.0], 0.01) == 3
    assert math.isnan(quantile([], 0.5))


def test_a_series_is_the_median_of_its_rates_and_all_of_its_latencies() -> None:
    """One busy moment moves neither the rate nor the latency in the middle."""
    series = Series([Sample(100, (0.01, 0.01)), Sample(2, (0.9,)), Sample(90, (0.02, 0.02))])
    assert series.rate == 90
    assert series.turns == 5
    assert series.latency_ms(0.5) == pytest.approx(20)
    assert series.ratios_to(Series([Sample(50, ()), Sample(1, ()), Sample(0, ())])) == [2, 2]
