"""Who stays, by how the account began: one table of pairs, each group with its size and its intervals.

A group is fixed by what happened up to the account's first close as a paying one, or within days of its
sign-up, and is then followed; nobody is sorted by what came later.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reporting.analysis.cohorts import Aligned, logos
from reporting.analysis.intervals import differ, share
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import count, date, percent
from reporting.present.words import listing, plain, short
from reporting.survival.estimate import UNKNOWN, Estimate

from ..telling.contraction import after_falling_use
from ..telling.trust import if_reliable
from .data import Data

AGES = (3, 6, 12)
FEWEST = 10

Split = tuple[str, str, pd.Series]
"""What an account of the first group did, what the others are called, and by account whether it did."""


@if_reliable
def by_beginning(data: Data) -> Blocks:
    """Retention after three, six and twelve months by early behaviour, trial, and product change."""
    lines, clear, lacking = [], [], []
    for name, others, did in _splits(data):
        pair = [_kept(data.paid, did[did == side].index) for side in (True, False)]
        if min(kept[AGES[0]].n for kept in pair) < FEWEST:
            lacking.append(name)
            continue
        apart = _apart(*pair)
        lines += [(name, pair[0], apart), (others, pair[1], "")]
        if apart == BEYOND:
            clear.append(name)
    note = f" Too few accounts on one side: {listing(lacking)}." if lacking else ""
    if not lines:
        text = f"No beginning can be compared: each group needs {FEWEST} accounts seen from sign-up on.{note}"
        return Blocks([Text(text)])
    table = pd.DataFrame(
        [(name, kept[AGES[0]].n, *(_cell(kept[age]) for age in AGES), apart) for name, kept, apart in lines],
        columns=["group", "n", *map(str, AGES), "apart"],
    )
    columns = {
        "group": "Accounts that",
        "n": ("Accounts", count),
        **{str(age): f"Pay after {age} months" for age in AGES},
        "apart": "Difference",
    }
    found = (
        f"What goes with staying beyond chance: {listing(clear)}"
        if clear
        else "No beginning goes with staying beyond chance"
    )
    caption = (
        "Accounts paying three, six and twelve months after their first paid month, by how they began, with "
        "95% "
        "Wilson intervals; accounts old enough only, and seen from sign-up on"
    )
    return Blocks(
        [
            Text(f"{found} (@tbl-beginnings); {len(lines) // 2} pairs were compared.{note}"),
            Table.of(table, columns, label="tbl-beginnings", caption=caption),
        ]
    )


BEYOND, MAYBE = "beyond chance", "may be chance"


def _splits(data: Data) -> Iterator[Split]:
    book = data.book
    product, now = book.product, book.now
    signed_up = now["signed_up_at"]
    seen = book.panel.loc[book.panel["events"].notna(), "month"].min()
    known = signed_up[signed_up >= seen].index
    window, value = product.activation.onboarding_days, product.activation.value_days

    def within(moment: pd.Series, days: int) -> pd.Series:
        return (moment.reindex(known) - signed_up[known]) <= pd.Timedelta(days=days)

    yield f"were activated within {window} days", "were not", within(now["activated_at"], window)
    yield f"saw value within {value} days", "did not", within(now["first_value_at"], value)
    action = _first_key_action(data)
    if action is not None:
        name = plain(product.key_action)
        yield f"did the key action ({name}) within {value} days", "did not", within(action, value)
    first = _first_close(data).reindex(known).dropna(subset=["month"])
    if first["feature_breadth"].notna().any():
        limit = product.adoption.breadth_risk
        words = f"used {percent(limit, 0)} or more of the core at their first close"
        yield words, "used less", first["feature_breadth"].dropna() >= limit
    if first["value_events"].notna().any():
        middle = float(first["value_events"].median())
        words = f"had more than {count(middle)} value events in the first month (the median)"
        yield words, "had as many or fewer", first["value_events"].dropna() > middle
    many = product.adoption.many_users
    if first["active_users"].notna().any():
        words = f"had {many} or more active users at their first close"
        yield words, "had fewer", first["active_users"].dropna() >= many
    trial = _began_with_trial(data)
    if trial is not None:
        yield "began with a trial", "paid at once", trial.reindex(known).dropna().astype(bool)
    for name, day in product.product_changes.items():
        after = signed_up >= pd.Timestamp(day)
        yield f"signed up since {name} ({date(day)})", "signed up before", after[known]


def _first_key_action(data: Data) -> pd.Series | None:
    """When each account first did the key action; None where it is no onboarding step, and so not on
    record."""
    product = data.book.product
    steps = [name for name, event in product.onboarding_steps.items() if event == product.key_action]
    rows = data.book.snapshot.activation_steps
    return rows[rows["step"].isin(steps)].groupby("account_id")["reached_at"].min() if steps else None


def _first_close(data: Data) -> pd.DataFrame:
    """Each account's row at the first close at which it pays."""
    panel = data.book.panel
    return panel[panel["paying"].astype(bool)].drop_duplicates("account_id").set_index("account_id")


def _began_with_trial(data: Data) -> pd.Series | None:
    """By account, whether a trial came first; None where the source has no trials. Who paid for something
    from the same moment on paid at once."""
    rows = data.book.snapshot.subscriptions
    if "is_trial" not in rows or not rows["is_trial"].any():
        return None
    ordered = rows.sort_values(["valid_from", "is_trial"], kind="stable")
    return ordered.drop_duplicates("account_id").set_index("account_id")["is_trial"].astype(bool)


def _kept(aligned: Aligned, accounts: pd.Index) -> dict[int, Estimate]:
    """Share of these accounts that pay, by age, over those old enough."""
    rows = aligned.rows(aligned.accounts.isin(accounts))
    top, bottom = logos(rows)
    ages = top.shape[1] if len(rows.accounts) else 0
    return {
        age: share(int(top[:, age].sum()), int(bottom[:, age].sum())) if age < ages else UNKNOWN
        for age in AGES
    }


def _apart(first: dict[int, Estimate], second: dict[int, Estimate]) -> str:
    """Whether they differ beyond chance at the oldest age that both reached."""
    both = [(first[age], second[age]) for age in AGES if first[age].known and second[age].known]
    return BEYOND if both and differ(*both[-1]) else MAYBE


def _cell(e: Estimate) -> str:
    return short(e) if e.n >= FEWEST else "too few"


def contraction(data: Data) -> Blocks:
    """Do accounts whose use fell pay less afterwards?"""
    return after_falling_use(data.book, AGES[0])
