"""What moved MRR: the bridge of the month and the trend over the months."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.bridge import LABELS, PARTS, net_parts
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import MINUS, count, money
from reporting.present.formats import month as month_name
from reporting.present.words import direction

from ..common import charts
from ..common.growth import growth_finding
from .data import Data


def mrr_bridge(data: Data) -> Blocks:
    """The bridge from last month's MRR to this month's, as a sentence, a waterfall and a table."""
    book, row = data.book, data.bridge.loc[data.book.month]
    fig = charts.waterfall(
        row,
        month_name(book.previous, short=True),
        month_name(book.month, short=True),
        book.currency,
        _bridge_finding(data),
    )
    cut = "" if charts.axis_starts_at_zero(fig) else " The axis does not start at zero."
    caption = (
        f"MRR bridge from the close of {book.previous_label} to the close of {book.label}, in "
        f"{book.currency}.{cut}"
    )
    figure = Figure(fig, "fig-mrr-bridge", caption, f"Waterfall: {_bridge_words(data, money_long=False)}.")
    parts = net_parts(row)
    lines = pd.DataFrame(
        [("Start", row["accounts_start"], row["start"])]
        + [(LABELS[part], row[f"accounts_{part}"], parts[part]) for part in PARTS]
        + [("End", row["accounts_end"], row["end"])],
        columns=["line", "accounts", "cents"],
    )
    columns = {"line": "Line", "accounts": ("Accounts", count), "cents": (f"MRR ({book.currency})", money)}
    table = Table.of(
        lines,
        columns,
        label="tbl-mrr-bridge",
        caption=f"MRR bridge of {book.label}; the lines add up to the cent",
        total=True,
    )
    return Blocks([Text(f"{_bridge_words(data)} (@fig-mrr-bridge, @tbl-mrr-bridge)."), figure, table])


def trend(data: Data) -> Blocks:
    """MRR over the months, and whether it grows or plateaus."""
    book = data.book
    months = data.bridge.index[-data.trend_months :]
    mrr = data.bridge.loc[months, "end"]
    finding = growth_finding(mrr, book.currency)
    if not data.trust.reliable:
        finding += " (lost customers may be missing)"
    fig = charts.lines(
        pd.DataFrame({"MRR": mrr}),
        finding,
        f"MRR at the close ({book.currency})",
        axis=lambda axis: style.money_axis(axis, book.currency),
        from_zero=True,
    )
    caption = f"MRR at each month's close, {month_name(months[0])} to {book.label}, in {book.currency}"
    alt = (
        f"Line: MRR from {book.money(mrr.iloc[0])} in {month_name(months[0])} to {book.money(mrr.iloc[-1])} "
        f"in {book.label}."
    )
    return Blocks([Text(f"{finding} (@fig-mrr-trend)."), Figure(fig, "fig-mrr-trend", caption, alt)])


def _bridge_finding(data: Data) -> str:
    """The waterfall's title: the net change and the part that moved most."""
    book, row = data.book, data.bridge.loc[data.book.month]
    parts = {part: step for part, step in net_parts(row).items() if step}
    if not parts:
        return f"MRR did not move in {book.label}"
    largest = max(parts, key=lambda part: abs(parts[part]))
    amount = money(abs(row["end"] - row["start"]), book.currency, short=True)
    verb = {"rose": f"grew {amount}", "fell": f"shrank {amount}", "held": "ended where it began"}[
        direction(row["end"], row["start"])
    ]
    return (
        f"MRR {verb} in {book.label}; {LABELS[largest].lower()} moved most "
        f"({money(parts[largest], book.currency, short=True, sign=True)})"
    )


def _bridge_words(data: Data, money_long: bool = True) -> str:
    """`$8,460,824 at the close of November + $496,667 new ... = $10,159,608`, every part named."""
    book, row = data.book, data.bridge.loc[data.book.month]
    show = (lambda x: book.money(x)) if money_long else (lambda x: money(x, book.currency, short=True))
    parts = []
    for part, step in net_parts(row).items():
        if part == "fx" and not step:
            continue
        sign = MINUS if step < 0 or PARTS[part][1] < 0 else "+"
        parts.append(f"{sign} {show(abs(step))} {LABELS[part].lower()}")
    return (
        f"{show(row['start'])} at the close of {book.previous_label} {' '.join(parts)} = {show(row['end'])} "
        f"at the close of {book.label}"
    )
