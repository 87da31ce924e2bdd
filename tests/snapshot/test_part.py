"""A part of a snapshot tells what a snapshot of its accounts alone would, and parts add up to the whole."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.snapshot.conftest import MemorySource

from reporting.analysis.bridge import METRICS as BRIDGE
from reporting.month import Month
from reporting.snapshot import freeze
from reporting.snapshot.build import build_snapshot
from reporting.snapshot.frozen import DECIDED, Snapshot
from reporting.snapshot.part import OF_NO_ACCOUNT, restrict

# Ibis 12 asks DuckDB 2 for a table's columns in a way that DuckDB is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
MONTH = Month(2026, 9)
OF_NOBODY = {"acquisition_cost", "cac", "cac_payback"}
"""Figures that rest on costs, which belong to no account."""
ABOUT = {"title": "Memory, some"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory, demo_tables, demo_rates, product) -> Snapshot:
    out = tmp_path_factory.mktemp("whole") / "snapshot"
    return build_snapshot(MemorySource(demo_tables, demo_rates), product, MONTH, out)


@pytest.fixture(scope="module")
def halves(whole, tmp_path_factory) -> list[Snapshot]:
    """Every other account, and the others."""
    ids = sorted(whole.accounts["account_id"])
    folder = tmp_path_factory.mktemp("halves")
    return [restrict(whole, ids[n::2], folder / str(n), ABOUT, {}) for n in (0, 1)]


def figures(snapshot: Snapshot) -> pd.Series:
    return snapshot.portfolio_month.set_index(["metric", "month"])["value"]


def test_the_part_that_is_all_accounts_is_the_whole(whole, tmp_path):
    part = restrict(whole, set(whole.accounts["account_id"]), tmp_path / "all", ABOUT, {})
    mine, theirs = figures(whole), figures(part)
    assert set(mine.index.unique("metric")) - set(theirs.index.unique("metric")) == OF_NOBODY
    pd.testing.assert_series_equal(mine[theirs.index], theirs)
    others = {"portfolio_month", *OF_NO_ACCOUNT}
    for name, file in whole.meta["files"].items():
        assert name in others or part.meta["files"][name] == file, name


def test_parts_add_up_to_the_whole_in_every_month(whole, halves):
    rows = whole.portfolio_month.set_index(["metric", "month"])
    totals = rows.index[rows["denominator"].isna() & rows["numerator"].notna()]
    totals = [key for key in totals if key[0] in ("mrr", "paying_accounts", "arr", *BRIDGE)]
    assert {key[0] for key in totals} >= {"mrr", "paying_accounts", "churned_mrr", "fx_mrr", "new_accounts"}
    one, two = map(figures, halves)
    summed = one.add(two, fill_value=0)
    assert (summed[totals] - figures(whole)[totals]).abs().max() < 1e-6
    assert sum(len(half.account_month) for half in halves) == len(whole.account_month)
    assert set(halves[0].accounts["account_id"]).isdisjoint(halves[1].accounts["account_id"])


def test_a_part_is_what_a_source_of_its_accounts_alone_would_give(
    whole, halves, tmp_path, demo_tables, demo_rates, product
):
    part = halves[0]
    ids = pa.array(part.accounts["account_id"].tolist())
    alone = {
        name: rows.filter(pc.is_in(rows["account_id"], ids)) if "account_id" in rows.column_names else rows
        for name, rows in demo_tables.items()
    }
    built = build_snapshot(MemorySource(alone, demo_rates), product, MONTH, tmp_path / "alone")
    now = pd.Timestamp(MONTH.start)
    mine, theirs = (figures(snapshot).xs(now, level="month") for snapshot in (part, built))
    pd.testing.assert_series_equal(mine, theirs.drop([*OF_NOBODY & set(theirs.index)]))
    features = [
        s.feature_month[s.feature_month["month"] == now].reset_index(drop=True) for s in (part, built)
    ]
    pd.testing.assert_frame_equal(*features)


def test_what_belongs_to_no_account_is_not_available_in_a_part(whole, halves):
    assert whole.acquisition is not None and halves[0].acquisition is None
    assert halves[0].unavailable["cac"] == ["acquisition"]
    assert "acquisition" not in halves[0].meta["tables"]


def test_a_part_holds_what_was_decided_of_its_accounts_and_is_another_snapshot(whole, halves, tmp_path):
    ids = sorted(whole.accounts["account_id"])[:2]
    decided = pa.table({"account_id": [*ids, "X"], "stance": ["grow", "rescue", "steady"]})
    part = restrict(whole, ids, tmp_path / "two", ABOUT, {"accounts": decided})
    path = part.path / DECIDED / "accounts.parquet"
    assert pd.read_parquet(path)["stance"].tolist() == ["grow", "rescue"]
    assert part.meta["files"][f"{DECIDED}/accounts"]["sha256"] == freeze.hash_of_file(path)
    assert len({s.identity for s in (whole, part, *halves)}) == 4
    assert part.meta["title"] == "Memory, some"


def test_a_part_of_an_account_that_never_paid_has_a_figure_only_where_there_is_one(whole, tmp_path):
    now = whole.at()
    never = sorted(now.loc[~now["paying"].astype(bool), "account_id"])[:1]
    part = restrict(whole, never, tmp_path / "none", ABOUT, {})
    assert part.value("mrr") == 0 and part.value("nrr_12") is None
