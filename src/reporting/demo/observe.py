"""Covariates at a month's close: the panel metrics, by their definitions, from what is published by then."""

from __future__ import annotations

import numpy as np

from reporting.demo import product
from reporting.demo.calendar import DAY
from reporting.demo.life import Life
from reporting.demo.market import SIZES, Market
from reporting.demo.people import ADMIN, TEAMS, People
from reporting.demo.terms import Terms
from reporting.demo.usage import Events

CHAMPION_SHARE = 0.7
_WINDOW = 30
_CORE = len(product.CORE)
_LAST_PREMIUM = _CORE + len(product.PREMIUM)


class Observer:
    """Keeps the daily event counts that the trends need."""

    def __init__(self, market: Market, days: int) -> None:
        self.market = market
        self._daily = np.zeros((len(market), days), np.int32)

    def close(
        self,
        first: int,
        last: int,
        events: Events,
        people: People,
        terms: Terms,
        life: Life,
        escalations: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Covariates of every account at the close of the month of days `[first, last)`.

        Args:
            escalations: Escalated tickets opened in the month, by account.
        """
        n, users, market = len(self.market), people.users, self.market
        cell = events.account * (last - first) + events.day - first
        self._daily[:, first:last] = np.bincount(cell, minlength=n * (last - first)).reshape(n, -1)
        recent = users.last_active >= last - _WINDOW
        seats = np.where(terms.paying, terms.seats, 0)
        by_user = np.bincount(events.user, minlength=len(users))
        top = np.zeros(n)
        np.maximum.at(top, users.account, by_user)
        total = np.bincount(events.account, minlength=n)
        names = len(product.EVENTS)
        used = np.bincount(events.account * names + events.feature, minlength=n * names).reshape(n, -1) > 0
        team = np.bincount((users.account * len(TEAMS) + users.team)[by_user > 0], minlength=n * len(TEAMS))
        fortnight = np.minimum(market.signed_up + 14 * DAY, last * DAY)
        early = (users.invited < fortnight[users.account]) & ~users.founder
        shared = market.steps[:, product.ONBOARDING.index(product.ACTIVATION)]
        # NumPy gives `any` over one axis the type of `any` over all.
        return {  # ty: ignore[invalid-explicit-return]
            "active_user_share": np.bincount(users.account[recent], minlength=n) / np.maximum(seats, 1),
            "usage_halvings": self._halvings(last, life),
            "feature_breadth": used[:, :_CORE].sum(axis=1) / _CORE,
            "activated_14": ~market.existing & (shared < fortnight),
            "activation_unknown": market.existing,
            "invited_3_in_14": np.bincount(users.account[early], minlength=n) >= 3,
            "integration_count": people.integration_count(),
            "admin_inactive": np.bincount(users.account[recent & (users.role == ADMIN)], minlength=n) == 0,
            "escalations": escalations,
            "single_champion": top > CHAMPION_SHARE * np.maximum(total, 1),
            "team_count": (team.reshape(n, -1) > 0).sum(axis=1),
            "premium_used": used[:, _CORE:_LAST_PREMIUM].any(axis=1),
            "plan_limit_proximity": total / product.EVENT_LIMIT[terms.plan],
            "billing_quarter": market.billing == 1,
            "billing_year": market.billing == 2,
            "region_emea": market.region == "EMEA",
            "company_size_step": market.size - len(SIZES) // 2,
            "csm_named": np.array([name is not None for name in market.manager]),
        }

    def _halvings(self, close: int, life: Life) -> np.ndarray:
        """Minus log2 of events of the last 30 days over the 30 before, within +-2; 0 where not covered."""
        begins = close - 2 * _WINDOW
        if begins < 0:
            return np.zeros(len(self.market))
        before = self._daily[:, begins : close - _WINDOW].sum(axis=1)
        after = self._daily[:, close - _WINDOW : close].sum(axis=1)
        covered = (life.begins <= begins) & (before > 0)
        ratio = np.maximum(after, 0.25 * before) / np.maximum(before, 1)
        return np.where(covered, -np.log2(np.clip(ratio, 0.25, 4.0)), 0.0) + 0.0
