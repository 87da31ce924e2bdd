"""The sections of the executive brief, in the order of its page."""

from __future__ import annotations

import math

import pandas as pd

from reporting.analysis import scores
from reporting.analysis.bridge import as_data, net_parts
from reporting.analysis.company import UNRELIABLE, Reading
from reporting.analysis.frames import quantile
from reporting.params.playbook import TO_SAVE
from reporting.present.blocks import Block, Blocks, Callout, Figure, KeyFigure, KeyFigures, Table, Text
from reporting.present.formats import count, date, money, percent
from reporting.present.formats import month as month_name
from reporting.present.words import cut, direction, listing, plural, sentence

from ..telling import charts, company, foresight, measures, verdicts
from ..telling.book import Book
from ..telling.files import tidy, with_own
from ..telling.movements import LABELS
from . import sentences
from .data import Data

# When the rules name a larger share of the accounts, they no longer single anybody out.
TOO_MANY = 0.5
TO_DO = ("rescue", "protect", "onboard", "grow")
"""Stances that have a list of their own."""
LIST = (
    *("account_id", "account_name", "mrr_cents", "owner", "action", "due", "reason", "rule"),
    *("probability", "expected_loss_cents", "renewal_at", "contract_value_cents"),
)
"""Columns of such a list."""
TILES = ("mrr", "nrr_12", "grr_12", "monthly_churn_rate", "healthy_mrr", "north_star")


def headline(data: Data) -> Blocks:
    """Thriving or teetering, the worst sign first; a contradiction of the sources stands before it."""
    book, found = data.book, data.book.judgement.readings
    verdict = company.WORDS[book.judgement.verdict]
    signs = f"**{verdict}.** {company.worst(book, found)} {company.signals(book, found)}"
    money = f"{sentences.mrr(data)}{sentences.target(data)} {sentences.retention(data)}"
    return Blocks([data.trust.warning(), Text(signs), Text(f"{money} {company.concentrated(book)}".strip())])


def key_figures(data: Data) -> Blocks:
    """Six figures, each with its last twelve months and its usual range."""
    found = [reading for figure in TILES if (reading := data.book.reading(figure)) and _known(data, reading)]
    tiles = KeyFigures([_tile(data, reading) for reading in found])
    ranged = any(math.isfinite(reading.lower) for reading in found)
    return Blocks([tiles, *([Text("Grey: the usual range of a figure.")] if ranged else [])])


def _known(data: Data, reading: Reading) -> bool:
    """A figure of a score with few parts, or of a table that is not there, is no key figure."""
    if reading.figure == "healthy_mrr":
        enough = scores.coverage(data.book, data.book.product.band_score) >= scores.THIN
        return enough and math.isfinite(reading.value)
    return math.isfinite(reading.value) or reading.figure != "north_star"


def _tile(data: Data, reading: Reading) -> KeyFigure:
    book, figure = data.book, reading.figure
    label = sentence(company.name(book, figure))
    if measures.of_churn(figure) or reading.reading == UNRELIABLE:
        label = data.trust.label(label)
    value = reading.latest
    if not math.isfinite(value):
        return KeyFigure(label, "too early")
    shown = money(value, book.currency, short=True) if figure == "mrr" else company.shown(book, figure, value)
    step = company.moved(figure, value, reading.before)
    year = company.moved(figure, value, reading.year_ago)
    return KeyFigure(
        label,
        shown,
        f"{step} on {month_name(book.previous, short=True)}" if step else "",
        company.better(reading),
        f"{year} in 12 months" if year else "",
        reading.history,
        (reading.lower, reading.upper),
    )


def movements(data: Data) -> Blocks:
    """What moved MRR: one bar a movement, with the account that moved most."""
    book, row = data.book, data.bridge.loc[data.book.month]
    parts = {part: step for part, step in net_parts(row).items() if step}
    if not parts:
        return Blocks([Text(f"MRR did not move in {book.label}.")])
    labels = [LABELS[part] for part in parts]
    texts = [_movement_text(data, part, step) for part, step in parts.items()]
    fig = charts.movements(labels, list(parts.values()), texts, _finding(data, parts), book.currency)
    caption = (
        f"Movements of MRR in {book.label}, in {book.currency}: from {book.money(row['start'])} at the close "
        f"of {book.previous_label} to {book.money(row['end'])}"
    )
    told = listing([f"{label.lower()} {text}" for label, text in zip(labels, texts, strict=True)])
    return Blocks([Figure(fig, "fig-mrr-bridge", caption, f"Bars: {told}.")])


def _movement_text(data: Data, part: str, step: float) -> str:
    """`+$17,261 · 12 accounts, most by Acme`."""
    text = money(step, data.book.currency, sign=True)
    rows = data.movements[data.movements["movement"] == LABELS[part]]
    if rows.empty:
        return text
    lead = cut(str(rows["account_name"].iloc[0]), 30)
    if len(rows) == 1:
        return f"{text} · {lead}"
    return f"{text} · {plural(len(rows), 'account')}, most {lead}"


def _finding(data: Data, parts: dict[str, int]) -> str:
    """The chart's title: the net change and the part that moved most."""
    book, row = data.book, data.bridge.loc[data.book.month]
    largest = max(parts, key=lambda part: abs(parts[part]))
    amount = money(abs(row["end"] - row["start"]), book.currency, short=True)
    verbs = {"rose": f"grew {amount}", "fell": f"shrank {amount}", "held": "ended where it began"}
    verb = verbs[direction(row["end"], row["start"])]
    return f"MRR {verb}; {LABELS[largest].lower()} moved most"


def save(data: Data) -> Blocks:
    """The accounts to save first, and how many there are."""
    book, rows = data.book, data.save
    if rows.empty:
        return Blocks([Text("No account is to rescue or to protect.")])
    part = percent(book.share_of_mrr(rows["mrr_cents"].sum()))
    counts = verdicts.counted(book, *TO_SAVE)
    text = (
        f"{counts}: together {part} of MRR.{verdicts.unowned(rows)}{_risk_sentence(data)}{_last_list(data)}"
    )
    blocks: list[Block] = [Text(sentence(text))]
    if len(rows) > TOO_MANY * len(book.paying):
        blocks.append(_too_many(data, len(rows), len(book.paying)))
    blocks.append(_accounts(data, rows, data.top_accounts, "tbl-actions-save", "save"))
    return Blocks(blocks)


def grow(data: Data) -> Blocks:
    """The largest accounts to make an offer to, and how many there are."""
    rows, blocks = data.grow, Blocks([Text(_grow_sentence(data))])
    if len(rows):
        blocks.append(_accounts(data, rows, data.top_offers, "tbl-actions-grow", "grow"))
    return blocks


def _accounts(data: Data, rows: pd.DataFrame, most: int, label: str, what: str) -> Table:
    book, shown = data.book, rows.head(most)
    told = pd.DataFrame(
        {
            "account": [cut(name, 32) for name in shown["account_name"]],
            "mrr": shown["mrr_cents"].to_numpy(),
            "reason": shown["reason"].to_numpy(),
            "action": shown["action"].to_numpy(),
            "owner": [cut(str(name), 20) if pd.notna(name) else verdicts.NO_OWNER for name in shown["owner"]],
            "due": [date(day).rsplit(" ", 1)[0] for day in shown["due"]],
        }
    )
    columns = {
        "account": "Account",
        "mrr": (f"MRR ({book.currency})", money),
        "reason": "Why",
        "action": "Next step",
        "owner": "Owner",
        "due": "By",
    }
    rest = ", the others in account_verdicts.csv" if len(rows) > len(shown) else ""
    foretold = what == "save" and len(book.judgement.risk)
    order = "to rescue first, then by expected loss" if foretold else "largest MRR first"
    if what == "save" and not foretold:
        order = f"to rescue first, {order}"
    caption = f"To {what}, {order}: {len(shown)} of {count(len(rows))}{rest}"
    return Table.of(told, columns, label=label, caption=caption)


def _too_many(data: Data, named: int, paying: int) -> Callout:
    events = quantile(data.book.paying["events"], 0.5)
    thin = f" The median account has {plural(events, 'event')} a month on record." if events < 30 else ""
    text = (
        f"The rules name {count(named)} of {count(paying)} accounts, so being named says little.{thin} Read "
        "the list as accounts with something to ask about, not as a forecast of who leaves."
    )
    return Callout("note", "Warnings that name nearly everyone single out no one", text)


def _last_list(data: Data) -> str:
    """What became of the accounts that were to save a month ago; empty where that can't be told."""
    listed = data.book.judgement.followed.get(1) if data.trust.reliable else None
    if not listed or listed.listed.empty:
        return ""
    met, others = listed.left_contacted, listed.left_uncontacted
    missed = f" {count(others.n)} of the {count(met.n + others.n)} were not contacted." if met.known else ""
    return f" {foresight.became(data.book, listed)}{missed}"


def _risk_sentence(data: Data) -> str:
    if not len(data.book.judgement.risk):
        return ""
    expected = data.book.money(data.book.judgement.expected_loss_cents)
    return f" The churn model expects {expected} of all MRR to leave within three months."


def _grow_sentence(data: Data) -> str:
    book, n = data.book, len(data.grow)
    if not n and "licence_utilisation" in book.unavailable:
        return f"Who could be offered more seats is {book.missing('licence_utilisation')}."
    blocked = int(book.judgement.accounts["offer_blocked_by"].notna().sum())
    held = (
        f"; {plural(blocked, 'further account')} with such a reason {'has' if blocked == 1 else 'have'} "
        "something to be settled first"
        if blocked
        else ""
    )
    offered = f"{sentence(plural(n, 'account'))} {'is' if n == 1 else 'are'} to be made an offer"
    return f"{offered}, being healthy with a commercial reason{held}."


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """The bridge, the movements, every account's verdict, a list for each stance that asks for something, and
    the accounts behind every figure's change."""
    book = data.book
    return {
        "mrr_bridge": as_data(data.bridge, book.currency),
        "movers": tidy(data.movements, book.currency),
        "account_verdicts": tidy(with_own(book, verdicts.listed(book)), book.currency),
        **{f"to_{stance}": tidy(_to_do(book, stance), book.currency) for stance in TO_DO},
        "explained_changes": tidy(measures.explained(book)),
    }


def _to_do(book: Book, stance: str) -> pd.DataFrame:
    """The accounts of one stance in the order in which to act, with what whoever acts needs."""
    return with_own(book, verdicts.listed(book, stance)[list(LIST)])
