"""Portfolio figures worked by hand, and the accounts that moved them."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from tests.metrics.conftest import canonical

from reporting.metrics import outcomes
from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.catalogue import retention, revenue
from reporting.metrics.portfolio import figures, with_year_before
from reporting.metrics.registry import METRICS
from reporting.month import Month

START = Month(2025, 1)


def panel(**accounts: list[int]) -> ibis.Table:
    """Accounts by their MRR at each close from January 2025 on."""
    rows = []
    for account, path in accounts.items():
        spell = None
        for i, end in enumerate(path):
            start = path[i - 1] if i else 0
            spell = None if not end else (i if spell is None else spell)
            change = end - start if start and end else 0
            before = any(path[:i])
            rows.append(
                {
                    "account_id": account,
                    "month": START.shift(i).start,
                    "mrr_cents": end,
                    "mrr_start_cents": start,
                    "paying": end > 0,
                    "new_cents": end if not start and not before else 0,
                    "reactivation_cents": end if not start and before else 0,
                    "churned_cents": start if not end else 0,
                    "expansion_cents": max(change, 0),
                    "contraction_cents": max(-change, 0),
                    "fx_cents": 0,
                    "paid_months": None if spell is None else i - spell,
                    "events": 1,
                    "health_score": 50.0,
                    "health_band": "at risk",
                    "commercial_reason": None,
                }
            )
    types = dict.fromkeys(rows[0], pa.int64()) | {
        "account_id": pa.string(),
        "month": pa.timestamp("us"),
        "paying": pa.bool_(),
        "health_score": pa.float64(),
        "health_band": pa.string(),
        "commercial_reason": pa.string(),
    }
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema(types)))


def values(run, table: ibis.Table) -> pd.DataFrame:
    """Every revenue figure by month."""
    rows = with_year_before(table)
    columns = {}
    for name, figure in figures(rows, None, [*revenue.METRICS, *retention.METRICS]).items():
        total = figure.n.sum().cast("float64")
        columns[name] = total if figure.d is None else total / figure.d.sum().nullif(0)
    return run(rows.group_by("month").aggregate(**columns)).sort_values("month", ignore_index=True)


def test_retention_of_one_month(run):
    # 300 at the start; 100 grows to 150, 100 shrinks to 60, 100 leaves; 500 is new, 70 comes back.
    table = panel(grows=[100, 150], shrinks=[100, 60], leaves=[100, 0], new=[0, 500])
    found = values(run, table).iloc[1]
    assert found.grr == pytest.approx((100 + 60) / 300)
    assert found.nrr == pytest.approx((150 + 60) / 300)
    assert found.logo_retention == pytest.approx(2 / 3)
    assert found.monthly_churn_rate == pytest.approx(1 / 3)
    assert found.quick_ratio == pytest.approx((500 + 50) / (40 + 100))
    assert (found.mrr, found.arr, found.arpa) == (710, 8520, pytest.approx(710 / 3))


def test_reactivation_is_in_neither_nrr_nor_quick_ratio(run):
    found = values(run, panel(back=[100, 0, 80], stays=[100, 100, 90])).iloc[2]
    assert found.nrr == pytest.approx(0.9)
    assert found.quick_ratio == 0
    assert found.reactivation_mrr == 80


def test_ratios_without_a_denominator_are_not_defined(run):
    first = values(run, panel(a=[100])).iloc[0]
    assert first[["grr", "nrr", "logo_retention", "monthly_churn_rate", "quick_ratio", "nrr_12"]].isna().all()


@pytest.mark.parametrize(
    ("lost", "gained", "ratio"),
    [([100, 100], [0, 50], None), ([100, 99], [0, 50], 50), ([100, 0], [0, 50], 0.5), ([100, 0], [0, 0], 0)],
)
def test_the_quick_ratio_needs_a_loss(run, lost, gained, ratio):
    found = values(run, panel(lost=lost, gained=gained)).iloc[1].quick_ratio
    assert pd.isna(found) if ratio is None else found == pytest.approx(ratio)


def test_twelve_months_follow_the_cohort_of_a_year_ago(run):
    table = panel(
        grows=[100] + [200] * 12,
        shrinks=[100] * 12 + [70],
        leaves=[100] * 6 + [0] * 7,
        returns=[100] * 6 + [0] * 3 + [100] * 4,  # a return is not retention
        later=[0] + [500] * 12,
    )
    found = values(run, table).iloc[12]
    assert found.nrr_12 == pytest.approx((200 + 70) / 400)
    assert found.grr_12 == pytest.approx((100 + 70) / 400)
    assert found.logo_retention_12 == pytest.approx(2 / 4)


def test_ninety_day_retention_looks_at_those_who_began_three_closes_ago(run):
    found = values(run, panel(a=[100] * 4, b=[100, 0, 0, 0], c=[0, 100, 100, 100]))
    assert found.retention_90d.tolist()[3] == pytest.approx(0.5)


MONTHS = months_between(Month(2026, 1), Month(2026, 3))


def trial(account: str, start: str, end: str | None, amount: str = "0", is_trial: bool = True) -> dict:
    return {
        "subscription_id": f"{account}{start}{is_trial}",
        "account_id": account,
        "valid_from": start,
        "valid_to": end,
        "plan": "Team",
        "amount": amount,
        "amount_period": "month",
        "currency": "USD",
        "is_trial": is_trial,
    }


def by_month(run, table: ibis.Table) -> dict:
    frame = run(table).groupby("month")[["n", "d"]].sum()
    return {month.month: (int(n), int(d)) for month, n, d in frame.itertuples()}


def test_conversion_counts_trials_in_the_month_they_end(run):
    subscriptions = canonical(
        "subscriptions",
        [
            trial("pays", "2026-01-01", "2026-01-15"),
            trial("pays", "2026-01-15", None, "50", is_trial=False),
            trial("leaves", "2026-01-01", "2026-01-20"),
            trial("open", "2026-02-20", None),
            trial("returns", "2026-01-05", "2026-02-05"),  # paid long ago, not since
            trial("returns", "2025-01-01", "2025-06-01", "50", is_trial=False),
            trial("returns", "2026-03-10", "2026-03-20"),  # a second trial is not counted
        ],
    )
    found = by_month(run, outcomes.free_to_paid(subscriptions, month_table(MONTHS)))
    assert found == {1: (1, 2), 2: (0, 1)}


def test_rows_of_a_trial_without_a_gap_are_one_trial(run):
    rows = [
        trial("adjacent", "2026-01-01", "2026-01-15"),
        trial("adjacent", "2026-01-15", "2026-02-10"),
        trial("overlap", "2026-01-01", "2026-02-20"),
        trial("overlap", "2026-01-05", "2026-01-10"),
        trial("overlap", "2026-02-15", "2026-03-20"),
        trial("gap", "2026-01-01", "2026-01-15"),
        trial("gap", "2026-01-16", "2026-02-10"),
        trial("gap", "2026-02-10", "2026-03-10"),
        trial("no time", "2026-01-01", "2026-01-01"),
    ]
    found = run(outcomes.free_to_paid(canonical("subscriptions", rows), month_table(MONTHS)))
    ended = found.set_index("account_id").month.dt.month.to_dict()
    assert ended == {"adjacent": 2, "overlap": 3, "gap": 1}
    assert set(found.d) == {1}


def test_a_trial_is_converted_by_service_paid_since_it_began_and_before_the_close(run):
    began, ended, close = "2026-01-10", "2026-01-20", "2026-02-01"
    paid = {
        "just before the close": ("2026-01-31 23:59:59.999999", None, "1"),
        "at the close": (close, None, "1"),
        "during": ("2026-01-12", "2026-01-13", "0.01"),
        "long since and still": ("2025-01-01", None, "1"),
        "until it began": ("2025-01-01", began, "1"),
        "until just after": ("2025-01-01", "2026-01-10 00:00:01", "1"),
        "free": ("2026-01-20", None, "0"),
        "no time": ("2026-01-20", "2026-01-20", "1"),
    }
    rows = [trial(name, began, ended) for name in (*paid, "never")]
    rows += [trial(n, start, end, amount, is_trial=False) for n, (start, end, amount) in paid.items()]
    found = run(outcomes.free_to_paid(canonical("subscriptions", rows), month_table(MONTHS)))
    assert set(found.month.dt.month) == {1}
    converted = {"just before the close", "during", "long since and still", "until just after"}
    assert found.set_index("account_id").n.to_dict() == {n: int(n in converted) for n in (*paid, "never")}


def test_a_trial_ends_in_the_month_from_its_first_instant_to_its_last(run):
    ends = {"2026-02-01": 2, "2026-01-31 23:59:59.999999": 1, "2026-03-31 23:59:59": 3, "2026-04-01": None}
    rows = [trial(end, "2026-01-05", end) for end in ends]
    found = run(outcomes.free_to_paid(canonical("subscriptions", rows), month_table(MONTHS)))
    assert found.set_index("account_id").month.dt.month.to_dict() == {e: m for e, m in ends.items() if m}


def test_earlier_months_are_those_of_the_same_account(run):
    table = panel(a=[100] * 13, b=[10] + [20] * 12, c=[0] * 12 + [5], d=[0] + [7] * 12, e=[9] * 12 + [0])
    found = run(with_year_before(table)).sort_values(["account_id", "month"]).set_index("account_id")
    now = found.groupby(level=0).last()
    assert now.mrr_year_ago_cents.to_dict() == {"a": 100, "b": 10, "c": 0, "d": 0, "e": 9}
    assert now.stayed_cents.to_dict() == {"a": 100, "b": 20, "c": 0, "d": 0, "e": 0}
    first = found.groupby(level=0).head(1)
    assert first[["events_before", "health_before"]].isna().all(axis=None)
    assert (now.events_before.tolist(), now.health_before.tolist()) == ([1] * 5, [50.0] * 5)
    began = found[found.new_3_ago.fillna(False).astype(bool)]
    assert began.month.dt.month.to_dict() == {"a": 4, "b": 4, "d": 5, "e": 4}


def test_promoters_less_detractors_over_a_quarter(run):
    scores = [("2026-01-10", 10), ("2026-01-11", 9), ("2026-01-12", 6), ("2026-02-01", 8), ("2026-03-31", 0)]
    rows = [
        {"survey_id": str(i), "account_id": "A", "kind": "nps", "score": float(s), "answered_at": t}
        for i, (t, s) in enumerate(scores)
    ]
    rows.append(
        {"survey_id": "x", "account_id": "A", "kind": "csat", "score": 5.0, "answered_at": "2026-01-10"}
    )
    found = by_month(run, outcomes.nps(canonical("surveys", rows), month_table(MONTHS), 91))
    assert found == {1: (1, 3), 2: (1, 4), 3: (0, 5)}
    assert METRICS["nps"].unit == "net share"  # told from -100 to 100, never printed with "%"


def user_month(*rows: tuple[str, int, list[int]]) -> ibis.Table:
    table = [
        {
            "account_id": "A",
            "user_id": user,
            "month": dt.datetime(2026, month, 1),
            "events": 1,
            "day_bits": sum(1 << (day - 1) for day in days),
        }
        for user, month, days in rows
    ]
    schema = {
        "account_id": "string",
        "user_id": "string",
        "month": "timestamp(6)",
        "events": "int64",
        "day_bits": "int64",
    }
    return ibis.memtable(table, schema=schema)


def test_new_users_who_come_back(run):
    table = user_month(
        ("old", 1, [1]),
        ("old", 2, [3]),  # seen in the first month on record: perhaps not new
        ("next_day", 2, [5, 6, 20]),
        ("next_day", 3, [1]),
        ("not_next_day", 2, [5, 7]),
        ("last_day", 2, [28]),
        ("last_day", 3, [1]),
    )
    months = month_table(MONTHS)
    assert by_month(run, outcomes.day1_retention(table, months)) == {2: (1, 2)}
    assert by_month(run, outcomes.month1_retention(table, months)) == {3: (2, 3)}
