"""The sections of the executive brief, in the order of the notebook."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from reporting.analysis import scores
from reporting.analysis.bridge import as_data
from reporting.analysis.frames import quantile
from reporting.analysis.intervals import Estimate
from reporting.analysis.lifecycle import lifecycle as stages
from reporting.analysis.retention import followed, grr, nrr
from reporting.present.blocks import Block, Blocks, Callout, KeyFigure, KeyFigures, Table, Text
from reporting.present.formats import change, count, money, number, percent
from reporting.present.formats import month as month_name
from reporting.present.markdown import escape
from reporting.present.words import better_share, direction, moved_points, plural, sentence, with_interval

from ..common import closing, measures, verdicts
from ..common.files import tidy
from ..common.lifecycle import MEANING, declining, largest_stage
from .data import Data
from .verdict import healthy_share, reasons

# When the rules name a larger share of the accounts, they no longer single anybody out.
TOO_MANY = 0.5


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
            _good(row["end"] - row["start"]) if row["start"] and data.trust.reliable else None,
            f"{money(row['end'] * 12, book.currency, short=True)} a year",
        ),
        KeyFigure(
            "Paying accounts",
            count(row["accounts_end"]),
            f"{number(row['accounts_end'] - row['accounts_start'], sign=True)} {versus}",
            _good(row["accounts_end"] - row["accounts_start"]) if data.trust.reliable else None,
            f"{money(row['end'] / max(row['accounts_end'], 1), book.currency)} each",
        ),
    ]
    items += [_retained(data, name, measure) for name, measure in (("NRR", nrr), ("GRR", grr))]
    now, earlier = healthy_share(book, book.month), healthy_share(book, book.previous)
    if math.isfinite(now) and scores.coverage(book, book.product.band_score) >= scores.THIN:
        items.append(
            KeyFigure(
                "MRR in healthy accounts",
                percent(now),
                f"{moved_points(now, earlier)} {versus}",
                better_share(now, earlier),
            )
        )
    if len(data.risk):
        expected = book.judgement.expected_loss_cents
        note = f"{percent(expected / max(row['end'], 1))} of MRR, by the churn model"
        items.append(
            KeyFigure("Expected loss, 3 months", money(expected, book.currency, short=True), "", None, note)
        )
    star, was = book.metric("north_star"), book.metric("north_star", book.previous)
    if math.isfinite(star):
        name = sentence(book.product.north_star.label)
        items.append(
            KeyFigure(name, count(star), f"{change(star, was)} {versus}", _good(star - was), "north star")
        )
    return Blocks([KeyFigures(items)])


def _retained(data: Data, name: str, measure: Callable[[pd.DataFrame], Estimate]) -> KeyFigure:
    """NRR or GRR over twelve months, its change on last month, and its interval as a note."""
    book, year = data.book, pd.DateOffset(months=12)
    label = data.trust.label(f"{name}, 12 months")
    estimate, was = (
        measure(followed(book.panel, month - year, month)) for month in (book.month, book.previous)
    )
    if not estimate.known:
        return KeyFigure(label, "too early")
    step = f"{moved_points(estimate.value, was.value)} on {month_name(book.previous, short=True)}"
    good = better_share(estimate.value, was.value) if data.trust.reliable and was.known else None
    note = f"95% interval {percent(estimate.low, 0)} to {percent(estimate.high, 0)}"
    return KeyFigure(label, percent(estimate.value), step if was.known else "", good, note)


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


def movers(data: Data) -> Blocks:
    """Which accounts moved MRR most, and why."""
    rows = data.movements
    if rows.empty:
        return Blocks([Text(f"No account's MRR moved in {data.book.label} other than by exchange rates.")])
    shown = rows.head(data.top_accounts)
    gross = int(rows["amount_cents"].abs().sum())
    lead = rows.iloc[0]
    part = shown["amount_cents"].abs().sum() / gross
    up, down = int((rows["amount_cents"] > 0).sum()), int((rows["amount_cents"] < 0).sum())
    text = (
        f"{sentence(plural(rows['account_id'].nunique(), 'account'))} moved MRR in {data.book.label}: "
        f"{plural(up, 'movement')} up, {plural(down, 'movement')} down. The largest is "
        f"{escape(lead['account_name'])} ({lead['movement'].lower()}, "
        f"{money(lead['amount_cents'], data.book.currency, sign=True)}); the "
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
    """What to do next: accounts to save and accounts to grow; each account has one stance."""
    book, save, grow = data.book, data.save, data.grow
    paying, total = len(book.paying), max(int(book.paying["mrr_cents"].sum()), 1)
    text = (
        f"Each of the {plural(paying, 'paying account')} has one stance: {verdicts.by_stance(book)}. Those "
        f"to rescue and to protect pay {percent(save['mrr_cents'].sum() / total)} of MRR."
        f"{verdicts.unowned(save)}{_risk_sentence(data)}{_grow_sentence(data)} An early warning is not "
        "proof: it says where to look first."
    )
    blocks: list[Block] = [Text(text)]
    if len(save) > TOO_MANY * paying:
        blocks.append(_too_many(data, len(save), paying))
    columns = {"account_name": "Account", "mrr_cents": (f"MRR ({book.currency})", money), "reason": "Reason"}
    for rows, label, what, order in (
        (save, "tbl-actions-save", "save", "those to rescue first, then by expected loss"),
        (grow, "tbl-actions-grow", "grow", "largest MRR first"),
    ):
        if len(rows):
            shown = rows.head(data.top_accounts)
            rest = "; all are in account_verdicts.csv" if len(rows) > len(shown) else ""
            caption = f"Accounts to {what}, {order}: {len(shown)} of {count(len(rows))}{rest}"
            stance = {"stance": "Stance"} if what == "save" else {}
            named = columns | stance | {"action": "Next step", "owner": "Owner"}
            blocks.append(Table.of(shown, named, label=label, caption=caption))
    return Blocks(blocks)


def _too_many(data: Data, named: int, paying: int) -> Callout:
    events = quantile(data.book.paying["events"], 0.5)
    thin = f" The median account has {plural(events, 'event')} a month on record." if events < 30 else ""
    text = (
        f"The rules name {count(named)} of {count(paying)} accounts, so being named says little.{thin} Read "
        "the list as the largest accounts with something to ask about, not as a forecast of who leaves."
    )
    return Callout("note", "Warnings that name nearly everyone single out no one", text)


def _risk_sentence(data: Data) -> str:
    if not len(data.risk):
        return ""
    expected = data.book.money(data.book.judgement.expected_loss_cents)
    return f" The churn model expects {expected} of MRR to leave within three months."


def _grow_sentence(data: Data) -> str:
    book, n = data.book, len(data.grow)
    if not n and "licence_utilisation" in book.unavailable:
        return f" Who could be offered more seats is {book.missing('licence_utilisation')}."
    blocked = int(book.judgement.accounts["offer_blocked_by"].notna().sum())
    held = (
        f"; {plural(blocked, 'further account')} with such a reason {'is' if blocked == 1 else 'are'} "
        "mended first"
        if blocked
        else ""
    )
    offered = f"{sentence(plural(n, 'account'))} {'is' if n == 1 else 'are'} to be made an offer"
    return f" {offered}, being healthy with a commercial reason{held}."


def lifecycle(data: Data) -> Blocks:
    """Where the accounts stand in their life, and the flow of the month."""
    table = stages(data.book)
    if table.empty:
        return Blocks([Text(f"The lifecycle funnel is {data.book.missing('lifecycle_funnel')}.")])
    columns = {
        "stage": "Stage",
        "meaning": "Meaning",
        "accounts": ("Accounts", count),
        "entered": ("In", count),
        "left": ("Out", count),
    }
    table["meaning"] = table["stage"].map(MEANING)
    caption = (
        f"Accounts by stage at the close of {data.book.label}, and this month's moves into and out of it"
    )
    text = f"{sentence(largest_stage(table))}; {declining(table)} (@tbl-lifecycle)."
    return Blocks([Text(text), Table.of(table, columns, label="tbl-lifecycle", caption=caption)])


def figures(data: Data) -> Blocks:
    """The portfolio's figures of this report, with the accounts that moved them."""
    return closing.figures("executive_brief", data.book, data.trust)


def unknowns(data: Data) -> Blocks:
    """What can't be known from this data."""
    return closing.unknowns(data.book, data.trust)


def glossary(data: Data) -> Blocks:
    """The terms of this report."""
    return closing.glossary("executive_brief", data.book)


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """The bridge, the movements, every account's verdict, and the accounts behind every figure's change."""
    book = data.book
    return {
        "mrr_bridge": as_data(data.bridge, book.currency),
        "movers": tidy(data.movements, book.currency),
        "account_verdicts": tidy(verdicts.listed(book), book.currency),
        "explained_changes": tidy(measures.explained(book)),
    }


def _good(step: float) -> bool | None:
    """True above zero, False below, None at zero or where nothing is known."""
    return bool(step > 0) if math.isfinite(step) and step else None


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
        f"MRR {verb}{by} {'at' if verb == 'held' else 'to'} {book.money(row['end'])} at the close of "
        f"{book.label}: {book.money(gain)} came in (new, expansion and reactivation) and {book.money(loss)} "
        "went (contraction and churn)."
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
            f"By the subscriptions alone, {kept}; this is *not reliable*, because the sources contradict "
            "each other on who left."
        )
    return f"{kept}."
