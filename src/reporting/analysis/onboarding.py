"""Newcomers: how far they get through onboarding, how soon they see value, and which segments go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from reporting.analysis.frames import by_value, is_true, segments
from reporting.analysis.intervals import differ, share
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate

MONTHS = 12
"""How long after its sign-up an account is a newcomer."""
FEWEST = 10
"""Newcomers of a segment."""
OUT_OF_ORDER = 0.05
"""By how much larger a share may take a step than the one before it."""
MOSTLY_KNOWN = 0.95
"""Share of newcomers whose segment is known, below which a column tells of those that stayed only."""


def newcomers(view: View) -> pd.DataFrame:
    """This month's rows of accounts that signed up within twelve months and could be onboarded by now."""
    now = view.now
    fresh = (now["tenure_days"] >= view.product.activation.onboarding_days) & (
        now["signed_up_at"] >= view.close - pd.DateOffset(months=MONTHS)
    )
    return now[fresh & now["activated"].notna()]


def activated(rows: pd.DataFrame) -> Estimate:
    """Share of the accounts that reached the activation outcome, of those of whom it is known."""
    known = rows["activated"]
    return share(int(is_true(known).sum()), int(known.notna().sum()))


def keeps_rhythm(rows: pd.DataFrame) -> Estimate:
    """Share of the accounts that keep the product's rhythm, of those of whom it is known."""
    known = rows["rhythm_kept"]
    return share(int(is_true(known).sum()), int(known.notna().sum()))


def steps(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Accounts that took each onboarding step, in the order of the product definition.

    Args:
        view: The month.
        rows: The newcomers.

    Returns:
        Indexed by the step's name: accounts and share (those who took this very step), lost (those whose last
        step is the one before it: they got as far as that and no further).
    """
    names = list(view.product.onboarding_steps)
    reached = view.snapshot.activation_steps
    reached = reached[reached["reached_at"].notna() & reached["account_id"].isin(rows.index)]
    furthest = reached.groupby("account_id")["position"].max().reindex(rows.index).fillna(0).astype(int)
    places = range(1, len(names) + 1)
    took = reached.groupby("position")["account_id"].nunique().reindex(places, fill_value=0).to_numpy()
    lost = [int((furthest == place - 1).sum()) for place in places]
    return pd.DataFrame(
        {"accounts": took, "share": took / max(len(rows), 1), "lost": lost},
        index=pd.Index(names, name="step"),
    )


def in_order(taken: pd.DataFrame) -> bool:
    """Whether accounts take the steps one after the other: none was taken by clearly more than the one before
    it. Where they don't, the furthest step says nothing of where accounts stop.

    Args:
        taken: `steps`.
    """
    return bool((taken["share"].diff().dropna() <= OUT_OF_ORDER).all())


@dataclass(frozen=True)
class Segment:
    """Newcomers of one segment.

    Attributes:
        column: What they are told apart by, such as `plan`.
        value: The segment's value of it.
        n: How many.
        activated: Share of them that was activated.
        kept: Share that keeps the product's rhythm at the close.
        rest: The same of all other newcomers.
    """

    column: str
    value: str
    n: int
    activated: Estimate
    kept: Estimate
    rest: Estimate

    @property
    def apart(self) -> bool:
        """Whether it differs from the rest beyond chance."""
        return self.kept.known and self.rest.known and differ(self.kept, self.rest)


def by_segment(rows: pd.DataFrame, most: int, own: Sequence[str] = ()) -> list[Segment]:
    """The newcomers of each segment of at least `FEWEST`, of the first `most` columns that split them, those
    of the company's own first.

    Of an account that left without paying no plan is known: a column that is not known of nearly all would
    tell of those that stayed.
    """
    told = [column for column in segments(rows, FEWEST, own) if rows[column].notna().mean() >= MOSTLY_KNOWN]
    return [
        Segment(
            *(column, value, len(group), activated(group), keeps_rhythm(group)),
            rest=keeps_rhythm(rows.drop(index=group.index)),
        )
        for column in told[:most]
        for value, group in by_value(rows, column, FEWEST)
    ]
