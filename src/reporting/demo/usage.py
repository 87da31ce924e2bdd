"""What users do in a month: which days, how much, which features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reporting.demo import product
from reporting.demo.calendar import DAY, NEVER, rhythm
from reporting.demo.life import Life
from reporting.demo.market import Market
from reporting.demo.people import People
from reporting.demo.randomness import Streams

_FEATURES = len(product.EVENTS)
_CORE = len(product.CORE)
_PREMIUM = slice(_CORE, _CORE + len(product.PREMIUM))
_ADOPTED_AT_START = np.array(
    [0.9, 0.85, 0.75, 0.85, 0.5, 0.5, 0.6, 0.6, *(0.5, 0.45, 0.3), *(0.12, 0.3), *(1, 1), *(0, 0, 0)]
)
_PAGE_VIEW = product.CODE["page_view"]
_EVENTS_PER_VISIT = 1.05  # a million events need this many beyond the first in an average visit


@dataclass(frozen=True)
class Events:
    """One month's events, unordered.

    Attributes:
        at: Instant of set-up events and first steps; -1 where only the day is drawn so far.
        visit: Number of the user-day within the month; -1 for set-up events and first steps.
    """

    account: np.ndarray
    user: np.ndarray
    day: np.ndarray
    feature: np.ndarray
    at: np.ndarray
    visit: np.ndarray


class Usage:
    """The mood of every account and what comes of it.

    An account's level of use moves by chance, grows over its first months, and from time to time begins to
    slide. None of this enters a hazard: the hazards see only the events that come of it.
    """

    def __init__(self, market: Market, people: People, streams: Streams, volume: float) -> None:
        n = len(market)
        self.market = market
        self.people = people
        self.sliding = np.zeros(n, bool)
        self._mood, self._events = streams["mood"], streams["usage"]
        self._volume = volume
        self._wave = 0.2 * self._mood.standard_normal(n)
        self._slump = np.zeros(n)
        self.level = np.zeros(n)
        self._depth = np.exp(0.25 * self._mood.standard_normal(n))
        taste = np.exp(0.45 * self._mood.standard_normal((n, _FEATURES)))
        taste[:, _CORE + 5 :] = 1
        self._taste = product.MIX * taste
        odds = _ADOPTED_AT_START * np.exp(0.12 * market.quality)[:, None]
        steps = [product.CODE[name] for name in product.ONBOARDING]
        odds[:, [s for s in steps if s < _CORE]] = np.where(market.existing[:, None], 0.85, 1.0)
        odds[~market.existing, 4 : _CORE + 5] *= 0.25  # found later, not on the first day
        self._adopted = self._mood.random((n, _FEATURES)) < odds
        self._first_use = np.full((n, _FEATURES), -NEVER)
        self._first_use[:, steps] = np.where(market.existing[:, None], -NEVER, market.steps // DAY)
        self._steps = steps

    def turn(self) -> np.ndarray:
        """Move every account's mood on by a month; returns who begins to slide."""
        n, rng = len(self.market), self._mood
        self._wave = 0.7 * self._wave + 0.14 * rng.standard_normal(n)
        begins = ~self.sliding & (rng.random(n) < 0.020)
        recovers = self.sliding & (rng.random(n) < 0.12)
        self.sliding = (self.sliding | begins) & ~recovers
        self._slump = np.where(self.sliding, self._slump - 0.45 * rng.random(n) - 0.2, 0.65 * self._slump)
        odds = np.where(self.sliding[:, None], 0.0, 0.05 * np.exp(0.4 * self.market.quality)[:, None])
        self._adopted |= rng.random((n, _FEATURES)) < odds * (product.MIX > 2)
        drops = np.where(self.sliding, 0.10, 0.006)[:, None] * (np.arange(_FEATURES) < _CORE + 5)
        self._adopted &= ~(rng.random((n, _FEATURES)) < drops)
        return begins

    def month(self, index: int, days: np.ndarray, life: Life, premium: np.ndarray) -> Events:
        """Events of the `days` of month `index`, for accounts while they are live.

        Args:
            premium: Accounts that may use premium features.
        """
        drawn = self._visits(index, days, life, premium)
        stated = self._stated(int(days[0]), int(days[-1]) + 1, life)
        events = Events(*(np.concatenate(pair) for pair in zip(drawn, stated, strict=True)))
        np.maximum.at(self.people.users.last_active, events.user, events.day)
        return events

    def _visits(
        self, index: int, days: np.ndarray, life: Life, premium: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """The ordinary part: each user comes or stays away each day, and does a few things when there."""
        users, rng = self.people.users, self._events
        who = np.flatnonzero(life.touches(days[0], days[-1] + 1)[users.account])
        account = users.account[who]
        age = np.maximum(days[0] - self.market.signed_up // DAY, 0) / 30
        self.level = self.market.engagement + self._wave + self._slump - 0.8 * np.exp(-age / 1.5)
        rate = np.exp(users.appetite[who] + self.level[account])
        begins = np.maximum(users.begins[who], life.begins[account])
        ends = np.minimum(users.deactivated[who], life.ends[account])
        there = (days >= begins[:, None]) & (days < ends[:, None])
        chance = -np.expm1(-0.57 * rate[:, None] * rhythm(days)) * there
        row, column = np.nonzero(rng.random(chance.shape) < chance)
        count = 1 + rng.poisson(_EVENTS_PER_VISIT * self._volume * self._depth[account[row]])
        visit = np.repeat(np.arange(len(row)), count)
        row, day = row[visit], days[column[visit]]
        account = account[row]
        feature = self._choose(index, account, premium, rng.random(len(account)))
        feature = np.where(day <= self._first_use[account, feature], _PAGE_VIEW, feature)
        unset = np.full(len(visit), -1, np.int64)
        return account, who[row], day, feature, unset, visit

    def _choose(self, index: int, account: np.ndarray, premium: np.ndarray, u: np.ndarray) -> np.ndarray:
        """A feature for every event, by its account's own mix."""
        weight = self._taste * self._adopted
        weight[:, _PREMIUM] *= premium[:, None]
        for name, launch in product.LAUNCHED.items():
            weight[:, product.CODE[name]] *= index >= launch
        weight[:, _PAGE_VIEW] += 1
        share = np.cumsum(weight, axis=1)
        share /= share[:, -1:]
        return (u[:, None] >= share[account, :-1]).sum(axis=1)

    def _stated(self, first: int, last: int, life: Life) -> tuple[np.ndarray, ...]:
        """First steps, invitations and connections: their instants are known, a user in charge does them."""
        users, table = self.people.users, self.people.integrations
        step, code = self.market.steps, np.array(self._steps)
        invite, connection = product.CODE["invite_sent"], product.CODE["integration_connected"]
        own = ~np.isin(code, [invite, connection])
        start, end = first * DAY, last * DAY
        reached, which = np.nonzero((step >= start) & (step < end) & own)
        invited = np.flatnonzero((users.invited >= start) & (users.invited < end) & ~users.founder)
        joined = np.flatnonzero((table.connected >= start) & (table.connected < end))
        account = np.concatenate([reached, users.account[invited], table.account[joined]])
        at = np.concatenate([step[reached, which], users.invited[invited], table.connected[joined]])
        feature = np.repeat([invite, connection], [len(invited), len(joined)])
        feature = np.concatenate([code[which], feature])
        keep = life.holds(account, at)
        account, at, feature = account[keep], at[keep], feature[keep]
        return account, self._in_charge(first, account), at // DAY, feature, at, np.full(len(at), -1)

    def _in_charge(self, day: int, account: np.ndarray) -> np.ndarray:
        """The longest-serving user of each account who is not deactivated before `day` (else its founder)."""
        users = self.people.users
        gone = users.deactivated < day
        order = np.lexsort([np.arange(len(users)), gone, users.account])
        return order[np.searchsorted(users.account[order], account)]
