"""The same company gives the same snapshot on every engine it may live in."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reporting.contract import TABLES
from reporting.contract.asof import as_of
from reporting.month import Month
from reporting.params.product import load_product
from reporting.snapshot.build import build_snapshot
from reporting.sources import open_source
from reporting.suggest.decide import decide
from reporting.suggest.measure import measure
from reporting.suggest.page import write_page

pytestmark = [
    pytest.mark.server,
    # PySpark calls pandas in ways of old, and leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

MONTH = Month.parse("2025-04")
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


def source(company: Path, case: str, kind: str, url: str | None, monkeypatch) -> str:
    """Name of a source of the company's tables, by a source file of this kind."""
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
    return name


def snapshot(company: Path, case: str, kind: str, url: str | None, monkeypatch) -> Path:
    """Folder of the company's snapshot, read through a source of this kind."""
    name = source(company, case, kind, url, monkeypatch)
    out = company / "snapshots" / name
    if out.exists():
        return out
    with open_source(name, company / "params") as opened:
        build_snapshot(opened, load_product(opened.product_path), MONTH, out)
    gc.collect()
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
        line
        for name in names
        for line in differ(name, pq.read_table(ours / name), pq.read_table(theirs / name))
    ]
    assert not differences, "\n".join(differences)
    assert meta(ours) == meta(theirs)


@pytest.mark.parametrize("kind", ["postgres", "spark"])
def test_the_same_product_definition_is_proposed_as_from_duckdb(company, kind, request, monkeypatch) -> None:
    url = request.getfixturevalue(kind)
    pages = []
    for engine, address in (("parquet", None), (kind, url)):
        with open_source(
            source(company, "plain", engine, address, monkeypatch), company / "params"
        ) as opened:
            close = opened.closing(MONTH)
            measured = measure(as_of(opened.tables, close), close, opened.file.timezone)
        pages.append(write_page(decide(measured), "acme"))
        gc.collect()
    assert pages[0] == pages[1]


def meta(folder: Path) -> dict:
    """What `meta.json` says, but for the source's own name and the hashes of its files."""
    known = json.loads((folder / "meta.json").read_text())
    rows = {name: file["rows"] for name, file in known["files"].items()}
    return {key: known[key] for key in known if key not in ("source", "sources", "files", "hash")} | rows


def differ(name: str, ours: pa.Table, theirs: pa.Table) -> list[str]:
    """A line for every column that differs: floats by more than 1e-9, anything else at all."""
    if ours.schema != theirs.schema or len(ours) != len(theirs):
        return [f"{name}: {len(ours)} rows of\n{ours.schema}\n{len(theirs)} rows of\n{theirs.schema}"]
    found = []
    for column in ours.column_names:
        pairs = zip(ours[column].to_pylist(), theirs[column].to_pylist(), strict=True)
        apart = [(row, left, right) for row, (left, right) in enumerate(pairs) if not same(left, right)]
        if apart:
            row, left, right = apart[0]
            found.append(f"{name} {column}: {len(apart)} of {len(ours)} rows; row {row}: {left} and {right}")
    return found


def same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= 1e-9
    return left == right
