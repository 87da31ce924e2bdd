"""Accounts of one's own and tests are left out; columns of one's own are carried through."""

from __future__ import annotations

import pytest

from reporting.errors import ConfigError, SourceError
from reporting.sources import open_source

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2


def accounts_of(source):
    return {
        name: sorted(str(key) for key in table.account_id.to_pyarrow().to_pylist())
        for name, table in source.tables.items()
    }


def test_internal_accounts_are_left_out_with_all_that_is_theirs_and_said(company):
    company.add("events", ",login,2025-02-12 12:00:00", "A2,login,2025-02-12 13:00:00")
    company.sql("accounts", "SELECT *, account_name LIKE 'Bolt%' AS internal FROM accounts")
    with company.open() as source:
        assert accounts_of(source) == {
            "accounts": ["A1", "A3"],
            "subscriptions": ["A1", "A3"],
            "events": ["A1", "A3", "None"],  # what names no account is still there to be found
        }
        (note,) = source.findings
    assert (note.severity, note.check, note.count, note.total) == ("note", "internal_accounts", 1, 3)
    assert "1 of 3 accounts are marked" in note.message and "theirs: 1 subscription." in note.message
    assert note.examples == [{"account_id": "A2", "account_name": "Bolt, Inc."}]


@pytest.mark.parametrize("flag", ["NULL", "false", "account_id = 'none'"])
def test_where_none_is_marked_nothing_is_said(company, flag):
    company.sql("accounts", f"SELECT *, {flag} AS internal FROM accounts")
    with company.open() as source:
        assert accounts_of(source)["accounts"] == ["A1", "A2", "A3"]
        assert not source.findings


def test_internal_accounts_are_in_no_check_and_no_total(company):
    company.add("subscriptions", "S4,A2,2025-01-05,,Pro,-5,month,USD,false")
    assert not company.validate().ok
    company.sql("accounts", "SELECT *, account_id = 'A2' AS internal FROM accounts")
    report = company.validate()
    assert report.ok
    assert [(table.name, table.rows) for table in report.tables][:2] == [
        ("accounts", 2),
        ("subscriptions", 2),
    ]


def declared(company, *names):
    company.declare(f"account_columns: [{', '.join(names)}]\n")
    return company


def test_columns_of_ones_own_are_carried_as_text(company):
    company.sql("accounts", "SELECT *, 7 AS tier, NULL AS parent FROM accounts")
    with declared(company, "tier", "parent").open() as source:
        read = source.tables["accounts"].order_by("account_id").to_pyarrow().to_pylist()
        assert not source.findings
    assert [(row["tier"], row["parent"]) for row in read] == [("7", None)] * 3


def test_a_column_that_is_not_declared_is_still_doubted(company):
    company.sql("accounts", "SELECT *, 7 AS tier FROM accounts")
    with company.open() as source:
        (finding,) = source.findings
    assert (finding.check, finding.column) == ("unknown_column", "tier")
    assert "account_columns" in finding.remedy


def test_a_column_that_the_select_does_not_return_is_refused(company):
    with pytest.raises(SourceError, match=r"accounts\.sql: the SELECT does not return 'tier'"):
        declared(company, "tier").open()


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["Tier"], "'Tier' is no name for a column"),
        (["industry"], "'industry' is a column of accounts already"),
        (["tier", "tier"], "'tier' stands twice"),
    ],
)
def test_names_that_can_not_be_are_refused(company, names, hint):
    with pytest.raises(ConfigError, match=hint) as caught:
        declared(company, *names).open()
    assert "tiny.yml" in str(caught.value)


def test_a_column_with_the_name_of_a_figure_is_refused_before_anything_is_computed(company, tmp_path):
    from reporting.month import Month
    from reporting.params.product import Product
    from reporting.snapshot.build import build_snapshot

    company.sql("accounts", "SELECT *, 7 AS health_score FROM accounts")
    declared(company, "health_score")
    with open_source("tiny", company.params) as source, pytest.raises(ConfigError) as caught:
        build_snapshot(source, Product.model_construct(), Month(2025, 3), tmp_path / "out")
    assert "'health_score' is the name of a figure" in str(caught.value)
    assert not (tmp_path / "out").exists()
