"""The verdict and its margins, and what calls for attention: at the edge, just below, just above."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from tests.reports.hand import NOW, book, months, panel, series, snapshot

from reporting.present.blocks import Callout
from reporting.reports import executive_brief as brief
from reporting.reports.executive_brief import sections, verdict
from reporting.reports.executive_brief.verdict import BAD, GOOD, OPEN, Sign, healthy_share, signs, word

QUARTER = pd.Timestamp("2025-11-01")
BELIEVED, DOUBTED = SimpleNamespace(reliable=True), SimpleNamespace(reliable=False)
G, B, N, X = GOOD, BAD, OPEN, "not available"


def in_order(*readings: str) -> list[Sign]:
    return [Sign("x", "", "", reading) for reading in readings]


@pytest.mark.parametrize(
    ("readings", "reliable", "expected"),
    [
        ((G, G, G, N, N), True, "Thriving"),
        ((N, G, G, G, N), True, "Thriving"),
        ((G, G, N, N, N), True, "Can't be told"),  # two signs only
        ((G, G, B, N, N), True, "Mixed"),
        ((G, G, G, G, B), True, "Mixed"),
        ((B, G, G, N, N), True, "Mixed"),
        ((G, B, N, N, N), True, "Can't be told"),
        ((G, G, G, B, B), True, "Teetering"),  # two bad signs, whatever else
        ((N, B, N, N, N), True, "Teetering"),  # more bad than good
        ((N, N, N, B, X), True, "Teetering"),
        ((B, N, N, N, N), True, "Shrinking"),
        ((B, B, G, G, G), True, "Shrinking"),
        ((G, G, G, G, G), False, "Can't be told"),
        ((B, B, G, G, G), False, "Shrinking"),
        ((N, N, N, N, N), True, "Can't be told"),
        ((X, X, X, X, X), True, "Can't be told"),
    ],
)
def test_the_verdict_of_five_signs(readings, reliable, expected):
    assert word(in_order(*readings), BELIEVED if reliable else DOUBTED) == expected


@pytest.mark.parametrize(
    ("readings", "grounds"),
    [
        ((G, G, B), "2 signs are good (s0 and s1) and 1 sign is bad (s2)"),
        ((N, B, N), "1 sign is bad (s1) and 2 signs are neither (s0 and s2)"),
        ((X, G, "too early"), "1 sign is good (s1) and 2 signs can't be counted (s0 and s2)"),
        ((G, B, N, X), "1 sign is good (s0), 1 sign is bad (s1), 1 sign is neither (s2) and "
         "1 sign can't be counted (s3)"),
        ((), ""),
    ],
)  # fmt: skip
def test_the_grounds_name_every_sign_once(readings, grounds):
    found = [Sign(f"s{i}", "", "", reading) for i, reading in enumerate(readings)]
    assert verdict.reasons(found) == grounds


def at(cents: int, month: pd.Timestamp = NOW, account: str = "a", **columns) -> dict:
    return {"account_id": account, "month": month, "mrr_cents": cents, **columns}


def readings(*rows: dict, reliable: bool = True, **tables) -> list[str]:
    return [sign.reading for sign in signs(book(*rows, **tables), BELIEVED if reliable else DOUBTED)]


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
    growth = signs(book(at(600), at(500, QUARTER), *other), BELIEVED)[0]
    assert (growth.value, growth.reading) == ("+5.0% in 3 months", GOOD)
    assert growth.versus == "$10 3 months ago, $10 now"  # 1000 and 1050 cents


@pytest.mark.parametrize(("step", "reading"), [(0.0, OPEN), (0.001, GOOD), (-0.001, BAD)])
def test_with_a_margin_of_nothing_no_change_is_still_neither(step, reading):
    assert verdict._moved(step, 0.0) == reading


@pytest.mark.parametrize(
    ("step", "reading"), [(0.02, GOOD), (0.0199, OPEN), (-0.0199, OPEN), (-0.02, BAD), (math.inf, GOOD)]
)
def test_a_step_of_the_margin_counts(step, reading):
    assert verdict._moved(step, 0.02) == reading


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
    found = signs(book(*three), BELIEVED)[2]
    assert found.reading == BAD and found.value.startswith("25.0% a month")
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
    found = readings(*health(600, 500, **{f"health_{part}": None for part in unknown}))[3]
    assert (found == GOOD) is counts


def test_the_healthy_share_is_of_all_mrr():
    made = book(
        at(300, health_band="healthy"),
        at(100, account="b", health_band="churn risk"),
        at(100, account="c"),
        at(0, account="d", health_band="healthy"),
    )
    assert healthy_share(made, NOW) == 0.6
    assert math.isnan(healthy_share(book(at(100)), NOW))


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


def test_a_north_star_keeps_its_capitals():
    made = book(at(100), portfolio_month=series("north_star", {"2026-02": 5.0}))
    star = made.product.north_star.model_copy(update={"label": "API requests"})
    made.product = made.product.model_copy(update={"north_star": star})
    assert signs(made, BELIEVED)[4].name == "API requests in the month"


@pytest.mark.parametrize(("step", "good"), [(1, True), (-1, False), (0, None), (math.nan, None)])
def test_a_tile_is_coloured_by_the_sign_of_its_step(step, good):
    assert sections._good(step) is good


# --- too many warnings --------------------------------------------------------------------------------


@pytest.mark.parametrize(("warned", "too_many"), [(5, False), (6, True), (4, False)])
def test_more_than_half_of_the_accounts_warned_is_too_many(warned, too_many):
    rows = [at(100, account=f"x{i}", last_active_days=40 if i < warned else 1) for i in range(10)]
    data = brief.load(snapshot(panel(*rows)))
    assert any(isinstance(block, Callout) for block in brief.actions(data)) is too_many


def test_accounts_to_grow_stand_by_mrr_and_of_equals_by_account():
    offer = {"health_band": "healthy", "commercial_reason": "seats", "seats_used": 9, "seats_purchased": 9}
    rows = [at(cents, account=name, **offer) for name, cents in (("b", 200), ("a", 200), ("c", 300))]
    assert brief.load(snapshot(panel(*rows))).grow["account_id"].tolist() == ["c", "a", "b"]
