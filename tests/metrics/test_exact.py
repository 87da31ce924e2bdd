"""Money is exact to the cent, bits are counted right, sums don't depend on order."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import ibis
import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.metrics.exact import exact_sum, floor_divide, mrr_cents, popcount

FACTORS = {
    "day": Fraction(365, 12),
    "week": Fraction(52, 12),
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
}


def cents_of(run, rows: list[tuple]) -> list[int]:
    amounts, periods, discounts, rates = zip(*rows, strict=True)
    table = ibis.memtable(
        pa.table(
            {
                "amount": pa.array(amounts, pa.decimal128(18, 4)),
                "period": pa.array(periods),
                "discount": pa.array(discounts, pa.float64()),
                "rate": pa.array(rates, pa.decimal128(17, 8)),
            }
        )
    )
    cents = mrr_cents(table.amount, table.period, table.discount, table.rate)
    return run(table.select(cents=cents)).cents.tolist()


def test_periods_discounts_and_rates_worked_by_hand(run):
    one = Decimal(1)
    rows = [
        (Decimal("1200"), "year", None, one),  # 100.00
        (Decimal("100"), "quarter", None, one),  # 33.333...
        (Decimal("10"), "week", None, one),  # 43.333...
        (Decimal("1"), "day", None, one),  # 30.41666...
        (Decimal("1000.50"), "year", None, one),  # 83.375 exactly: half up
        (Decimal("100"), "month", 12.5, one),  # 87.50
        (Decimal("0.99"), "month", 50.0, one),  # 0.495 exactly: half up
        (Decimal("100"), "month", 100.0, one),  # nothing left
        (Decimal("99.99"), "month", None, Decimal("1.0843")),  # 108.419157
    ]
    assert cents_of(run, rows) == [10000, 3333, 4333, 3042, 8338, 8750, 50, 0, 10842]


price = st.tuples(
    st.integers(0, 10**10).map(lambda n: Decimal(n) / 10_000),
    st.sampled_from(sorted(FACTORS)),
    st.one_of(st.none(), st.integers(0, 1_000_000).map(lambda n: n / 10_000)),
    st.integers(1, 10**12).map(lambda n: Decimal(n) / 10**8),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(price, min_size=1, max_size=40))
def test_cents_equal_exact_fractions_rounded_half_up_once(run, rows):
    def exact(amount, period, discount, rate) -> int:
        keep = 1 - Fraction(str(discount or 0)) / 100
        value = Fraction(amount) * FACTORS[period] * keep * Fraction(rate) * 100
        return math.floor(value + Fraction(1, 2))

    assert cents_of(run, rows) == [exact(*row) for row in rows]


def test_floor_division_does_not_round_up_just_below_a_whole(run):
    big = 10**15
    table = ibis.memtable(pa.table({"a": [big * 7 - 1, big * 7, 6], "b": [7, 7, 7]}))
    quotient = floor_divide(table.a, table.b)
    assert run(table.select(q=quotient)).q.tolist() == [big - 1, big, 0]


def test_popcount_counts_every_bit_of_a_word(run):
    values = [0, 1, 2**31 - 1, 2**32, 2**61, 2**62 - 1, 0b1011 << 29]
    table = ibis.memtable(pa.table({"bits": values}))
    assert run(table.select(n=popcount(table.bits))).n.tolist() == [v.bit_count() for v in values]


def test_a_sum_of_floats_does_not_depend_on_the_order_of_rows(run):
    values = np.random.default_rng(1).normal(size=20_000) * 1000
    sums = set()
    for seed in range(3):
        shuffled = np.random.default_rng(seed).permutation(values)
        table = ibis.memtable(pa.table({"x": shuffled}))
        sums.add(run(table.aggregate(x=exact_sum(table.x))).x[0])
    assert len(sums) == 1
    assert math.isclose(sums.pop(), math.fsum(values), abs_tol=1e-2)
