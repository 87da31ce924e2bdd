"""Churn: warnings, what kind of loss it was, and what came before it."""

from __future__ import annotations

from functools import partial

import ibis.expr.types as ir

from reporting.metrics.churn import CHURN_TYPES, FLAGS
from reporting.metrics.metric import DOWN, NEITHER, UP, Metric
from reporting.metrics.values import Accounts, Elsewhere, Figure, Slices, one
from reporting.params.product import Product

_metric = partial(Metric, chapter="churn")


def _by_flag(p: ir.Table, _: Product) -> dict[str, Figure]:
    """Share of the accounts that each flag can be judged for."""
    raised = {flag: p[f"flag_{flag}"] for flag in FLAGS}
    return {flag: Figure(one(flags), one(flags.notnull())) for flag, flags in raised.items()}


METRICS = (
    _metric(
        id="risk_flags",
        label="Risk flags",
        definition=(
            "Early warnings: falling core workflow, active users, high-value features or frequency, no "
            "recent admin activity, weak onboarding, low adoption, falling use before renewal. A flag is "
            "an early warning, not proof."
        ),
        formula=(
            "number of flags raised; one column `flag_*` each; `risk_flags:<flag>` = share of accounts it "
            "can be judged for"
        ),
        unit="count",
        unit_of_all="share",
        direction=DOWN,
        reports=("churn_drivers", "executive_brief"),
        value=Accounts(lambda p, _: Figure(one(p.risk_flags > 0), one(p.paying))),
        slices=Slices(_by_flag),
        account="risk_flags",
        keys=(
            "churn.fall",
            "churn.admin_days",
            "churn.renewal_days",
            "churn.low_adoption",
            "activation.friction",
        ),
    ),
    _metric(
        id="churn_type",
        label="Type of churn",
        definition=(
            "What kind of loss it was: never activated, contraction, user inactivity, account "
            "abandonment, engaged and yet gone (look at price or a one-off need), no clear pattern."
        ),
        formula=(
            "first that holds in a month with churn or contraction; activity judged at the close before, "
            "inactive after {high_risk_days} days without use; engaged is an engagement score above "
            "{bands.healthy}"
        ),
        unit="text",
        direction=NEITHER,
        reports=("churn_drivers",),
        slices=Slices(lambda p, _: {kind: Figure(one(p.churn_type == kind)) for kind in CHURN_TYPES}),
        account="churn_type",
        keys=("engagement.high_risk_days", "rhythm"),
    ),
    _metric(
        id="pre_churn_pattern",
        label="Use before churn",
        definition="Use in the weeks before the churn date, aligned on it, against accounts that stayed.",
        formula="mean weekly use relative to each account's own earlier level",
        unit="index",
        direction=NEITHER,
        reports=("churn_drivers",),
        value=Elsewhere("churn_drivers"),
    ),
    _metric(
        id="churn_lead_time",
        label="Lead time of churn",
        definition="How many weeks ahead the decline shows.",
        formula="weeks from the first lasting fall of use to the churn date",
        unit="weeks",
        direction=UP,
        reports=("churn_drivers",),
        value=Elsewhere("churn_drivers"),
    ),
    _metric(
        id="aha_moment",
        label="Aha moment",
        definition="The early action, and how often it was done, that goes with retention most.",
        formula=(
            "cut between the 10th and 90th percentile with the largest standardised log-rank statistic, "
            "permutation p-value, landmark after the window, confirmed on later cohorts"
        ),
        unit="text",
        direction=NEITHER,
        reports=("churn_drivers",),
        value=Elsewhere("churn_drivers"),
    ),
    _metric(
        id="churn_risk",
        label="Churn risk",
        definition=(
            "Probability that the account churns within one and three months, or at the renewal of its "
            "term, with interval and reasons."
        ),
        formula="discrete-time hazard model on the panel; not shown where too few accounts ever churned",
        unit="share",
        direction=DOWN,
        reports=("churn_drivers", "executive_brief"),
        account=Elsewhere("churn_drivers"),
    ),
)
