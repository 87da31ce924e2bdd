"""The small steps of a build: the first day with events, findings as rows, a folder replaced as a whole."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from types import SimpleNamespace

import ibis
import pyarrow as pa
import pytest

from reporting.contract import Finding
from reporting.month import Month
from reporting.snapshot import tables
from reporting.snapshot.build import _finding_table, _first_day, _have, _rates, _replace
from reporting.snapshot.code import code_hash
from reporting.snapshot.compute import _limits
from reporting.snapshot.fingerprint import Prints
from reporting.snapshot.frozen import OPTIONAL
from reporting.snapshot.rollup import Rollups

JAN = Month(2026, 1)


@pytest.mark.parametrize(
    ("first", "timezone", "day"),
    [
        ("2026-01-31T23:45:00", "UTC", "2026-01-31"),
        ("2026-01-31T22:45:00", "Europe/Berlin", "2026-01-31"),
        ("2026-01-31T23:00:00", "Europe/Berlin", "2026-02-01"),
        ("2026-02-01T04:45:00", "America/New_York", "2026-01-31"),
        ("2026-02-01T05:00:00", "America/New_York", "2026-02-01"),
    ],
)
def test_the_first_day_with_events_is_one_of_the_zone(first, timezone, day):
    prints = Prints({JAN: {"events": 1}}, dt.datetime.fromisoformat(first), 0, True)
    assert _first_day(Rollups({}, prints, []), timezone) == dt.datetime.fromisoformat(day)


def test_without_events_there_is_no_first_day():
    assert _first_day(Rollups({}, Prints({}, None, 3, True), []), "UTC") is None


def test_findings_are_frozen_as_they_are_told():
    rows = [{"id": "Ä", "n": "1"}]
    given = [
        Finding("c", "warning", "events", "quantity", 2, 3, "Two.", rows, "Do."),
        Finding("d", "error", "users", None, 0, 0, "None."),
    ]
    first, second = _finding_table(given).to_pylist()
    assert first == {
        "check": "c", "severity": "warning", "table": "events", "column": "quantity", "count": 2, "total": 3,
        "message": "Two.", "examples": '[{"id": "Ä", "n": "1"}]', "remedy": "Do.",
    }  # fmt: skip
    assert (second["column"], json.loads(second["examples"]), second["remedy"]) == (None, [], "")
    assert _finding_table([]).num_rows == 0


def test_what_a_source_has_is_its_tables_and_its_columns():
    columns = {"users": frozenset({"user_id", "role"}), "events": frozenset({"user_id"})}
    source = SimpleNamespace(tables=columns, columns=columns.__getitem__)
    assert _have(source) == {"users", "events", "users.user_id", "users.role", "events.user_id"}


def folder(path, *names):
    path.mkdir(parents=True)
    for name in names:
        (path / name).write_text(name)
    return path


def test_rates_are_asked_for_every_currency_of_prices_and_of_costs():
    def prices(*currencies: str) -> ibis.Table:
        return ibis.memtable(pa.table({"currency": list(currencies)}))

    rows = [
        {"month": JAN.start.date(), "currency": c, "rate": r} for c, r in (("EUR", 2), ("GBP", 3), ("CHF", 4))
    ]
    told = ibis.memtable(rows, schema={"month": "date", "currency": "string", "rate": "decimal(18, 8)"})
    source = SimpleNamespace(exchange_rates=told, file=SimpleNamespace(currency="USD"))

    class Few(dict):
        months = (JAN,)

    def known(**given: ibis.Table) -> dict[str, int]:
        return {
            row["currency"]: int(row["rate"]) for row in _rates(Few(given), source).to_pyarrow().to_pylist()
        }

    paid = {"subscriptions": prices("EUR", "EUR", "USD")}
    assert known(**paid) == {"USD": 1, "EUR": 2}
    assert known(**paid, acquisition=prices("GBP")) == {"USD": 1, "EUR": 2, "GBP": 3}


MONTHLY = ("people_month", "feature_month", "account_week", "activation_steps", "ledger")


def test_a_snapshot_without_a_fresh_month_tells_anew_what_the_close_does_not_decide(monkeypatch):
    empty = ibis.memtable(pa.table({"core": [True], "premium": [True], "users": [1]}))

    class Tables(dict):
        fresh = ()

    names = (*MONTHLY, "account_feature_month", "portfolio_month", "outcomes", "findings", "tickets")
    ws = Tables({name: empty for name in names})
    monkeypatch.setattr(tables, "_accounts", lambda ws: empty)
    monkeypatch.setattr(tables, "_subscriptions", lambda ws: empty)
    assert set(tables.frozen_tables(ws)) == {"accounts", "findings", "tickets"}
    ws.fresh = (JAN,)
    found = tables.frozen_tables(ws)
    assert set(found) == set(tables.KEYS) - {"account_month", *OPTIONAL} | {"tickets"}
    assert found["account_feature_month"].columns == ("users",)


def test_a_snapshot_is_replaced_as_a_whole(tmp_path):
    fresh = folder(tmp_path / "fresh", "a", "b")
    out = tmp_path / "deep" / "out"
    _replace(fresh, out)
    assert sorted(path.name for path in out.iterdir()) == ["a", "b"]
    _replace(folder(tmp_path / "later", "c"), out)
    assert [path.name for path in out.iterdir()] == ["c"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert fresh.exists()


def test_a_copy_that_fails_leaves_the_old_snapshot_and_the_next_one_sweeps_up(tmp_path, monkeypatch):
    out = folder(tmp_path / "out", "old")
    fresh = folder(tmp_path / "fresh", "new")
    copytree = shutil.copytree

    def fail(source, target):
        copytree(source, target)
        raise OSError("disk full")

    monkeypatch.setattr(shutil, "copytree", fail)
    with pytest.raises(OSError, match="disk full"):
        _replace(fresh, out)
    assert [path.name for path in out.iterdir()] == ["old"]
    monkeypatch.undo()
    _replace(fresh, out)
    assert [path.name for path in out.iterdir()] == ["new"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "out"]


USED = [("A", "make", 1, 5), ("A", "share", 2, 7), ("A", "other", 4, 9), ("B", "other", 8, 3)]


def limits(product, **changes):
    """Events against the limit, day of the last key action and value event, by account."""
    names, days = ("account_id", "month", "event_name", "events", "last_at"), [day for *_, day in USED]
    accounts, events, numbers, _ = zip(*USED, strict=True)
    last = [dt.datetime(2026, 1, day) for day in days]
    columns = [accounts, [JAN.start] * len(USED), events, numbers, last]
    table = ibis.memtable(pa.table(dict(zip(names, map(list, columns), strict=True))))
    product = product.model_copy(update={"key_action": "make", "value_events": ("share", "make")} | changes)
    found = ibis.duckdb.connect().to_pyarrow(_limits(table, product)).to_pylist()
    return {
        row["account_id"]: (row["limit_events"], *(row[c] and row[c].day for c in ("key_at", "value_at")))
        for row in found
    }


def test_events_against_the_limit_and_the_last_of_each_kind(product):
    assert limits(product, limit_events=("share", "make")) == {"A": (3, 5, 7), "B": (None, None, None)}


def test_where_no_event_is_named_all_count_against_the_limit(product):
    assert limits(product, limit_events=()) == {"A": (7, 5, 7), "B": (8, None, None)}


def test_the_hash_of_the_code_covers_the_rooms_it_is_asked_for(tmp_path, monkeypatch):
    import reporting

    root = folder(tmp_path / "reporting", "__init__.py", "month.py")
    folder(root / "metrics", "a.py")
    folder(root / "metrics" / "__pycache__", "a.pyc")
    monkeypatch.setattr(reporting, "__file__", str(root / "__init__.py"))
    whole, metrics, month = code_hash(), code_hash("metrics"), code_hash("month.py")
    assert len({whole, metrics, month, code_hash("metrics", "month.py"), code_hash("none")}) == 5
    (root / "metrics" / "__pycache__" / "a.pyc").write_text("another")
    assert (code_hash(), code_hash("metrics")) == (whole, metrics)
    (root / "metrics" / "a.py").rename(root / "metrics" / "b.py")
    assert code_hash("metrics") != metrics and code_hash("month.py") == month
    (root / "month.py").write_text("another")
    assert code_hash("month.py") != month
