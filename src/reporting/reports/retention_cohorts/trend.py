"""The answer, and retention over time: NRR and GRR, quick ratio, growing or plateauing."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure as Drawing

from reporting.analysis.bridge import quick_ratio
from reporting.analysis.retention import followed, grr, logos, nrr, trailing
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, KeyFigure, KeyFigures, Table, Text
from reporting.present.formats import change, money, number, percent
from reporting.present.formats import month as month_name
from reporting.present.words import interval, moved_points, plural, with_interval
from reporting.reports.telling.trust import UNRELIABLE, if_reliable

from ..telling import charts, company
from ..telling.growth import growth_finding, quick_ratio_words
from .data import Data

GAINS = ("new", "expansion", "reactivation")
LOSSES = ("contraction", "churn")
_STRENGTH = {"new": 1.0, "expansion": 0.62, "reactivation": 0.36, "contraction": 0.5, "churn": 1.0}
"""How full a movement's colour is: gains are all of one colour and losses of another."""


def headline(data: Data) -> Blocks:
    """Who stays, growing or plateauing; a contradiction of the sources stands before it."""
    rows = data.followed
    if rows.empty:
        return Blocks(
            [data.trust.warning(), Text("No account paid long enough ago for retention to be told.")]
        )
    stay, gross, net = logos(rows), grr(rows), nrr(rows)
    back = int(rows["back_cents"].sum())
    growth = growth_finding(data.bridge["end"], data.book.currency)
    since = f"the accounts paying at the close of {month_name(data.base_month)}"
    returns = (
        f" A further {data.book.money(back)} comes from accounts that left and came back." if back else ""
    )
    if data.trust.reliable:
        text = (
            f"**{with_interval(stay)} of {since} still pay {data.span_words} later.** They keep "
            f"{percent(gross.value)} of their MRR (GRR, {interval(gross)}) and, with expansion, pay "
            f"{percent(net.value)} of it (NRR, {interval(net)}).{returns} {growth}."
        )
    else:
        text = (
            f"**Who stays can't be told from this source.** By the subscriptions alone {percent(stay.value)} "
            f"of {since} still pay {data.span_words} later, with GRR {percent(gross.value)} and NRR "
            f"{percent(net.value)}: *not reliable*, because other tables of the same source say "
            f"otherwise.{returns} {growth}; growth that counts lost customers as kept is overstated."
        )
    return Blocks([data.trust.warning(), Text(text)])


def key_figures(data: Data) -> Blocks:
    """Retention over the span and the month's quick ratio."""
    rows, row = data.followed, data.bridge.loc[data.book.month]
    items = []
    for name, measure in (("Logo retention", logos), ("GRR", grr), ("NRR", nrr)):
        e = measure(rows) if len(rows) else None
        if e is None or not e.known:
            items.append(KeyFigure(name, "too early"))
            continue
        earlier = _earlier(data, measure)
        moved = (
            f"{moved_points(e.value, earlier)} on {month_name(data.book.previous, short=True)}"
            if earlier
            else ""
        )
        good = company.better(data.book.reading(f"{name.lower()}_{data.span}"))
        note = f"{plural(e.n, 'account')}, {interval(e)}"
        items.append(
            KeyFigure(data.trust.label(f"{name}, {data.span_words}"), percent(e.value), moved, good, note)
        )
    items.append(
        KeyFigure(
            data.trust.label("Quick ratio"),
            quick_ratio_words(row),
            "",
            None,
            "new and expansion to lost MRR, this month",
        )
    )
    return Blocks([KeyFigures(items)])


def _earlier(data: Data, measure) -> float | None:
    base = data.base_month - pd.DateOffset(months=1)
    rows = followed(data.book.panel, base, data.book.previous)
    return measure(rows).value if len(rows) else None


@if_reliable
def trend(data: Data) -> Blocks:
    """NRR and GRR over the span, month by month, with their intervals."""
    book = data.book
    span = int(data.span_words.split()[0])
    months = [book.month - pd.DateOffset(months=back) for back in range(data.trend_months - 1, -1, -1)]
    found = trailing(book.panel, months, span) if span else pd.DataFrame()
    if len(found) < 2:
        return Blocks([Text("Fewer than two months can look back far enough for a trend of NRR and GRR.")])
    frame = pd.DataFrame(
        {"NRR": [e.value for e in found["nrr"]], "GRR": [e.value for e in found["grr"]]}, index=found.index
    )
    bands = {
        name: ([e.low for e in found[key]], [e.high for e in found[key]])
        for name, key in (("NRR", "nrr"), ("GRR", "grr"))
    }
    now, low, high = frame["NRR"].iloc[-1], frame["NRR"].min(), frame["NRR"].max()
    since = month_name(found.index[0], short=True)
    finding = (
        f"NRR over {span} months is {percent(now)}; since {since} it was between {percent(low)} and "
        f"{percent(high)}"
    )
    fig = charts.lines(
        frame,
        finding,
        f"share of the MRR {span} months before",
        bands,
        reference=(1.0, "100%: nothing lost on balance"),
    )
    caption = (
        f"NRR and GRR over {span} months by month of the close; bands are 95% bootstrap intervals over "
        "accounts"
    )
    alt = (
        f"{finding}. Lines: NRR {percent(frame['NRR'].iloc[0])} to {percent(now)}, GRR "
        f"{percent(frame['GRR'].iloc[0])} to {percent(frame['GRR'].iloc[-1])}, {since} to "
        f"{month_name(found.index[-1], short=True)}."
    )
    concentrated = company.concentrated(book)
    told = [Text(concentrated)] if concentrated else []
    return Blocks([*told, Figure(fig, "fig-retention-trend", caption, alt)])


def growth(data: Data) -> Blocks:
    """Growing or plateauing: what came and went each month, and the quick ratio."""
    book = data.book
    rows = data.bridge.iloc[-data.trend_months :]
    finding = growth_finding(data.bridge["end"], book.currency)
    if not data.trust.reliable:
        finding += " (lost customers may be missing)"
    gain, loss = rows["new"] + rows["expansion"] + rows["reactivation"], rows["contraction"] + rows["churn"]
    if not (gain.any() or loss.any()):
        since = month_name(rows.index[0])
        return Blocks([Text(f"{finding}. Since {since} no account's MRR moved but by exchange rates.")])
    caption = (
        f"MRR gained and lost by month, {month_name(rows.index[0])} to {book.label}, in {book.currency}; "
        "exchange-rate effects left out"
    )
    alt = (
        f"{finding}. Stacked bars: gains {money(gain.sum(), book.currency, short=True)}, losses "
        f"{money(loss.sum(), book.currency, short=True)} over {len(rows)} months."
    )
    caveat = "" if data.trust.reliable else f" ({UNRELIABLE})"
    return Blocks(
        [
            Text(f"{_gained_to_lost(rows)}{caveat} (@fig-growth, @tbl-growth)."),
            Figure(_movement_bars(rows, finding, book.currency), "fig-growth", caption, alt),
            _movement_table(data, rows),
        ]
    )


def _movement_bars(rows: pd.DataFrame, finding: str, currency: str) -> Drawing:
    """Gains stacked above zero, losses below it, a bar a month."""
    fig, ax = style.figure(height=2.9)
    places = style.month_axis(ax, rows.index)
    for names, sign, role in ((GAINS, 1, "good"), (LOSSES, -1, "bad")):
        stacked = 0 * rows[names[0]]
        for name in names:
            height = sign * rows[name]
            look = {"color": style.color(role), "alpha": _STRENGTH[name], "width": 0.7}
            ax.bar(places, height, bottom=stacked, label=name, **look)
            stacked = stacked + height
    style.zero_line(ax)
    charts.steady_ticks(ax.yaxis)
    style.money_axis(ax.yaxis, currency)
    ax.set_ylabel(f"MRR moved in the month ({currency})")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=5)
    style.title(ax, finding)
    return fig


def _movement_table(data: Data, rows: pd.DataFrame) -> Table:
    table = rows.reset_index().assign(
        quick=[quick_ratio_words(row) for _, row in rows.iterrows()],
        grown=[change(row["end"], row["start"]) for _, row in rows.iterrows()],
        month=[month_name(m, short=True) for m in rows.index],
    )
    columns = {
        "month": "Month",
        **{name: (name.capitalize(), money) for name in (*GAINS, *LOSSES)},
        "end": ("MRR at close", money),
        "grown": "Growth",
        "quick": data.trust.label("Quick ratio"),
    }
    caption = f"Movements by month, in {data.book.currency}"
    return Table.of(table, columns, label="tbl-growth", caption=caption)


def _gained_to_lost(rows: pd.DataFrame) -> str:
    """The quick ratio of all these months, and the range of those that have one."""
    total = rows[["new", "expansion", "contraction", "churn"]].sum()
    if math.isfinite(quick_ratio(total)):
        words = f"Over {len(rows)} months {quick_ratio_words(total)} came in for every 1 lost"
    else:
        words = "Nothing was lost in these months, so the quick ratio is not defined"
    ratios = [ratio for _, row in rows.iterrows() if math.isfinite(ratio := quick_ratio(row))]
    if len(ratios) > 1:
        words += f"; month by month between {number(min(ratios), 1)} and {number(max(ratios), 1)}"
    return words
