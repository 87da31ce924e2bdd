"""Retention and revenue, second part: what stays of it, what it is worth and what it costs."""

from __future__ import annotations

from functools import partial

import ibis
import ibis.expr.types as ir

from reporting.metrics.metric import DOWN, MONEY, NEITHER, UP, Metric
from reporting.metrics.outcomes import acquisition_cost, free_to_paid
from reporting.metrics.reading import Graded
from reporting.metrics.values import Accounts, Composed, Figure, Outcome, Tables, Unowned, one
from reporting.params.product import Product

_metric = partial(Metric, chapter="revenue")


def _at_start(p: ir.Table) -> ir.BooleanColumn:
    return p.mrr_start_cents > 0


def _cost(ws: Tables, _: Product) -> ir.Table | None:
    acquisition = ws.get("acquisition")
    if acquisition is None:
        return None
    return acquisition_cost(acquisition, ws["rates"].semi_join(ws["months"], "month"))


METRICS = (
    _metric(
        id="grr",
        label="Gross revenue retention",
        definition="How much of the MRR at the start is still there, growth not counted; never above 100%.",
        formula=(
            "sum of min(start, end) / sum of start, over accounts paying at the start; each at its "
            "close's exchange rates, so the FX line counts"
        ),
        unit="share",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(
            lambda p, _: Figure(
                _at_start(p).ifelse(ibis.least(p.mrr_start_cents, p.mrr_cents), 0), p.mrr_start_cents
            )
        ),
        of_churn=True,
    ),
    _metric(
        id="nrr",
        label="Net revenue retention",
        definition=(
            "What the accounts paying at the start pay at the end; reactivations are left out and shown "
            "beside it."
        ),
        formula=(
            "end MRR of accounts paying at the start / their start MRR, each at its close's exchange rates"
        ),
        unit="share",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(_at_start(p).ifelse(p.mrr_cents, 0), p.mrr_start_cents)),
        of_churn=True,
    ),
    _metric(
        id="grr_12",
        label="GRR, trailing twelve months",
        definition=(
            "What the accounts that paid twelve months ago still pay of it, without expansion, as a share "
            "of what they paid then."
        ),
        formula=(
            "sum of min(MRR then, MRR now) / sum of MRR then; an account that left between counts as lost"
        ),
        unit="share",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(
            lambda p, _: Figure(ibis.least(p.mrr_year_ago_cents, p.stayed_cents), p.mrr_year_ago_cents)
        ),
        of_churn=True,
    ),
    _metric(
        id="nrr_12",
        label="NRR, trailing twelve months",
        definition=(
            "What the accounts that paid twelve months ago pay now, expansion included, as a share of what "
            "they paid then."
        ),
        formula="MRR now of accounts that paid at every close since / their MRR then (all of the cohort)",
        unit="share",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.stayed_cents, p.mrr_year_ago_cents)),
        of_churn=True,
    ),
    _metric(
        id="logo_retention",
        label="Logo retention",
        definition="Accounts that stay.",
        formula="paying accounts at the start that still pay at the close / paying at the start",
        unit="share",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(_at_start(p) & p.paying), one(_at_start(p)))),
        of_churn=True,
    ),
    _metric(
        id="logo_retention_12",
        label="Logo retention, trailing twelve months",
        definition="Accounts of twelve months ago that have paid ever since.",
        formula="paying then and at every close since / paying then",
        unit="share",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.stayed_cents > 0), one(p.mrr_year_ago_cents > 0))),
        of_churn=True,
    ),
    _metric(
        id="monthly_churn_rate",
        label="Monthly churn rate",
        definition=(
            "Accounts lost in the month. Below {revenue.churn_good:%} is good, above "
            "{revenue.churn_attention:%} wants attention, above {revenue.churn_alarm:%} is an alarm."
        ),
        formula="churned accounts / paying accounts at the start",
        unit="share",
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.churned_cents > 0), one(_at_start(p)))),
        reading=Graded("revenue.churn_good", "revenue.churn_attention", "revenue.churn_alarm"),
        of_churn=True,
    ),
    _metric(
        id="quick_ratio",
        label="Quick ratio",
        definition="Growth for each unit lost; reactivation is left out; not defined when nothing was lost.",
        formula="(new + expansion) / (contraction + churned)",
        unit="ratio",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(
            lambda p, _: Figure(p.new_cents + p.expansion_cents, p.contraction_cents + p.churned_cents)
        ),
        of_churn=True,
        undefined="not defined: nothing was lost",
    ),
    _metric(
        id="ltv",
        label="Lifetime value",
        definition=(
            "What an account is worth over its life if the month's churn went on; not estimable without "
            "churn. A restricted mean over observed lifetimes stands beside it in the retention report."
        ),
        formula="arpa x gross margin ({revenue.gross_margin:%}) / monthly churn rate",
        unit=MONEY,
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Composed(
            lambda f, product: Figure(f("arpa") * product.revenue.gross_margin, f("monthly_churn_rate"))
        ),
        of_churn=True,
        undefined="not estimable: no churn in the month",
    ),
    _metric(
        id="cac_payback",
        label="CAC payback",
        definition="Months until a new account has paid back what it cost to win.",
        formula=(
            "acquisition cost per new account / (ARPA of new accounts x gross margin of "
            "{revenue.gross_margin:%})"
        ),
        unit="months",
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts"),
        value=Composed(
            lambda f, product: Figure(f("acquisition_cost"), f("new_mrr") * product.revenue.gross_margin)
        ),
        needs=("acquisition",),
    ),
    _metric(
        id="cac",
        label="Acquisition cost per account",
        definition="What a new account cost to win.",
        formula="acquisition cost of the month / new accounts",
        unit=MONEY,
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts"),
        value=Composed(lambda f, _: Figure(f("acquisition_cost"), f("new_accounts"))),
        needs=("acquisition",),
    ),
    _metric(
        id="acquisition_cost",
        label="Acquisition cost",
        definition="Sales and marketing cost of the month.",
        formula="sum of cost at the month's rates",
        unit=MONEY,
        direction=NEITHER,
        reports=("executive_brief", "retention_cohorts"),
        value=Unowned(_cost),
        needs=("acquisition",),
    ),
    _metric(
        id="free_to_paid_conversion",
        label="Free-to-paid conversion",
        definition="Accounts whose first trial ended in the month and that pay since.",
        formula=("with paid service begun before the close / accounts whose first trial ended in the month"),
        unit="share",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Outcome(lambda ws, _: free_to_paid(ws["subscriptions"], ws["months"])),
    ),
    _metric(
        id="retention_90d",
        label="90-day retention",
        definition=(
            "New paying accounts that still pay three closes later; the reports split it by time to first "
            "value."
        ),
        formula="new three months ago and paying now / new three months ago",
        unit="share",
        direction=UP,
        reports=("retention_cohorts", "churn_drivers"),
        value=Accounts(lambda p, _: Figure(one(p.new_3_ago & p.paying), one(p.new_3_ago))),
        of_churn=True,
    ),
)
