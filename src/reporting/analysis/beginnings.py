"""How accounts began, and who of them stays.

A group is fixed by what happened up to the account's first close as a paying one, or within days of its
sign-up, and is then followed; nobody is sorted by what came later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from reporting.analysis.cohorts import Aligned, kept
from reporting.analysis.intervals import differ
from reporting.analysis.view import View
from reporting.survival.estimate import UNKNOWN, Estimate

AGES = (3, 6, 12)
"""Months after the first paid one at which who began so is looked at again."""
FEWEST = 10
"""Accounts on either side, below which they are not compared."""


@dataclass(frozen=True)
class Beginning:
    """One way to begin.

    Attributes:
        name: activated, saw_value, key_action, breadth, value_events, active_users, trial or product_change.
        did: By account seen from sign-up on, whether it began so; those of whom it isn't known are left out.
        told: What the words for it need: the threshold behind it, or the product change and its day.
    """

    name: str
    did: pd.Series
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """Accounts that began in one way beside the others, at `AGES`.

    Attributes:
        beginning: How those of the first group began.
        did: Share of them that pays, by age; unknown where none is old enough.
        others: The same of the rest.
    """

    beginning: Beginning
    did: Mapping[int, Estimate]
    others: Mapping[int, Estimate]

    @property
    def comparable(self) -> bool:
        """Whether both groups are large enough."""
        return min(side[AGES[0]].n for side in (self.did, self.others)) >= FEWEST

    @property
    def apart(self) -> bool:
        """Whether they differ beyond chance at the oldest age that both reached."""
        both = [age for age in AGES if self.did[age].known and self.others[age].known]
        return bool(both) and differ(self.did[both[-1]], self.others[both[-1]])


def compared(view: View, paid: Aligned) -> list[Pair]:
    """Every way to begin that this source tells of, with what became of the accounts.

    Args:
        view: The month.
        paid: The accounts by age since their first paid month; see `cohorts.paid`.
    """
    return [
        Pair(one, _at_ages(paid, one.did[one.did].index), _at_ages(paid, one.did[~one.did].index))
        for one in beginnings(view)
    ]


def curves(paid: Aligned, did: pd.Series, months: int) -> tuple[list[Estimate], list[Estimate]]:
    """Share paying by age of the accounts that began so, and of the others.

    Args:
        paid: The accounts by age since their first paid month.
        did: By account, whether it began so; accounts not in it are in neither curve.
        months: The last age of a curve; it ends before where fewer than `FEWEST` accounts are old enough.
    """
    known = paid.accounts.isin(did.index)
    began_so = did.reindex(paid.accounts, fill_value=False).to_numpy(dtype=bool)

    def curve(side: bool) -> list[Estimate]:
        found = kept(paid.rows(known & (began_so == side)))[: months + 1]
        few = next((age for age, e in enumerate(found) if e.n < FEWEST), len(found))
        return found[:few]

    return curve(True), curve(False)


def beginnings(view: View) -> Iterator[Beginning]:
    """The ways to begin that this source tells of."""
    product, now = view.product, view.now
    signed_up = _seen_from_sign_up(view)
    window, value = product.activation.onboarding_days, product.activation.value_days
    activated, valued = (
        _within(now[c], signed_up, n) for c, n in (("activated_at", window), ("first_value_at", value))
    )
    yield Beginning("activated", activated, {"days": window})
    yield Beginning("saw_value", valued, {"days": value})
    if (action := _first_key_action(view)) is not None:
        yield Beginning("key_action", _within(action, signed_up, value), {"days": value})
    first = _first_close(view).reindex(signed_up.index).dropna(subset=["month"])
    breadth, events, users = (first[c].dropna() for c in ("feature_breadth", "value_events", "active_users"))
    if len(breadth):
        limit = product.adoption.breadth_risk
        yield Beginning("breadth", breadth >= limit, {"share": limit})
    if len(events):
        middle = float(events.median())
        yield Beginning("value_events", events > middle, {"events": middle})
    if len(users):
        many = product.adoption.many_users
        yield Beginning("active_users", users >= many, {"users": many})
    if (trial := _began_with_trial(view)) is not None:
        yield Beginning("trial", trial.reindex(signed_up.index).dropna().astype(bool))
    for name, day in product.product_changes.items():
        after = signed_up >= pd.Timestamp(day)
        yield Beginning("product_change", after, {"change": name, "day": pd.Timestamp(day)})


def _seen_from_sign_up(view: View) -> pd.Series:
    """Sign-up by account, of those that signed up since events are on record."""
    panel, signed_up = view.panel, view.now["signed_up_at"]
    return signed_up[signed_up >= panel.loc[panel["events"].notna(), "month"].min()]


def _within(moment: pd.Series, signed_up: pd.Series, days: int) -> pd.Series:
    """By account, whether the moment came within `days` of sign-up."""
    return (moment.reindex(signed_up.index) - signed_up) <= pd.Timedelta(days=days)


def _first_key_action(view: View) -> pd.Series | None:
    """When each account first did the key action; None where it is no onboarding step, and so not on
    record."""
    product = view.product
    steps = [name for name, event in product.onboarding_steps.items() if event == product.key_action]
    rows = view.snapshot.activation_steps
    return rows[rows["step"].isin(steps)].groupby("account_id")["reached_at"].min() if steps else None


def _first_close(view: View) -> pd.DataFrame:
    """Each account's row at the first close at which it pays."""
    panel = view.panel
    return panel[panel["paying"].astype(bool)].drop_duplicates("account_id").set_index("account_id")


def _began_with_trial(view: View) -> pd.Series | None:
    """By account, whether a trial came first; None where the source has no trials. Who paid for something
    from the same moment on paid at once."""
    rows = view.snapshot.subscriptions
    if "is_trial" not in rows or not rows["is_trial"].any():
        return None
    ordered = rows.sort_values(["valid_from", "is_trial"], kind="stable")
    return ordered.drop_duplicates("account_id").set_index("account_id")["is_trial"].astype(bool)


def _at_ages(paid: Aligned, accounts: pd.Index) -> dict[int, Estimate]:
    """Share of these accounts that pay, by age, over those old enough."""
    found = kept(paid.rows(paid.accounts.isin(accounts)))
    return {age: found[age] if age < len(found) else UNKNOWN for age in AGES}
