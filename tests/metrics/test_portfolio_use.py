"""The portfolio's figures of use and health over a handful of accounts, worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.metrics.conftest import canonical, rates, table

from reporting.metrics import outcomes, portfolio
from reporting.metrics.calendar import month_table
from reporting.metrics.churn import FLAGS
from reporting.month import Month

MARCH = Month(2026, 3)
OPEN, CLOSE = MARCH.start, MARCH.close
DAY = dt.timedelta(days=1)
CENTS = ("new", "expansion", "contraction", "churned", "reactivation", "fx")
INTEGERS = (
    *("events", "events_before", "events_30", "active_days", "days", "sessions", "tasks", "tasks_done"),
    *("user_days_n", "users_n", "users_7", "a3x7_users", "a3x7_weekday_users", "active_users"),
    *("engaged_users", "seats_used", "seats_purchased", "risk_flags", "steps_in_time"),
    *(
        "mrr_cents",
        "mrr_start_cents",
        "mrr_year_ago_cents",
        "stayed_cents",
        *(f"{name}_cents" for name in CENTS),
    ),
)
TYPES = {
    **dict.fromkeys(("account_id", "engagement_band", "health_band", "funnel_stage"), "string"),
    **dict.fromkeys(("churn_type", "commercial_reason"), "string"),
    **dict.fromkeys(("paying", "rhythm_kept", "observed", "new_3_ago"), "boolean"),
    **{f"flag_{flag}": "boolean" for flag in FLAGS},
    **dict.fromkeys(("weeks", "feature_breadth", "health_score", "health_before"), "float64"),
    **dict.fromkeys(("engagement_score", "expansion_readiness", "time_to_first_value"), "float64"),
    **dict.fromkeys(("month", "close", "signed_up_at", "activated_at"), "timestamp(6)"),
    **dict.fromkeys(INTEGERS, "int64"),
}


@pytest.fixture
def summed(run):
    """`summed(figures of a panel, {...}, {...})`: numerator and denominator of each figure over the rows."""

    def of(figures, *rows: dict) -> dict[str, tuple | float]:
        base = {"month": OPEN, "close": CLOSE, "days": 31, "weeks": 31 / 7, "paying": True}
        panel = table([base | {"account_id": f"A{i}"} | row for i, row in enumerate(rows)], **TYPES)
        found = figures(panel)
        sums = {
            f"{name}/{i}": part.sum()
            for name, f in found.items()
            for i, part in enumerate(f)
            if part is not None
        }
        row = run(panel.aggregate(**sums)).iloc[0]
        totals = {name: row[f"{name}/0"] for name, f in found.items() if f.d is None}
        return totals | {n: (row[f"{n}/0"], row[f"{n}/1"]) for n, f in found.items() if f.d is not None}

    return of


@pytest.fixture
def used(summed, product):
    """The engagement figures of the rows."""
    return lambda *rows: summed(lambda panel: portfolio.figures(panel, product), *rows)


def test_users_of_the_last_days_over_all_accounts(used):
    found = used(
        {"user_days_n": 50, "users_n": 10, "users_7": 6, "a3x7_users": 3, "a3x7_weekday_users": 2},
        {"user_days_n": 40, "users_n": 5, "users_7": 4, "a3x7_users": 1, "a3x7_weekday_users": 1},
        {},
    )
    assert found["dau"] == pytest.approx(90 / 30)
    assert (found["wau"], found["mau"]) == (10, 15)
    assert found["stickiness"] == (90, 15 * 30)
    assert found["stickiness_wau"] == (10, 15)
    assert found["a3x7"] == (4, 10)
    assert found["a3x7_weekdays"] == (3, 10)


def test_active_accounts_and_how_sticky_they_are(used):
    found = used(
        {"events": 5, "events_30": 5, "active_days": 20},
        {"events": 1, "events_30": 0, "active_days": 1},  # on the first of 31 days
        {"events": 0, "events_30": 0, "active_days": 0},
        {"events": 0, "events_30": 1, "active_days": 0},  # in a month shorter than the window
        {},
    )
    assert found["active_accounts"] == 2
    assert found["account_stickiness"] == (21, 2 * 31)


def test_growth_is_accounts_gained_of_those_gained_or_lost(used):
    pairs = [(1, None), (1, 0), (2, 0), (1, 1), (0, 1), (0, 5), (0, 0), (0, None), (None, 1)]
    found = used(*({"events": now, "events_before": before} for now, before in pairs))
    assert found["active_account_growth"] == (3, 5)


def test_users_per_account_and_what_they_do(used):
    found = used(
        {"events": 9, "active_users": 3, "engaged_users": 2, "sessions": 12, "tasks": 4, "tasks_done": 1},
        {"events": 1, "active_users": 1, "engaged_users": 1, "sessions": 2, "tasks": 2, "tasks_done": 2},
        {"events": 0, "active_users": 0, "engaged_users": 0, "sessions": 0, "tasks": 0, "tasks_done": 0},
    )
    assert found["active_users"] == (4, 2)  # a mean over active accounts
    assert found["engaged_users"] == (3, 4)
    assert found["session_frequency"] == (14, pytest.approx(4 * 31 / 7))
    assert found["task_completion_rate"] == (3, 6)


def test_seats_breadth_and_rhythm_are_those_of_paying_accounts_where_they_are_known(used):
    found = used(
        {"seats_used": 4, "seats_purchased": 10, "feature_breadth": 0.5, "rhythm_kept": True},
        {"seats_used": 9, "seats_purchased": 8, "feature_breadth": 0.25, "rhythm_kept": False},
        {"seats_used": None, "seats_purchased": 7},
        {"seats_used": 5, "seats_purchased": None},
        {"paying": False, "seats_used": 2, "seats_purchased": 3, "feature_breadth": 1.0, "rhythm_kept": True},
    )
    assert found["licence_utilisation"] == (13, 18)
    assert found["feature_breadth"] == (0.75, 2)
    assert found["product_rhythm"] == (1, 2)


def test_scores_are_means_over_paying_accounts_that_have_one(summed, product):
    names = ("health_score", "engagement_score", "expansion_readiness")
    found = summed(
        lambda panel: portfolio.figures(panel, product),
        dict.fromkeys(names, 80.0) | {"health_before": 70.0},
        dict.fromkeys(names, 40.0) | {"health_before": None},
        {},
        dict.fromkeys(names, 10.0) | {"health_before": 90.0, "paying": False},
    )
    for name in names:
        assert found[name] == (120, 2), name
    assert found["health_trend"] == (10, 1)


def test_bands_stages_and_kinds_count_accounts(summed, product):
    bands = [
        {"engagement_band": b, "health_band": b} for b in ("healthy", "at risk", "at risk", "churn risk")
    ]
    stages = [{"funnel_stage": "gone", "churn_type": "contraction"}, {"funnel_stage": "engaged"}]
    gone = {"paying": False, "engagement_band": "healthy", "health_band": "healthy"}
    found = summed(lambda panel: portfolio.figures(panel, product), *bands, *stages, gone)
    for score in ("engagement_score", "health_score"):
        counts = [found[f"{score}:{band}"] for band in ("healthy", "at risk", "churn risk")]
        assert counts == [1, 2, 1]
    assert {name.split(":")[1]: n for name, n in found.items() if "funnel" in name and n} == {
        "gone": 1,
        "engaged": 1,
    }
    assert {name.split(":")[1]: n for name, n in found.items() if "churn_type" in name and n} == {
        "contraction": 1
    }


def test_warnings_are_shares_of_the_accounts_they_can_be_judged_for(summed, product):
    flags = {f"flag_{flag}": True for flag in FLAGS[1:]}
    found = summed(
        lambda panel: portfolio.figures(panel, product),
        {"risk_flags": 7} | flags | {f"flag_{FLAGS[0]}": False},
        {"risk_flags": 0} | dict.fromkeys(flags, False),
        {"risk_flags": 1, f"flag_{FLAGS[0]}": True},
        {"risk_flags": None, "paying": False},
    )
    assert found["risk_flags"] == (2, 3)
    assert found[f"risk_flags:{FLAGS[0]}"] == (1, 2)
    assert {found[f"risk_flags:{flag}"] for flag in FLAGS[1:]} == {(1, 2)}


def test_a_month_has_the_sums_of_all_figures_and_the_median_wait_of_those_judged(run, product):
    ends = {"observed": True, "signed_up_at": OPEN - 20 * DAY}  # their onboarding window ends in March
    rows = [
        {"paying": True, "time_to_first_value": 2.0, "health_score": 60.1234567891, "mrr_cents": 100} | ends,
        {"paying": True, "time_to_first_value": 5.0, "health_score": 40.0, "mrr_cents": 50} | ends,
        {"paying": True, "time_to_first_value": None, "mrr_cents": 1} | ends,
        {"paying": False, "time_to_first_value": 90.0, "observed": True, "signed_up_at": OPEN - 200 * DAY},
    ]
    base = {"month": OPEN, "close": CLOSE, "days": 31, "weeks": 31 / 7, "mrr_start_cents": 10}
    panel = table([base | {"account_id": str(i)} | row for i, row in enumerate(rows)], **TYPES)
    found = run(portfolio.by_month(panel, product))
    assert found.month.tolist() == [OPEN]
    row = found.iloc[0]
    assert row["time_to_first_value/n"] == 3.5
    assert (row["health_score/n"], row["health_score/d"]) == (100.123456789, 2)
    assert (row["mrr/n"], row["arpa/n"], row["arpa/d"]) == (151, 151, 3)
    assert (row["activation_rate/n"], row["activation_rate/d"]) == (0, 3)
    assert row["stickiness_wau/n"] != row["stickiness_wau/n"]  # nobody's users are known
    assert "mrr/d" not in found.columns


def money(**row: int) -> dict:
    return dict.fromkeys((f"{name}_cents" for name in CENTS), 0) | row


def test_accounts_are_counted_by_what_moved_them(summed, product):
    moved = [money(**{f"{name}_cents": cents}) for name in CENTS[:5] for cents in (1, 500)]
    found = summed(lambda panel: portfolio.figures(panel, product), *moved, money())
    counts = ("new", "expanded", "contracted", "churned", "reactivated")
    assert {found[f"{name}_accounts"] for name in counts} == {2}
    assert {
        found[f"{name}_mrr"] for name in ("new", "expansion", "contraction", "churned", "reactivation")
    } == {501}
    assert found["quick_ratio"] == (1002, 1002)


def shares(panel, product):
    """The two shares of MRR."""
    figures = portfolio.figures(panel, product)
    return {name: figures[name] for name in ("mrr_in_churn_risk_band", "expansion_pipeline")}


@pytest.mark.parametrize(
    ("band_score", "at_risk"), [("health_score", (100, 137)), ("engagement_score", (30, 137))]
)
def test_shares_of_mrr_are_of_all_mrr_with_nothing_from_those_not_judged(
    summed, product, band_score, at_risk
):
    product = product.model_copy(update={"band_score": band_score})
    bands = ("health_band", "engagement_band")
    found = summed(
        lambda panel: shares(panel, product),
        {"mrr_cents": 100, **dict(zip(bands, ("churn risk", "healthy"), strict=True))}
        | {"commercial_reason": "seats", "events": 0},
        {"mrr_cents": 30, **dict(zip(bands, ("healthy", "churn risk"), strict=True)), "events": 4},
        {"mrr_cents": 7},
    )
    assert found["mrr_in_churn_risk_band"] == at_risk
    assert found["expansion_pipeline"] == (100, 137)


def test_shares_of_mrr_are_unknown_where_nobody_can_be_judged(run, product):
    panel = table([{"account_id": "A", "month": OPEN, "mrr_cents": 7}], **TYPES)
    figures = shares(panel, product)
    rows = run(panel.select(a=figures["mrr_in_churn_risk_band"].n, b=figures["expansion_pipeline"].n))
    assert rows.isna().all(axis=None)


STAR = [
    {"account_id": "A", "month": OPEN, "event_name": "workflow_run", "events": 3, "quantity": 40.0},
    {"account_id": "B", "month": OPEN, "event_name": "workflow_run", "events": 1, "quantity": 2.0},
    {"account_id": "A", "month": OPEN, "event_name": "login", "events": 9, "quantity": 9.0},
]
USED = {"account_id": "string", "month": "timestamp(6)", "event_name": "string", "events": "int64"}


@pytest.mark.parametrize(("measure", "total"), [("events", 4), ("quantity", 42), ("accounts", 2)])
def test_the_north_star_is_one_event_measured_as_told(run, product, measure, total):
    star = product.north_star.model_copy(update={"event": "workflow_run", "measure": measure})
    rows = outcomes.north_star(
        table(STAR, **USED, quantity="float64"), product.model_copy(update={"north_star": star})
    )
    found = run(rows)
    assert (found.n.sum(), found.d.sum()) == (total, 0)
    assert sorted(found.account_id) == ["A", "B"]


def test_core_adoption_counts_users_of_each_core_feature_of_those_active(run, product):
    keys = {"account_id": "string", "month": "timestamp(6)"}
    features = [
        {"account_id": "A", "month": OPEN, "core": True, "users": 3},
        {"account_id": "A", "month": OPEN, "core": True, "users": 1},
        {"account_id": "A", "month": OPEN, "core": False, "users": 7},
        {"account_id": "idle", "month": OPEN, "core": True, "users": 1},
    ]
    active = {"A": 4, "no core": 1, "idle": 0, "unknown": None}
    rows = [{"account_id": name, "month": OPEN, "active_users": users} for name, users in active.items()]
    found = run(
        outcomes.core_adoption(
            table(features, **keys, core="boolean", users="int64"),
            table(rows, **keys, active_users="int64"),
            product,
        )
    ).set_index("account_id")
    assert found[["n", "d"]].T.to_dict("list") == {"A": [4, 4 * 8], "no core": [0, 8]}


def test_acquisition_costs_are_added_up_in_the_reporting_currency(run):
    spent = [(MARCH, "10.005", "USD"), (MARCH, "20", "EUR"), (MARCH.shift(1), "5", "USD")]
    costs = [{"month": m.start.date(), "cost": cost, "currency": currency} for m, cost, currency in spent]
    exchange = rates([MARCH, MARCH.shift(1)], USD=["1", "1"], EUR=["1.1", "1.2"])
    found = run(outcomes.acquisition_cost(canonical("acquisition", costs), exchange))
    found = found.set_index("month").n
    assert found.to_dict() == {OPEN: 1001 + 2200, CLOSE: 500}


def test_paid_within_the_month_and_at_neither_close_is_shown_apart(run):
    inside = {"amount": "10", "is_trial": False, "valid_from": OPEN, "valid_to": CLOSE - DAY}
    cases = {
        "inside": {},
        "begins before": {"valid_from": OPEN - DAY},
        "ends at the close": {"valid_to": CLOSE},
        "last instant": {"valid_to": CLOSE - dt.timedelta(microseconds=1)},
        "trial": {"is_trial": True},
        "free": {"amount": "0"},
        "no time at all": {"valid_to": OPEN},
        "open": {"valid_to": None},
        "paid before": {},
        "pays after": {},
    }
    rows = [{"subscription_id": n, "account_id": n, **inside, **case} for n, case in cases.items()]
    rows.append({"subscription_id": "twice", "account_id": "inside", **inside})
    keys = {"account_id": "string", "month": "timestamp(6)"}
    moved = [{"account_id": n, "month": OPEN, "mrr_start_cents": 0, "mrr_cents": 0} for n in cases]
    moved[-2]["mrr_start_cents"], moved[-1]["mrr_cents"] = 1, 1
    movements = table(moved, **keys, mrr_start_cents="int64", mrr_cents="int64")
    found = run(outcomes.new_and_churned(canonical("subscriptions", rows), movements, month_table([MARCH])))
    assert sorted(found.account_id) == ["inside", "last instant"]
    assert (set(found.n), set(found.d)) == ({1}, {0})
