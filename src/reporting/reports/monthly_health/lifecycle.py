"""The lifecycle: accounts at each stage, their moves this month, and how long they are with us."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import quantile
from reporting.analysis.lifecycle import lifecycle
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
    book = data.book
    now, before = book.now["funnel_stage"], book.before["funnel_stage"]
    both = pd.DataFrame({"was": before.reindex(now.index), "now": now}).dropna()
    moves = both[both["was"] != both["now"]].value_counts()
    if moves.empty:
        return ""
    was, now = moves.index[0]
    return f" The largest flow of the month is from {was} to {now}, {plural(int(moves.iloc[0]), 'account')}."


def _by_tenure(data: Data) -> Blocks:
    """How long with us, crossed with adoption and last activity."""
    rows, ends = data.book.paying, data.book.product.lifecycle
    stages = {
        "onboarding": f"up to {ends.onboarding_days} days",
        "adoption": f"{ends.onboarding_days + 1} to {ends.adoption_days} days",
        "expansion": f"over {ends.adoption_days} days",
    }
    lines = []
    for stage, days in stages.items():
        group = rows[rows["lifecycle_stage"] == stage]
        breadth, quiet = quantile(group["feature_breadth"], 0.5), quantile(group["last_active_days"], 0.5)
        lines.append(
            (stage, days, len(group), int(group["mrr_cents"].sum()), percent(breadth, 0), count(quiet))
        )
    columns = {
        "stage": "Phase",
        "days": "Since sign-up",
        "accounts": ("Paying accounts", count),
        "cents": (f"MRR ({data.book.currency})", money),
        "breadth": "Core features in use",
        "quiet": "Days since last use",
    }
    table = pd.DataFrame(lines, columns=list(columns))
    caption = (
        "Paying accounts by how long they are with us: medians of adoption and of days since the last use"
    )
    return Blocks([Table.of(table, columns, label="tbl-tenure", caption=caption)])
