"""Activation, and where onboarding stops."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import is_true, numbers, quantile
from reporting.analysis.intervals import share
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Text
from reporting.present.formats import count, number, percent
from reporting.present.markdown import escape
from reporting.present.words import plain, with_interval

from ..telling import charts
from .data import Data
from .trials import trials_sentence

COHORT_MONTHS = 12


def newcomers(data: Data) -> pd.DataFrame:
    """This month's rows of accounts that signed up within twelve months and could be onboarded by now."""
    book = data.book
    now = book.now
    age = now["tenure_days"]
    fresh = (age >= book.product.activation.onboarding_days) & (
        now["signed_up_at"] >= book.close - pd.DateOffset(months=COHORT_MONTHS)
    )
    return now[fresh & now["activated"].notna()]


def activation(data: Data) -> Blocks:
    """How many newcomers reach value, how soon, and the step where the others stop."""
    book, rows = data.book, newcomers(data)
    if rows.empty:
        return Blocks(
            [
                Text(
                    f"No account signed up in the last {COHORT_MONTHS} months whose onboarding can be judged "
                    f"({book.missing('account_activated')})."
                    if "account_activated" in book.unavailable
                    else f"No account that signed up in the last {COHORT_MONTHS} months can be judged yet."
                )
            ]
        )
    reached = share(int(is_true(rows["activated"]).sum()), len(rows))
    limit = book.product.activation.value_days
    waits = numbers(rows["time_to_first_value"])
    slow = (
        f" First value takes {number(quantile(rows['time_to_first_value'], 0.5), 1)} days in the median; "
        f"{percent(float((waits > limit).mean()))} of those who reached it took more than {limit}."
        if waits.size
        else ""
    )
    table = drop_off(data)
    worst = table["lost"].idxmax()
    stop = table.loc[worst, "step"]
    finding = (
        f"Onboarding loses most accounts before '{stop}': {count(table.loc[worst, 'lost'])} of "
        f"{count(len(rows))}"
        if table["lost"].max() > 0
        else "No step of the onboarding loses accounts"
    )
    stop_at = worst if table["lost"].max() > 0 else None
    fig = charts.bars(
        list(table["step"]),
        list(table["share"]),
        [f"{percent(s)} ({count(n)})" for s, n in zip(table["share"], table["accounts"], strict=True)],
        finding,
        f"share of {count(len(rows))} newcomers that took the step",
        [style.color("bad") if i == stop_at else style.palette()[0] for i in table.index],
        style.percent_axis,
        whole=1.0,
    )
    text = (
        f"{with_interval(reached, 'newcomer')} reached the activation outcome.{slow} {escape(finding)} "
        f"(@fig-onboarding).{_remedy(stop_at)} {trials_sentence(data)}"
    ).rstrip()
    caption = (
        f"Onboarding steps taken by accounts that signed up in the last {COHORT_MONTHS} months and at "
        f"least {book.product.activation.onboarding_days} days ago"
    )
    alt = (
        "Bars: "
        + ", ".join(f"{step} {percent(s)}" for step, s in zip(table["step"], table["share"], strict=True))
        + "."
    )
    return Blocks([Text(text), Figure(fig, "fig-onboarding", caption, alt)])


def _remedy(stop_at: object) -> str:
    return "" if stop_at is None else " A tutorial or a template at that step is where to begin."


def drop_off(data: Data) -> pd.DataFrame:
    """Accounts that took each onboarding step, in order.

    Columns: step, accounts and share (those who took this very step), lost (those whose last step is one of
    those before it: they got as far as the step before and no further).
    """
    book, rows = data.book, newcomers(data)
    reached = book.snapshot.activation_steps
    names = list(book.product.onboarding_steps)
    reached = reached[reached["reached_at"].notna() & reached["account_id"].isin(rows.index)]
    furthest = (
        reached.groupby("account_id")["position"].max().reindex(rows.index).fillna(0).to_numpy(dtype=int)
    )
    places = range(1, len(names) + 1)
    took = reached.groupby("position")["account_id"].nunique().reindex(places, fill_value=0).to_numpy()
    return pd.DataFrame(
        {
            "step": [plain(name) for name in names],
            "accounts": took,
            "share": took / max(len(rows), 1),
            "lost": [int((furthest == place - 1).sum()) for place in places],
        }
    )
