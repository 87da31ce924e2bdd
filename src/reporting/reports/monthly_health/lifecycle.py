"""The lifecycle: accounts at each stage, their moves this month, and how long they are with us."""

from __future__ import annotations

import pandas as pd

from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import count, money, number, percent

from ..common.frames import quantile
from ..common.words import plural
from .data import Data

# Stage -> meaning, in the order of a life; an account stands at the last that holds.
STAGES = {
    "signed up": "no value outcome yet",
    "activated": "reached the activation outcome",
    "adopted": "uses enough of the core features",
    "engaged": "adopted, with value events this month",
    "retained": "engaged beyond the adoption phase",
    "expanded": "engaged, and grew within twelve months",
    "declining": "use falls, or paid less this month",
    "gone": "paid once, pays no longer",
}


def funnel(data: Data) -> Blocks:
    """Accounts at each stage of the lifecycle, and how they moved this month."""
    book = data.book
    stages = book.now["funnel_stage"].dropna()
    before = book.before["funnel_stage"].dropna()
    if stages.empty:
        return Blocks([Text(f"The lifecycle funnel is {book.missing('lifecycle_funnel')}.")])
    names = list(STAGES)
    now_n = stages.value_counts().reindex(names).fillna(0).astype(int)
    was_n = before.value_counts().reindex(names).fillna(0).astype(int)
    both = pd.DataFrame({"now": stages, "was": before.reindex(stages.index)})
    moved = both[both["was"].notna() & (both["was"] != both["now"])]
    into, out_of = moved["now"].value_counts(), moved["was"].value_counts()
    fresh = both[both["was"].isna()]["now"].value_counts()
    table = pd.DataFrame({"stage": names, "accounts": now_n.to_numpy()})
    table["meaning"] = [STAGES[name] for name in names]
    table["step"] = (now_n - was_n).to_numpy()
    table["into"] = [int(into.get(n, 0) + fresh.get(n, 0)) for n in names]
    table["out"] = [int(out_of.get(n, 0)) for n in names]
    lead = now_n.drop("gone").idxmax()
    flows = moved.groupby(["was", "now"]).size().sort_values(ascending=False)
    flow = (
        f" The largest flow of the month is from {flows.index[0][0]} to {flows.index[0][1]}, "
        f"{plural(int(flows.iloc[0]), 'account')}."
        if len(flows)
        else ""
    )
    text = (
        f"The largest stage is {lead} ({count(now_n[lead])} of {count(len(stages))} accounts ever signed "
        f"up); {count(now_n['declining'])} {'is' if now_n['declining'] == 1 else 'are'} declining "
        f"({number(int(now_n['declining'] - was_n['declining']), sign=True)} on last month).{flow}"
    )
    columns = {
        "stage": "Stage",
        "meaning": "Meaning",
        "accounts": ("Accounts", count),
        "step": ("Change", lambda n: number(n, sign=True)),
        "into": ("In", count),
        "out": ("Out", count),
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
