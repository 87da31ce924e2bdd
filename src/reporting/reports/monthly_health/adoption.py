"""Activation, and where onboarding stops."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import numbers, quantile
from reporting.analysis.onboarding import MONTHS, activated, in_order, newcomers, steps
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Text
from reporting.present.formats import count, number, percent
from reporting.present.markdown import escape
from reporting.present.words import plain, with_interval

from ..telling import charts
from .data import Data
from .trials import trials_sentence


def activation(data: Data) -> Blocks:
    """How many newcomers reach value, how soon, and the step where the others stop."""
    book = data.book
    rows = newcomers(book)
    if rows.empty:
        return Blocks(
            [
                Text(
                    f"No account signed up in the last {MONTHS} months whose onboarding can be judged "
                    f"({book.missing('account_activated')})."
                    if "account_activated" in book.unavailable
                    else f"No account that signed up in the last {MONTHS} months can be judged yet."
                )
            ]
        )
    reached = activated(rows)
    limit = book.product.activation.value_days
    waits = numbers(rows["time_to_first_value"])
    slow = (
        f" First value takes {number(quantile(rows['time_to_first_value'], 0.5), 1)} days in the median; "
        f"{percent(float((waits > limit).mean()))} of those who reached it took more than {limit}."
        if waits.size
        else ""
    )
    table = steps(book, rows).rename(index=plain)
    stop_at, finding = _stop(table, len(rows))
    fig = charts.bars(
        list(table.index),
        list(table["share"]),
        [f"{percent(s)} ({count(n)})" for s, n in zip(table["share"], table["accounts"], strict=True)],
        finding,
        f"share of {count(len(rows))} newcomers that took the step",
        [style.color("bad") if i == stop_at else style.palette()[0] for i in table.index],
        style.percent_axis,
        whole=1.0,
    )
    text = (
        f"{with_interval(reached, 'newcomer')} reached the activation outcome.{slow}{_remedy(stop_at)} "
        f"{trials_sentence(data)}"
    ).rstrip()
    caption = (
        f"Onboarding steps taken by accounts that signed up in the last {MONTHS} months and at "
        f"least {book.product.activation.onboarding_days} days ago"
    )
    alt = f"{finding}. Bars: " + ", ".join(f"{step} {percent(s)}" for step, s in table["share"].items()) + "."
    return Blocks([Text(text), Figure(fig, "fig-onboarding", caption, alt)])


def _stop(table: pd.DataFrame, newcomers: int) -> tuple[str | None, str]:
    """The step to look at, and the chart's title."""
    if not in_order(table):
        least = str(table["accounts"].idxmin())
        taken = f"{count(table.loc[least, 'accounts'])} of {count(newcomers)}"
        return least, f"Steps are taken in any order; fewest took '{least}': {taken}"
    stop, lost = str(table["lost"].idxmax()), table["lost"].max()
    if lost <= 0:
        return None, "No step of the onboarding loses accounts"
    return stop, f"Onboarding loses most accounts before '{stop}': {count(lost)} of {count(newcomers)}"


def _remedy(stop_at: str | None) -> str:
    if stop_at is None:
        return ""
    return f" A tutorial or a template at '{escape(stop_at)}' is where to begin (@fig-onboarding)."
