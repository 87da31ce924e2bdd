"""The aha moment: the early action, and how much of it, that goes with staying most. Found honestly.

1. Landmark: what an account did up to the first close at least 30 days after its sign-up; only accounts that
   pay at that close enter, and are followed from there.
2. Search: for each action the cut with the largest log-rank statistic between the 10th and 90th percentile,
   with a permutation p that pays for having looked at every cut, and Holm's adjustment for having looked at
   every action.
3. Confirmation: the best cut is tested once, unchanged, on later sign-ups that the search never saw.

A threshold counts as found only when both the adjusted p of the search and the p of the confirmation are
below 5 % and both point the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.analysis.churn.risk_set import RiskSet
from reporting.analysis.untold import Untold
from reporting.survival.curves import KaplanMeier, kaplan_meier
from reporting.survival.errors import SurvivalError
from reporting.survival.logrank import logrank
from reporting.survival.maxstat import Threshold, best_threshold
from reporting.survival.multiple import holm

EARLY_DAYS = 30
HORIZON = 12  # months followed from the landmark
SEARCH_SHARE = 0.6  # the earlier share of the losses that the search may see
FEWEST_LOSSES = 10  # in the search, and again in the confirmation
ALPHA = 0.05
ACTIONS = (
    *("activated", "onboarding_invites", "integration_count", "value_events"),
    *("active_users", "features_used", "active_days", "steps_done"),
)
"""Columns of the panel that say what an account did early."""


@dataclass(frozen=True)
class Candidate:
    """One early action, a column of the panel, with its best cut: more than `threshold.cut` or not."""

    name: str
    threshold: Threshold
    p_adjusted: float


@dataclass(frozen=True)
class Confirmation:
    """The best cut on later sign-ups: p of the log-rank, and whether those above last longer there too."""

    accounts: int
    losses: int
    p: float
    same_direction: bool


@dataclass(frozen=True)
class Aha:
    """The search and its outcome.

    Attributes:
        candidates: Strongest first.
        accounts, losses: What the search saw.
        until: Last sign-up it saw.
        confirmation: Of the first candidate; None where later cohorts are too few.
        curves: "above" and "below" the first candidate's cut, all cohorts, from the landmark.
    """

    candidates: list[Candidate]
    accounts: int
    losses: int
    until: pd.Timestamp
    confirmation: Confirmation | None
    curves: dict[str, KaplanMeier]

    @property
    def best(self) -> Candidate:
        """The strongest candidate."""
        return self.candidates[0]

    @property
    def suggested(self) -> bool:
        """Whether the search alone found more than luck, in the direction of staying."""
        return self.best.p_adjusted < ALPHA and self.best.threshold.above_lasts_longer

    @property
    def confirmed(self) -> bool:
        """Whether later cohorts bear it out."""
        told = self.confirmation
        return self.suggested and told is not None and told.same_direction and told.p < ALPHA


def at_landmark(panel: pd.DataFrame, risk: RiskSet) -> pd.DataFrame:
    """Accounts paying at the first close at least `EARLY_DAYS` after sign-up, with what came of them.

    Returns:
        The panel's columns as of that close, with time (months followed from it, at most `HORIZON`) and left.
    """
    old_enough = panel[(panel["tenure_days"] >= EARLY_DAYS) & (panel["signed_up_at"] >= risk.observed_from)]
    first = old_enough.drop_duplicates("account_id")
    landmark = first[first["paying"].astype(bool)]
    rows = risk.rows.merge(
        landmark[["account_id", "month"]].rename(columns={"month": "landmark"}), on="account_id"
    )
    after = rows[rows["as_of"] >= rows["landmark"]]
    # Only the spell that ran at the landmark counts.
    spell = after[after["as_of"] == after["landmark"]].set_index("account_id")["spell"]
    after = after[after["spell"] == after["account_id"].map(spell)]
    followed = after.groupby("account_id").agg(time=("stop", "size"), left=("churned", "any"))
    out = landmark.merge(followed.reset_index(), on="account_id")
    late = out["time"] > HORIZON
    return out.assign(time=out["time"].clip(upper=HORIZON), left=out["left"] & ~late)


def search(
    landmark: pd.DataFrame, actions: Sequence[str] = ACTIONS, permutations: int = 1999
) -> Aha | Untold:
    """Search the earlier sign-ups, confirm on the later ones.

    Args:
        landmark: Rows of `at_landmark`.
        actions: Columns to look at.
        permutations: For the p of each action.

    Returns:
        What was found, or why not: `too_few_to_search` (losses, accounts, needed) or `no_action` (none varies
        enough).
    """
    rows = landmark.sort_values(["signed_up_at", "account_id"])
    losses = rows["left"].to_numpy()
    if losses.sum() < 2 * FEWEST_LOSSES:
        found = {"losses": int(losses.sum()), "accounts": len(rows), "needed": 2 * FEWEST_LOSSES}
        return Untold("too_few_to_search", found)
    cut_at = int(np.searchsorted(losses.cumsum(), SEARCH_SHARE * losses.sum())) + 1
    early, later = rows.iloc[:cut_at], rows.iloc[cut_at:]
    cuts: dict[str, Threshold] = {}
    for name in actions:
        if name not in early or early[name].isna().mean() > 0.05:
            continue
        told = early[early[name].notna()]
        value = told[name].astype(float)
        try:
            cuts[name] = best_threshold(value, told["time"], told["left"], permutations=permutations)
        except SurvivalError:
            continue
    if not cuts:
        return Untold("no_action")
    adjusted = dict(zip(cuts, holm([one.p for one in cuts.values()]), strict=True))
    candidates = [Candidate(name, one, float(adjusted[name])) for name, one in cuts.items()]
    candidates.sort(key=lambda c: (c.threshold.p, -c.threshold.statistic))
    best = candidates[0]
    return Aha(
        candidates,
        len(early),
        int(early["left"].sum()),
        pd.to_datetime(early["signed_up_at"].iloc[-1]),
        _confirm(later, best),
        _curves(rows, best),
    )


def _confirm(rows: pd.DataFrame, best: Candidate) -> Confirmation | None:
    rows = rows[rows[best.name].notna()]
    losses = int(rows["left"].sum())
    above = (rows[best.name].astype(float) > best.threshold.cut).to_numpy()
    if losses < FEWEST_LOSSES or above.all() or not above.any():
        return None
    try:
        test = logrank(above, rows["time"], rows["left"])
    except SurvivalError:
        return None
    lasts = bool(test.table.loc[True, "observed"] < test.table.loc[True, "expected"])
    return Confirmation(len(rows), losses, test.p, lasts == best.threshold.above_lasts_longer)


def _curves(rows: pd.DataFrame, best: Candidate) -> dict[str, KaplanMeier]:
    rows = rows[rows[best.name].notna()]
    above = rows[best.name].astype(float) > best.threshold.cut
    return {
        name: kaplan_meier(rows.loc[side, "time"], rows.loc[side, "left"])
        for name, side in (("above", above), ("below", ~above))
    }
