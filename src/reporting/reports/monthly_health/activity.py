"""Accounts active over time: in the month, and in its last week."""

from __future__ import annotations

from reporting.analysis import activity
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Text
from reporting.present.formats import count, percent
from reporting.present.formats import month as month_name

from ..telling import charts
from .data import Data


def active_accounts(data: Data) -> Blocks:
    """Paying accounts with use in the month and in its last seven days, over the months shown."""
    book = data.book
    by_month = activity.active_accounts(book)
    if by_month.empty:
        return Blocks([Text(f"Active accounts are {book.missing('active_accounts')}.")])
    shown = by_month.iloc[-data.trend_months :]
    now = shown.iloc[-1]
    share = percent(now["weekly"] / now["paying"])
    finding = f"{count(now['weekly'])} of {count(now['paying'])} paying accounts were active in the last week"
    names = {"paying": "paying", "monthly": "active in the month", "weekly": "active in its last week"}
    fig = charts.lines(
        shown.rename(columns=names), finding, "accounts", axis=style.count_axis, from_zero=True
    )
    caption = (
        f"Paying accounts, those with use in the month, and those with use in its last seven days, "
        f"{month_name(shown.index[0])} to {book.label}"
    )
    first = shown.iloc[0]
    alt = f"{finding}. Lines: " + "; ".join(
        f"{label} {count(first[column])} to {count(now[column])}" for column, label in names.items()
    )
    shares = shown["weekly"] / shown["paying"]
    text = (
        f"That is {share}; over the months shown the share active in the last week ran from "
        f"{percent(shares.min())} to {percent(shares.max())} (@fig-active-accounts)."
    )
    return Blocks([Text(text), Figure(fig, "fig-active-accounts", caption, f"{alt}.")])
