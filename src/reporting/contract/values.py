"""How one column becomes its canonical type: typed values are cast, text is parsed."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from reporting.contract.dates import midnight, read_time
from reporting.contract.tables import DATE, FLAG, INTEGER, MONEY, NUMBER, TEXT, TIME

_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_FINER = r"[.][0-9]{4}[0-9]*[1-9]"
_NOISE = 1e-3  # of a ten-thousandth: 0.1 + 0.2 is no amount of seventeen decimals
DECIMALS = 4
"""Decimals that money keeps."""
_WHOLE = r"^[-+]?[0-9]+(\.0*)?$"
_BOUND = {MONEY: 99_999_999_999_999.0, INTEGER: 9.2e18}
"""Greatest magnitude that the type holds, near enough: a value above it can't be read."""


@dataclass(frozen=True)
class Reading:
    """A column's canonical value.

    Attributes:
        value: The canonical value.
        unreadable: Where the source's value can't be read; None = it always can.
        rounded: Where it has more decimals than the canonical value keeps; None = nowhere.
    """

    value: ir.Value
    unreadable: ir.BooleanValue | None = None
    rounded: ir.BooleanValue | None = None


def read(value: ir.Value, type: str, format: str | None, timezone: str) -> Reading | None:
    """How `value` becomes `type`; None if its own type never can.

    Args:
        value: A column as the SELECT returns it.
        type: Canonical type.
        format: Declared format of dates written as text.
        timezone: Zone in which a date without a time begins.
    """
    kind = value.type()
    if kind.is_null():
        return Reading(ibis.null(type))
    if type == TEXT:
        return Reading(value if kind.is_string() else value.cast("string"))
    if type == DATE:
        time = _read_time(value, format, "UTC")
        return time and Reading(time.value.truncate("M").cast(DATE), time.unreadable)
    if type == TIME:
        return _read_time(value, format, timezone)
    if type == FLAG:
        return _read_flag(value)
    if kind.is_string():
        return _number_in_text(value, type)
    if kind.is_floating():
        return _number_in_float(value, type)
    if not kind.is_numeric():
        return None
    finer = type == MONEY and kind.is_decimal() and (kind.scale is None or kind.scale > DECIMALS)
    if kind == ibis.dtype(type) or type not in _BOUND:
        return Reading(value if kind == ibis.dtype(type) else value.cast(type))
    held = (value.cast(NUMBER).abs() <= _BOUND[type]).ifelse(value, ibis.null(kind))
    rounded = held.cast(type).cast(kind) != held if finer else None
    return Reading(held.cast(type), value.notnull() & held.isnull(), rounded)


def filled(text: ir.StringValue) -> ir.BooleanValue:
    """Whether the text says anything."""
    return text.notnull() & (text.strip() != "")


def _read_time(value: ir.Value, format: str | None, timezone: str) -> Reading | None:
    kind = value.type()
    if kind.is_timestamp():
        return Reading(value if kind == ibis.dtype(TIME) else value.cast(TIME))
    if kind.is_date():
        return Reading(midnight(value.cast(TIME), timezone))
    if kind.is_string():
        time = read_time(value, format, timezone)
        return Reading(time, filled(value) & time.isnull())
    return None


def _read_flag(value: ir.Value) -> Reading | None:
    kind = value.type()
    if kind.is_boolean():
        return Reading(value)
    if not (kind.is_string() or kind.is_integer()):
        return None
    text = value.cast("string").strip().lower()
    flag = ibis.cases((text.isin(_TRUE), True), (text.isin(_FALSE), False))
    return Reading(flag, filled(text) & flag.isnull())


def _number_in_text(value: ir.StringValue, type: str) -> Reading:
    text = value.strip()
    readable = text.re_search(_WHOLE if type == INTEGER else _NUMBER)
    number = readable.ifelse(text, ibis.null("string"))
    if type in _BOUND:
        held = number.cast(NUMBER).abs() <= _BOUND[type]
        readable, number = readable & held, held.ifelse(number, ibis.null("string"))
    number = number.cast(NUMBER).cast(type) if type == INTEGER else number.cast(type)
    rounded = text.re_search(_FINER) if type == MONEY else None
    return Reading(number, filled(value) & ~readable, rounded)


def _number_in_float(value: ir.FloatingValue, type: str) -> Reading:
    """NaN stands for a missing value, but not for a missing amount; amounts must be finite, counts whole."""
    if type == NUMBER:
        return Reading(value.isnan().ifelse(ibis.null(type), value.cast(type)))
    finite = (~value.isnan() & (value.abs() <= _BOUND[type])).ifelse(value, ibis.null(value.type()))
    if type == MONEY:
        scaled = finite.cast(NUMBER) * 10**DECIMALS
        rounded = (scaled - scaled.round()).abs() > _NOISE
        return Reading(finite.cast(type), value.notnull() & finite.isnull(), rounded)
    whole = (finite == finite.floor()).ifelse(finite, ibis.null(value.type()))
    return Reading(whole.cast(type), value.notnull() & ~value.isnan() & whole.isnull())


KINDS = {TIME: "date", DATE: "date", MONEY: "number", NUMBER: "number", INTEGER: "number", FLAG: "flag"}
"""What a value of a type is called in the name of a check."""

WORDS = {
    TIME: "a date", DATE: "a date", MONEY: "a finite number", NUMBER: "a number", INTEGER: "a whole number",
    FLAG: "true or false",
}  # fmt: skip
"""What a value of a type is called in a message."""
