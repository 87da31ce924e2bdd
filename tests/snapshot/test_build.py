"""A snapshot knows what was known at the close, and depends on nothing else."""

from __future__ import annotations

import json
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pytest
from tests.snapshot.conftest import PAID, MemorySource, contents, cut, table

from reporting.analysis.churn.kinds import classify
from reporting.analysis.churn.risk_set import risk_set
from reporting.errors import ConfigError
from reporting.metrics.registry import METRICS
from reporting.month import Month
from reporting.snapshot.build import build_snapshot
from reporting.snapshot.frozen import Snapshot
from reporting.snapshot.tables import KEYS

# Ibis 12 asks DuckDB 2 for a table's columns in a way that DuckDB is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

MONTH = Month(2024, 10)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory, demo_tables, demo_rates, product) -> Snapshot:
    out = tmp_path_factory.mktemp("build") / "snapshot"
    return build_snapshot(MemorySource(demo_tables, demo_rates), product, MONTH, out)


def test_a_source_cut_at_the_close_and_shuffled_gives_the_identical_bytes(
    snapshot, tmp_path, demo_tables, demo_rates, product
):
    early = cut(demo_tables, MONTH.close)
    assert early["events"].num_rows < demo_tables["events"].num_rows
    for i, (name, rows) in enumerate(early.items()):
        early[name] = rows.take(pa.array(pd.Series(range(rows.num_rows)).sample(frac=1, random_state=i)))
    again = build_snapshot(MemorySource(early, demo_rates), product, MONTH, tmp_path / "s")
    assert again.meta["files"] == snapshot.meta["files"]
    assert contents(again.path) == contents(snapshot.path)


def test_another_account_changes_no_other(snapshot, tmp_path, demo_tables, demo_rates, product):
    def more(name: str, **row) -> pa.Table:
        return pa.concat_tables([demo_tables[name], table(name, [row])], promote_options="permissive")

    extra = dict(demo_tables)
    extra["accounts"] = more("accounts", account_id="Z", account_name="Zed", signed_up_at="2024-01-05")
    extra["subscriptions"] = more(
        "subscriptions",
        subscription_id="ZS",
        account_id="Z",
        valid_from="2024-02-01",
        **PAID,
    )
    extra["events"] = more(
        "events",
        event_id="ZE",
        account_id="Z",
        user_id="ZU",
        event_name="workflow_run",
        occurred_at="2024-09-30 12:00",
        session_id="zs",
    )
    again = build_snapshot(MemorySource(extra, demo_rates), product, MONTH, tmp_path / "s")
    for name in ("account_month", "account_week", "user_month", "ledger", "activation_steps", "accounts"):
        mine, theirs = getattr(snapshot, name), getattr(again, name)
        others = theirs[theirs.account_id != "Z"].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, others, check_dtype=False)
    assert len(again.at()) == len(snapshot.at()) + 1


def test_the_panel_balances_and_every_table_has_its_key(snapshot):
    panel = snapshot.account_month
    end = (
        panel.mrr_start_cents
        + panel.new_cents
        + panel.reactivation_cents
        + panel.expansion_cents
        - panel.contraction_cents
        - panel.churned_cents
        + panel.fx_cents
    )
    assert (end == panel.mrr_cents).all()
    assert (panel.fx_cents != 0).any()
    for name, key in KEYS.items():
        frame = getattr(snapshot, name)
        assert not frame.duplicated(key).any(), name
        if frame[key].notna().all(axis=None):
            pd.testing.assert_frame_equal(frame, frame.sort_values(key, ignore_index=True))
    amounts = snapshot.ledger.groupby("month").amount_cents.sum()
    change = panel.groupby("month")[["mrr_cents", "mrr_start_cents"]].sum().diff(axis=1).mrr_start_cents * -1
    assert amounts.to_dict() == change[change.index.isin(amounts.index)].to_dict()


def test_nothing_after_the_close_shows(snapshot):
    close = pd.Timestamp(MONTH.close)
    for name in set(KEYS) - {"targets"}:
        frame = getattr(snapshot, name)
        for column in frame.select_dtypes("datetime").columns:
            if column not in ("renewal_at", "effective_at"):  # what was agreed for later, and known
                assert not (frame[column] >= close).any(), f"{name}.{column}"


def test_portfolio_figures_are_sums_and_ratios_of_the_panel(snapshot):
    now = snapshot.at()
    assert snapshot.value("mrr") == now.mrr_cents.sum()
    assert snapshot.value("paying_accounts") == now.paying.sum()
    same = now[now.mrr_start_cents > 0]
    assert snapshot.value("nrr") == pytest.approx(same.mrr_cents.sum() / same.mrr_start_cents.sum())
    kept = same[["mrr_cents", "mrr_start_cents"]].min(axis=1).sum()
    assert snapshot.value("grr") == pytest.approx(kept / same.mrr_start_cents.sum())
    scored = now[now.paying]
    assert snapshot.value("health_score") == pytest.approx(scored.health_score.mean(), abs=1e-5)
    year_ago = snapshot.at(MONTH.shift(-12)).set_index("account_id").mrr_cents
    stayed = now.set_index("account_id").query("paid_months >= 12").mrr_cents
    expected = stayed.reindex(year_ago.index[year_ago > 0]).fillna(0).sum() / year_ago.sum()
    assert snapshot.value("nrr_12") == pytest.approx(expected)


def test_the_demo_company_has_a_value_for_every_metric(snapshot):
    assert snapshot.unavailable == {}
    panel = snapshot.account_month
    empty = [column for column in panel.columns if panel[column].isna().all()]
    assert empty == []


def test_a_source_without_users_says_so_and_shows_null_not_zero(tmp_path, demo_tables, demo_rates, product):
    bare = {name: demo_tables[name] for name in ("accounts", "subscriptions", "events")}
    bare["events"] = bare["events"].drop_columns(["user_id"])
    snapshot = build_snapshot(MemorySource(bare, demo_rates), product, MONTH, tmp_path / "s")
    assert snapshot.unavailable["active_users"] == ["users", "events.user_id"]
    assert snapshot.unavailable["team_count"] == ["users", "events.user_id"]
    assert snapshot.unavailable["integration_count"] == ["integrations"]
    assert snapshot.unavailable["nps"] == ["surveys"]
    now = snapshot.at()
    for column in (
        "active_users",
        "seats_used",
        "session_frequency",
        "integration_count",
        "tickets_open",
        "team_count",
    ):
        assert now[column].isna().all(), column
    assert now.feature_breadth.notna().all()
    paying = now[now.paying]
    assert (paying.engagement_score_missing == "session_frequency, licence_utilisation, integrations").all()
    assert "mau" not in set(snapshot.portfolio_month.metric)
    assert snapshot.tickets is None


def test_the_close_is_midnight_of_the_zone(tmp_path, product):
    """Half past midnight in Berlin on 1 November is still October in UTC: that event belongs to November."""
    rows = {
        "accounts": [{"account_id": "A", "account_name": "Ada", "signed_up_at": "2024-09-01 00:00"}],
        "subscriptions": [
            {
                "subscription_id": "S",
                "account_id": "A",
                "valid_from": "2024-10-31 22:30",
                "plan": "Team",
                "amount": "100",
                "amount_period": "month",
                "currency": "USD",
                "is_trial": False,
                "seats": 2,
            }
        ],
        "events": [
            {
                "event_id": "1",
                "account_id": "A",
                "user_id": "U",
                "event_name": "workflow_run",
                "occurred_at": t,
            }
            for t in ("2024-10-31 21:30", "2024-10-31 23:30")
        ],
    }
    tables = {name: table(name, values) for name, values in rows.items()}
    month = Month(2024, 10)
    berlin = build_snapshot(
        MemorySource(tables, timezone="Europe/Berlin"), product, month, tmp_path / "berlin"
    )
    assert (berlin.value("mrr"), int(berlin.at().events[0])) == (10_000, 1)
    assert berlin.at().last_active_at[0] == pd.Timestamp("2024-10-31 22:30")
    assert berlin.meta["close"] == "2024-10-31T23:00:00"


def test_the_accounts_behind_any_change_add_up_to_it(snapshot):
    """Every figure of every metric, slices included, between any two months next to each other in which it
    is defined."""
    figures = snapshot.portfolio_month.pivot(index="metric", columns="month", values="value")
    asked: dict[tuple[pd.Timestamp, pd.Timestamp], list[str]] = {}
    for metric, row in figures.iterrows():
        for pair in pairwise(row.dropna().index):
            asked.setdefault(pair, []).append(metric)
    assert {metric for metrics in asked.values() for metric in metrics} == set(figures.index)
    for (then, now), metrics in asked.items():
        changes = snapshot.changes(Month.of(now), Month.of(then))
        for metric in metrics:
            before, after = figures.loc[metric, [then, now]]
            found = changes.accounts(metric).contribution
            size = max(abs(before), abs(after), 1)  # float sums are kept to six decimals an account
            assert found.sum() == pytest.approx(after - before, abs=1e-6 * size), (metric, now)
            assert found.abs().is_monotonic_decreasing


def test_every_metric_of_the_portfolio_is_explained_or_says_why_not(snapshot):
    changes = snapshot.changes()
    refused = {}
    for metric in METRICS.values():
        if "portfolio" in metric.levels:
            try:
                changes.accounts(metric.id)
            except ConfigError as error:
                refused[metric.id] = str(error)
    sliced = {name for name, why in refused.items() if "is counted by slice" in why}
    assert sliced == {"lifecycle_funnel", "churn_type"}
    computed = {m.id for m in METRICS.values() if m.place.startswith("computed") and "portfolio" in m.levels}
    assert set(refused) - sliced == computed
    with pytest.raises(ConfigError, match="Did you mean 'arpa'"):
        changes.accounts("arpaa")


def test_a_median_moves_by_those_who_crossed_its_middle(snapshot):
    """Waits of 2, 4, 9 days and then of 6, 8, 9: two stand above the point between 4 and 8, before it was
    one."""
    parts = snapshot.changes()
    rows = [("a", 0, 2.0), ("b", 0, 4.0), ("c", 0, 9.0), ("d", 1, 6.0), ("e", 1, 8.0), ("f", 1, 9.0)]
    months = [MONTH.shift(-1).start, MONTH.start]
    parts._panel = pd.DataFrame(
        [(account, months[i], wait) for account, i, wait in rows],
        columns=["account_id", "month", "time_to_first_value"],
    )
    found = parts.accounts("time_to_first_value").set_index("account_id").contribution
    assert found.sum() == pytest.approx(4)
    assert found["e"] == found["f"] > 0 > found["c"]


def test_meta_says_what_it_is(snapshot, product):
    meta = json.loads((snapshot.path / "meta.json").read_text())
    assert meta["month"] == "2024-10"
    assert meta["close"] == "2024-11-01T00:00:00"
    assert meta["product"]["key_action"] == "workflow_run"
    assert list(snapshot.product.onboarding_steps) == list(product.onboarding_steps)
    assert {name.split("/")[0] for name in meta["files"]} == set(KEYS)
    years = [name for name in meta["files"] if name.startswith("account_month/")]
    assert "account_month/2023" in years and "account_month/2024-10" in years
    assert all(len(file["sha256"]) == 64 for file in meta["files"].values())


def test_the_churn_report_tells_the_same_kinds_of_loss(snapshot):
    risk = risk_set(snapshot.account_month, pd.Timestamp(snapshot.month.start))
    told = risk.rows.assign(kind=classify(risk.rows, snapshot.product))
    told = told[told.churned].set_index(["account_id", "month"]).kind
    held = snapshot.account_month.set_index(["account_id", "month"]).churn_type
    assert len(set(told)) > 1
    assert told.to_dict() == held[told.index].to_dict()
