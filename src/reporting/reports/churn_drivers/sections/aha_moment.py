"""Is there an aha moment? The search, and whether later accounts bear it out."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.churn.aha import EARLY_DAYS, HORIZON, Aha
from reporting.analysis.churn.segments import reliable_until
from reporting.analysis.untold import Untold
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import month as month_name
from reporting.present.formats import number, p_value, percent
from reporting.present.words import plural, sentence

from .. import charts, labels, words
from ..data import Data
from ..untold import why


def aha_moment(data: Data) -> Blocks:
    """The early action that goes with staying, if one stands the test."""
    found = data.aha
    if isinstance(found, Untold):
        return Blocks([Text(f"No aha moment can be looked for: {why(found)}.")])
    condition = labels.condition(found.best)
    text = (
        f"{_aha_verdict(found)} Searched: {plural(len(found.candidates), 'early action')} of "
        f"{plural(found.accounts, 'account')} that signed up to {month_name(found.until)} and paid at the "
        f"first close {EARLY_DAYS} days or more after, followed for {HORIZON} months "
        f"({plural(found.losses, 'loss', 'losses')})."
    )
    rows = pd.DataFrame(
        {
            "action": [sentence(labels.condition(c)) for c in found.candidates],
            "stays": ["longer" if c.threshold.above_lasts_longer else "less long" for c in found.candidates],
            "statistic": [c.threshold.statistic for c in found.candidates],
            "p": [words.p_cell(c.threshold.p) for c in found.candidates],
            "holm": [words.p_cell(c.p_adjusted) for c in found.candidates],
        }
    )
    columns = {
        "action": "Early action, at its best cut",
        "stays": "Those accounts stay",
        "statistic": ("Statistic", lambda x: number(x, 2)),
        "p": "p (permutation)",
        "holm": "p (Holm)",
    }
    caption = "Search for an early threshold: each p pays for every cut tried, Holm's for every action"
    blocks = [Text(text), Table.of(rows, columns, label="tbl-aha", caption=caption)]
    if found.suggested:
        curves = {"done": found.curves["above"], "not done": found.curves["below"]}
        until = {name: max(reliable_until(curve), 1.0) for name, curve in curves.items()}
        month = min(until.values())
        done, rest = (percent(curve.at([month])["survival"].iloc[0], 0) for curve in curves.values())
        finding = f"{sentence(condition)}: {done} still pay {number(month)} months on, {rest} of the others"
        clock = f"months after the landmark ({EARLY_DAYS} days or more after sign-up)"
        fig = charts.retention(curves, until, finding, clock, "accounts still paying")
        caption = (
            f"Accounts still paying by whether it was so at the landmark (done: {condition}), all "
            "cohorts, the searched ones among them; 95% log-log intervals."
        )
        blocks.append(Figure(fig, "fig-aha", caption, f"Two curves. {finding}."))
    return Blocks(blocks)


def _aha_verdict(found: Aha) -> str:
    best, what, told = found.best, labels.condition(found.best), found.confirmation
    if not found.suggested:
        return (
            f"**No aha moment stands out.** The strongest candidate, {what}, has {p_value(best.p_adjusted)} "
            "once every cut and action tried is paid for (@tbl-aha)."
        )
    if told is None:
        return (
            f"**A candidate, not confirmed.** {sentence(what)} goes with staying ({p_value(best.p_adjusted)} "
            "after every adjustment, @tbl-aha), but too few later accounts have left to test it on."
        )
    on = f"{plural(told.accounts, 'later account')} with {plural(told.losses, 'loss', 'losses')}"
    if found.confirmed:
        return (
            f"**{sentence(what)}: that goes with staying**, with {p_value(best.p_adjusted)} in the search "
            f"after every adjustment (@tbl-aha), and confirmed unchanged on {on} ({p_value(told.p)})."
        )
    way = "the same way" if told.same_direction else "the other way"
    return (
        f"**A candidate, not confirmed.** {sentence(what)} goes with staying in the search "
        f"({p_value(best.p_adjusted)} after every adjustment, @tbl-aha); on {on} the difference points {way} "
        f"with {p_value(told.p)}, which does not bear it out."
    )
