"""Retention and revenue, first part: recurring revenue and what moves it."""

from __future__ import annotations

from functools import partial

import ibis.expr.types as ir

from reporting.metrics import outcomes
from reporting.metrics.metric import DOWN, MONEY, NEITHER, UP, Metric
from reporting.metrics.values import Accounts, Figure, Outcome, Tables, one
from reporting.params.product import Product

_metric = partial(Metric, chapter="revenue")


def _within_the_month(ws: Tables, _: Product) -> ir.Table:
    return outcomes.new_and_churned(ws["subscriptions"], ws["movements"], ws["months"])


METRICS = (
    _metric(
        id="mrr",
        label="MRR",
        definition=(
            "Recurring revenue per month at the close: net of discounts, without trials, tax and one-off "
            "fees."
        ),
        formula=(
            "sum over subscriptions with valid_from < close <= valid_to (or open) of amount x factor x (1 "
            "- discount) x rate; factor: year 1/12, quarter 1/3, week 52/12, day 365/12; each rounded "
            "half up to the cent"
        ),
        unit=MONEY,
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.mrr_cents)),
        account="mrr_cents",
    ),
    _metric(
        id="arr",
        label="ARR",
        definition="Recurring revenue per year at the present rate.",
        formula="12 x mrr",
        unit=MONEY,
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.mrr_cents * 12)),
    ),
    _metric(
        id="arpa",
        label="ARPA",
        definition="Average MRR per paying account.",
        formula="mrr / paying accounts",
        unit=MONEY,
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.mrr_cents, one(p.paying))),
    ),
    _metric(
        id="new_mrr",
        label="New MRR",
        definition="MRR of accounts that pay for the first time.",
        formula="end MRR where start = 0 and no close before had MRR",
        unit=MONEY,
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.new_cents)),
        account="new_cents",
    ),
    _metric(
        id="expansion_mrr",
        label="Expansion MRR",
        definition="MRR gained from accounts that paid already.",
        formula=(
            "sum of increases of accounts paying at both closes, at the previous close's exchange rates"
        ),
        unit=MONEY,
        direction=UP,
        reports=("executive_brief", "retention_cohorts", "expansion_readiness"),
        value=Accounts(lambda p, _: Figure(p.expansion_cents)),
        account="expansion_cents",
    ),
    _metric(
        id="contraction_mrr",
        label="Contraction MRR",
        definition="MRR lost from accounts that stay; cancelling one of two subscriptions is contraction.",
        formula=(
            "sum of decreases of accounts paying at both closes, at the previous close's exchange rates"
        ),
        unit=MONEY,
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts", "expansion_readiness"),
        value=Accounts(lambda p, _: Figure(p.contraction_cents)),
        account="contraction_cents",
    ),
    _metric(
        id="churned_mrr",
        label="Churned MRR",
        definition="MRR of accounts that no longer pay.",
        formula="start MRR where end = 0; dated by the end of service, not by the cancel click",
        unit=MONEY,
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.churned_cents)),
        account="churned_cents",
    ),
    _metric(
        id="reactivation_mrr",
        label="Reactivation MRR",
        definition="MRR of accounts that had stopped paying and came back.",
        formula="end MRR where start = 0 and an earlier close had MRR",
        unit=MONEY,
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.reactivation_cents)),
        account="reactivation_cents",
    ),
    _metric(
        id="fx_mrr",
        label="FX effect",
        definition="What exchange rates alone changed, for accounts paying at both closes.",
        formula="end - start - (change at the previous close's rates)",
        unit=MONEY,
        direction=NEITHER,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(p.fx_cents)),
        account="fx_cents",
    ),
    _metric(
        id="paying_accounts",
        label="Paying accounts",
        definition="Accounts with MRR at the close.",
        formula="count of mrr > 0",
        unit="count",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.paying))),
    ),
    _metric(
        id="new_accounts",
        label="New accounts",
        definition="Accounts that pay for the first time.",
        formula="count of new > 0",
        unit="count",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.new_cents > 0))),
    ),
    _metric(
        id="churned_accounts",
        label="Churned accounts",
        definition="Accounts that no longer pay.",
        formula="count of churned > 0",
        unit="count",
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.churned_cents > 0))),
    ),
    _metric(
        id="reactivated_accounts",
        label="Reactivated accounts",
        definition="Accounts that came back.",
        formula="count of reactivation > 0",
        unit="count",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.reactivation_cents > 0))),
    ),
    _metric(
        id="expanded_accounts",
        label="Expanded accounts",
        definition="Accounts that grew.",
        formula="count of expansion > 0",
        unit="count",
        direction=UP,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.expansion_cents > 0))),
    ),
    _metric(
        id="contracted_accounts",
        label="Contracted accounts",
        definition="Accounts that shrank.",
        formula="count of contraction > 0",
        unit="count",
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts"),
        value=Accounts(lambda p, _: Figure(one(p.contraction_cents > 0))),
    ),
    _metric(
        id="new_and_churned",
        label="New and churned in one month",
        definition=(
            "Accounts that began and ended paying between two closes; they are in no movement, so they "
            "are shown apart."
        ),
        formula="accounts with a paid period inside the month and no MRR at either close",
        unit="count",
        direction=DOWN,
        reports=("executive_brief", "retention_cohorts"),
        value=Outcome(_within_the_month, total=True, otherwise=0.0),
    ),
)
