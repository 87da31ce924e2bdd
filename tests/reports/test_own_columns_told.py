"""Columns of the company's own stand in lists and files, narrow the table of accounts, and are segments."""

from __future__ import annotations

import importlib
import json

import pandas as pd
import pytest
from tests.seven_accounts import PATHS, write_company

from reporting.analysis.account import Accounts
from reporting.analysis.frames import segments
from reporting.errors import ParameterError
from reporting.notebook import open_month
from reporting.reports import churn_drivers, executive_brief, monthly_health
from reporting.reports.account_pages.rows import columns, row

TIERS = dict(zip("abcdefg", ["Gold", "Gold", "Gold", None, "<b>Tin</b>", "Gold", "Tin"], strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiers") / "snapshot"
    write_company(folder)
    accounts = pd.read_parquet(folder / "accounts.parquet")
    accounts["tier"] = accounts["account_id"].map(TIERS)
    accounts.to_parquet(folder / "accounts.parquet")
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps(meta | {"account_columns": ["tier"]}))
    return folder


@pytest.mark.parametrize(
    ("report", "file"),
    [
        ("executive_brief", "account_verdicts"),
        ("monthly_health", "account_health"),
        ("churn_drivers", "account_warnings"),
        ("expansion_readiness", "account_growth"),
        ("retention_cohorts", "account_cohorts"),
    ],
)
def test_every_file_of_all_accounts_has_them(folder, report, file):
    module = importlib.import_module(f"reporting.reports.{report}")
    table = module.exports(module.load(str(folder)))[file].set_index("account_id")
    assert set(table.index) == set(PATHS) - {"c"}
    assert table["tier"].dropna().to_dict() == {
        account: tier for account, tier in TIERS.items() if tier and account != "c"
    }


def test_every_list_to_act_on_has_them(folder):
    files = executive_brief.exports(executive_brief.load(str(folder)))
    lists = {name: table for name, table in files.items() if name.startswith("to_")}
    assert len(lists) == 4 and all("tier" in table for table in lists.values())


def test_the_table_of_all_accounts_narrows_down_by_them(folder):
    month = open_month(folder)
    (place,) = [at for at, column in enumerate(columns(month)) if column.id == "own_tier"]
    column = columns(month)[place]
    assert (column.label, column.filter, column.shown) == ("Tier", True, False)
    rows = {account.id: row(month, account) for account in Accounts(month, month.judgement)}
    assert {account: cells[place] for account, cells in rows.items()} == TIERS
    assert {len(cells) for cells in rows.values()} == {len(columns(month))}


def test_they_come_first_among_segments_and_only_where_they_divide(folder):
    month = open_month(folder)
    assert segments(month.panel, 5, month.own_columns)[0] == "tier"
    rows = month.paying.assign(tier="Gold")
    assert "tier" not in segments(rows, 2, month.own_columns)


def test_they_are_among_the_segments_whose_retention_is_tested(folder):
    data = churn_drivers.load(str(folder), segments=["plan"])
    assert data.segment_names == ["plan", "tier"]
    assert churn_drivers.load(str(folder), segments=["tier"]).segment_names == ["tier"]
    with pytest.raises(ParameterError, match="Did you mean 'tier'"):
        churn_drivers.load(str(folder), segments=["tiers"])


def test_a_company_without_any_is_told_as_before(tmp_path):
    write_company(tmp_path / "snapshot")
    table = monthly_health.exports(monthly_health.load(str(tmp_path / "snapshot")))["account_health"]
    assert "tier" not in table
    assert not [c for c in columns(open_month(tmp_path / "snapshot")) if c.id.startswith("own_")]
