"""The same company gives the same snapshot on every engine it may live in."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from reporting.month import Month
from reporting.params.product import load_product
from reporting.snapshot.build import build_snapshot
from reporting.sources import open_source

pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),  # PySpark calls pandas so
]

MONTH = Month.parse("2025-04")
TABLES = (
    "accounts", "acquisition", "cancellations", "events", "integrations", "subscriptions", "surveys",
    "tickets", "users",
)  # fmt: skip
PLAIN = {name: "SELECT * FROM {" + name + "}" for name in TABLES}
AWKWARD = PLAIN | {
    "events": "SELECT account_id, user_id, event_name, occurred_at, quantity FROM {events}",
    "subscriptions": """
        SELECT subscription_id, account_id, CAST(valid_from AS date) AS valid_from,
               CAST(valid_to AS date) AS valid_to, plan, amount, amount_period, currency, is_trial, seats,
               discount_percent, billing_frequency
        FROM {subscriptions}""",
    "tickets": """
        SELECT ticket_id, account_id, CAST(opened_at AS varchar(40)) AS opened_at,
               CAST(closed_at AS varchar(40)) AS closed_at, escalated
        FROM {tickets}""",
}
CASES = {"plain": ("UTC", PLAIN), "awkward": ("America/New_York", AWKWARD)}


def snapshot(company: Path, case: str, kind: str, url: str | None, monkeypatch) -> Path:
    """Folder of the company's snapshot, read through a source file of this kind."""
    name = f"{case}_{kind}"
    folder = company / "params" / "sources"
    (folder / name).mkdir(exist_ok=True)
    timezone, selects = CASES[case]
    for table, select in selects.items():
        files = "parquet.`" + str(company / "tables" / "{}.parquet") + "`"
        where = files.format(table) if kind == "spark" else table
        (folder / name / f"{table}.sql").write_text(select.format(**{table: where}))
    connection = {"kind": kind} | ({"url_env": "PARITY_URL"} if url else {"path": "tables"})
    file = {
        "title": "Parity",
        "connection": connection,
        "currency": "USD",
        "timezone": timezone,
        "closed_through": str(MONTH),
        "exchange_rates": "exchange_rates.csv",
    }
    (folder / f"{name}.yml").write_text(json.dumps(file))
    if url:
        monkeypatch.setenv("PARITY_URL", url)
    out = company / "snapshots" / name
    with open_source(name, company / "params") as source:
        build_snapshot(source, load_product(source.product_path), MONTH, out)
    return out


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["postgres", "spark"])
def test_every_table_is_the_same_as_from_duckdb(company, case, kind, request, monkeypatch) -> None:
    url = request.getfixturevalue(kind)
    ours = snapshot(company, case, "parquet", None, monkeypatch)
    theirs = snapshot(company, case, kind, url, monkeypatch)
    names = sorted(path.name for path in ours.glob("*.parquet"))
    assert names == sorted(path.name for path in theirs.glob("*.parquet"))
    differences = [
        difference
        for name in names
        for difference in differ(pq.read_table(ours / name), pq.read_table(theirs / name), name)
    ]
    assert not differences, "\n".join(differences)
    apart = ("source", "sources", "files", "hash")
    metas = [json.loads((path / "meta.json").read_text()) for path in (ours, theirs)]
    assert [{k: v for k, v in meta.items() if k not in apart} for meta in metas[:1]] == [
        {k: v for k, v in meta.items() if k not in apart} for meta in metas[1:]
    ]


def differ(ours: pa.Table, theirs: pa.Table, name: str) -> list[str]:
    """What differs between two frozen tables, a line a column: floats beyond 1e-9, anything else at all."""
    if ours.schema != theirs.schema or len(ours) != len(theirs):
        return [f"{name}: {len(ours)} rows {ours.schema}, {len(theirs)} rows {theirs.schema}"]
    found = []
    for column in ours.column_names:
        left, right = ours[column].combine_chunks(), theirs[column].combine_chunks()
        if left.equals(right):
            continue
        if pa.types.is_floating(left.type) and left.is_null().equals(right.is_null()):
            apart = pc.abs(pc.subtract(left, right))
            if pc.all(pc.less_equal(apart, 1e-9)).as_py():
                continue
        rows = [i for i, pair in enumerate(zip(left.to_pylist(), right.to_pylist(), strict=True)) if pair[0] != pair[1]]
        found.append(f"{name} {column}: {len(rows)} of {len(ours)} rows differ: {ours.slice(rows[0], 1).to_pylist()} {theirs[column][rows[0]]}")
    return found
