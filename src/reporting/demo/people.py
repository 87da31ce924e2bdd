"""Users and integrations of every account: who is invited, who leaves, what gets connected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reporting.demo.calendar import DAY, NEVER, working_hours
from reporting.demo.life import Life
from reporting.demo.market import Market
from reporting.demo.randomness import Streams

ROLES = ("admin", "member", "viewer")
TEAMS = ("Operations", "Finance", "Sales", "Marketing", "Product", "Support")
INTEGRATIONS = (
    "Salesforce",
    "HubSpot",
    "Slack",
    "Snowflake",
    "Google Sheets",
    "Microsoft Teams",
    "Jira",
    "Zapier",
)
ADMIN, MEMBER, VIEWER = range(3)
_MOST_INTEGRATIONS = 6


@dataclass
class Columns:
    """Arrays of equal length that grow at the end."""

    account: np.ndarray

    def append(self, **values: np.ndarray) -> None:
        """Add rows; every column must be given."""
        for name in self.__dict__:
            self.__dict__[name] = np.concatenate([self.__dict__[name], values[name]])

    def __len__(self) -> int:
        return len(self.account)


@dataclass
class Users(Columns):
    """All users so far: `invited` is an instant, `begins`, `deactivated` and `last_active` are days.

    `appetite` is the log level of use; -inf where the invitation is never taken up.
    """

    role: np.ndarray
    team: np.ndarray
    invited: np.ndarray
    founder: np.ndarray
    appetite: np.ndarray
    begins: np.ndarray
    deactivated: np.ndarray
    last_active: np.ndarray


@dataclass
class Integrations(Columns):
    """All integrations so far; `connected` and `disconnected` are instants."""

    kind: np.ndarray
    connected: np.ndarray
    disconnected: np.ndarray


class People:
    """All users and integrations so far, in `users` and `integrations`."""

    def __init__(self, market: Market, streams: Streams) -> None:
        self.market = market
        self._rng = streams["people"]
        n = len(market)
        whole, real, flag = np.empty(0, np.int64), np.empty(0), np.empty(0, bool)
        self.users = Users(
            account=whole,
            role=whole,
            team=whole,
            invited=whole,
            founder=flag,
            appetite=real,
            begins=whole,
            deactivated=whole,
            last_active=whole,
        )
        self.integrations = Integrations(account=whole, kind=whole, connected=whole, disconnected=whole)
        self.fill = np.clip(self._rng.normal(0.80, 0.22, n) + 0.06 * market.quality, 0.3, 1.5)
        self._first_team = self._rng.integers(0, len(TEAMS), n)
        self._team_spread = self._rng.uniform(0.25, 0.75, n)
        early = np.repeat(np.arange(n), market.early_invites)
        after = self._rng.exponential(4.5 * DAY, len(early)) * np.exp(-0.25 * market.quality[early])
        first = np.r_[True, early[1:] != early[:-1]] if len(early) else flag
        step = market.steps[early, 2]
        at = np.where(first & ~market.existing[early], step, working_hours(step + after.astype(np.int64)))
        self._early = early, np.maximum(at, step)
        self._settle_existing()

    def join(self, first: int, last: int, life: Life, seats: np.ndarray) -> None:
        """New users of the month `[first, last)`: founders, early invitations, growth towards the seats."""
        signed = self.market.signed_up
        founders = np.flatnonzero((signed >= first * DAY) & (signed < last * DAY))
        self._add(founders, signed[founders], founder=True)
        account, at = self._early
        now = (at >= first * DAY) & (at < last * DAY) & life.holds(account, at)
        self._add(account[now], at[now])
        settled = life.touches(first, last) & (signed < (first - 14) * DAY)
        missing = np.maximum(seats * self.fill - self.headcount(first), 0)
        count = self._rng.poisson(np.where(settled, 0.3 * missing + 0.01 * seats, 0))
        account = np.repeat(np.arange(len(self.market)), count)
        at = working_hours(((first + self._rng.random(len(account)) * (last - first)) * DAY).astype(np.int64))
        now = life.holds(account, at)
        self._add(account[now], at[now])

    def leave(self, first: int, last: int, slips: np.ndarray) -> None:
        """Deactivate some users in the month; where an account begins to slip, often its admin goes."""
        users = self.users
        working = users.deactivated == NEVER
        settled = working & (users.invited < (first - 60) * DAY)
        odds = np.where(users.founder, 0.003, 0.013)
        odds = np.where(slips[users.account] & (users.role == ADMIN), 0.5, odds)
        goes = settled & (self._rng.random(len(users)) < odds)
        users.deactivated[goes] = self._rng.integers(first, last, goes.sum())

    def headcount(self, day: int) -> np.ndarray:
        """Users not deactivated before `day`, by account."""
        return np.bincount(self.users.account[self.users.deactivated >= day], minlength=len(self.market))

    def connect(self, first: int, last: int, life: Life, slides: np.ndarray) -> None:
        """Connect and disconnect integrations in the month."""
        n, rng = len(self.market), self._rng
        step = self.market.steps[:, 3]
        everyone, live = np.arange(n), life.touches(first, last)
        onboards = (step >= first * DAY) & (step < last * DAY)
        held = self.integration_count()
        more = live & (held > 0) & (held < _MOST_INTEGRATIONS)
        odds = np.where(more, 0.05 * np.exp(0.3 * self.market.quality), 0)
        odds = np.where(live & (held == 0) & (step < (first - 30) * DAY), 0.04, odds)
        later = (rng.random(n) < odds) & ~onboards
        at = working_hours(((first + rng.random(n) * (last - first)) * DAY).astype(np.int64))
        at = np.where(onboards, step, at)
        new = np.flatnonzero((onboards | later) & life.holds(everyone, at))
        self._connect(new, at[new])
        table = self.integrations
        open_before = (table.disconnected == NEVER * DAY) & (table.connected < first * DAY)
        odds = np.where(slides[table.account], 0.05, 0.006) * live[table.account]
        ends = open_before & (rng.random(len(table)) < odds)
        at = ((first + rng.random(len(table)) * (last - first)) * DAY).astype(np.int64)
        ends &= life.holds(table.account, at)
        table.disconnected[ends] = at[ends]

    def integration_count(self) -> np.ndarray:
        """Integrations connected now, by account."""
        table = self.integrations
        return np.bincount(table.account[table.disconnected == NEVER * DAY], minlength=len(self.market))

    def _settle_existing(self) -> None:
        """The users and integrations that accounts had gathered before the events begin."""
        market, rng = self.market, self._rng
        old = np.flatnonzero(market.existing)
        self._add(old, market.signed_up[old], founder=True)
        account, at = self._early
        mine = market.existing[account] & (at < 0)
        self._add(account[mine], at[mine])
        missing = np.rint(market.seats * self.fill - self.headcount(0)).clip(0).astype(int)
        account = np.repeat(old, missing[old])
        at = market.signed_up[account] * rng.random(len(account))  # any time until the events begin
        self._add(account, np.minimum(working_hours(at.astype(np.int64)), -DAY))
        account = np.repeat(old, rng.binomial(_MOST_INTEGRATIONS, 0.3, len(old)))
        at = (market.signed_up[account] * rng.random(len(account))).astype(np.int64)
        order = np.lexsort([at, account])
        self._connect(account[order], at[order])

    def _add(self, account: np.ndarray, invited: np.ndarray, *, founder: bool = False) -> None:
        n, rng = len(account), self._rng
        kind, spread, pending, mood = rng.random((4, n))
        role = np.where(founder | (kind < 0.08), ADMIN, np.where(kind < 0.72, MEMBER, VIEWER))
        further = np.floor(np.log(np.maximum(spread, 1e-9)) / np.log(self._team_spread[account]))
        team = (self._first_team[account] + np.where(founder, 0, np.minimum(further, 5))) % len(TEAMS)
        appetite = np.array([0.05, -0.1, -0.9])[role] + 0.65 * rng.standard_normal(n) + 0.35 * founder
        takes_up = np.where(founder, 0.0, 0.5 + 4 * mood)
        self.users.append(
            account=account,
            role=role,
            team=team.astype(np.int64),
            invited=invited,
            founder=np.full(n, founder),
            appetite=np.where((pending < 0.1) & (not founder), -np.inf, appetite),
            begins=invited // DAY + 1 + takes_up.astype(np.int64),
            deactivated=np.full(n, NEVER),
            last_active=np.full(n, -NEVER),
        )

    def _connect(self, account: np.ndarray, at: np.ndarray) -> None:
        """Connect the next integration in each account's own order; `account` is sorted."""
        table = self.integrations
        nth = np.bincount(table.account, minlength=len(self.market))[account]
        within = np.arange(len(account)) - np.searchsorted(account, account)
        table.append(
            account=account,
            kind=(account * 3 + nth + within) % len(INTEGRATIONS),
            connected=at,
            disconnected=np.full(len(account), NEVER * DAY),
        )
