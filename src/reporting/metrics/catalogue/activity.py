"""Engagement, first part: how often users and accounts come, and whether that is a habit. Daily figures are
means over the active-user window."""

from __future__ import annotations

from functools import partial

import ibis.expr.types as ir

from reporting.metrics.metric import UP, Metric
from reporting.metrics.reading import AtLeast, Sticky
from reporting.metrics.values import Accounts, Figure, one
from reporting.params.product import Product

_metric = partial(Metric, chapter="engagement")


def _growth(p: ir.Table, _: Product) -> Figure:
    gained = one((p.events > 0) & (p.events_before.fill_null(0) == 0))
    dropped = one((p.events_before > 0) & (p.events == 0))
    return Figure(gained, gained + dropped)


METRICS = (
    _metric(
        id="active_days_7",
        label="Active days of the last seven",
        definition="On how many of the last seven days anyone (or the user) was active.",
        formula="distinct days with an event",
        unit="days",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        account="active_days_7",
        user=True,
    ),
    _metric(
        id="a3x7",
        label="A3x7",
        definition=(
            "Users active on {engagement.a3x7_days} or more of the last seven days, of those active in "
            "the last seven; a weekday view stands beside it."
        ),
        formula="users with active days >= {engagement.a3x7_days} / users active in the last seven days",
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.a3x7_users, p.users_7)),
        account=("a3x7_users", "users_7"),
        needs=("events.user_id",),
    ),
    _metric(
        id="a3x7_weekdays",
        label="A3x7, weekdays",
        definition="The same over the working days (`week_starts`) of the last seven.",
        formula="as a3x7, days of the weekend left out",
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.a3x7_weekday_users, p.users_7)),
        account=("a3x7_weekday_users", "users_7"),
        keys=("engagement.a3x7_days",),
        needs=("events.user_id",),
    ),
    _metric(
        id="session_frequency",
        label="Session frequency",
        definition=(
            "How often an active user comes back; below {engagement.session_frequency_risk} is a risk."
        ),
        formula=(
            "sessions of the month / active users / weeks of the month; sessions by session_id, else "
            "split at {engagement.session_gap_minutes} minutes without an event; 0 without active users"
        ),
        unit="per active user and week",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        value=Accounts(lambda p, _: Figure(p.sessions, p.active_users * p.weeks)),
        account="session_frequency",
        reading=AtLeast("engagement.session_frequency_risk", "no risk", "risk"),
        needs=("events.user_id",),
    ),
    _metric(
        id="dau",
        label="Daily active users",
        definition="Users active on a day, mean over the window.",
        formula=(
            "sum of active days of all users in the last {engagement.active_user_days} days / "
            "{engagement.active_user_days}"
        ),
        unit="count",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, product: Figure(p.user_days_n / product.engagement.active_user_days)),
        needs=("events.user_id",),
    ),
    _metric(
        id="wau",
        label="Weekly active users",
        definition="Users active in the last seven days.",
        formula="distinct users",
        unit="count",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.users_7)),
        needs=("events.user_id",),
    ),
    _metric(
        id="mau",
        label="Monthly active users",
        definition="Users active in the last {engagement.active_user_days} days.",
        formula="distinct users",
        unit="count",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.users_n)),
        needs=("events.user_id",),
    ),
    _metric(
        id="stickiness",
        label="Stickiness, DAU/MAU",
        definition=(
            "On how many of {engagement.active_user_days} days the average user comes. "
            "{engagement.stickiness_good:%} is good for a product used every week, "
            "{engagement.stickiness_daily:%} for one used every day."
        ),
        formula="dau / mau",
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(
            lambda p, product: Figure(p.user_days_n, p.users_n * product.engagement.active_user_days)
        ),
        reading=Sticky(),
        needs=("events.user_id",),
    ),
    _metric(
        id="stickiness_wau",
        label="Stickiness, WAU/MAU",
        definition="Monthly users who were there in the last week.",
        formula="wau / mau",
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.users_7, p.users_n)),
        needs=("events.user_id",),
    ),
    _metric(
        id="active_accounts",
        label="Active accounts",
        definition="Accounts with any event in the last thirty days.",
        formula="distinct accounts",
        unit="count",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(one(p.events_30 > 0))),
    ),
    _metric(
        id="account_stickiness",
        label="Account stickiness",
        definition="Stickiness over accounts instead of users.",
        formula=(
            "sum of active days of the accounts active in the month / (those accounts x days of the month)"
        ),
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.active_days, (p.events > 0).ifelse(p.days, 0))),
        reading=Sticky(),
    ),
    _metric(
        id="active_account_growth",
        label="Growth of active accounts",
        definition="Of the accounts that began or ceased to be active this month, those that began.",
        formula="gained / (gained + dropped), against the month before",
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(_growth),
    ),
    _metric(
        id="product_rhythm",
        label="Product rhythm kept",
        definition=(
            "The account got value within one period of the product's rhythm ({rhythm}). Every engagement "
            "figure is judged against that rhythm."
        ),
        formula="close - last value event <= one period; portfolio: share of paying accounts",
        unit="yes/no",
        unit_of_all="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(
            lambda p, _: Figure(one(p.paying & p.rhythm_kept), one(p.paying & p.rhythm_kept.notnull()))
        ),
        account="rhythm_kept",
    ),
)
