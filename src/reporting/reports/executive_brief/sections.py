"""The sections of the executive brief, in the order of the notebook."""

from __future__ import annotations

import math

import pandas as pd

from reporting.present import style
from reporting.present.blocks import Blocks, Figure, KeyFigure, KeyFigures, Table, Text
from reporting.present.formats import change, count, money, percent
from reporting.present.formats import month as month_name
from reporting.present.markdown import escape

from ..common import actions as act
from ..common import charts, closing
from ..common.bridge import LABELS, PARTS, as_data, net_parts
from ..common.growth import growth_finding
from ..common.retention import followed, grr, nrr
from ..common.words import direction, moved_points, plural, sentence, with_interval
from .data import Data
from .verdict import healthy_share, reasons


def headline(data: Data) -> Blocks:
    """Thriving or teetering, in three sentences; a contradiction of the sources stands before them."""
    text = (
        f"**{data.verdict}.** {sentence(reasons(data.signs))}. {_mrr_sentence(data)} "
        f"{_retention_sentence(data)}"
    )
    return Blocks([data.trust.warning(), Text(text)])


def key_figures(data: Data) -> Blocks:
    """The numbers a board asks for first, each against last month."""
    book, row = data.book, data.bridge.loc[data.book.month]
    versus = f"on {month_name(book.previous, short=True)}"
    items = [
        KeyFigure(
            "MRR",
            money(row["end"], book.currency, short=True),
            f"{change(row['end'], row['start'])} {versus}" if row["start"] else "first month",
            _good(row["end"] - row["start"]) if row["start"] else None,
            f"{money(row['end'] * 12, book.currency, short=True)} a year",
        ),
        KeyFigure(
            "paying accounts",
            count(row["accounts_end"]),
            f"{row['accounts_end'] - row['accounts_start']:+,d} {versus}".replace("-", "\u2212"),
            _good(row["accounts_end"] - row["accounts_start"]),
            f"{money(row['end'] / max(row['accounts_end'], 1), book.currency)} each",
        ),
    ]
    rows = followed(book.panel, book.month - pd.DateOffset(months=12), book.month)
    for name, estimate in (("NRR, 12 months", nrr(rows)), ("GRR, 12 months", grr(rows))):
        value = percent(estimate.value) if estimate.known else "too early"
        good = (
            None
            if not (data.trust.reliable and estimate.known)
            else _good(estimate.low - 1, estimate.high - 1)
        )
        note = (
            f"95% interval {percent(estimate.low, 0)} to {percent(estimate.high, 0)}"
            if estimate.known
            else ""
        )
        items.append(KeyFigure(data.trust.label(name), value, note, good if name.startswith("NRR") else None))
    now, earlier = healthy_share(book, book.month), healthy_share(book, book.previous)
    if math.isfinite(now):
        items.append(
            KeyFigure(
                "MRR in healthy accounts",
                percent(now),
                f"{moved_points(now, earlier)} {versus}",
                _good(now - earlier),
            )
        )
    star, was = book.metric("north_star"), book.metric("north_star", book.previous)
    if math.isfinite(star):
        name = book.product.north_star.label.lower()
        items.append(
            KeyFigure(name, count(star), f"{change(star, was)} {versus}", _good(star - was), "north star")
        )
    return Blocks([KeyFigures(items)])


def verdict_signs(data: Data) -> Blocks:
    """The table of signs under the verdict."""
    frame = pd.DataFrame(
        {
            "sign": [sentence(sign.name) for sign in data.signs],
            "value": [sign.value for sign in data.signs],
            "versus": [sign.versus or "no reading" for sign in data.signs],
            "reading": [sign.reading for sign in data.signs],
        }
    )
    columns = {"sign": "Sign", "value": "Figure", "versus": "Against", "reading": "Reading"}
    caption = f"What the verdict rests on at the close of {data.book.label}"
    return Blocks([Table.of(frame, columns, label="tbl-signs", caption=caption)])


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
    fig = charts.lines(
        pd.DataFrame({"MRR": mrr}),
        finding,
        f"MRR at the close ({book.currency})",
        axis=lambda axis: style.money_axis(axis, book.currency),
        from_zero=True,
    )
    caption = f"MRR at each month's close, {month_name(months[0])} to {book.label}, in {book.currency}"
    alt = (
        f"Line: MRR from {book.money(mrr.iloc[0])} in {month_name(months[0])} to "
        f"{book.money(mrr.iloc[-1])} in {book.label}."
    )
    return Blocks([Text(f"{finding} (@fig-mrr-trend)."), Figure(fig, "fig-mrr-trend", caption, alt)])


def movers(data: Data) -> Blocks:
    """Which accounts moved MRR most, and why."""
    rows = data.movements
    if rows.empty:
        return Blocks([Text(f"No account's MRR moved in {data.book.label}.")])
    shown = rows.head(data.top_accounts)
    gross = int(rows["amount_cents"].abs().sum())
    lead = rows.iloc[0]
    part = shown["amount_cents"].abs().sum() / gross
    up, down = int((rows["amount_cents"] > 0).sum()), int((rows["amount_cents"] < 0).sum())
    text = (
        f"{sentence(plural(rows['account_id'].nunique(), 'account'))} moved MRR in {data.book.label}: "
        f"{plural(up, 'movement')} up, {plural(down, 'movement')} down. The largest is "
        f"{escape(lead['account_name'])} "
        f"({lead['movement'].lower()}, {money(lead['amount_cents'], data.book.currency, sign=True)}); the "
        f"{plural(len(shown), 'movement')} of @tbl-movers make {percent(part, 0)} of everything that moved."
    )
    columns = {
        "account_name": "Account",
        "movement": "Movement",
        "amount_cents": (f"Change ({data.book.currency})", lambda x: money(x, sign=True)),
        "mrr_cents": (f"MRR now ({data.book.currency})", money),
        "why": "What changed",
    }
    caption = f"Largest account movements of {data.book.label}"
    return Blocks([Text(text), Table.of(shown, columns, label="tbl-movers", caption=caption)])


def actions(data: Data) -> Blocks:
    """What to do next: accounts to keep and accounts to grow, largest MRR first."""
    book = data.book
    keep, grow = act.first(data.actions, act.KEEP), act.first(data.actions, act.GROW)
    total = int(book.paying["mrr_cents"].sum())
    text = (
        f"{sentence(plural(len(keep), 'paying account'))} of {count(len(book.paying))} "
        f"{'calls' if len(keep) == 1 else 'call'} for attention, with "
        f"{percent(keep['mrr_cents'].sum() / max(total, 1))} of MRR; "
        f"{plural(len(grow), 'account')} could be offered more. "
        "An early warning is not proof: it says where to look first."
    )
    blocks = [Text(text)]
    for rows, label, what in ((keep, "tbl-actions-keep", "keep"), (grow, "tbl-actions-grow", "grow")):
        if rows.empty:
            continue
        columns = {
            "account_name": "Account",
            "mrr_cents": (f"MRR ({book.currency})", money),
            "reason": "Reason",
            "action": "Next step",
        }
        caption = f"Accounts to {what}, by MRR: {min(len(rows), data.top_accounts)} of {count(len(rows))}"
        blocks.append(Table.of(rows.head(data.top_accounts), columns, label=label, caption=caption))
    return Blocks(blocks)


def unknowns(data: Data) -> Blocks:
    """What can't be known from this data."""
    return closing.unknowns(data.book, data.trust)


def glossary(data: Data) -> Blocks:
    """The terms of this report."""
    return closing.glossary("executive_brief", data.book)


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """The bridge, the movements and the actions as data."""
    currency = data.book.currency
    movements = data.movements.assign(
        amount=data.movements["amount_cents"] / 100, mrr=data.movements["mrr_cents"] / 100
    )
    actions_out = data.actions.assign(mrr=data.actions["mrr_cents"] / 100, currency=currency)
    return {
        "mrr_bridge": as_data(data.bridge, currency),
        "movers": movements.assign(currency=currency).drop(columns=["amount_cents", "mrr_cents"]),
        "actions": actions_out.drop(columns="mrr_cents"),
    }


def _good(low: float, high: float | None = None) -> bool | None:
    """True above zero, False below, None when the interval spans it or nothing is known."""
    high = low if high is None else high
    if not (math.isfinite(low) and math.isfinite(high)) or low == high == 0:
        return None
    return True if low >= 0 else False if high <= 0 else None


def _mrr_sentence(data: Data) -> str:
    book, row = data.book, data.bridge.loc[data.book.month]
    if not row["start"]:
        return (
            f"MRR stands at {book.money(row['end'])} at the close of {book.label}, the first month of "
            "revenue."
        )
    verb = direction(row["end"], row["start"])
    by = "" if verb == "held" else f" by {percent(abs(row['end'] / row['start'] - 1))}"
    gain, loss = row["new"] + row["reactivation"] + row["expansion"], row["contraction"] + row["churn"]
    return (
        f"MRR {verb}{by} {'at' if verb == 'held' else 'to'} {book.money(row['end'])} at the close of {book.label}: "
        f"{book.money(gain)} came in (new, expansion and reactivation) and {book.money(loss)} went "
        "(contraction and churn)."
    )


def _retention_sentence(data: Data) -> str:
    book = data.book
    rows = followed(book.panel, book.month - pd.DateOffset(months=12), book.month)
    if rows.empty:
        return "No account paid twelve months ago, so retention can't be told yet."
    kept = (
        f"{with_interval(grr(rows))} of the MRR of twelve months ago is kept (GRR), "
        f"{percent(nrr(rows).value)} with expansion (NRR)"
    )
    if not data.trust.reliable:
        return (
            f"By the subscriptions alone, {kept}; this is *not reliable*, because the sources "
            "contradict each other on who left."
        )
    return f"{kept}."


def _bridge_finding(data: Data) -> str:
    """The waterfall's title: the net change and the part that moved most."""
    book, row = data.book, data.bridge.loc[data.book.month]
    parts = {part: step for part, step in net_parts(row).items() if step}
    if not parts:
        return f"MRR did not move in {book.label}"
    net = row["end"] - row["start"]
    largest = max(parts, key=lambda part: abs(parts[part]))
    verb = {"rose": "grew", "fell": "shrank", "held": "ended where it began, with"}[
        direction(row["end"], row["start"])
    ]
    amount = "" if not net else f" {money(abs(net), book.currency, short=True)}"
    return (
        f"MRR {verb}{amount} in {book.label}; {LABELS[largest].lower()} moved most "
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
        sign = "\u2212" if step < 0 or PARTS[part][1] < 0 else "+"
        parts.append(f"{sign} {show(abs(step))} {LABELS[part].lower()}")
    return (
        f"{show(row['start'])} at the close of {book.previous_label} {' '.join(parts)} "
        f"= {show(row['end'])} at the close of {book.label}"
    )
