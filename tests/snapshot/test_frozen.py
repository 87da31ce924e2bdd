"""Reading a snapshot: frames with plain types, and clear refusals."""

from __future__ import annotations

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reporting.errors import SourceError
from reporting.month import Month
from reporting.snapshot.frozen import SCHEMA, Snapshot

JAN = pd.Timestamp("2026-01-01")


@pytest.fixture
def folder(tmp_path):
    """A snapshot of two accounts with just the tables that are read here."""
    meta = {"schema": SCHEMA, "month": "2026-01", "currency": "USD", "unavailable": {}, "hash": "x"}
    (tmp_path / "meta.json").write_text(json.dumps(meta))
    accounts = pa.table({"account_id": ["A", "B"], "account_name": ["Ada", "Bolt"], "plan": ["Team", None]})
    panel = pa.table(
        {
            "account_id": ["A", "B"],
            "month": [JAN, JAN],
            "plan": ["Pro", None],
            "activated": pa.array([True, None]),
            "mrr_cents": [100, 0],
        }
    )
    figures = pa.table(
        {"month": [JAN, JAN], "metric": ["mrr", "ltv"], "value": [100.0, None], "numerator": [100.0, 5.0]}
    )
    for name, table in {"accounts": accounts, "account_month": panel, "portfolio_month": figures}.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    return tmp_path


def test_rows_of_a_month_carry_the_accounts_attributes(folder):
    now = Snapshot.load(folder).at()
    assert now.account_name.tolist() == ["Ada", "Bolt"]
    assert now.plan.iloc[0] == "Pro"  # the terms at the close, not those of today


def test_a_yes_or_no_that_may_be_unknown_is_a_nullable_boolean(folder):
    activated = Snapshot.load(folder).account_month.activated
    assert activated.dtype == "boolean"
    assert activated.isna().tolist() == [False, True]


def test_portfolio_figures_by_name(folder):
    snapshot = Snapshot.load(folder)
    assert snapshot.value("mrr") == 100
    assert snapshot.value("ltv") is None
    assert snapshot.value("mrr", Month(2025, 12)) is None
    assert snapshot.series("mrr").to_dict() == {JAN: 100.0}


def test_an_optional_table_that_is_not_there_is_none(folder):
    assert Snapshot.load(folder).tickets is None


def test_a_misspelt_table_is_an_error_that_lists_the_tables(folder):
    with pytest.raises(AttributeError, match="no table 'acounts'; it has accounts, account_month"):
        _ = Snapshot.load(folder).acounts


def test_a_folder_without_a_snapshot_says_what_to_do(tmp_path):
    with pytest.raises(SourceError, match="there is no snapshot here"):
        Snapshot.load(tmp_path / "nowhere")


def test_a_snapshot_of_another_schema_is_refused(folder):
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps(meta | {"schema": 0}))
    with pytest.raises(SourceError, match="has schema 0, this version reads schema"):
        Snapshot.load(folder)
