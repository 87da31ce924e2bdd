"""Engagement, second part: how use is spread, where it is going, and what it is worth in points."""

from __future__ import annotations

from functools import partial

import ibis.expr.types as ir

from reporting.metrics import outcomes
from reporting.metrics.metric import DOWN, NEITHER, UP, Metric
from reporting.metrics.reading import Referred
from reporting.metrics.values import Accounts, Composed, Figure, Outcome, Tables
from reporting.metrics.windows import TRENDS
from reporting.params.product import Product

_metric = partial(Metric, chapter="engagement")


def _trend(days: int) -> Metric:
    return _metric(
        id=f"usage_trend_{days}",
        label=f"Usage trend, {days} days",
        definition=f"Events of the last {days} days against the {days} before: rising, steady or falling; a "
        "change below {engagement.trend_steady:%} is steady.",
        formula=f"events of the last {days} days / events of the {days} days before - 1; null if the windows "
        "reach before the sign-up or the first event on record",
        unit="share",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        account=f"usage_trend_{days}",
    )


def _promoters(ws: Tables, product: Product) -> ir.Table | None:
    surveys = ws.get("surveys")
    return None if surveys is None else outcomes.nps(surveys, ws["months"], product.engagement.nps_days)


METRICS = (
    _metric(
        id="active_user_share",
        label="Active user share",
        definition="Seats that are used; below {engagement.active_user_share_risk:%} is a risk.",
        formula="users active in the last {engagement.active_user_days} days / seats bought",
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        account="active_user_share",
        needs=("events.user_id", "subscriptions.seats"),
    ),
    _metric(
        id="usage_concentration",
        label="Usage concentration",
        definition=(
            "How much of the use hangs on one or two people; with nearly all on one, a single champion. "
            "The spread over roles stands beside it."
        ),
        formula=(
            "events of the busiest one (two) users / events by users: top1_share, top2_share; "
            "single_champion = top1_share > {engagement.champion_share:%}; role_count"
        ),
        unit="share",
        direction=DOWN,
        reports=("monthly_health", "churn_drivers"),
        account="top1_share",
        needs=("events.user_id",),
    ),
    _metric(
        id="api_call_trend",
        label="API call trend",
        definition="Calls by machine, the last thirty days against the thirty before.",
        formula="as usage trend, over `api_events`",
        unit="share",
        direction=UP,
        reports=("churn_drivers",),
        account="api_call_trend",
        keys=("api_events",),
    ),
    *(_trend(days) for days in TRENDS),
    _metric(
        id="last_active_days",
        label="Days since last active",
        definition=(
            "How long the account (or user) has been quiet: from {check_in_days} days check in, from "
            "{high_risk_days} high risk, for a product of {rhythm} use. A slower rhythm stretches both with "
            "its period; a daily one keeps those of a weekly one, as a weekend is no silence."
        ),
        formula="close - last event, whole days",
        unit="days",
        direction=DOWN,
        reports=("monthly_health", "churn_drivers"),
        account="last_active_days",
        user=True,
        keys=("engagement.check_in_days", "engagement.high_risk_days"),
    ),
    _metric(
        id="last_admin_active_days",
        label="Days since an admin was active",
        definition="How long no admin has been seen; a flag is raised after {churn.admin_days} days.",
        formula="close - last event of a user whose role is in `admin_roles`",
        unit="days",
        direction=DOWN,
        reports=("churn_drivers",),
        account="last_admin_active_days",
        keys=("admin_roles",),
        needs=("users.role", "events.user_id"),
    ),
    _metric(
        id="key_action_gap_days",
        label="Days since the key action",
        definition=(
            "How long ago the one action was done that users come for; {engagement.key_action_days} days "
            "are a gap."
        ),
        formula="close - last event `key_action`, whole days",
        unit="days",
        direction=DOWN,
        reports=("monthly_health",),
        account="key_action_gap_days",
        user=True,
        keys=("key_action",),
    ),
    _metric(
        id="tenure_days",
        label="Tenure",
        definition=(
            "Age of the account: new under {engagement.tenure_new_days} days, long-standing over "
            "{engagement.tenure_long_days}, or between; crossed with adoption and last activity."
        ),
        formula="close - sign-up, whole days",
        unit="days",
        direction=NEITHER,
        reports=("monthly_health", "churn_drivers"),
        account="tenure_days",
    ),
    _metric(
        id="customer_engagement_score",
        label="Customer engagement score",
        definition="Points for what was done in the month, more for what is worth more.",
        formula="sum over events of the points in `event_points`",
        unit="points",
        direction=UP,
        reports=("monthly_health",),
        account="customer_engagement_score",
        user=True,
        keys=("event_points",),
    ),
    _metric(
        id="product_engagement_score",
        label="Product engagement score",
        definition="One figure for the product: mean of adoption, stickiness and growth.",
        formula="100 x (feature_adoption_rate + stickiness + active_account_growth) / 3",
        unit="score 0-100",
        direction=UP,
        reports=("monthly_health",),
        value=Composed(
            lambda f, _: Figure(
                100 * (f("feature_adoption_rate") + f("stickiness") + f("active_account_growth")), 3
            )
        ),
        needs=("events.user_id",),
    ),
    _metric(
        id="session_duration",
        label="Session duration",
        definition=(
            "Time per session; long can mean deep or lost, so it is read only beside the task completion "
            "rate."
        ),
        formula="sum of duration_seconds / sessions / 60",
        unit="minutes",
        direction=NEITHER,
        reports=("monthly_health",),
        account="session_duration",
        user=True,
        needs=("events.duration_seconds",),
    ),
    _metric(
        id="task_completion_rate",
        label="Task completion rate",
        definition="Tasks that were completed, of those that say whether they were.",
        formula="completed / events with `completed` given",
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.tasks_done, p.tasks)),
        account="task_completion_rate",
        user=True,
        needs=("events.completed",),
    ),
    _metric(
        id="nps",
        label="Net promoter score",
        definition=(
            "What customers say they would do, told from -100 to 100: an attitude, kept out of every score."
        ),
        formula=(
            "(answers of 9 and 10 - answers of 0 to 6) / answers of the last {engagement.nps_days} days"
        ),
        unit="net share",
        direction=UP,
        reports=("monthly_health",),
        value=Outcome(_promoters),
        needs=("surveys",),
    ),
    _metric(
        id="day1_retention",
        label="Day-1 retention",
        definition="New users who came back the day after their first.",
        formula=(
            "users active on the day after their first active day / users whose first day lies in the "
            "month (not on its last day)"
        ),
        unit="share",
        direction=UP,
        reports=("retention_cohorts",),
        value=Outcome(lambda ws, _: outcomes.day1_retention(ws["user_month"], ws["months"])),
        reading=Referred("engagement.day1_retention"),
        needs=("events.user_id",),
    ),
    _metric(
        id="month1_retention",
        label="Month-1 retention",
        definition="New users of the month before who came back this month.",
        formula=(
            "users first seen the month before and active in the month / users first seen the month before"
        ),
        unit="share",
        direction=UP,
        reports=("retention_cohorts",),
        value=Outcome(lambda ws, _: outcomes.month1_retention(ws["user_month"], ws["months"])),
        reading=Referred("engagement.month1_retention"),
        needs=("events.user_id",),
    ),
)
