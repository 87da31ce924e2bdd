"""What a workspace and a state hold at a close, and nothing that is learnt later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.snapshot.conftest import PAID, table

from reporting.metrics.usage import ROLLUPS
from reporting.month import Month
from reporting.snapshot import state as state_module
from reporting.snapshot.state import State
from reporting.snapshot.tables import _accounts, _subscriptions
from reporting.snapshot.workspace import Workspace

DEC, JAN, FEB, MAR = (Month(2025, 12).shift(n) for n in range(4))
BEFORE, AT = "2026-02-28T23:59:59.999999", "2026-03-01"
LATE = "2026-01-31T23:59:59.999999"
ENDLESS = {"invited_at": None, "deactivated_at": None}
ACCOUNT = {"account_id": "A", "account_name": "a", "plan": "At present", "signed_up_at": "2026-01-10"}
PERIOD = {"subscription_id": "S", "account_id": "A", "valid_from": "2026-01-10", "valid_to": None} | PAID


@pytest.fixture
def workspace(tmp_path) -> Iterator:
    """`workspace(accounts, subscriptions, timezone="UTC", **more)`: one that reports on February 2026."""
    schema = pa.schema([("month", pa.timestamp("us")), ("first_at", pa.timestamp("us"))])
    pq.write_table(schema.empty_table(), tmp_path / "part.parquet")
    made = []

    def make(accounts, subscriptions, timezone="UTC", **more) -> Workspace:
        given = {"accounts": accounts, "subscriptions": subscriptions} | more
        tables = {name: table(name, rows) for name, rows in given.items()}
        files = {name: [tmp_path / "part.parquet"] for name in ROLLUPS}
        made.append(Workspace(tables, files, FEB, timezone))
        return made[-1]

    yield make
    for ws in made:
        ws.close()


BORN = [
    ("2026-02-01", "2026-02-01", "UTC", [FEB]),
    (LATE, "2026-02-01", "UTC", [JAN, FEB]),
    ("2026-02-01", LATE, "UTC", [JAN, FEB]),
    ("2025-12-31T23:59:59", "2026-01-31", "UTC", [DEC, JAN, FEB]),
    ("2026-01-31T23:00:00", "2026-02-10", "Europe/Berlin", [FEB]),
    ("2026-01-31T22:59:59", "2026-02-10", "Europe/Berlin", [JAN, FEB]),
    ("2026-02-01T04:59:59", "2026-02-10", "America/New_York", [JAN, FEB]),
    (AT, "2026-02-10", "UTC", [FEB]),  # it pays before it signs up
]


@pytest.mark.parametrize(("signed_up", "pays_from", "timezone", "months"), BORN)
def test_months_begin_with_the_first_sign_up_or_subscription(
    workspace, signed_up, pays_from, timezone, months
):
    accounts, periods = [ACCOUNT | {"signed_up_at": signed_up}], [PERIOD | {"valid_from": pays_from}]
    ws = workspace(accounts, periods, timezone)
    assert ws.months == ws.fresh == months


@pytest.mark.parametrize("first", [("2026-01-31", "2026-02-03"), ("2026-02-03", "2026-01-31")])
def test_months_begin_with_the_earliest_of_many(workspace, first):
    signed_up, pays_from = first
    accounts = [
        ACCOUNT | {"account_id": key, "signed_up_at": t}
        for key, t in zip("AB", (signed_up, "2026-02-20"), strict=True)
    ]
    periods = [
        PERIOD | {"subscription_id": key, "valid_from": t}
        for key, t in zip("ST", ("2026-02-20", pays_from), strict=True)
    ]
    assert workspace(accounts, periods).months == [JAN, FEB]


def test_months_begin_with_what_is_known_where_nobody_signed_up_or_paid(workspace):
    unknown, never = ACCOUNT | {"signed_up_at": None}, PERIOD | {"valid_from": None}
    assert workspace([unknown], [PERIOD]).months == [JAN, FEB]
    assert workspace([ACCOUNT], [never]).months == [JAN, FEB]


def test_a_sign_up_at_the_close_is_not_known_yet(workspace):
    accounts = [ACCOUNT | {"account_id": key, "signed_up_at": key} for key in (BEFORE, AT)]
    ws = workspace(accounts, [PERIOD])
    found = {row["account_id"]: row["signed_up_at"] for row in ws["accounts"].to_pyarrow().to_pylist()}
    assert found == {BEFORE: dt.datetime.fromisoformat(BEFORE), AT: None}


def test_times_are_those_of_the_clocks_of_the_zone_and_raw_ones_stay(workspace):
    ws = workspace([ACCOUNT], [PERIOD | {"valid_to": "2026-02-10 12:00"}], "Asia/Tokyo")
    (row,) = ws["subscriptions"].to_pyarrow().to_pylist()
    assert (row["valid_from"], row["valid_to"]) == (dt.datetime(2026, 1, 10, 9), dt.datetime(2026, 2, 10, 21))
    assert ws.raw["subscriptions"].to_pyarrow()["valid_to"].to_pylist() == [dt.datetime(2026, 2, 10, 12)]


def months_of(rows: ibis.Table) -> list[tuple[Month, int]]:
    found = rows.select("month", "n").order_by("month", "n").to_pyarrow().to_pylist()
    return [(Month.of(row["month"]), row["n"]) for row in found]


def test_months_after_an_earlier_snapshot_are_fresh_and_stand_after_its_own(workspace, tmp_path):
    ws = workspace([ACCOUNT | {"signed_up_at": "2025-12-05"}], [PERIOD])
    rows = {"month": [DEC.start, JAN.start], "n": [1, 2], "other": ["x", "y"]}
    pq.write_table(pa.table(rows), tmp_path / "past.parquet")
    ws.keep("t", pa.table({"month": pa.array([FEB.start], pa.timestamp("us")), "n": [3]}))
    assert months_of(ws.so_far("t")) == [(FEB, 3)]
    ws.go_on_after(JAN, [tmp_path / "past.parquet"])
    assert (ws.fresh, ws.months) == ([FEB], [DEC, JAN, FEB])
    assert months_of(ws.so_far("t")) == [(DEC, 1), (JAN, 2), (FEB, 3)]
    assert ws.so_far("t", "month", "n").columns == ("month", "n")
    assert [row["month"] for row in ws["months"].to_pyarrow().to_pylist()] == [FEB.start]
    assert months_of(ws.latest(ws.so_far("t"))) == [(FEB, 3)]
    ws.go_on_after(FEB, [tmp_path / "past.parquet"])
    assert ws.fresh == []
    assert months_of(ws.so_far("panel", "month", "n")) == [(DEC, 1), (JAN, 2)]


def test_what_is_forgotten_is_gone_and_what_was_never_there_does_not_matter(workspace):
    ws = workspace([ACCOUNT], [PERIOD])
    ws.keep("t", pa.table({"n": [1]}))
    ws.define("u", ws["t"].filter(ws["t"].n > 1))
    assert ws.get("u") is not None and ws.get("users") is None
    ws.forget("t", "never")
    assert ws.get("t") is None
    assert ("t",) not in ws.con.raw_sql("SHOW TABLES").fetchall()


def test_an_account_has_the_plan_of_its_last_month_with_terms(workspace):
    ws = workspace([ACCOUNT, ACCOUNT | {"account_id": "B"}], [PERIOD])
    rows = [
        ("A", JAN, "Team", "month", "EUR", JAN),
        ("A", FEB, None, None, None, JAN),
        ("A", DEC, "Old", "year", "USD", JAN),
        ("B", FEB, None, None, None, None),
    ]
    names = ("account_id", "month", "plan", "billing_frequency", "currency", "first_paid_month")
    columns = [list(values) for values in zip(*rows, strict=True)]
    columns[1] = [month.start for month in columns[1]]
    columns[5] = [month and month.start for month in columns[5]]
    ws.keep("panel", pa.table(dict(zip(names, columns, strict=True))))
    found = {row["account_id"]: row for row in _accounts(ws).to_pyarrow().to_pylist()}
    told = {key: tuple(row[name] for name in (*names[2:5], names[5])) for key, row in found.items()}
    assert told == {"A": ("Team", "month", "EUR", JAN.start), "B": ("At present", None, None, None)}
    assert {row["account_name"] for row in found.values()} == {"a"}


def test_a_subscription_has_the_mrr_of_the_report_month_or_none(workspace):
    ws = workspace([ACCOUNT], [PERIOD | {"subscription_id": key} for key in "ST"])
    running = [("S", JAN, 5), ("S", FEB, 7), ("T", JAN, 9)]
    ws.keep(
        "running",
        pa.table(
            {
                "subscription_id": [key for key, _, _ in running],
                "month": pa.array([month.start for _, month, _ in running], pa.timestamp("us")),
                "cents": [cents for _, _, cents in running],
            }
        ),
    )
    found = {row["subscription_id"]: row["mrr_cents"] for row in _subscriptions(ws).to_pyarrow().to_pylist()}
    assert found == {"S": 7, "T": 0}


@pytest.fixture
def state(workspace, product):
    """`state(accounts=..., subscriptions=..., events=..., rates=...)`: the digest at the close of January."""

    def at(month=JAN, accounts=(ACCOUNT,), subscriptions=(PERIOD,), events=None, rates=None, **more) -> str:
        ws = workspace(list(accounts), list(subscriptions), **more.pop("tables", {}))
        rows = [
            {"month": m.start, "currency": "EUR", "rate": rate}
            for m, rate in (rates or {JAN: 1, FEB: 1}).items()
        ]
        rates = ws.keep("rates", pa.Table.from_pylist(rows, schema=pa.schema(
            [("month", pa.timestamp("us")), ("currency", pa.string()), ("rate", pa.decimal128(17, 8))]
        )))  # fmt: skip
        given = {"product": product, "have": frozenset({"users"}), "reading": ("SELECT", "UTC")} | more
        return State(ws, rates, events=events or {JAN: {"events": 1}, FEB: {"events": 1}}, **given).at(month)

    return at


SAME = {
    "an event of the month after": {"events": {JAN: {"events": 1}, FEB: {"events": 2}}},
    "a rate of the month after": {"rates": {JAN: 1, FEB: 2}},
    "a subscription from the close on": {
        "subscriptions": [PERIOD, PERIOD | {"subscription_id": "T", "valid_from": "2026-02-01"}]
    },
    "an end at the close": {"subscriptions": [PERIOD | {"valid_to": "2026-02-01"}]},
    "an account from the close on": {
        "accounts": [ACCOUNT, ACCOUNT | {"account_id": "B", "signed_up_at": "2026-02-01"}]
    },
    "an account's name and plan": {"accounts": [ACCOUNT | {"account_name": "b", "plan": "Other"}]},
}
OTHER = {
    "an event of the month": {"events": {JAN: {"events": 2}, FEB: {"events": 1}}},
    "a rate of the month": {"rates": {JAN: 2, FEB: 1}},
    "a subscription before the close": {
        "subscriptions": [PERIOD, PERIOD | {"subscription_id": "T", "valid_from": LATE}]
    },
    "an end before the close": {"subscriptions": [PERIOD | {"valid_to": LATE}]},
    "an account before the close": {
        "accounts": [ACCOUNT, ACCOUNT | {"account_id": "B", "signed_up_at": LATE}]
    },
    "an account's sign-up": {"accounts": [ACCOUNT | {"signed_up_at": "2026-01-09"}]},
    "a price": {"subscriptions": [PERIOD | {"amount": "100.0001"}]},
    "an optional table": {
        "tables": {"users": [{"user_id": "U", "account_id": "A", "created_at": "2026-01-20", **ENDLESS}]}
    },
    "what is mapped": {"have": frozenset({"users", "tickets"})},
    "how it is read": {"reading": ("SELECT", "Asia/Tokyo")},
    "the close": {"month": FEB},
}  # fmt: skip


@pytest.mark.parametrize("change", SAME)
def test_what_is_learnt_from_the_close_on_leaves_a_month_as_it_is(state, change):
    assert state(**SAME[change]) == state()


def test_what_was_known_before_the_close_decides_a_month(state):
    digests = [state(), *(state(**change) for change in OTHER.values())]
    assert len(set(digests)) == len(digests)


def test_rows_in_another_order_are_the_same(state):
    two = [PERIOD, PERIOD | {"subscription_id": "T"}]
    assert state(subscriptions=two) == state(subscriptions=two[::-1])


def test_versions_and_definitions_decide_every_month(state, product, monkeypatch):
    churn = product.churn.model_copy(update={"fall": 0.123})
    assert state(product=product.model_copy(update={"churn": churn})) != state()
    before = state()
    monkeypatch.setattr(state_module, "version", lambda name: "0")
    assert state() != before
    monkeypatch.undo()
    monkeypatch.setattr(state_module, "code_hash", lambda *rooms: "other")
    assert state() != before
