"""Who stays, by how the account began: one table of pairs, each group with its size and its intervals."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.beginnings import AGES, FEWEST, Beginning, Pair
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import count, date, percent
from reporting.present.words import listing, plain, short
from reporting.survival.estimate import Estimate

from ..telling.contraction import after_falling_use
from ..telling.trust import if_reliable
from .data import Data

BEYOND, MAYBE = "beyond chance", "may be chance"
_OTHERS = {
    "activated": "were not",
    "saw_value": "did not",
    "key_action": "did not",
    "breadth": "used less",
    "value_events": "had as many or fewer",
    "active_users": "had fewer",
    "trial": "paid at once",
    "product_change": "signed up before",
}
"""Beginning -> what those of the other group are called."""


@if_reliable
def by_beginning(data: Data) -> Blocks:
    """Retention after three, six and twelve months by early behaviour, trial, and product change."""
    pairs = {_began(data, pair.beginning): pair for pair in data.beginnings}
    told = {name: pair for name, pair in pairs.items() if pair.comparable}
    lacking = listing([name for name in pairs if name not in told])
    note = f" Too few accounts on one side: {lacking}." if lacking else ""
    if not told:
        text = f"No beginning can be compared: each group needs {FEWEST} accounts seen from sign-up on.{note}"
        return Blocks([Text(text)])
    clear = [name for name, pair in told.items() if pair.apart]
    found = (
        f"What goes with staying beyond chance: {listing(clear)}"
        if clear
        else "No beginning goes with staying beyond chance"
    )
    caption = (
        "Accounts paying three, six and twelve months after their first paid month, by how they began, with "
        "95% Wilson intervals; accounts old enough only, and seen from sign-up on"
    )
    columns = {
        "group": "Accounts that",
        "n": ("Accounts", count),
        **{str(age): f"Pay after {age} months" for age in AGES},
        "apart": "Difference",
    }
    lines = [line for name, pair in told.items() for line in _lines(name, pair)]
    table = Table.of(
        pd.DataFrame(lines, columns=list(columns)), columns, label="tbl-beginnings", caption=caption
    )
    return Blocks([Text(f"{found} (@tbl-beginnings); {len(told)} pairs were compared.{note}"), table])


def _began(data: Data, one: Beginning) -> str:
    """What an account of the first group did."""
    told = one.told
    match one.name:
        case "activated":
            return f"were activated within {told['days']} days"
        case "saw_value":
            return f"saw value within {told['days']} days"
        case "key_action":
            return f"did the key action ({plain(data.book.product.key_action)}) within {told['days']} days"
        case "breadth":
            return f"used {percent(told['share'], 0)} or more of the core at their first close"
        case "value_events":
            return f"had more than {count(told['events'])} value events in the first month (the median)"
        case "active_users":
            return f"had {told['users']} or more active users at their first close"
        case "product_change":
            return f"signed up since {told['change']} ({date(told['day'])})"
    return "began with a trial"


def _lines(name: str, pair: Pair) -> list[tuple]:
    """The two rows of a pair."""
    sides = (
        (name, pair.did, BEYOND if pair.apart else MAYBE),
        (_OTHERS[pair.beginning.name], pair.others, ""),
    )
    return [(who, kept[AGES[0]].n, *(_cell(kept[age]) for age in AGES), says) for who, kept, says in sides]


def _cell(e: Estimate) -> str:
    return short(e) if e.n >= FEWEST else "too few"


def contraction(data: Data) -> Blocks:
    """Do accounts whose use fell pay less afterwards?"""
    return after_falling_use(data.book, AGES[0])
