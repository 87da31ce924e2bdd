"""The company's figures against their thresholds: at the edge, just below, just above; and the verdict."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from tests.hand import NOW, months, series, view_of

from reporting.analysis import company, key_figures
from reporting.analysis.company import BAD, GOOD, OPEN, Reading, word, worst_first
from reporting.analysis.concentration import concentration

QUARTER = pd.Timestamp("2025-11-01")
BELIEVED, DOUBTED = SimpleNamespace(reliable=True), SimpleNamespace(reliable=False)
G, B, N, X = GOOD, BAD, OPEN, "not available"


def sign(threshold: str = OPEN, beyond: float = math.nan, figure: str = "x") -> Reading:
    nan = math.nan
    return Reading(figure, 1.0, nan, nan, 0, nan, (), nan, nan, beyond, threshold)


def in_order(*readings: str) -> list[Reading]:
    return [sign(reading) for reading in readings]


@pytest.mark.parametrize(
    ("readings", "reliable", "expected"),
    [
        ((G, G, G, N, N), True, "thriving"),
        ((N, G, G, G, N), True, "thriving"),
        ((G, G, N, N, N), True, "unknown"),  # two signs only
        ((G, G, B, N, N), True, "mixed"),
        ((G, G, G, G, B), True, "mixed"),
        ((B, G, G, N, N), True, "mixed"),
        ((G, B, N, N, N), True, "unknown"),
        ((G, G, G, B, B), True, "teetering"),  # two bad signs, whatever else
        ((N, B, N, N, N), True, "teetering"),  # more bad than good
        ((N, N, N, B, X), True, "teetering"),
        ((B, N, N, N, N), True, "shrinking"),
        ((B, B, G, G, G), True, "shrinking"),
        ((G, G, G, G, G), False, "unknown"),
        ((B, B, G, G, G), False, "shrinking"),
        ((N, N, N, N, N), True, "unknown"),
        ((X, X, X, X, X), True, "unknown"),
    ],
)
def test_the_verdict_counts_good_and_bad_figures(readings, reliable, expected):
    assert word(in_order(*readings), reliable) == expected


@pytest.mark.parametrize(
    ("threshold", "beyond", "reading"),
    [
        (OPEN, 0.0, OPEN),
        (OPEN, 0.01, GOOD),  # a signal for the better
        (OPEN, -0.01, BAD),
        (GOOD, -0.01, BAD),  # what falls out of its range is bad at any level
        (BAD, 0.01, BAD),
        (GOOD, math.nan, GOOD),
        (X, -0.01, X),
    ],
)
def test_a_signal_for_the_worse_outweighs_a_good_level(threshold, beyond, reading):
    assert sign(threshold, beyond).reading == reading


def test_the_worst_sign_is_the_one_furthest_beyond_its_range():
    found = [sign(BAD, figure="a"), sign(OPEN, -0.2, "b"), sign(GOOD, figure="c"), sign(OPEN, -0.5, "d")]
    assert [reading.figure for reading in worst_first([*found, sign(BAD, 0.7, "e")])] == ["d", "b", "a", "e"]


def at(cents: int, month: pd.Timestamp = NOW, account: str = "a", **columns) -> dict:
    return {"account_id": account, "month": month, "mrr_cents": cents, **columns}


def found(*rows: dict, reliable: bool = True, **tables) -> list[Reading]:
    return key_figures.readings(view_of(*rows, **tables), BELIEVED if reliable else DOUBTED)


def readings(*rows: dict, reliable: bool = True, **tables) -> list[str]:
    return [reading.reading for reading in found(*rows, reliable=reliable, **tables)]


@pytest.mark.parametrize(
    ("now", "reading"),
    [
        (1_000_000, OPEN),
        (1_004_900, OPEN),
        (1_005_100, GOOD),
        (995_100, OPEN),
        (994_900, BAD),
    ],
)
def test_growth_of_half_a_percent_in_a_quarter_is_steady(now, reading):
    assert readings(at(now), at(1_000_000, QUARTER))[0] == reading


def test_growth_needs_a_quarter_ago_and_sources_that_agree():
    assert readings(at(100))[0] == OPEN
    assert readings(at(200), at(100, QUARTER), reliable=False)[0] not in (GOOD, BAD, OPEN)
    assert readings(at(100), at(200, QUARTER), reliable=False)[0] == BAD


def test_growth_is_that_of_all_accounts_over_three_months():
    other = [at(500, QUARTER, "b"), at(450, NOW, "b"), at(9, NOW - pd.DateOffset(months=2), "b")]
    growth = found(at(600), at(500, QUARTER), *other)[0]
    assert (growth.quarter_ago, growth.reading) == (1000, GOOD)  # and 1050 cents now


@pytest.mark.parametrize(("step", "reading"), [(0.0, OPEN), (0.001, GOOD), (-0.001, BAD)])
def test_with_a_margin_of_nothing_no_change_is_still_neither(step, reading):
    assert key_figures._moved(step, 0.0) == reading


@pytest.mark.parametrize(
    ("step", "reading"), [(0.02, GOOD), (0.0199, OPEN), (-0.0199, OPEN), (-0.02, BAD), (math.inf, GOOD)]
)
def test_a_step_of_the_margin_counts(step, reading):
    assert key_figures._moved(step, 0.02) == reading


def year(*pairs: tuple[int, int], copies: int = 20) -> list[dict]:
    """Accounts that paid the first sum a year ago and pay the second now."""
    then = NOW - pd.DateOffset(months=12)
    wide = [pair for pair in pairs for _ in range(copies)]
    return [
        row
        for i, (before, now) in enumerate(wide)
        for row in (at(before, then, f"x{i}"), at(now, NOW, f"x{i}"))
    ]


@pytest.mark.parametrize(
    ("pairs", "reading"),
    [
        (((100, 100),), OPEN),  # exactly what was paid: neither
        (((100, 101),), GOOD),
        (((100, 99),), BAD),
        (((100, 150), (100, 55)), OPEN),  # 102.5 %, with an interval that spans 100 %
    ],
)
def test_nrr_is_good_or_bad_where_its_interval_keeps_to_one_side(pairs, reading):
    assert readings(*year(*pairs))[1] == reading
    assert readings(*year(*pairs), reliable=False)[1] not in (GOOD, BAD, OPEN)


def test_without_a_year_nrr_is_too_early():
    assert readings(at(100))[1] not in (GOOD, BAD, OPEN)


def churned(lost: int, of: int = 1000) -> list[dict]:
    """`lost` of `of` account-months are lost in the last quarter: all in the last of its three months."""
    each, last = of // 2, NOW - pd.DateOffset(months=2)
    rows = []
    for i in range(each):
        for k, month in enumerate((last, last + pd.DateOffset(months=1), NOW)):
            rows.append(at(100 if k < 2 or i >= lost else 0, month, f"x{i}"))
    return rows


@pytest.mark.parametrize(
    ("lost", "reading"), [(9, GOOD), (10, OPEN), (30, OPEN), (31, BAD), (0, GOOD)]
)  # of 1000: below 1 % is good, above 3 % needs attention
def test_monthly_churn_of_the_quarter(lost, reading):
    assert readings(*churned(lost))[2] == reading


def test_churn_looks_at_three_months_and_no_more():
    # One account leaves four months ago: out of sight. Three months ago: one of five account-months.
    four = [*months("a", [5, 0, 0, 0, 0]), *months("b", [5, 5, 5, 5, 5])]
    three = [*months("a", [5, 5, 0, 0, 0]), *months("b", [5, 5, 5, 5, 5])]
    assert readings(*four)[2] == GOOD
    churn = found(*three)[2]
    assert churn.reading == BAD and (churn.value, churn.n) == (0.25, 4)
    assert readings(*three, reliable=False)[2] not in (GOOD, BAD, OPEN)


# The four parts of the engagement score, so that it is no thin one.
PARTS = (
    *("activation", "core_value_usage", "usage_trend", "active_users", "admin_activity", "feature_adoption"),
    *("support", "renewal"),
)
KNOWN = {f"health_{part}": 50.0 for part in PARTS}


def health(now: int, before: int, **columns) -> list[dict]:
    """`now` of 1000 cents are paid by healthy accounts, `before` of them a quarter ago."""
    rows = []
    for month, good in ((NOW, now), (QUARTER, before)):
        rows.append(at(good, month, "well", health_band="healthy", **{**KNOWN, **columns}))
        rows.append(at(1000 - good, month, "ill", health_band="at risk", **{**KNOWN, **columns}))
    return rows


@pytest.mark.parametrize(
    ("now", "before", "reading"),
    [(500, 500, OPEN), (509, 500, OPEN), (511, 500, GOOD), (491, 500, OPEN), (489, 500, BAD)],
)
def test_the_healthy_share_is_steady_within_a_point(now, before, reading):
    assert readings(*health(now, before))[3] == reading


@pytest.mark.parametrize(
    ("unknown", "counts"),
    [
        (PARTS[:3], True),  # 0.15 + 0.20 + 0.15: half of the weight is known
        ((*PARTS[:3], "renewal"), False),  # 45 %
    ],
)
def test_a_score_with_less_than_half_its_weight_is_no_sign(unknown, counts):
    read = readings(*health(600, 500, **{f"health_{part}": None for part in unknown}))[3]
    assert (read == GOOD) is counts


def test_the_healthy_share_is_of_all_mrr():
    made = view_of(
        at(300, health_band="healthy"),
        at(100, account="b", health_band="churn risk"),
        at(100, account="c"),
        at(0, account="d", health_band="healthy"),
    )
    assert key_figures._healthy(made)[NOW] == 0.6
    assert math.isnan(key_figures._healthy(view_of(at(100)))[NOW])


@pytest.mark.parametrize(
    ("now", "before", "reading"),
    [
        (1000, 1000, OPEN),
        (1019, 1000, OPEN),
        (1021, 1000, GOOD),
        (981, 1000, OPEN),
        (979, 1000, BAD),
        (5, 0, OPEN),
    ],
)
def test_the_north_star_is_steady_within_two_percent(now, before, reading):
    figures = series("north_star", {"2025-11": before, "2026-02": now})
    assert readings(at(100), portfolio_month=figures)[4] == reading


def test_without_a_quarter_ago_the_north_star_is_open_and_without_a_value_it_does_not_count():
    assert readings(at(100), portfolio_month=series("north_star", {"2026-02": 5.0}))[4] == OPEN
    assert readings(at(100))[4] not in (GOOD, BAD, OPEN)


def by_month(*values: float, **columns) -> list[dict]:
    """Account `a` over the months up to `NOW`, its MRR from `values`."""
    since = NOW - pd.DateOffset(months=len(values) - 1)
    return [at(int(cents), since + pd.DateOffset(months=i), **columns) for i, cents in enumerate(values)]


def test_mrr_beyond_its_usual_growth_is_a_signal():
    # Growth of 10 % and 20 % in turn: mean 15 %, moving range 10 points, so 15 +/- 26.6 % is usual.
    steps = [1.1, 1.2] * 6
    values = [1_000_000.0]
    for step in steps:
        values.append(values[-1] * step)
    for last, beyond in ((1.41, 0), (1.42, 1), (0.89, 0), (0.88, -1)):
        reading = found(*by_month(*values, values[-1] * last))[0]
        assert (reading.beyond > 0) - (reading.beyond < 0) == beyond, last
        assert reading.lower == pytest.approx(values[-1] * (1.15 - 0.266), rel=1e-3)


def test_a_band_that_fell_counts_among_the_accounts_judged_twice():
    before = pd.Timestamp("2026-01-01")
    rows = [
        at(100, before, "a", health_band="healthy"),
        at(100, NOW, "a", health_band="at risk"),
        at(100, before, "b", health_band="at risk"),
        at(100, NOW, "b", health_band="at risk"),
        at(100, before, "c", health_band="churn risk"),
        at(100, NOW, "c", health_band="healthy"),
        at(100, NOW, "d", health_band="churn risk"),  # not judged before
        at(100, before, "e", health_band="healthy"),
        at(0, NOW, "e", health_band="churn risk"),  # pays no longer
    ]
    read = {reading.figure: reading for reading in found(*rows)}
    assert read["worsened"].value == pytest.approx(1 / 3)


def test_how_much_hangs_on_the_largest_account():
    year_ago = NOW - pd.DateOffset(months=12)
    rows = [at(100, year_ago, "a"), at(600, NOW, "a"), at(100, year_ago, "b"), at(80, NOW, "b")]
    hangs = concentration(view_of(*rows, at(120, account="c")))
    assert (hangs.largest, hangs.share_of_largest, hangs.accounts) == ("a", 0.75, 3)
    assert (hangs.nrr, hangs.nrr_without, hangs.grr, hangs.grr_without) == (3.4, 0.8, 0.9, 0.8)
    assert concentration(view_of(at(0))) is None


def test_readings_are_frozen_as_they_are():
    read = found(*by_month(*[100.0 + i for i in range(14)]))
    assert repr(company.from_table(company.as_table(read))) == repr(read)
