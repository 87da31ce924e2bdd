"""Chapter: engagement."""

from __future__ import annotations

from reporting.metrics.catalogue.entry import DOWN, NEITHER, UP, Chapter, Metric

_m = Chapter("engagement")
_USER = ("events.user_id",)
_WINDOW = ("engagement.active_user_days",)


def _trend(days: int) -> Metric:
    return _m(f"usage_trend_{days}", f"Usage trend, {days} days", "A", "H C", "share", UP,
              f"Events of the last {days} days against the {days} before: rising, steady or falling.",
              f"events of the last {days} days / events of the {days} days before - 1; null if the windows "
              f"reach before "
              "the sign-up or the first event on record",
              place=f"account_month.usage_trend_{days}", thresholds=("engagement.trend_steady",))


ENTRIES: tuple[Metric, ...] = (
    _m("active_days_7", "Active days of the last seven", "A U", "H C", "days", UP,
       "On how many of the last seven days anyone (or the user) was active.", "distinct days with an event",
       place="account_month.active_days_7"),
    _m("a3x7", "A3x7", "P A", "H", "share", UP,
       "Users active on three or more of the last seven days, of those active in the last seven; a weekday "
       "view "
       "stands beside it.",
       "users with active days >= a3x7_days / users active in the last seven days",
       place="account_month.a3x7_users", thresholds=("engagement.a3x7_days",), needs=_USER),
    _m("a3x7_weekdays", "A3x7, weekdays", "P A", "H", "share", UP,
       "The same over Monday to Friday of the last seven days.", "as a3x7, days of the weekend left out",
       place="account_month.a3x7_weekday_users", thresholds=("engagement.a3x7_days",), needs=_USER,
       supporting=True),
    _m("session_frequency", "Session frequency", "A P", "H C", "per active user and week", UP,
       "How often an active user comes back.",
       "sessions of the month / active users / weeks of the month; sessions by session_id, else split at "
       "session_gap_minutes without an event; 0 without active users",
       place="account_month.session_frequency",
       thresholds=("engagement.session_frequency_risk", "engagement.session_gap_minutes"), needs=_USER),
    _m("api_call_trend", "API call trend", "A", "C", "share", UP,
       "Calls by machine, last 30 days against the 30 before.", "as usage trend, over `api_events`",
       place="account_month.api_call_trend", thresholds=("api_events",)),
    _m("dau", "Daily active users", "P", "H", "count", UP, "Users active on a day, mean over the window.",
       "sum of active days of all users in the last active_user_days / active_user_days",
       place="portfolio_month", thresholds=_WINDOW, needs=_USER),
    _m("wau", "Weekly active users", "P", "H", "count", UP, "Users active in the last seven days.",
       "distinct users",
       place="portfolio_month", needs=_USER),
    _m("mau", "Monthly active users", "P", "H", "count", UP, "Users active in the last 30 days.",
       "distinct users active in the last active_user_days", place="portfolio_month", thresholds=_WINDOW,
       needs=_USER),
    _m("stickiness", "Stickiness, DAU/MAU", "P", "H", "share", UP,
       "On how many of its days the average user comes: 20 % of 30 days is six days.", "dau / mau",
       place="portfolio_month", thresholds=("engagement.stickiness_good", "engagement.stickiness_daily"),
       needs=_USER),
    _m("stickiness_wau", "Stickiness, WAU/MAU", "P", "H", "share", UP,
       "Monthly users who were there in the last week.", "wau / mau", place="portfolio_month", needs=_USER),
    _m("active_accounts", "Active accounts", "P", "H", "count", UP,
       "Accounts with any event in the last 30 days.",
       "distinct accounts", place="portfolio_month"),
    _m("account_stickiness", "Account stickiness", "P", "H", "share", UP,
       "Stickiness over accounts instead of users.",
       "sum of active days of the accounts active in the month / (those accounts x days of the month)",
       place="portfolio_month", thresholds=("engagement.stickiness_good",)),
    _m("active_account_growth", "Growth of active accounts", "P", "H", "share", UP,
       "Of the accounts that began or ceased to be active this month, those that began.",
       "gained / (gained + dropped), against the month before", place="portfolio_month", supporting=True),
    _m("product_rhythm", "Product rhythm kept", "A P", "H", "yes/no", UP,
       "The account got value within one period of the product's rhythm (a day, a week, a month, a "
       "quarter). Every "
       "engagement figure is judged against that rhythm.",
       "close - last value event <= one period; portfolio: share of paying accounts",
       place="account_month.rhythm_kept", thresholds=("rhythm",)),
    _m("active_user_share", "Active user share", "A", "H", "share", UP,
       "Seats that are used: 5 of 100 is a risk.", "users active in the last active_user_days / seats bought",
       place="account_month.active_user_share", thresholds=("engagement.active_user_share_risk",),
       needs=("events.user_id", "subscriptions.seats")),
    _m("usage_concentration", "Usage concentration", "A", "H C", "share", DOWN,
       "How much of the use hangs on one or two people; with nearly all on one, a single champion. The "
       "spread over "
       "roles stands beside it.",
       "events of the busiest one (two) users / events by users: top1_share, top2_share; single_champion = "
       "top1_share "
       "> champion_share; role_count",
       place="account_month.top1_share", thresholds=("engagement.champion_share",), needs=_USER),
    _trend(7), _trend(30), _trend(60), _trend(90),
    _m("last_active_days", "Days since last active", "A U", "H C", "days", DOWN,
       "How long the account (or user) has been quiet: check in after 15 days, high risk after 30.",
       "close - last event, whole days", place="account_month.last_active_days",
       thresholds=("engagement.check_in_days", "engagement.high_risk_days")),
    _m("last_admin_active_days", "Days since an admin was active", "A", "C", "days", DOWN,
       "How long no admin has been seen.", "close - last event of a user whose role is in `admin_roles`",
       place="account_month.last_admin_active_days", thresholds=("admin_roles", "churn.admin_days"),
       needs=("users.role", "events.user_id")),
    _m("key_action_gap_days", "Days since the key action", "U A", "H", "days", DOWN,
       "How long ago the one action was done that users come for.",
       "close - last event `key_action`, whole days",
       place="account_month.key_action_gap_days", thresholds=("key_action", "engagement.key_action_days")),
    _m("tenure_days", "Tenure", "A", "H C", "days", NEITHER,
       "Age of the account: new, long-standing, or between; crossed with adoption and last activity.",
       "close - sign-up, whole days", place="account_month.tenure_days",
       thresholds=("engagement.tenure_new_days", "engagement.tenure_long_days")),
    _m("customer_engagement_score", "Customer engagement score", "U A", "H", "points", UP,
       "Points for what was done in the month, more for what is worth more.",
       "sum over events of the points in `event_points`",
       place="account_month.customer_engagement_score", thresholds=("event_points",)),
    _m("product_engagement_score", "Product engagement score", "P", "H", "score 0-100", UP,
       "One figure for the product: mean of adoption, stickiness and growth.",
       "100 x (feature_adoption_rate + stickiness + active_account_growth) / 3",
       place="portfolio_month", needs=_USER),
    _m("session_duration", "Session duration", "U A", "H", "minutes", NEITHER,
       "Time per session; long can mean deep or lost, so it is read only beside the task completion rate.",
       "sum of duration_seconds / sessions / 60",
       place="account_month.session_duration", needs=("events.duration_seconds",)),
    _m("task_completion_rate", "Task completion rate", "U A P", "H", "share", UP,
       "Tasks that were completed, of those that say whether they were.",
       "completed / events with `completed` given",
       place="account_month.task_completion_rate", needs=("events.completed",)),
    _m("nps", "Net promoter score", "P", "H", "share", UP,
       "What customers say they would do: an attitude, kept out of every score.",
       "(answers of 9 and 10 - answers of 0 to 6) / answers, last 91 days", place="portfolio_month",
       needs=("surveys",)),
    _m("day1_retention", "Day-1 retention", "P", "R", "share", UP,
       "New users who came back the day after their first.",
       "users active on the day after their first active day / users whose first day lies in the month "
       "(not on its last "
       "day)",
       place="portfolio_month", thresholds=("engagement.day1_retention",), needs=_USER),
    _m("month1_retention", "Month-1 retention", "P", "R", "share", UP,
       "New users of the month before who came back this month.",
       "users first seen the month before and active in the month / users first seen the month before",
       place="portfolio_month", thresholds=("engagement.month1_retention",), needs=_USER),
)
