"""All that a month knows of one account, side by side: what its page tells.

What is not known is None or NaN, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from reporting.analysis.features import Features, features
from reporting.analysis.judgement import Judgement
from reporting.analysis.scores import HEALTH, SCORES
from reporting.analysis.view import View
from reporting.metrics.churn import FLAGS
from reporting.metrics.scores import PREFIXES
from reporting.params.scores import Part

MONTHS = 12
"""Closes that an account's course shows."""
COURSE = ("mrr_cents", "events", "active_users")
"""What it shows beside the band score."""
Row = Mapping[str, Any]
_TOLD = (
    *("account_id", "account_name", "csm", "industry", "country", "region", "company_size"),
    *(
        "acquisition_channel",
        "plan",
        "billing_frequency",
        "signed_up_at",
        "tenure_days",
        "paying",
        "on_trial",
    ),
    *("mrr_cents", "events", "active_users", "seats_used", "seats_purchased", "seats_assigned"),
    *("licence_utilisation", "top1_share", "single_champion", "last_active_days", "last_admin_active_days"),
    "plan_limit_proximity",
    *("usage_trend_30", "usage_trend_90", "tickets_open", "tickets_opened", "escalations", "renewal_at"),
    *("risk_flags", "lifecycle_stage", "feature_breadth", "integration_count", "activated"),
    *("health_score", "health_band", "health_score_change", "health_score_change_cause"),
    *("engagement_score", "engagement_band", "engagement_score_change", "engagement_score_change_cause"),
)


@dataclass(frozen=True)
class Cost:
    """A part of a score: its own 0 to 100, and the points it takes off the score; both NaN if unknown."""

    part: str
    value: float
    points: float


@dataclass(frozen=True)
class People:
    """The account's users; None where users are not on record.

    Attributes:
        silent: Used the product within a year, and not this month.
        admins: Of those active this month; None without roles.
    """

    active: int | None = None
    silent: int | None = None
    admins: int | None = None


@dataclass(frozen=True)
class Past:
    """What was advised at an earlier close, and what came of it."""

    since: pd.Timestamp
    months: int
    stance: str
    rule: str
    outcome: str
    contacted: bool | None


@dataclass(frozen=True)
class Account:
    """One account at a close.

    Attributes:
        standing: `pays`, `on trial`, `left` or `never paid`.
        left: The month in which it last stopped paying; None unless it has left.
        now: Its row of the month, with its attributes; `before` that of the month before. Empty if there is
            none.
        verdict: See `verdict.COLUMNS`; empty unless it pays.
        costs: By score, its parts in the order of the product definition.
        course: Close -> value of `COURSE` and of `score`, oldest first; None for closes before it was there.
        flags: Warning flag -> whether it is raised; None if unknown. `flags_before` those of a month ago.
        past: The earliest first.
    """

    id: str
    name: str
    standing: str
    left: pd.Timestamp | None
    now: Row
    before: Row
    verdict: Row
    costs: Mapping[str, tuple[Cost, ...]]
    course: Mapping[pd.Timestamp, Row | None]
    flags: Mapping[str, bool | None]
    flags_before: Mapping[str, bool | None]
    people: People
    features: Features | None
    past: tuple[Past, ...] = ()
    activities: tuple[Row, ...] = ()
    cancellation: Row = field(default_factory=dict)

    @property
    def owner(self) -> str | None:
        """Who looks after it."""
        return self.verdict.get("owner") or self.now.get("csm")


class Accounts:
    """Every account on record at a month's close.

    Args:
        view: The month.
        judgement: What was decided of it.
    """

    def __init__(self, view: View, judgement: Judgement) -> None:
        self.view, self.judgement = view, judgement

    def __iter__(self) -> Iterator[Account]:
        """The accounts that pay in the order in which to act, then the others by their id."""
        others = sorted(set(self.view.accounts.index) - set(self.judgement.accounts.index))
        for account in [*self.judgement.accounts.index, *others]:
            yield self._account(account)

    def _account(self, account: str) -> Account:
        now = self._now.get(account) or _known(self.view.accounts.loc[account].to_dict())
        left = self._left.get(account)
        if now.get("paying"):
            standing = "pays"
        elif now.get("on_trial"):
            standing = "on trial"
        else:
            standing = "never paid" if left is None else "left"
        return Account(
            id=account,
            name=str(now.get("account_name") or account),
            standing=standing,
            left=left if standing == "left" else None,
            now=now,
            before=self._before.get(account, {}),
            verdict=self._verdicts.get(account, {}),
            costs={score: self._costs(score, now) for score in self._scores},
            course={month: rows.get(account) for month, rows in self._course.items()},
            flags=_flags(now),
            flags_before=_flags(self._before.get(account, {})),
            people=self._people(account, now),
            features=self._features.get(account),
            past=tuple(self._past.get(account, ())),
            activities=tuple(self._activities.get(account, ())),
            cancellation=self._cancellations.get(account, {}),
        )

    @cached_property
    def _scores(self) -> list[str]:
        """The band score, and the health score, which is told part by part in any case."""
        return [score for score in SCORES if score in (self.view.product.band_score, HEALTH)]

    def _costs(self, score: str, row: Row) -> tuple[Cost, ...]:
        own, lost = PREFIXES[score]
        parts = [name for name, part in getattr(self.view.product, score) if isinstance(part, Part)]
        nan = float("nan")
        return tuple(Cost(p, row.get(f"{own}{p}", nan), row.get(f"{lost}{p}", nan)) for p in parts)

    @cached_property
    def _now(self) -> dict[str, Row]:
        return _rows(self.view.now, self.view.own_columns)

    @cached_property
    def _before(self) -> dict[str, Row]:
        return _rows(self.view.before)

    @cached_property
    def _verdicts(self) -> dict[str, Row]:
        return _by_account(self.judgement.accounts)

    @cached_property
    def _course(self) -> dict[pd.Timestamp, dict[str, Row]]:
        months = pd.date_range(end=self.view.month, periods=MONTHS, freq="MS")
        wanted = [*COURSE, self.view.product.band_score]
        panel = self.view.panel
        found = {}
        for month in months:
            rows = panel[panel["month"] == month].set_index("account_id")
            rows = rows.reindex(columns=wanted).set_axis([*COURSE, "score"], axis=1)
            found[month] = _by_account(rows)
        return found

    @cached_property
    def _left(self) -> dict[str, pd.Timestamp]:
        """The month in which an account last stopped paying."""
        gone = self.view.panel[self.view.panel["churned_cents"] > 0]
        return gone.groupby("account_id")["month"].max().to_dict()

    @cached_property
    def _users(self) -> pd.DataFrame:
        """By account: users active in the month, active in the year before it and silent now, admins."""
        rows = self.view.snapshot.user_month
        assert rows is not None
        since = self.view.month - pd.DateOffset(months=MONTHS - 1)
        rows = rows[(rows["month"] >= since) & (rows["month"] <= self.view.month) & (rows["events"] > 0)]
        last = rows.sort_values("month").drop_duplicates(["account_id", "user_id"], keep="last")
        here = last["month"] == self.view.month
        admin = here & last["role"].isin(self.view.product.admin_roles)
        told = last.assign(active=here, silent=~here, admins=admin)
        return told.groupby("account_id")[["active", "silent", "admins"]].sum()

    def _people(self, account: str, now: Row) -> People:
        """Zero only where the month's users are on record and there is none."""
        if now.get("active_users") is None:
            return People()
        found = self._users.loc[account] if account in self._users.index else dict.fromkeys(self._users, 0)
        roles = now.get("last_admin_active_days") is not None
        return People(int(found["active"]), int(found["silent"]), int(found["admins"]) if roles else None)

    @cached_property
    def _features(self) -> dict[str, Features]:
        return features(self.view)

    @cached_property
    def _past(self) -> dict[str, list[Past]]:
        found: dict[str, list[Past]] = {}
        for months, one in sorted(self.judgement.followed.items(), reverse=True):
            for account, row in _by_account(one.accounts).items():
                contacted = row.get("contacted")
                past = Past(one.since, months, row["stance"], row["rule"], row["outcome"], contacted)
                found.setdefault(account, []).append(past)
        return found

    @cached_property
    def _activities(self) -> dict[str, list[Row]]:
        """What was done with each account, the latest first."""
        rows = self.view.snapshot.activities
        return {} if rows is None else _grouped(rows, "done_at", self.view.close)

    @cached_property
    def _cancellations(self) -> dict[str, Row]:
        rows = self.view.snapshot.cancellations
        found = {} if rows is None else _grouped(rows, "requested_at", self.view.close)
        return {account: latest[0] for account, latest in found.items()}


def _rows(rows: pd.DataFrame, own: tuple[str, ...] = ()) -> dict[str, Row]:
    """What pages tell of each account; a column that isn't there is not known."""
    parts = [c for c in rows if c.startswith(tuple(p for pair in PREFIXES.values() for p in pair))]
    flags = [c for c in rows if c.startswith("flag_")]
    return _by_account(rows[list(dict.fromkeys([*(c for c in (*_TOLD, *own) if c in rows), *parts, *flags]))])


def _by_account(rows: pd.DataFrame) -> dict[str, Row]:
    """Account -> its values that are known."""
    return {str(key): _known(row) for key, row in zip(rows.index, rows.to_dict("records"), strict=True)}


def _known(row: Mapping[Any, Any]) -> Row:
    return {str(column): value for column, value in row.items() if not pd.isna(value)}


def _flags(row: Row) -> dict[str, bool | None]:
    return {flag: row.get(f"flag_{flag}") for flag in FLAGS}


def _grouped(rows: pd.DataFrame, when: str, close: pd.Timestamp) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    rows = rows[rows[when] < close].sort_values(when, ascending=False, kind="stable")
    for row in rows.to_dict("records"):
        found.setdefault(str(row["account_id"]), []).append(_known(row))
    return found
