"""The reports as exposures: what they depend on follows from the SELECTs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.dbt.conftest import node

from reporting.dbt.exposures import Report, exposures, reads
from reporting.dbt.manifest import read_manifest
from reporting.errors import ConfigError, SourceError
from reporting.sources.mapping import Mapping

NODES = (
    node("model", "accounts"),
    node("model", "plans", package="billing"),
    node("model", "usage", version=2, relation_name='"prod"."main"."usage_v2"'),
    node("source", "events", source_name="app", relation_name='"raw"."app"."events"'),
)


def mapping(table: str, sql: str) -> Mapping:
    return Mapping(table, Path(f"{table}.sql"), sql)


def depends_on(path, *sqls: str) -> list[str]:
    read = reads([mapping("accounts", sql) for sql in sqls], "postgres", read_manifest(path))
    page = exposures("acme-eu", "Acme", "cs@acme.example", [Report("brief", "Brief", "")], read, "shop")
    return yaml.safe_load(page)["exposures"][0]["depends_on"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT * FROM "prod"."main"."accounts"', ["ref('accounts')"]),
        ("SELECT * FROM accounts", ["ref('accounts')"]),
        ("SELECT * FROM MAIN.ACCOUNTS", ["ref('accounts')"]),
        ("SELECT * FROM main.plans", ["ref('billing', 'plans')"]),
        ("SELECT * FROM usage_v2", ["ref('usage', v=2)"]),
        ("SELECT * FROM raw.app.events", ["source('app', 'events')"]),
        (
            "WITH plans AS (SELECT * FROM events) SELECT * FROM plans JOIN accounts USING (id)",
            ["ref('accounts')", "source('app', 'events')"],
        ),
        (
            "WITH plans AS (SELECT * FROM main.plans) SELECT * FROM plans",
            ["ref('billing', 'plans')"],
        ),
    ],
)
def test_tables_are_found_as_dbt_calls_them(manifest, sql, expected):
    assert depends_on(manifest(*NODES), sql) == expected


def test_what_two_selects_read_stands_once_and_what_is_foreign_is_told(manifest):
    dbt = read_manifest(manifest(*NODES))
    sqls = ["SELECT * FROM accounts", "SELECT * FROM other.accounts a, accounts b"]
    found = reads([mapping("accounts", sql) for sql in sqls], "postgres", dbt)
    assert [relation.name for relation in found.relations] == ["accounts"]
    assert found.foreign == ("other.accounts",)


def test_each_report_is_an_exposure_with_a_name_that_dbt_takes(manifest):
    read = reads([mapping("accounts", "SELECT * FROM accounts")], "postgres", read_manifest(manifest(*NODES)))
    reports = [Report("brief", "The: brief", "Is it well?"), Report("my_report", "Mine", "")]
    told = yaml.safe_load(exposures("acme-eu", "Acme", "Ana Duarte", reports, read, "shop"))
    assert told["version"] == 2
    first, second = told["exposures"]
    assert first == {
        "name": "acme_eu_brief",
        "label": "Acme: The: brief",
        "type": "notebook",
        "description": "Is it well?",
        "owner": {"name": "Ana Duarte"},
        "depends_on": ["ref('accounts')"],
    }
    assert (second["name"], second["description"]) == ("acme_eu_my_report", "Mine")
    assert "&id" not in exposures("acme-eu", "Acme", "Ana Duarte", reports, read, "shop")


def test_an_address_is_an_owner_s_email(manifest):
    read = reads([mapping("accounts", "SELECT * FROM accounts")], "postgres", read_manifest(manifest(*NODES)))
    page = exposures("acme", "Acme", "cs@acme.example", [Report("brief", "Brief", "")], read, "shop")
    assert yaml.safe_load(page)["exposures"][0]["owner"] == {"email": "cs@acme.example"}


def test_selects_of_another_project_are_refused(manifest):
    dbt = read_manifest(manifest(*NODES))
    with pytest.raises(ConfigError, match=r"read customers, of which the project has none"):
        reads([mapping("accounts", "SELECT * FROM customers")], "postgres", dbt)
    with pytest.raises(SourceError, match=r"accounts\.sql: the SQL can't be read"):
        reads([mapping("accounts", "SELECT FROM WHERE (")], "postgres", dbt)
