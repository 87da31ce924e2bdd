"""Numbers and dates as a reader wants them; a missing value says so and is never zero.

Every function takes None, NaN or NaT and answers `not available`. Minus is U+2212. Thousands are commas and a
currency stands before its amount, unless the brand names another locale; see `locale`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

from reporting.present.locale import country

if TYPE_CHECKING:
    from typing_extensions import TypeIs

NOT_AVAILABLE = "not available"
MINUS = "\u2212"
TIMES = "\u00d7"

_NUMBER = re.compile(rf"(< )?[+{MINUS}]?[$€£¥₹]?\d[\d,.]*[kMBT]?[%{TIMES}]?")
_ELSEWHERE = re.compile(
    rf"(< )?[+{MINUS}]?%?(?:[^\d\s]{{1,4}}\u00a0?)?\d[\d,.\u2019\u00a0]*[kMBT]?(?:\u00a0?[^\d\s]{{1,4}})?"
)
"""A number with its unit, as it is written here by itself and in other countries."""
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_SHORT = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


def missing(value: object) -> TypeIs[None]:
    """Whether `value` is None, NaN, NaT or pandas' NA; to a type checker all of them are None."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA has no truth value
        return True


def number(value: float | None, digits: int = 0, *, sign: bool = False) -> str:
    """`1,234.5`; with `sign`, a plus stands before positive values."""
    if missing(value):
        return NOT_AVAILABLE
    value = float(value)
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    plain = f"{abs(value):.{digits}f}"
    text = _written(plain)
    if not plain.strip("0."):
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def _written(plain: str) -> str:
    """Digits with a point, `1234.5`, as the country in force writes them."""
    where = country()
    if where:
        return where.number(plain)
    whole, point, decimals = plain.partition(".")
    return f"{int(whole):,}{point}{decimals}"


def decimal_mark() -> str:
    """What stands before decimals."""
    where = country()
    return where.decimal if where else "."


def around_money(currency: str) -> tuple[str, str]:
    """What stands before and after an amount in this currency; nothing without one."""
    if not currency:
        return "", ""
    if where := country():
        return where.around_money(currency)
    return _SYMBOLS.get(currency, f"{currency}\u00a0"), ""


def around_percent() -> tuple[str, str]:
    """What stands before and after a percentage."""
    where = country()
    return where.around_percent if where else ("", "%")


def count(value: float | None) -> str:
    """A whole number: `1,234`."""
    return number(value, 0)


def percent(share: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """A share as a percentage: 0.1234 is `12.3%`."""
    if missing(share):
        return NOT_AVAILABLE
    before, after = around_percent()
    text = number(100 * float(share), digits, sign=sign)
    mark = text[: len(text) - len(text.lstrip(f"+{MINUS}"))]
    return f"{mark}{before}{text.removeprefix(mark)}{after}"


def points(difference: float | None, digits: int = 1) -> str:
    """A difference of two shares in percentage points, signed: 0.012 is `+1.2 pp`."""
    if missing(difference):
        return NOT_AVAILABLE
    return f"{number(100 * float(difference), digits, sign=True)} pp"


def ratio(value: float | None, digits: int = 1) -> str:
    """A multiple, with the multiplication sign: 1.8 times."""
    return NOT_AVAILABLE if missing(value) else f"{number(value, digits)}{TIMES}"


def money(
    cents: float | None, currency: str = "", *, short: bool = False, digits: int = 0, sign: bool = False
) -> str:
    """An amount in minor units: `$10,159,608`, or `$10.2M` when `short`.

    Args:
        cents: Minor units (hundredths) of `currency`.
        currency: ISO code; without one the plain number is given (the unit then stands in the header).
        short: Three significant figures with k, M, B or T.
        digits: Decimals of the long form.
        sign: Write a plus before positive amounts.
    """
    if missing(cents):
        return NOT_AVAILABLE
    amount = float(cents) / 100
    plain, letter = _shorten(abs(amount)) if short else (f"{abs(amount):.{digits}f}", "")
    negative = amount < 0 and bool(plain.strip("0."))
    before, after = around_money(currency)
    mark = MINUS if negative else "+" if sign and amount > 0 else ""
    return f"{mark}{before}{_written(plain)}{letter}{after}"


def _shorten(amount: float) -> tuple[str, str]:
    for size, letter in _SHORT:
        if amount >= size * 0.9995:
            scaled = amount / size
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:.{digits}f}", letter
    return f"{amount:.0f}", ""


def change(now: float | None, before: float | None, digits: int = 1) -> str:
    """Relative change `now / before - 1`, signed: `+4.1%`; not available from zero or nothing."""
    if missing(now) or missing(before) or float(before) == 0:
        return NOT_AVAILABLE
    return percent(float(now) / float(before) - 1, digits, sign=True)


def date(value: dt.date | None) -> str:
    """`3 November 2026`."""
    return NOT_AVAILABLE if missing(value) else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: dt.date | None, *, short: bool = False) -> str:
    """`November 2026`, or `Nov 2026` when `short`."""
    if missing(value):
        return NOT_AVAILABLE
    name = _MONTHS[value.month - 1]
    return f"{name[:3] if short else name} {value.year}"


def days(value: float | None) -> str:
    """`12 days`, `1 day`."""
    if missing(value):
        return NOT_AVAILABLE
    text = number(value, 0)
    return f"{text} day" if text == "1" else f"{text} days"


def p_value(p: float | None) -> str:
    """`p = 0.03`, `p < 0.001`."""
    if missing(p):
        return NOT_AVAILABLE
    if p < 0.001:
        return f"p < {number(0.001, 3)}"
    return f"p = {number(p, 3 if p < 0.01 else 2)}"


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """A confidence interval: `0.81 to 1.12`."""
    if missing(low) or missing(high):
        return NOT_AVAILABLE
    return f"{number(low, digits)} to {number(high, digits)}"


def text(value: object) -> str:
    """A plain value as a string; nothing as `not available`."""
    return NOT_AVAILABLE if missing(value) else str(value)


def is_number(text: str) -> bool:
    """Whether `text` is a number with its sign and unit, as this module writes it where it stands."""
    form = _ELSEWHERE if country() else _NUMBER
    return form.fullmatch(text) is not None
