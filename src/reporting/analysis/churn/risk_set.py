"""From the panel to the risk set: who could leave in which month, and what was known before that month began.

A row is an account and a month `m`. It is at risk when it paid at the close before `m`; everything the row
says about the account is its panel row at that close, so nothing that happens in `m` can reach a covariate.
The
clock is paying tenure: 0 at the first close at which the account pays. An account that comes back starts a
new spell at 0; errors are clustered on the account. An account that already paid when the events begin enters
at the tenure it had then (left truncation).

Committed terms: where nearly all accounts with a renewal date leave in the month of that date, an account is
at risk only in the months in which its term ends; it could not have left in the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

# What the panel says about revenue's movement and about who left: outcomes, which no driver may read.
OUTCOMES = frozenset(
    {
        "paying",
        "mrr_start_cents",
        "new_cents",
        "expansion_cents",
        "contraction_cents",
        "churned_cents",
        "reactivation_cents",
        "fx_cents",
        "churned_flag",
        "lifecycle_stage",
        "month",
    }
)
# Terms count as binding when so many of the losses under a term fall in its last month, and at least so many.
BINDING_SHARE = 0.95
BINDING_LOSSES = 5


@dataclass(frozen=True)
class RiskSet:
    """Rows at risk and the spells they belong to.

    Attributes:
        rows: An account and a month: account_id, spell (label), month, start, stop (months of paying tenure),
            churned, contracted (and by how many cents), expanded (in that month), due_in (months until the
            term ends, 1 = this month; missing without a term), can_leave, mrr_cents (at the close before),
            and the panel's columns as of that close.
        spells: One unbroken stay: account_id, entry, exit (months of tenure), churned, left (month of the
            loss), first_close.
        now: The accounts paying at the report month's close, in the form of `rows`, without an outcome.
        committed: Whether terms bind, so that `can_leave` is False within a term.
        off_term: Losses within a term; where terms bind, they are left out of the model.
        observed_from: The first month with events; the first rows are of the month after.
    """

    rows: pd.DataFrame
    spells: pd.DataFrame
    now: pd.DataFrame
    committed: bool
    off_term: int
    observed_from: pd.Timestamp

    @property
    def modelled(self) -> pd.DataFrame:
        """The rows a model of leaving is fitted on."""
        return self.rows[self.rows["can_leave"]]


def risk_set(panel: pd.DataFrame, month: pd.Timestamp) -> RiskSet:
    """Build the risk set.

    Args:
        panel: Account-month rows; an account's months follow each other.
        month: The report month, the last one observed.
    """
    panel = panel[panel["month"] <= month].sort_values(["account_id", "month"], ignore_index=True)
    used = panel.loc[panel["events"].fillna(0) > 0, "month"]
    observed_from = used.min() if len(used) else panel["month"].min()

    paying = panel["paying"].astype(bool)
    account = panel["account_id"]
    begins = paying & ~paying.groupby(account).shift(1, fill_value=False)
    spell = begins.groupby(account).cumsum()
    frame = panel.assign(
        spell=account.astype(str) + " " + spell.astype(str),
        start=paying.groupby([account, spell]).cumsum() - 1.0,
        due_in=_months_between(panel["month"], panel["renewal_at"]),
    )
    following = panel.groupby("account_id").shift(-1)
    followed = (following["month"] == panel["month"] + pd.offsets.MonthBegin(1)).to_numpy()
    outcome = pd.DataFrame(
        {
            "stop": frame["start"] + 1,
            "churned": ~following["paying"].fillna(True).astype(bool),
            "contracted": following["contraction_cents"].fillna(0) > 0,
            "contracted_cents": following["contraction_cents"].fillna(0),
            "expanded": following["expansion_cents"].fillna(0) > 0,
            "into": following["month"],
        }
    )
    known = frame[paying & (frame["month"] >= observed_from)]
    rows = known[followed[known.index]].join(outcome)
    rows = rows.rename(columns={"month": "as_of", "into": "month"})
    committed, off_term = _binding(rows)
    rows["can_leave"] = ~(rows["due_in"] > 1) if committed else True
    now = known[known["month"] == month].rename(columns={"month": "as_of"})
    now = now.set_index("account_id", drop=False).rename_axis(None)
    return RiskSet(
        rows.reset_index(drop=True), _spells(rows), now, committed, off_term, pd.to_datetime(observed_from)
    )


def _months_between(month: pd.Series, when: pd.Series) -> pd.Series:
    """1 for a date in the month after `month`; missing where there is none or it has passed."""
    when = pd.to_datetime(when)
    gap = (when.dt.year - month.dt.year) * 12 + when.dt.month - month.dt.month
    return gap.where(gap >= 1).astype(float)


def _binding(rows: pd.DataFrame) -> tuple[bool, int]:
    under_term = rows[rows["churned"] & rows["due_in"].notna()]
    at_end = int((under_term["due_in"] == 1).sum())
    off_term = len(under_term) - at_end
    binding = at_end >= BINDING_LOSSES and at_end >= BINDING_SHARE * len(under_term)
    return bool(binding), off_term


def _spells(rows: pd.DataFrame) -> pd.DataFrame:
    by_spell = rows.groupby("spell", sort=True)
    return pd.DataFrame(
        {
            "account_id": by_spell["account_id"].first(),
            "entry": by_spell["start"].min(),
            "exit": by_spell["stop"].max(),
            "churned": by_spell["churned"].any(),
            "left": by_spell["month"].max().where(by_spell["churned"].any()),
            "first_close": by_spell["as_of"].min(),
        }
    )


def opportunities(due_in: pd.Series, committed: bool, horizon: int) -> np.ndarray:
    """In which of the next months an account could leave (accounts x horizon).

    Without binding terms, or without a term, any month; under a term, the month in which it ends.
    """
    ahead = np.arange(1, horizon + 1)
    due = due_in.to_numpy(dtype=float)[:, None]
    if not committed:
        return np.ones((len(due_in), horizon), dtype=bool)
    return np.isnan(due) | (due == ahead)
