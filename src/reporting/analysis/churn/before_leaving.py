"""What use looked like in the weeks before accounts left, and how early the decline shows.

Weekly events are set against the account's own mean in a base period long before, and then against accounts
that went on paying over the same calendar weeks; both had use in their base period, so seasons and the
fading of any chosen high fall on both alike. Ratios are averaged on a log scale, with one event added above
and below: an account that trebles its use must not outweigh three that stop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from reporting.analysis.churn.risk_set import RiskSet
from reporting.analysis.untold import Untold

WEEKS = 26  # weeks looked back
BASE = 10  # the earliest of them, the account's own standard
FEWEST = 10
LEVEL = 0.95
WINDOW = 4  # weeks averaged to tell a decline from a quiet week


@dataclass(frozen=True)
class Pattern:
    """Use on the way out.

    Attributes:
        weeks: By week before the end of service (-1 is the last whole one): leavers, stayers (geometric mean
            of use over the account's base); ratio of the two, lower, upper.
        losses: Leavers followed.
        left_out: Leavers without the weeks or the use to follow.
        lead: Weeks before the end by which the decline shows and does not go away: every mean of `WINDOW`
            weeks that ends then or later is below that of stayers beyond chance. None without.
    """

    weeks: pd.DataFrame
    losses: int
    left_out: int
    lead: int | None


def end_of_service(subscriptions: pd.DataFrame, risk: RiskSet) -> pd.Series:
    """Spell -> end of service: the last `valid_to` in the month of the loss, else that month's first day."""
    lost = risk.spells[risk.spells["churned"]]
    ended = subscriptions.dropna(subset=["valid_to"])
    ended = ended.assign(left=ended["valid_to"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]"))
    last = ended.groupby(["account_id", "left"])["valid_to"].max()
    keys = pd.MultiIndex.from_arrays([lost["account_id"], lost["left"].astype("datetime64[us]")])
    found = pd.Series(last.reindex(keys).to_numpy(), index=lost.index)
    return found.fillna(lost["left"])


def pattern(account_week: pd.DataFrame, subscriptions: pd.DataFrame, risk: RiskSet) -> Pattern | Untold:
    """Follow every loss back over `WEEKS` weeks.

    Returns:
        The pattern, or why not: `no_weeks` (the source has no use by week) or `too_few_followed` (followed,
        losses, weeks, needed).
    """
    if account_week.empty:
        return Untold("no_weeks")
    grid = account_week.pivot_table(
        index="account_id", columns="week", values="events", aggfunc="sum", observed=True
    )
    weeks = pd.date_range(grid.columns.min(), grid.columns.max(), freq="7D")
    grid = grid.reindex(columns=weeks).reindex(risk.rows["account_id"].unique()).fillna(0.0)
    use, place = grid.to_numpy(), {account: i for i, account in enumerate(grid.index)}
    first, last = _paying_weeks(risk, weeks, place)

    ends = end_of_service(subscriptions, risk)
    gone, kept = [], []
    for spell, end in ends.items():
        # The week in which service ended is cut short; the one before is the last whole one.
        column = int((end - weeks[0]).days // 7)
        own = place[risk.spells.loc[spell, "account_id"]]
        begin = column - WEEKS
        if begin < first[own] or column > len(weeks):
            continue
        stretch = use[:, begin:column]
        base = stretch[:, :BASE].mean(axis=1)
        active = base >= 1
        stay = active & (first <= begin) & (last > column + 4)
        stay[own] = False
        if not active[own] or stay.sum() < FEWEST:
            continue
        change = np.log((stretch + 1) / (base[:, None] + 1))
        gone.append(change[own])
        kept.append(change[stay].mean(axis=0))
    left_out = len(ends) - len(gone)
    if len(gone) < FEWEST:
        found = {"followed": len(gone), "losses": len(ends), "weeks": WEEKS, "needed": FEWEST}
        return Untold("too_few_followed", found)
    return _pattern(np.array(gone), np.array(kept), left_out)


def _pattern(gone: np.ndarray, kept: np.ndarray, left_out: int) -> Pattern:
    mean, half = _interval(gone - kept)
    table = pd.DataFrame(
        {
            "leavers": np.exp(gone.mean(axis=0)),
            "stayers": np.exp(kept.mean(axis=0)),
            "ratio": np.exp(mean),
            "lower": np.exp(mean - half),
            "upper": np.exp(mean + half),
        },
        index=pd.RangeIndex(-WEEKS, 0, name="week"),
    )
    after_base = (gone - kept)[:, BASE:]
    smooth = np.lib.stride_tricks.sliding_window_view(after_base, WINDOW, axis=1).mean(axis=2)
    middle, spread = _interval(smooth)
    below = (middle + spread < 0)[::-1]
    lead = len(below) if below.all() else int(np.argmin(below))
    return Pattern(table, len(gone), left_out, lead or None)


def _interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each column and half the width of its interval, accounts being independent."""
    n = len(values)
    quantile = stdtrit(n - 1, (1 + LEVEL) / 2)
    return values.mean(axis=0), quantile * values.std(axis=0, ddof=1) / np.sqrt(n)


def _paying_weeks(
    risk: RiskSet, weeks: pd.DatetimeIndex, place: dict[str, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Each account's first and last week (columns) of its present or last spell, as it is observed."""
    spells = risk.spells.drop_duplicates("account_id", keep="last").set_index("account_id")
    index = [spells.index.get_loc(account) for account in place]
    begins = spells["first_close"].iloc[index].to_numpy()
    ends = spells["left"].iloc[index].fillna(weeks[-1] + pd.Timedelta(weeks=52)).to_numpy()
    days = np.timedelta64(7, "D")
    return (begins - weeks[0].to_numpy()) // days, (ends - weeks[0].to_numpy()) // days
