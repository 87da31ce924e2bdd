"""SELECTs over a dbt project: which model is which table, and what is mapped by itself."""

from __future__ import annotations

import pytest
import sqlglot
from tests.dbt.conftest import node

from reporting.contract.tables import TABLES
from reporting.dbt.manifest import read_manifest
from reporting.dbt.selects import selects
from reporting.errors import ConfigError
from reporting.sources.mapping import load_mappings, load_source_file
from reporting.starter.project import Given, begin

EVENTS = node("source", "events", source_name="app")


def reads(path) -> dict[str, str]:
    """Canonical table -> the relation that its SELECT reads."""
    made = selects(read_manifest(path))
    return {name: sqlglot.parse_one(sql).find(sqlglot.exp.Table).name for name, sql in made.items()}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([node("model", "accounts"), node("model", "dim_accounts")], "accounts"),
        ([node("model", "stg_crm__accounts"), node("model", "dim_accounts")], "dim_accounts"),
        ([node("source", "accounts", source_name="crm"), node("model", "stg_accounts")], "stg_accounts"),
        ([node("model", "accounts"), node("model", "x", config={"meta": {"reporting": "accounts"}})], "x"),
        ([node("model", "accounts"), node("model", "x", meta={"reporting": "accounts"})], "x"),
        ([node("model", "accounts", relation_name=None), node("seed", "raw_accounts")], "raw_accounts"),
        (
            [node("model", "accounts", meta={"reporting": "users"}), node("model", "dim_accounts")],
            "dim_accounts",
        ),
        ([node("test", "accounts"), node("snapshot", "accounts_snapshot")], None),
        ([node("model", "subaccounts"), node("model", "accounts_daily")], None),
    ],
)
def test_a_table_is_the_model_that_says_so_or_has_its_name(manifest, nodes, expected):
    assert reads(manifest(EVENTS, *nodes)).get("accounts") == expected


def test_columns_that_dbt_knows_by_our_name_are_mapped_and_others_told(manifest):
    known = ("ACCOUNT_ID", "account_name", "industry", "city")
    sql = selects(read_manifest(manifest(node("model", "accounts", *known), node("model", "dim_accounts"))))[
        "accounts"
    ]
    columns = {item.alias: item.this.name for item in sqlglot.parse_one(sql).expressions}
    assert columns == {
        "account_id": "ACCOUNT_ID",
        "account_name": "account_name",
        "signed_up_at": "signed_up_at",
        "industry": "industry",
    }
    told = {
        line.partition("--")[0].split()[-1].rstrip(","): line
        for line in sql.splitlines()
        if " AS " in line.partition("--")[0]
    }
    assert "dbt names no such column" in told["signed_up_at"] and "no such" not in told["account_id"]
    assert "-- It has besides: city." in sql
    assert '-- It might also be model dim_accounts: "prod"."main"."dim_accounts".' in sql


def test_without_columns_all_that_is_needed_is_there_the_ends_too(manifest):
    sql = selects(read_manifest(manifest(node("model", "subscriptions"))))["subscriptions"]
    columns = [item.alias for item in sqlglot.parse_one(sql).expressions]
    assert {*TABLES["subscriptions"].required_names, "valid_to"} == set(columns)
    assert "no such column" not in sql


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "can't be read"),
        (lambda path: path.write_text("[]"), "this is no manifest of dbt"),
        (lambda path: path.write_text("{"), "this is no manifest of dbt"),
        (
            lambda path: path.write_text(path.read_text().replace("/dbt/manifest/", "/dbt/catalog/")),
            "no manifest",
        ),
    ],
)
def test_another_file_is_refused(manifest, spoil, message):
    path = manifest(EVENTS)
    spoil(path)
    with pytest.raises(ConfigError, match=message) as caught:
        read_manifest(path)
    assert "dbt parse" in str(caught.value)


def test_meta_that_names_no_table_is_refused_with_the_nearest(manifest):
    path = manifest(node("model", "x", meta={"reporting": "acounts"}))
    with pytest.raises(
        ConfigError, match=r"model x: meta says `reporting: acounts`.* Did you mean 'accounts'"
    ):
        selects(read_manifest(path))


def test_a_project_with_none_of_the_tables_is_refused(manifest):
    with pytest.raises(ConfigError, match="nothing in it is named as one of our tables"):
        selects(read_manifest(manifest(node("model", "orders"))))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("postgres", ("postgres", None, "ACME_WAREHOUSE_URL")),
        ("duckdb", ("duckdb", "data/acme/prod.duckdb", None)),
        ("", ("csv", "data/acme", None)),
    ],
)
def test_a_source_begins_with_them_and_a_connection_that_fits(
    tmp_path, monkeypatch, manifest, kind, expected
):
    monkeypatch.setattr("reporting.starter.project.keep_package", lambda root: "wheels/the.whl")
    made = selects(read_manifest(manifest(node("model", "accounts"), EVENTS)))
    begin(tmp_path / "new", "acme", ["stripe"], Given(made, kind, "prod.duckdb"))
    file, path = load_source_file("acme", tmp_path / "new" / "params")
    assert (file.connection.kind, file.connection.path, file.connection.url_env) == expected
    mappings = {mapping.table: mapping.sql for mapping in load_mappings(file, path)}
    assert '"prod"."main"."accounts"' in mappings["accounts"]
    assert '"prod"."main"."events"' in mappings["events"]
    assert "subscription_item" in mappings["subscriptions"]  # of the preset
    assert (path.with_suffix("") / "optional" / "stripe_accounts.sql").is_file()
