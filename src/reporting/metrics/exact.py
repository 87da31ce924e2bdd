"""Arithmetic that gives the same digits on every engine: money without floats, bits without functions.

Only operators that DuckDB, PostgreSQL and Spark share are used.
"""

from __future__ import annotations

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

BITS_PER_WORD = 62  # a signed 64-bit integer with room to spare on every engine
PERIOD_FACTORS = {  # amount_period -> (numerator, denominator) of periods per month
    "day": (365, 12),
    "week": (52, 12),
    "month": (1, 1),
    "quarter": (1, 3),
    "year": (1, 12),
}
_MONEY_SCALE = 10_000  # amounts have four decimals
_KEEP_SCALE = 1_000_000  # discounts count to a ten-thousandth of a percent


def mrr_cents(
    amount: ir.DecimalColumn,
    period: ir.StringColumn,
    discount_percent: ir.FloatingColumn,
    rate: ir.DecimalColumn,
) -> ir.IntegerColumn:
    """Minor units per month: round half up of `amount x factor x (1 - discount) x rate x 100`, once, exactly.

    Args:
        amount: Price of one period, decimal(18, 4), not negative. `amount` a month stays below 900 million.
        period: One of `PERIOD_FACTORS`.
        discount_percent: 0 to 100; null = none.
        rate: Units of the reporting currency per unit of the amount's, decimal(17, 8).
    """
    keep = ((100 - discount_percent.fill_null(0.0)) * (_KEEP_SCALE // 100)).round().cast("int64")
    numerator = _factor(period, 0)
    denominator = _factor(period, 1) * (_MONEY_SCALE * _KEEP_SCALE // 100)
    scaled = (amount * _MONEY_SCALE).cast("int64") * keep * numerator
    return floor_divide((scaled * rate).cast("decimal(38, 8)") + denominator // 2, denominator)


def _factor(period: ir.StringColumn, part: int) -> ir.IntegerColumn:
    cases = [(period == name, factor[part]) for name, factor in PERIOD_FACTORS.items()]
    return ibis.cases(*cases).cast("int64")


def floor_divide(value: ir.NumericValue, divisor: ir.IntegerValue) -> ir.IntegerColumn:
    """`value // divisor` as int64 for `value >= 0`, exact while the quotient stays below 2^52.

    The remainder is taken away first, so the division has nothing left to round.
    """
    return ((value - value % divisor).cast("float64") / divisor).round().cast("int64")


def count_where(condition: ir.BooleanValue) -> ir.IntegerScalar:
    """Rows of which this holds, unknown ones left out; not every engine takes a truth value for a number."""
    return condition.ifelse(1, 0).sum()


def bit(position: ir.IntegerValue | int) -> ir.IntegerValue:
    """An int64 with one bit set, the one at `position` 0 to 62.

    The highest bit is moved down, not the lowest up: a 1 is a 32-bit number to some engines and would
    overflow. PostgreSQL wants the distance in 32 bits.
    """
    if isinstance(position, int):
        return ibis.literal(1 << position, "int64")
    distance: ir.IntegerValue = 62 - position
    return ibis.literal(1 << 62, "int64") >> distance.cast("int32")


@ibis.udf.agg.builtin(name="bit_or", signature=(("int64",), "int64"))
def _bit_or(bits): ...


def together(bits: ir.IntegerColumn) -> ir.IntegerScalar:
    """Bits set in any row. Spark and Databricks have the function; Ibis just doesn't know of it."""
    known = ibis.get_backend(bits).has_operation(ops.BitOr)
    return bits.bit_or() if known else _bit_or(bits.cast("int64"))


def popcount(bits: ir.IntegerValue, width: int = 62) -> ir.IntegerValue:
    """Number of bits set in an int64 >= 0 that holds at most `width` bits.

    Warren, Hacker's Delight, section 5-1, on 32 bits at a time.
    """
    if width <= 32:
        return _popcount32(bits)
    return _popcount32(bits & 0xFFFFFFFF) + _popcount32(bits >> 32)


def _popcount32(x: ir.IntegerValue) -> ir.IntegerValue:
    pairs = x - ((x >> 1) & 0x55555555)
    nibbles = (pairs & 0x33333333) + ((pairs >> 2) & 0x33333333)
    octets = (nibbles + (nibbles >> 4)) & 0x0F0F0F0F
    return ((octets * 0x01010101) >> 24) & 0xFF


def scaled(column: ir.NumericColumn, digits: int = 6) -> ir.IntegerColumn:
    """Floats as whole numbers of `10^-digits`: added in any order they give the same sum."""
    return (column * 10**digits).round().cast("int64")


def unscaled(total: ir.IntegerScalar, digits: int = 6) -> ir.FloatingScalar:
    """The number that a sum of `scaled` values stands for."""
    return total.cast("float64") / 10.0**digits


def exact_sum(
    column: ir.NumericColumn, where: ir.BooleanValue | None = None, digits: int = 6
) -> ir.FloatingScalar:
    """Sum of floats at `digits` decimals; the order of rows can't change the result."""
    return unscaled(scaled(column, digits).sum(where=where), digits)
