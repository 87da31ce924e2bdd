"""Which segments go on after onboarding."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.onboarding import FEWEST, by_segment, keeps_rhythm, newcomers
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import count
from reporting.present.markdown import escape
from reporting.present.words import plain, short, with_interval

from .data import Data

MOST_SEGMENTS = 3


def after_onboarding(data: Data) -> Blocks:
    """Newcomers past their onboarding by segment: who was activated, who keeps the product's rhythm now."""
    rows = newcomers(data.book)
    found = by_segment(rows, MOST_SEGMENTS, data.book.own_columns)
    if not found:
        return Blocks([Text("No two segments have newcomers enough to compare.")])
    named = [(f"{plain(one.column)}: {one.value}", one) for one in found]
    lines = [(name, one.n, short(one.activated), short(one.kept)) for name, one in named]
    apart = [f"{escape(name)} {with_interval(one.kept, 'newcomer')}" for name, one in named if one.apart]
    whole, rhythm = keeps_rhythm(rows), data.book.product.rhythm
    stand_out = f"these stand apart: {'; '.join(apart)}" if apart else "none differs beyond chance"
    text = (
        f"Of the newcomers past their onboarding, {with_interval(whole, 'newcomer')} keep the product's "
        f"{rhythm} rhythm at the close. Of {len(lines)} segments, each against the rest, {stand_out} "
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
