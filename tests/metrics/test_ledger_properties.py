"""What must hold of revenue for any valid ledger: overlaps, gaps, trials, discounts, periods, currencies."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.metrics.conftest import canonical, rates

from reporting.metrics import outcomes
from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.catalogue import retention, revenue
from reporting.metrics.panel import grid
from reporting.metrics.portfolio import figures, with_year_before
from reporting.metrics.revenue import movements, running, terms
from reporting.month import Month

# Ibis 12 asks DuckDB 2 for a table's columns in a way that DuckDB is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

MONTHS = months_between(Month(2025, 5), Month(2026, 6))
START = dt.datetime(2025, 5, 1)
EUR = ["1.10", "1.10", "1.20", "1.20", "1.00", "1.00", "1.05"] * 2
DAYS = [START + dt.timedelta(days=d) for d in range(0, 426, 5)]
KEYS = ["account_id", "month"]

subscription = st.builds(
    lambda account, start, length, amount, currency, period, trial, discount: {
        "account_id": f"A{account}",
        "valid_from": DAYS[start],
        "valid_to": None if length is None else DAYS[start] + dt.timedelta(days=length),
        "plan": "Team",
        "amount": Decimal(amount) / 100,
        "amount_period": period,
        "currency": currency,
        "is_trial": trial,
        "discount_percent": discount,
        "seats": 3,
    },
    account=st.integers(0, 11),
    start=st.integers(0, len(DAYS) - 1),
    length=st.one_of(st.none(), st.integers(0, 240)),
    amount=st.integers(0, 10**7),
    currency=st.sampled_from(["USD", "EUR"]),
    period=st.sampled_from(["day", "week", "month", "quarter", "year"]),
    trial=st.sampled_from([False, False, False, True]),
    discount=st.sampled_from([None, 0.0, 10.0, 33.3333]),
)
ledgers = st.lists(subscription, min_size=1, max_size=40)
MANY = settings(max_examples=15, deadline=None)  # each a ledger of many accounts over fourteen months


class Told(NamedTuple):
    """What a ledger gives: the account-months, the portfolio's figures, the outcomes of trials."""

    accounts: pd.DataFrame
    figures: pd.DataFrame
    outcomes: pd.DataFrame


class Engine:
    """Revenue as compiled queries over a table that each example fills anew."""

    def __init__(self) -> None:
        self.con = ibis.duckdb.connect()
        empty = canonical("subscriptions", [])
        self.con.create_table("subscriptions", empty)
        self.schema = empty.schema().to_pyarrow()
        table = self.con.table("subscriptions")
        accounts = table.select("account_id").distinct().mutate(signed_up_at=ibis.literal(START))
        months = self.con.create_table("months", month_table(MONTHS))
        rate = self.con.create_table("rates", rates(MONTHS, USD=["1"] * len(MONTHS), EUR=EUR))
        known = self.con.create_table("known", terms(running(table, months, rate)))
        moves = self.con.create_table("moves", movements(grid(accounts, table, months), known))
        self.steps = {
            "known": _sql(terms(running(table, months, rate))),
            "moves": _sql(movements(grid(accounts, table, months), known)),
        }
        seats = moves.left_join(known.select(*KEYS, "seats_purchased", "trials"), KEYS)
        self.queries = [
            _sql(seats.drop("account_id_right", "month_right").order_by(KEYS)),
            _sql(_figures(moves).order_by("month")),
            _sql(_outcomes(table, moves, months).order_by("metric", *KEYS)),
        ]

    def __call__(self, rows: list[dict]) -> Told:
        blank = dict.fromkeys(self.schema.names)
        named = [blank | row | {"subscription_id": f"S{i}"} for i, row in enumerate(rows)]
        con = self.con.con
        con.register("ledger", pa.Table.from_pylist(named, schema=self.schema))
        con.execute("DELETE FROM subscriptions; INSERT INTO subscriptions SELECT * FROM ledger")
        for name, query in self.steps.items():
            con.execute(f"CREATE OR REPLACE TABLE {name} AS {query}")
        return Told(*(con.sql(query).to_arrow_table().to_pandas() for query in self.queries))


def _sql(table: ir.Table) -> str:
    return str(ibis.to_sql(table, dialect="duckdb"))


def _figures(moves: ir.Table) -> ir.Table:
    """Numerator and denominator of every revenue figure, by month."""
    text = ibis.null("string")
    constant = {"events": 1, "health_score": 50.0, "health_band": text, "commercial_reason": text}
    rows = with_year_before(moves.mutate(**constant))
    sums = {}
    for name, figure in figures(rows, None, [*revenue.METRICS, *retention.METRICS]).items():
        sums[f"{name}/n"] = figure.n.sum()
        if figure.d is not None:
            sums[f"{name}/d"] = figure.d.sum()
    return rows.group_by("month").aggregate(**sums)


def _outcomes(table: ir.Table, moves: ir.Table, months: ir.Table) -> ir.Table:
    found = {
        "free_to_paid": outcomes.free_to_paid(table, months),
        "new_and_churned": outcomes.new_and_churned(table, moves, months),
    }
    return ibis.union(
        *(
            rows.select(*KEYS, metric=ibis.literal(name), n=rows.n.cast("int64"), d=rows.d.cast("int64"))
            for name, rows in found.items()
        )
    )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def same(one: Told, other: Told) -> None:
    for left, right in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(left, right)


@MANY
@given(ledgers)
def test_the_bridge_balances_to_the_cent_for_every_account_and_month(engine, rows):
    f = engine(rows).accounts
    end = (
        f.mrr_start_cents
        + f.new_cents
        + f.reactivation_cents
        + f.expansion_cents
        - f.contraction_cents
        - f.churned_cents
        + f.fx_cents
    )
    assert (end == f.mrr_cents).all()
    assert (f.mrr_start_cents == f.groupby("account_id").mrr_cents.shift(fill_value=0)).all()
    one_kind = (
        f[["new_cents", "reactivation_cents", "expansion_cents", "contraction_cents", "churned_cents"]] > 0
    )
    assert (one_kind.sum(axis=1) <= 1).all()


@MANY
@given(ledgers)
def test_gross_retention_is_at_most_net_and_at_most_one(engine, rows):
    f = engine(rows).figures
    for span in ("", "_12"):
        gross, net, start = f[f"grr{span}/n"], f[f"nrr{span}/n"], f[f"grr{span}/d"]
        assert (gross <= start).all()
        assert (gross <= net).all()
        assert (start == f[f"nrr{span}/d"]).all()
    assert (f["logo_retention/n"] + f["monthly_churn_rate/n"] == f["logo_retention/d"]).all()
    assert (f["retention_90d/n"] <= f["retention_90d/d"]).all()


@MANY
@given(ledgers, st.data())
def test_splitting_a_subscription_in_two_adjacent_rows_changes_nothing(engine, rows, data):
    i = data.draw(st.integers(0, len(rows) - 1))
    end = rows[i]["valid_to"] or DAYS[-1] + dt.timedelta(days=60)
    length = (end - rows[i]["valid_from"]).days
    cut = rows[i]["valid_from"] + dt.timedelta(days=data.draw(st.integers(0, length)))
    split = [*rows[:i], rows[i] | {"valid_to": cut}, rows[i] | {"valid_from": cut}, *rows[i + 1 :]]
    same(engine(rows), engine(split))


@MANY
@given(ledgers, st.randoms())
def test_the_order_of_rows_does_not_matter(engine, rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    same(engine(rows), engine(shuffled))


@MANY
@given(ledgers, st.lists(subscription, min_size=1, max_size=3))
def test_another_account_changes_no_other(engine, rows, extra):
    alone, both = engine(rows), engine(rows + [row | {"account_id": "Z"} for row in extra])
    for left, right in ((alone.accounts, both.accounts), (alone.outcomes, both.outcomes)):
        rest = right[right.account_id != "Z"].reset_index(drop=True)
        # A null of Z, which may never pay, makes pandas hold all the column's integers as floats.
        pd.testing.assert_frame_equal(left.convert_dtypes(), rest.convert_dtypes())


@MANY
@given(ledgers, st.sampled_from(MONTHS))
def test_a_ledger_cut_at_a_close_gives_the_same_figures_up_to_it(engine, rows, month):
    """What is not known yet at the close: rows that begin later, and ends that lie ahead."""
    known = [
        row | {"valid_to": row["valid_to"] if row["valid_to"] and row["valid_to"] < month.close else None}
        for row in rows
        if row["valid_from"] < month.close
    ]
    assume(known)
    whole, early = engine(rows), engine(known)
    for left, right in zip(whole, early, strict=True):
        upto = [f[f.month <= pd.Timestamp(month.start)].reset_index(drop=True) for f in (left, right)]
        upto = [f.drop(columns=["first_paid_month"], errors="ignore") for f in upto]
        # An account without a row before the close is not known yet; its months are empty.
        if "account_id" in left:
            accounts = {row["account_id"] for row in known}
            upto = [f[f.account_id.isin(accounts)].reset_index(drop=True) for f in upto]
        pd.testing.assert_frame_equal(*upto, check_dtype=False)
