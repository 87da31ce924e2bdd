"""Activation: outcomes of the accounts whose onboarding window ended in the month."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from reporting.metrics.activation import ripe
from reporting.metrics.metric import DOWN, NEITHER, UP, Metric
from reporting.metrics.outcomes import step_missed
from reporting.metrics.reading import AtLeast, Over
from reporting.metrics.values import Accounts, Composed, Figure, Median, Others, Outcome, one
from reporting.params.product import Product

_metric = partial(Metric, chapter="activation")


def _waits(p: ir.Table, product: Product) -> ir.NumericColumn:
    return ripe(p, product).ifelse(p.time_to_first_value, ibis.null("float64"))


def _quick(p: ir.Table, product: Product) -> Figure:
    old_enough = ripe(p, product)
    quick = p.time_to_first_value <= product.activation.value_days
    return Figure(one(old_enough & quick), one(old_enough))


def _activated(p: ir.Table, product: Product) -> Figure:
    old_enough = ripe(p, product)
    in_time = p.activated_at <= p.signed_up_at + ibis.interval(days=product.activation.onboarding_days)
    return Figure(one(old_enough & in_time), one(old_enough))


def _steps_taken(p: ir.Table, product: Product) -> Figure:
    old_enough = ripe(p, product)
    return Figure(old_enough.ifelse(p.steps_in_time, 0), one(old_enough) * len(product.onboarding_steps))


def _all_steps(p: ir.Table, product: Product) -> Figure:
    old_enough = ripe(p, product)
    return Figure(one(old_enough & (p.steps_in_time == len(product.onboarding_steps))), one(old_enough))


def _largest_loss(f: Others, product: Product) -> Figure:
    missed = [f(f"onboarding_drop_off:{step}") for step in product.onboarding_steps]
    return Figure(f.largest([missed[0], *(later - step for step, later in pairwise(missed))]))


METRICS = (
    _metric(
        id="time_to_first_value",
        label="Time to first value",
        definition="How long a new account takes to get value for the first time.",
        formula=(
            "first value event - sign-up; null if the sign-up lies before the first event on record or "
            "after the value event. Portfolio: median over accounts whose onboarding window ended in the "
            "month"
        ),
        unit="days",
        direction=DOWN,
        reports=("monthly_health", "retention_cohorts", "churn_drivers"),
        value=Median(_waits),
        account="time_to_first_value",
        reading=Over("activation.value_days", "slow", "in time"),
    ),
    _metric(
        id="first_value_in_time",
        label="First value in time",
        definition="Accounts that got value within {activation.value_days} days.",
        formula=(
            "accounts with time to first value <= {activation.value_days} days / accounts whose "
            "onboarding window ended in the month"
        ),
        unit="share",
        direction=UP,
        reports=("monthly_health", "retention_cohorts"),
        value=Accounts(_quick),
    ),
    _metric(
        id="account_activated",
        label="Account activated",
        definition=(
            "The account has reached the value outcome named in the product definition; a log-in doesn't "
            "count."
        ),
        formula=(
            "an event `{activation_outcome}` before the close; null for accounts older than the first "
            "event on record"
        ),
        unit="yes/no",
        direction=UP,
        reports=("monthly_health", "retention_cohorts"),
        account="activated",
    ),
    _metric(
        id="activation_rate",
        label="Activation rate",
        definition=(
            "Accounts that reached the value outcome within the onboarding window, of those whose window "
            "ended in the month."
        ),
        formula=(
            "activated within {activation.onboarding_days} days / accounts whose window ended in the month"
        ),
        unit="share",
        direction=UP,
        reports=("monthly_health", "retention_cohorts"),
        value=Accounts(_activated),
        keys=("activation_outcome",),
    ),
    _metric(
        id="setup_completion_rate",
        label="Set-up completion",
        definition=(
            "How much of the onboarding is done, as a share of its steps; below {activation.friction:%} "
            "it is friction."
        ),
        formula=(
            "steps done / steps defined; portfolio: steps done within the window, where it ended in the month"
        ),
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(_steps_taken),
        account="setup_completion_rate",
        reading=AtLeast("activation.friction", "smooth", "friction"),
        keys=("onboarding_steps",),
    ),
    _metric(
        id="onboarding_completion_rate",
        label="Onboarding completion",
        definition=(
            "Accounts that took every onboarding step within the window; below {activation.friction:%} it "
            "is friction."
        ),
        formula=(
            "accounts with all steps within {activation.onboarding_days} days / accounts whose window "
            "ended in the month; per account: `onboarding_completed`"
        ),
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(_all_steps),
        account="onboarding_completed",
        reading=AtLeast("activation.friction", "smooth", "friction"),
    ),
    _metric(
        id="onboarding_drop_off",
        label="Onboarding drop-off",
        definition=(
            "The step at which accounts stop; the figure is the largest loss from one step to the next."
        ),
        formula=(
            "max over steps of (accounts at the step before - accounts at the step) / accounts whose "
            "window ended; `onboarding_drop_off:<step>` = share that had not taken the step"
        ),
        unit="share",
        direction=DOWN,
        reports=("monthly_health",),
        value=Composed(_largest_loss),
        slices=Outcome(lambda ws, product: step_missed(ws["panel"], ws["activation_steps"], product)),
        keys=("onboarding_steps",),
    ),
    _metric(
        id="onboarding_invites",
        label="Onboarding invites",
        definition="Users invited soon after sign-up.",
        formula="users with invited_at within {activation.invite_days} days of sign-up",
        unit="count",
        direction=UP,
        reports=("monthly_health",),
        account="onboarding_invites",
        needs=("users.invited_at",),
    ),
    _metric(
        id="workspace_setup_depth",
        label="Workspace set-up depth",
        definition="Colleagues were invited in the first days.",
        formula=("users invited within {activation.depth_days} days of sign-up >= {activation.depth_users}"),
        unit="yes/no",
        direction=UP,
        reports=("churn_drivers",),
        account="workspace_setup_depth",
        needs=("users.invited_at",),
    ),
    _metric(
        id="first_integration_at",
        label="First integration",
        definition="When the account first connected another system.",
        formula="min(connected_at)",
        unit="date",
        direction=NEITHER,
        reports=("monthly_health",),
        account="first_integration_at",
        needs=("integrations",),
    ),
    _metric(
        id="first_import_at",
        label="First import",
        definition="When the account first brought its data in.",
        formula="min(time of an event in `import_events`)",
        unit="date",
        direction=NEITHER,
        reports=("monthly_health",),
        account="first_import_at",
        keys=("import_events",),
    ),
    _metric(
        id="first_repeat_core_use_at",
        label="First repeat use of the core",
        definition="The second day on which the account used a core feature: the first sign of a habit.",
        formula="second distinct day with an event in `core_features`",
        unit="date",
        direction=NEITHER,
        reports=("monthly_health",),
        account="first_repeat_core_use_at",
        keys=("core_features",),
    ),
)
