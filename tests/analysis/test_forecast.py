"""The forecast on companies simple enough to know what must come out."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import NOW, months, series, view_of

from reporting.analysis import forecast as forecast_module
from reporting.analysis.forecast import Forecast, forecast
from reporting.analysis.simulation import Start, movements, simulate
from reporting.analysis.targets import targets
from reporting.errors import ConfigError

STEADY = {account: [10_000] * 20 for account in "abcdefgh"}


def company(paths, **tables):
    return view_of(*(row for account, path in paths.items() for row in months(account, path)), **tables)


def start(hazard: float, growth: float = 0.0, arrived_cents: float = 0.0, n: int = 50) -> Start:
    moved = pd.DataFrame(
        {"growth": [growth] * 6, "arrived_cents": arrived_cents, "arrived": 0.0, "rate": 0.0}
    )
    cents = np.full(n, 100.0)
    return Start(cents, np.full((n, 3), hazard), np.tile(cents[:, None], 3), np.full(3, 5000.0), 10**9, moved)


def test_where_nobody_can_leave_growth_and_arrivals_are_sums():
    drawn = simulate(start(0.0, growth=0.1, arrived_cents=1000.0), 20)
    assert drawn["mrr"] == pytest.approx(np.tile([6500.0, 8150.0, 9965.0], (20, 1)))  # x 1.1 + 1,000
    assert drawn["nrr_12"] == pytest.approx(np.tile([1.1, 1.21, 1.331], (20, 1)))
    assert not drawn["churned_accounts"].any()


def test_accounts_leave_at_their_hazard():
    drawn = simulate(start(np.log(2), n=1000), 200)  # a half each month
    assert drawn["churned_accounts"].mean(axis=0) == pytest.approx([500, 250, 125], rel=0.02)
    assert drawn["mrr"][:, 2].mean() == pytest.approx(12_500, rel=0.02)
    again = simulate(start(np.log(2), n=1000), 200)
    assert (drawn["mrr"] == again["mrr"]).all()


def test_what_moved_is_told_by_month():
    found = movements(company({"a": [100, 150, 0], "b": [100, 100, 100], "c": [0, 0, 40]}).panel)
    assert found["growth"].tolist() == [0, 0.25, 0]
    assert found["arrived_cents"].tolist() == [200, 0, 40]
    assert found["lost"].tolist() == [0, 0, 1]


def test_a_company_that_never_moves_stays_as_it_is():
    found = forecast(company(STEADY))
    assert found is not None and found.month == NOW + pd.DateOffset(months=3)
    assert found.ahead.at["mrr", "now"] == found.ahead.at["mrr", "naive"] == 80_000
    assert found.ahead.at["churned_accounts", "now"] == 0
    mrr = found.record[found.record["metric"] == "mrr"]
    assert (mrr["actual"] == 80_000).all() and (mrr["naive"] == 80_000).all()


def test_too_little_past_is_no_forecast():
    assert forecast(company({"a": [10_000] * 6})) is None


def test_the_better_one_on_the_record_is_told_the_naive_with_its_past_errors():
    record = pd.DataFrame(
        {"metric": "mrr", "value": 150.0, "low": 90.0, "high": 160.0, "naive": 100.0}, range(10)
    )
    record["actual"] = [90, 95, 100, 100, 100, 100, 100, 100, 105, 110]
    ahead = pd.DataFrame({"now": 100.0, "value": 220.0, "low": 210.0, "high": 230.0, "naive": 200.0}, ["mrr"])
    found = Forecast(NOW, ahead, record, {})
    assert found.best("mrr") == "naive"
    assert found.score.at["mrr", "coverage"].value == 1.0
    assert (found.score.at["mrr", "error"], found.score.at["mrr", "naive_error"]) == (50, 3)
    told = found.told("mrr")
    assert told.value == 200 and told.low == pytest.approx(189) and told.high == pytest.approx(211)


def test_targets_are_told_with_distance_and_chance():
    rows = pd.DataFrame(
        {"month": pd.to_datetime(["2026-02-01", "2026-12-01"]), "metric": "mrr", "target": [1000, 900]}
    )
    view = company(STEADY, targets=rows, portfolio_month=series("mrr", {"2026-02": 80_000}))
    drawn = np.full((4, 10), 100_000.0)
    drawn[0] = 89_999
    found = targets(view, Forecast(NOW, pd.DataFrame(), pd.DataFrame(), {"mrr": drawn})).loc["mrr"]
    assert (found["actual"], found["target"], found["year_target"]) == (80_000, 100_000, 90_000)
    assert found["distance"] == pytest.approx(-0.2) and found["chance"] == 0.75


@pytest.mark.parametrize(
    ("begins", "month", "goal"),
    [(1, "2026-12-01", 900), (2, "2027-01-01", 950), (3, None, None), (4, "2026-03-01", 700)],
)
def test_the_year_of_a_target_is_the_companys(begins, month, goal):
    """February 2026 is the last month of a year that begins in March: nothing of it is to come."""
    rows = pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-02-01", "2026-03-01", "2026-12-01", "2027-01-01", "2027-02-01"]),
            "metric": "mrr",
            "target": [1000, 700, 900, 950, 990],
        }
    )
    view = company(STEADY, targets=rows, portfolio_month=series("mrr", {"2026-02": 80_000}))
    view.snapshot.meta["fiscal_year_starts"] = begins
    found = targets(view, None).loc["mrr"]
    if month is None:
        assert pd.isna(found["year_end"]) and pd.isna(found["year_target"])
    else:
        assert (found["year_end"], found["year_target"]) == (pd.Timestamp(month), goal * 100)


@pytest.mark.parametrize(
    ("metric", "drawn", "chance"), [("monthly_churn_rate", 0.25, 1.0), ("mrr", 90_000.0, 1.0)]
)
def test_a_course_that_ends_at_the_target_reaches_it_whichever_way_is_good(metric, drawn, chance):
    goal = {"monthly_churn_rate": 0.25, "mrr": 900}[metric]
    rows = pd.DataFrame({"month": pd.to_datetime(["2026-12-01"]), "metric": metric, "target": [goal]})
    found = Forecast(NOW, pd.DataFrame(), pd.DataFrame(), {metric: np.full((4, 10), drawn)})
    assert targets(company(STEADY, targets=rows), found).loc[metric, "chance"] == 1.0


def test_a_target_of_an_unknown_metric_is_refused_with_the_nearest():
    rows = pd.DataFrame({"month": [NOW], "metric": ["mr"], "target": [1.0]})
    with pytest.raises(ConfigError, match=r"'mr'.*Did you mean 'mrr'"):
        targets(company(STEADY, targets=rows), None)


@pytest.mark.parametrize(("start", "old"), [(8.0, False), (9.0, True), (10.0, True)])
def test_old_is_who_will_have_paid_for_a_year_at_the_end_of_the_quarter(start, old):
    assert forecast_module._old(pd.DataFrame({"start": [start]})).tolist() == [old]


def test_what_an_age_lost_is_drawn_towards_the_rate_of_all():
    close = pd.Timestamp("2025-06-01")
    left = [False] * 100 + [True] * 20 + [False] * 80
    rows = pd.DataFrame({"start": [20.0] * 100 + [1.0] * 100, "churned": left})
    rows = rows.assign(month=close, due_in=np.nan, can_leave=True)
    at_risk = SimpleNamespace(rows=rows, committed=False)
    now = pd.DataFrame({"start": [20.0, 1.0], "due_in": np.nan})
    old, young = forecast_module._rates(at_risk, now, close, 1)[:, 0]
    # A tenth of a hundred was to be expected of either age; five losses are added to both sides.
    rate = (20 + 20.5 / 201) / 201
    whole = -math.log1p(-rate)
    assert old == pytest.approx(whole * (0 + 5) / (100 * rate + 5))
    assert young == pytest.approx(whole * (20 + 5) / (100 * rate + 5))
