"""Who stays longer? Retention curves by segment, tested against chance.

A segment is what an account was at the first close of its spell that was observed, so that nothing it became
later can decide its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from reporting.analysis.churn.risk_set import RiskSet
from reporting.errors import ParameterError, did_you_mean
from reporting.params.product import Product
from reporting.survival.curves import KaplanMeier, kaplan_meier, kaplan_meier_by
from reporting.survival.errors import DataError
from reporting.survival.logrank import LogRank, logrank, pairwise_logrank
from reporting.survival.multiple import holm
from reporting.survival.rmst import RMST, rmst, rmst_difference

LEVEL = 0.95
FEWEST_SPELLS = 15  # smaller groups are joined as "Other"
MOST_GROUPS = 4
FEWEST_AT_RISK = 10  # a curve is drawn and averaged as long as so many are at risk
SEGMENTS = (
    *("plan", "billing_frequency", "region", "company_size", "industry", "acquisition_channel"),
    *("activated", "active_users"),
)
"""What accounts may be divided by, beside columns of the company's own."""
_OF_THE_MONTH = ("plan", "billing_frequency")
"""Those that the panel knows month by month; an account's other attributes are those at present."""
MANY, FEW = "many", "few"  # active users, against `adoption.many_users`
IN_TIME, LATER = "in_time", "later"  # activation, against `activation.value_days`; never is later
OTHER = "Other"


@dataclass(frozen=True)
class Segmentation:
    """One way to divide the accounts; curves and means are computed when first asked for.

    Attributes:
        name: One of `SEGMENTS`, or a column of the company's own.
        rows: The spells whose group is known, with their `group`.
        spells: Group -> how many, largest first.
        test: Log-rank over the groups.
        p_adjusted: Holm, over the segmentations looked at.
    """

    name: str
    rows: pd.DataFrame
    spells: dict[str, int]
    test: LogRank
    p_adjusted: float

    @property
    def differs(self) -> bool:
        """Whether the groups differ by more than chance, all segmentations considered."""
        return self.p_adjusted < 1 - LEVEL

    @cached_property
    def curves(self) -> dict[str, KaplanMeier]:
        """Group -> its curve, in the order of `spells`; errors clustered on the account."""
        times = _times(self.rows)  # start, stop and event by name, which a dict's type does not tell
        found = kaplan_meier_by(
            self.rows["group"],
            **times,  # ty: ignore[invalid-argument-type]
            cluster=self.rows["account_id"],
        )
        return {group: found[group] for group in self.spells}

    @property
    def tau(self) -> float:
        """Months over which groups are compared: as long as every one still has accounts to watch."""
        return min(reliable_until(curve) for curve in self.curves.values())

    @cached_property
    def means(self) -> dict[str, RMST]:
        """Group -> mean stay within `tau` months."""
        return {group: rmst(curve, self.tau) for group, curve in self.curves.items()}

    @cached_property
    def differences(self) -> dict[str, RMST | None]:
        """Group -> its mean stay minus that of the first group; None for the first itself."""
        first, *others = self.curves
        gaps = {group: rmst_difference(self.curves[group], self.curves[first], self.tau) for group in others}
        return {first: None} | gaps

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Pairwise log-rank with Holm, indexed by (group, other)."""
        return pairwise_logrank(self.rows["group"], **_times(self.rows))


def _times(rows: pd.DataFrame) -> dict[str, pd.Series]:
    return {"stop": rows["exit"], "event": rows["churned"], "start": rows["entry"]}


def check_names(names: Sequence[str], own: Sequence[str] = ()) -> None:
    """Refuse a segment that is neither the report's nor a column of the company's own.

    Raises:
        ParameterError: Naming the segment, with the one that may have been meant.
    """
    for name in names:
        if name not in (known := (*own, *SEGMENTS)):
            raise ParameterError(
                f"segments: '{name}' is not a segment.{did_you_mean(name, known)}",
                remedy=f"Choose from {', '.join(known)}.",
            )


def overall(risk: RiskSet) -> KaplanMeier:
    """The curve of all accounts, errors clustered on the account."""
    spells = risk.spells
    return kaplan_meier(
        spells["exit"], spells["churned"], start=spells["entry"], cluster=spells["account_id"]
    )


def segmentations(
    risk: RiskSet, accounts: pd.DataFrame, product: Product, names: Sequence[str]
) -> list[Segmentation]:
    """Every segmentation that can be tested, strongest evidence first.

    Args:
        risk: The risk set.
        accounts: One row an account, indexed by `account_id`: standing attributes.
        product: Thresholds.
        names: Those wanted, from `SEGMENTS` or the company's own columns.
    """
    told: dict[str, pd.DataFrame] = {}
    tests: dict[str, LogRank] = {}
    for name in names:
        group = _merged(_groups(name, risk, accounts, product))
        rows = risk.spells.assign(group=group)[group.notna()]
        try:
            tests[name], told[name] = logrank(rows["group"], **_times(rows)), rows
        except DataError:
            continue
    adjusted = dict(zip(tests, holm([test.p for test in tests.values()]), strict=True))
    found = [
        Segmentation(name, told[name], _sizes(told[name]["group"]), test, float(adjusted[name]))
        for name, test in tests.items()
    ]
    return sorted(found, key=lambda s: (s.test.p, s.name))


def _sizes(group: pd.Series) -> dict[str, int]:
    sizes = group.value_counts()
    order = sorted(sizes.index, key=lambda g: (g == OTHER, -sizes[g], str(g)))
    return {g: int(sizes[g]) for g in order}


def reliable_until(curve: KaplanMeier) -> float:
    """The last month up to which at least `FEWEST_AT_RISK` are at risk without a break."""
    months = np.arange(1, int(curve.last_time) + 1)
    enough = curve.at_risk(months) >= FEWEST_AT_RISK
    return float(np.argmin(enough)) if not enough.all() else float(len(months))


def _groups(name: str, risk: RiskSet, accounts: pd.DataFrame, product: Product) -> pd.Series:
    """Each spell's group; missing where it isn't known."""
    spells = risk.spells
    first = risk.rows.drop_duplicates("spell").set_index("spell").reindex(spells.index)
    if name in _OF_THE_MONTH:
        return first[name].astype(object)
    if name == "active_users":
        used = first["active_users"] if "active_users" in first else pd.Series(np.nan, index=first.index)
        return _told(used >= product.adoption.many_users, used.notna(), MANY, FEW)
    if name == "activated":
        days = product.activation.value_days
        in_time = first["activated_at"] <= first["signed_up_at"] + pd.Timedelta(days=days)
        known = (first["signed_up_at"] >= risk.observed_from) & risk.rows["activated_at"].notna().any()
        # Of an activation after the first paid close nothing was known there, however early it came.
        return _told(in_time, known, IN_TIME, LATER)
    column = accounts[name] if name in accounts else pd.Series(dtype=object)
    return spells["account_id"].map(column).astype(object)


def _told(yes: pd.Series, known: pd.Series, when_yes: str, when_no: str) -> pd.Series:
    answer = yes.fillna(False).astype(bool).map({True: when_yes, False: when_no})
    return answer.astype(object).where(known)


def _merged(group: pd.Series) -> pd.Series:
    """At most `MOST_GROUPS` groups of `FEWEST_SPELLS` or more; the rest is "Other", or left out if small."""
    sizes = group.value_counts()
    kept = list(sizes[sizes >= FEWEST_SPELLS].index)
    if len(kept) > MOST_GROUPS or len(kept) < len(sizes):
        kept = kept[: MOST_GROUPS - 1] if len(kept) >= MOST_GROUPS else kept
    merged = group.where(group.isin(kept) | group.isna(), OTHER)
    if (merged == OTHER).sum() < FEWEST_SPELLS:
        merged = merged.where(merged != OTHER)
    return merged.map(str, na_action="ignore").astype(object)
