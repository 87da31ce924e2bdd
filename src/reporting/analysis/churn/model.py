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

from reporting.analysis.churn.design import Design, design
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.risk_set import opportunities
from reporting.analysis.untold import Untold
from reporting.survival.cox import CoxFit, cox
from reporting.survival.discrete import DiscreteHazard, discrete_hazard
from reporting.survival.errors import CollinearError, DataError, NotIdentifiedError, SurvivalError
from reporting.survival.gates import FEWEST_EVENTS
from reporting.survival.intervals import critical_value
from reporting.survival.multiple import benjamini_hochberg
from reporting.survival.tenure import spline
from reporting.survival.zph import effect_over_time, proportional_hazards_test

LEVEL = 0.95
ALPHA = 0.05
# The two models disagree when their log hazard ratios lie further apart than this many standard errors.
DISAGREEMENT = 0.5
KNOTS = 4
MONTHS_AHEAD = 3
EVENTS_PER_STRETCH = 15


@dataclass(frozen=True)
class Model:
    """A fitted model of leaving.

    Attributes:
        hazard: The reported fit.
        cross_check: Cox's model, or None where it could not be fitted.
        design: Its terms.
        rows: What it was fitted on.
        history: All rows at risk, those within a term too.
        committed: Whether terms bind, see `risk_set`.
    """

    hazard: DiscreteHazard
    cross_check: CoxFit | None
    design: Design
    rows: pd.DataFrame
    history: pd.DataFrame
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

    @cached_property
    def hazards(self) -> list[DiscreteHazard]:
        """The hazard one, two and three months after a close: same terms, covariates that much older.

        What an account does now tells less of the third month than of the first. A one-month hazard held for
        three months would overstate it; where an older one can't be fitted, the last that could stands in.
        """
        found = [self.hazard]
        for lag in range(2, MONTHS_AHEAD + 1):
            try:
                found.append(_hazard(self.design, *_aged(self.history, lag)))
            except SurvivalError:
                found.append(found[-1])
        return found

    def probability(self, rows: pd.DataFrame, horizon: int) -> pd.DataFrame:
        """Probability that each account leaves within the next `horizon` months, at most `MONTHS_AHEAD`.

        Under a binding term only the month in which it ends counts; an account that can't leave within the
        horizon has 0. Standard errors of the months are added as if they moved together, which is the widest.

        Returns:
            By the index of `rows`: probability, lower, upper, can_leave.
        """
        covariates = self.design.columns(rows)
        may = opportunities(rows["due_in"], self.committed, horizon)
        total, spread = np.zeros(len(rows)), np.zeros(len(rows))
        for ahead, hazard in enumerate(self.hazards[:horizon]):
            part = hazard.predict(covariates, rows["start"].to_numpy() + ahead)
            amount = np.exp(part["log_hazard"].to_numpy()) * may[:, ahead]
            total += amount
            spread += amount * part["se"].to_numpy()
        half = critical_value(LEVEL) * np.divide(spread, total, out=np.zeros(len(rows)), where=total > 0)
        return _within(total, half, rows.index).assign(can_leave=may.any(axis=1))

    def at_term_end(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Probability that each account leaves when its term ends, by what it does now.

        Returns:
            By the index of `rows`: probability, lower, upper.
        """
        if rows.empty:
            return pd.DataFrame(columns=["probability", "lower", "upper"], index=rows.index, dtype=float)
        ends = rows["start"].to_numpy() + rows["due_in"].to_numpy(dtype=float) - 1
        part = self.hazards[-1].predict(self.design.columns(rows), ends)
        half = critical_value(LEVEL) * part["se"].to_numpy()
        return _within(np.exp(part["log_hazard"].to_numpy()), half, rows.index)

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


def _within(hazard: np.ndarray, half: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """Probability of leaving under a cumulative hazard, `half` to each side of it on the log scale."""
    shifts = {"probability": 0.0, "lower": -half, "upper": half}
    return pd.DataFrame(
        {name: -np.expm1(-hazard * np.exp(shift)) for name, shift in shifts.items()}, index=index
    )


def fit(history: pd.DataFrame, drivers: Sequence[Driver], committed: bool) -> Model | Untold:
    """Fit the model, or say why there is none.

    Args:
        history: Rows at risk; those in which the account could leave (`can_leave`) are fitted.
        drivers: Candidates in the order in which they enter.
        committed: Whether terms bind.

    Returns:
        The model, or why not: `too_few_losses` (losses, needed), `one_stretch` (no baseline can be fitted to
        losses that all lie in one stretch of tenure) or `no_driver` (none varies enough).
    """
    rows = history[history["can_leave"]].reset_index(drop=True)
    losses = int(rows["churned"].sum())
    if losses < FEWEST_EVENTS:
        return Untold("too_few_losses", {"losses": losses, "needed": FEWEST_EVENTS})
    terms = design(rows, rows["churned"], drivers)
    while terms.drivers:
        try:
            hazard = _hazard(terms, rows, rows)
        except CollinearError as error:
            terms = terms.without(error.terms, "repeats_another")
            continue
        except NotIdentifiedError as error:
            gone = [name for name in error.terms if name in terms.names]
            if not gone:
                return Untold("one_stretch")
            terms = terms.without(gone, "separates")
            continue
        return Model(hazard, _cox(terms.columns(rows), rows), terms, rows, history, committed)
    return Untold("no_driver")


def _hazard(terms: Design, known: pd.DataFrame, rows: pd.DataFrame) -> DiscreteHazard:
    """The hazard of `rows` given what the rows `known` say, one for one."""
    return discrete_hazard(
        terms.columns(known),
        rows["stop"],
        rows["churned"],
        start=rows["start"],
        baseline=spline(rows["stop"], rows["churned"], KNOTS),
        cluster=rows["account_id"],
        level=LEVEL,
    )


def _aged(history: pd.DataFrame, lag: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows at risk and, one for one, the row of the same spell `lag` months before the loss could come."""
    history = history.reset_index(drop=True)
    place = pd.DataFrame({"spell": history["spell"], "start": history["start"], "row": history.index})
    later = place.assign(start=place["start"] - (lag - 1))
    pairs = place.merge(later, on=["spell", "start"], suffixes=("_known", "_at_risk"))
    at_risk = history.loc[pairs["row_at_risk"]]
    may = at_risk["can_leave"].to_numpy(dtype=bool)
    known = history.loc[pairs["row_known"]]
    return known[may].reset_index(drop=True), at_risk[may].reset_index(drop=True)


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
