"""Billing days, months and the weekly rhythm."""

from __future__ import annotations

import numpy as np

from reporting.demo.calendar import (
    DAY,
    add_months,
    day_of_month,
    month_starts,
    months_since_first,
    rhythm,
    timestamps,
    working_hours,
)


def day(text: str) -> np.ndarray:
    return np.array([np.datetime64(text) - np.datetime64("2023-11-01")]).astype(np.int64)


def test_month_starts_run_to_the_first_day_after() -> None:
    starts = month_starts(36)
    assert len(starts) == 37
    assert starts[0] == 0
    assert starts[-1] == day("2026-11-01")


def test_a_billing_day_is_cut_to_short_months_and_comes_back() -> None:
    anchor = np.array([31])
    february = add_months(day("2024-01-31"), 1, anchor)
    assert february == day("2024-02-29")
    assert add_months(february, 1, anchor) == day("2024-03-31")
    assert add_months(day("2024-02-29"), 12, np.array([29])) == day("2025-02-28")


def test_days_know_their_month() -> None:
    assert day_of_month(day("2026-10-31")) == 31
    assert months_since_first(day("2026-10-31")) == 35
    assert months_since_first(day("2023-10-31")) == -1


def test_weekends_and_new_year_are_quiet() -> None:
    monday, sunday, new_year = rhythm(day("2024-03-04")), rhythm(day("2024-03-10")), rhythm(day("2024-01-01"))
    assert sunday < 0.2 * monday
    assert new_year < 0.6 * monday


def test_working_hours_keep_the_day_and_the_order() -> None:
    instants = np.sort(np.random.default_rng(1).integers(-9 * DAY, 9 * DAY, 500))
    squeezed = working_hours(instants)
    assert (np.diff(squeezed) >= 0).all()
    assert (squeezed // DAY == instants // DAY).all()
    hour = squeezed % DAY / 3600
    assert hour.min() >= 8
    assert hour.max() < 18
    assert str(timestamps(np.array([8 * 3600]))[0]) == "2023-11-01T08:00:00.000000"
