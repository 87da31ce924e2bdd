"""The hazard model of leaving: fitted, cross-checked, tested.

The discrete-time complementary log-log model is the one that is reported; Cox's model on the same rows is its
cross-check. Both estimate log hazard ratios, from the same rows and terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from reporting.survival.cox import CoxFit, cox
from reporting.survival.discrete import DiscreteHazard, discrete_hazard
from reporting.survival.errors import CollinearError, DataError, NotIdentifiedError, SurvivalError
from reporting.survival.gates import FEWEST_EVENTS
from reporting.survival.multiple import benjamini_hochberg
from reporting.survival.tenure import spline
from reporting.survival.zph import effect_over_time, proportional_hazards_test

from .design import Design, design
from .drivers import Driver
from .risk_set import opportunities

LEVEL = 0.95
ALPHA = 0.05
# The two models disagree when their log hazard ratios lie further apart than this many standard errors.
DISAGREEMENT = 0.5
KNOTS = 4
EVENTS_PER_STRETCH = 15


@dataclass(frozen=True)
class Model:
    """A fitted model of leaving.

    Attributes:
        hazard: The reported fit.
        cross_check: Cox's model, or None where it could not be fitted.
        design: Its terms.
        rows: What it was fitted on.
        committed: Whether terms bind, see `risk_set`.
    """

    hazard: DiscreteHazard
    cross_check: CoxFit | None
    design: Design
    rows: pd.DataFrame
    committed: bool

    @cached_property
    def table(self) -> pd.DataFrame:
        """By driver: coef, se, hazard_ratio, lower, upper, p, p_adjusted (over the drivers, without the
        indicators
        of missing values), cox_ratio, agrees."""
        names = [driver.name for driver in self.design.drivers]
        table = self.hazard.table().loc[names]
        table["p_adjusted"] = benjamini_hochberg(table["p"])
        if self.cross_check is None:
            return table.assign(cox_ratio=np.nan, agrees=None)
        other = self.cross_check.table().loc[names]
        apart = (table["coef"] - other["coef"]).abs() / table["se"]
        return table.assign(cox_ratio=other["hazard_ratio"], agrees=apart <= DISAGREEMENT)

    @property
    def found(self) -> pd.DataFrame:
        """Drivers whose adjusted p is below 5 %, strongest evidence first; those of contract and price, which
        say
        when and for how much an account can leave rather than why, after the others."""
        table = self.table[self.table["p_adjusted"] < ALPHA]
        contract = {driver.name for driver in self.design.drivers if driver.group == "revenue"}
        order = sorted(table.index, key=lambda name: (name in contract, -abs(table.loc[name, "z"])))
        return table.loc[order]

    @cached_property
    def proportional(self) -> pd.DataFrame:
        """By driver and "global": statistic, df, p of the proportional-hazards test, and p_adjusted; empty
        where
        Cox's model is missing."""
        if self.cross_check is None:
            return pd.DataFrame(columns=["statistic", "df", "p", "p_adjusted"])
        names = [driver.name for driver in self.design.drivers]
        table = proportional_hazards_test(self.cross_check).table.loc[[*names, "global"]]
        adjusted = benjamini_hochberg(table.loc[names, "p"])
        return table.assign(p_adjusted=[*adjusted, np.nan])

    @property
    def changing(self) -> list[Driver]:
        """Drivers whose effect does not hold over tenure."""
        table = self.proportional
        return [d for d in self.design.drivers if len(table) and table.loc[d.name, "p_adjusted"] < ALPHA]

    def over_tenure(self, driver: Driver) -> pd.DataFrame:
        """The driver's hazard ratio by stretch of tenure; as many stretches (2 or 3) as the losses carry."""
        left = self.rows.loc[self.rows["churned"], "stop"]
        covariates = self.design.columns(self.rows)
        for stretches in (3, 2):
            cuts = np.unique(np.quantile(left, np.arange(1, stretches) / stretches, method="lower"))
            if len(left) < stretches * EVENTS_PER_STRETCH or cuts[-1] >= left.max():
                continue
            try:
                return effect_over_time(
                    driver.name,
                    cuts,
                    covariates,
                    self.rows["stop"],
                    self.rows["churned"],
                    start=self.rows["start"],
                    cluster=self.rows["account_id"],
                )
            except SurvivalError:
                continue
        return pd.DataFrame()

    def probability(self, rows: pd.DataFrame, horizon: int) -> pd.DataFrame:
        """Probability that each account leaves within the next `horizon` months, covariates as they are.

        Under a binding term only the month in which it ends counts; an account that can't leave within the
        horizon has 0.

        Returns:
            By the index of `rows`: probability, lower, upper, can_leave.
        """
        covariates = self.design.columns(rows)
        open_months = opportunities(rows["due_in"], self.committed, horizon)
        result = pd.DataFrame(0.0, index=rows.index, columns=["probability", "lower", "upper"])
        for months in np.unique(open_months, axis=0):
            if not months.any():
                continue
            same = (open_months == months).all(axis=1)
            first = int(np.argmax(months))
            start = rows.loc[same, "start"].to_numpy() + first
            part = self.hazard.predict(covariates[same], start, periods=int(months.sum()))
            result.loc[same] = part[["probability", "lower", "upper"]].to_numpy()
        return result.assign(can_leave=open_months.any(axis=1))

    @cached_property
    def reference(self) -> pd.Series:
        """The account all others are compared with: the median of each driver over the rows fitted, for
        yes-no
        drivers the commoner answer."""
        columns = self.design.columns(self.rows)
        middle = columns.median()
        for driver in self.design.drivers:
            if driver.binary:
                middle[driver.name] = float(columns[driver.name].mean() >= 0.5)
        for indicator in self.design.indicators:
            middle[indicator] = 0.0
        return middle


def fit(rows: pd.DataFrame, drivers: Sequence[Driver], committed: bool) -> Model | str:
    """Fit the model, or say why there is none.

    Args:
        rows: Rows at risk that can end in a loss.
        drivers: Candidates in the order in which they enter.
        committed: Whether terms bind.

    Returns:
        The model, or the reason as a clause: "2 losses, under the 20 a model needs".
    """
    losses = int(rows["churned"].sum())
    if losses < FEWEST_EVENTS:
        return f"{losses} {'loss' if losses == 1 else 'losses'}, under the {FEWEST_EVENTS} that a model needs"
    terms = design(rows, rows["churned"], drivers)
    baseline = spline(rows["stop"], rows["churned"], KNOTS)
    while terms.drivers:
        columns = terms.columns(rows)
        try:
            hazard = discrete_hazard(
                columns,
                rows["stop"],
                rows["churned"],
                start=rows["start"],
                baseline=baseline,
                cluster=rows["account_id"],
                level=LEVEL,
            )
        except CollinearError as error:
            terms = terms.without(error.terms, "says the same as another driver")
            continue
        except NotIdentifiedError as error:
            gone = [name for name in error.terms if name in terms.names]
            if not gone:
                return "the losses all lie in one stretch of tenure, so that no baseline can be fitted"
            terms = terms.without(gone, "every loss, or none, is on one side of it")
            continue
        return Model(hazard, _cox(columns, rows), terms, rows, committed)
    return "no driver varies enough among the accounts at risk"


def _cox(columns: pd.DataFrame, rows: pd.DataFrame) -> CoxFit | None:
    try:
        return cox(
            columns,
            rows["stop"],
            rows["churned"],
            start=rows["start"],
            cluster=rows["account_id"],
            level=LEVEL,
        )
    except (CollinearError, NotIdentifiedError, DataError):
        return None
