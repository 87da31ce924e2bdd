"""The lifecycle: accounts at each stage, their moves this month, and how long they are with us."""

from __future__ import annotations

from functools import partial

from reporting.analysis.lifecycle import by_phase, largest_flow, lifecycle
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import count, money, number, percent
from reporting.present.words import plural, sentence

from ..telling.lifecycle import MEANING, declining, largest_stage
from .data import Data


def funnel(data: Data) -> Blocks:
    """Accounts at each stage of the lifecycle, and how they moved this month."""
    book = data.book
    table = lifecycle(book)
    if table.empty:
        return Blocks([Text(f"The lifecycle funnel is {book.missing('lifecycle_funnel')}.")])
    table["meaning"] = table["stage"].map(MEANING)
    text = f"{sentence(largest_stage(table))}; {declining(table)}.{_largest_flow(data)}"
    columns = {
        "stage": "Stage",
        "meaning": "Meaning",
        "accounts": ("Accounts", count),
        "step": ("Change", lambda n: number(n, sign=True)),
        "entered": ("In", count),
        "left": ("Out", count),
    }
    caption = (
        f"Lifecycle at the close of {book.label}: each account stands at one stage; in and out count this "
        "month's moves"
    )
    return Blocks(
        [
            Text(f"{text} (@tbl-funnel)".replace(". (@tbl", " (@tbl") + "."),
            Table.of(table, columns, label="tbl-funnel", caption=caption),
            *_by_tenure(data),
        ]
    )


def _largest_flow(data: Data) -> str:
    flow = largest_flow(data.book)
    if flow is None:
        return ""
    was, now, accounts = flow
    return f" The largest flow of the month is from {was} to {now}, {plural(accounts, 'account')}."


def _by_tenure(data: Data) -> Blocks:
    """How long with us, crossed with adoption and last activity."""
    ends = data.book.product.lifecycle
    since = {
        "onboarding": f"up to {ends.onboarding_days} days",
        "adoption": f"{ends.onboarding_days + 1} to {ends.adoption_days} days",
        "expansion": f"over {ends.adoption_days} days",
    }
    table = by_phase(data.book).reset_index().assign(days=lambda rows: rows["phase"].map(since))
    columns = {
        "phase": "Phase",
        "days": "Since sign-up",
        "accounts": ("Paying accounts", count),
        "mrr_cents": (f"MRR ({data.book.currency})", money),
        "feature_breadth": ("Core features in use", partial(percent, digits=0)),
        "last_active_days": ("Days since last use", count),
    }
    caption = (
        "Paying accounts by how long they are with us: medians of adoption and of days since the last use"
    )
    return Blocks([Table.of(table, columns, label="tbl-tenure", caption=caption)])
