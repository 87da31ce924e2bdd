"""Which segments go on after onboarding."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import by_value, is_true, segments
from reporting.analysis.intervals import differ, share
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import count
from reporting.present.markdown import escape
from reporting.present.words import plain, short, with_interval
from reporting.survival.estimate import Estimate

from .adoption import newcomers
from .data import Data

FEWEST = 10  # newcomers of a segment
MOST_SEGMENTS = 3
MOSTLY_KNOWN = 0.95


def after_onboarding(data: Data) -> Blocks:
    """Newcomers past their onboarding by segment: who was activated, who keeps the product's rhythm now."""
    rows = newcomers(data)
    # Of an account that left without paying no plan is known: such a segment would hold those that stayed.
    told = [column for column in segments(rows, FEWEST) if rows[column].notna().mean() >= MOSTLY_KNOWN]
    columns = told[:MOST_SEGMENTS]
    if not columns:
        return Blocks([Text("No two segments have newcomers enough to compare.")])
    whole = _keeps(rows)
    lines, apart = [], []
    for column in columns:
        for value, group in by_value(rows, column, FEWEST):
            name, kept = f"{plain(column)}: {value}", _keeps(group)
            lines.append((name, len(group), short(_activated(group)), short(kept)))
            rest = _keeps(rows.drop(index=group.index))
            if kept.known and rest.known and differ(kept, rest):
                apart.append(f"{escape(name)} {with_interval(kept, 'newcomer')}")
    rhythm = data.book.product.rhythm
    found = f"these stand apart: {'; '.join(apart)}" if apart else "none differs beyond chance"
    text = (
        f"Of the newcomers past their onboarding, {with_interval(whole, 'newcomer')} keep the product's "
        f"{rhythm} rhythm at the close. Of {len(lines)} segments, each against the rest, {found} "
        "(@tbl-after-onboarding)."
    )
    table = pd.DataFrame(lines, columns=["segment", "n", "activated", "kept"])
    names = {
        "segment": "Segment",
        "n": ("Newcomers", count),
        "activated": "Activated",
        "kept": f"Keep the {rhythm} rhythm",
    }
    caption = (
        "Accounts that signed up in the last 12 months and are past their onboarding, segments of "
        f"{FEWEST} and more; 95% Wilson intervals"
    )
    return Blocks([Text(text), Table.of(table, names, label="tbl-after-onboarding", caption=caption)])


def _activated(rows: pd.DataFrame) -> Estimate:
    return share(int(is_true(rows["activated"]).sum()), int(rows["activated"].notna().sum()))


def _keeps(rows: pd.DataFrame) -> Estimate:
    known = rows["rhythm_kept"]
    return share(int(is_true(known).sum()), int(known.notna().sum()))
