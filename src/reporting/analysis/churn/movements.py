"""What happens first to an account: it leaves, it shrinks, or it grows. The three compete."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.churn.risk_set import RiskSet
from reporting.survival.competing import CumulativeIncidence, aalen_johansen

CAUSES = {"churned": "leaves", "contracted": "shrinks", "expanded": "grows"}


def first_movement(risk: RiskSet, panel: pd.DataFrame) -> CumulativeIncidence | None:
    """Cumulative incidence of the first movement of a spell, with late entry; None without any movement.

    A spell that moved before it was observed is not at risk of a first movement and stays out.
    """
    rows = risk.rows
    moved = rows[list(CAUSES)].any(axis=1)
    earlier = panel[(panel["month"] <= risk.observed_from)]
    before = earlier.loc[(earlier["contraction_cents"] > 0) | (earlier["expansion_cents"] > 0), "account_id"]
    late = rows.groupby("spell")["start"].transform("min") > 0
    told = ~(late & rows["account_id"].isin(before))
    moved_already = moved.groupby(rows["spell"]).cumsum() - moved > 0
    kept = rows[told & ~moved_already]
    if not moved[kept.index].any():
        return None
    cause = pd.Series("", index=kept.index)
    for column, label in reversed(CAUSES.items()):  # leaving outranks the others within a month
        cause = cause.mask(kept[column], label)
    by_spell = kept.assign(cause=cause).groupby("spell", sort=True)
    return aalen_johansen(
        by_spell["stop"].max(),
        by_spell["cause"].last(),
        start=by_spell["start"].min(),
        cluster=by_spell["account_id"].first(),
        censored="",
    )
