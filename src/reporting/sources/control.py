"""Control totals of a source: what finance has booked, by month, for the figures to be held against."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from reporting.errors import ConfigError
from reporting.month import Month

_HEADER = ["month", "mrr", "customers"]


@dataclass(frozen=True)
class Booked:
    """What is booked for a month's close; None = not stated.

    Attributes:
        mrr: In units of the reporting currency.
        customers: Paying accounts.
    """

    mrr: Decimal | None
    customers: int | None


@dataclass(frozen=True)
class Control:
    """Control totals by month.

    Attributes:
        months: Month -> what is booked.
        tolerance: Share of the booked figure by which ours may differ.
    """

    months: dict[Month, Booked] = field(default_factory=dict)
    tolerance: float = 0.0


def read_control(path: Path, tolerance: float) -> Control:
    """Read `month,mrr,customers`; a value may be empty.

    Raises:
        ConfigError: The file is missing, or a line is malformed or stands twice; every such line is listed.
    """
    if not path.exists():
        raise ConfigError(
            "the file of control totals does not exist.",
            where=path,
            remedy="Correct `control_totals:` in the source file; the path is relative to it.",
        )
    months: dict[Month, Booked] = {}
    faults: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = [name.strip() for name in next(reader, [])]
        if header != _HEADER:
            raise ConfigError(
                f"the header is '{','.join(header)}'; expected '{','.join(_HEADER)}'.",
                where=f"{path}:1",
                remedy="Write these three columns in this order.",
            )
        for row in filter(None, reader):
            try:
                month, booked = _read_row(row)
                if month in months:
                    raise ValueError(f"{month} stands twice")
                months[month] = booked
            except ValueError as error:
                faults.append(f"{path}:{reader.line_num}: {error}.")
    if faults:
        raise ConfigError("\n".join(faults), remedy="Write lines such as 2026-10,98500.00,120.")
    return Control(months, tolerance)


def _read_row(row: list[str]) -> tuple[Month, Booked]:
    if len(row) != len(_HEADER):
        raise ValueError(f"{len(row)} values; expected month, mrr and customers")
    text, mrr, customers = (value.strip() for value in row)
    try:
        month = Month.parse(text)
    except ConfigError:
        raise ValueError(f"'{text}' is not a month such as 2026-10") from None
    if customers and not customers.isdecimal():
        raise ValueError(f"'{customers}' is not a number of customers")
    return month, Booked(_amount(mrr) if mrr else None, int(customers) if customers else None)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"'{text}' is not an amount; write a decimal point and no separators") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"the MRR {text} is not a finite amount of zero or more")
    return amount
