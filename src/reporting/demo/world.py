"""The story, month by month: moods turn, users work, and what they do decides who leaves, grows, shrinks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.demo import product
from reporting.demo.calendar import DAY, FIRST_MONTH, NEVER, month_starts, months_since_first, working_hours
from reporting.demo.life import Life
from reporting.demo.market import draw_market
from reporting.demo.observe import Observer
from reporting.demo.people import People
from reporting.demo.randomness import Streams
from reporting.demo.terms import Terms
from reporting.demo.truth import CHURN, CONTRACTION, EXPANSION
from reporting.demo.usage import Events, Usage

TRIAL_CONVERSION = {False: 0.35, True: 0.75}  # probability, by "activated before the trial ends"
CONTACT = {False: 0.05, True: 0.35}  # monthly probability, by "use slides", of accounts with a manager
REACTIVATION = 0.02  # monthly probability, from the third to the twelfth month after leaving

_OTHER_PLAN = 0.18  # share of expansions that move up a plan; the add-on takes the next band
_ADDON = 0.32


class World:
    """One simulated company. Build it, `run()` it, then read what happened.

    Attributes:
        panel: One row per account and month at risk (see `simulate_panel`).
        events: The months' events, only if `keep_events`.
        departures: One row per account that left: account, day, sliding.
        tickets: One row per support ticket: account, opened (instant), escalated.
        contacts: One row per time a manager turned to an account: account, at (instant).
        mood: Log level of use, months x accounts.
    """

    def __init__(self, seed: int, accounts: int, months: int, volume: float, *, keep_events: bool) -> None:
        self.streams = Streams(seed)
        self.starts = month_starts(months)
        self.months = months
        self.market = draw_market(self.streams, accounts, months)
        self.people = People(self.market, self.streams)
        self.usage = Usage(self.market, self.people, self.streams, volume)
        self.terms = Terms(self.market)
        self.observer = Observer(self.market, int(self.starts[-1]))
        self.events: list[Events] = []
        self._keep_events = keep_events
        n = len(self.market)
        begins = np.where(self.market.existing, -NEVER, self.market.signed_up // DAY)
        self.life = Life(begins, ends=np.full(n, NEVER))
        self.lapsed = np.zeros(n, bool)
        self.spell = np.ones(n, np.int64)
        self._paid_since = np.zeros(n, np.int64)
        self._left_in = np.full(n, -NEVER)
        self._departures: list[pd.DataFrame] = []
        self._tickets: list[pd.DataFrame] = []
        self._contacts: list[pd.DataFrame] = []
        self._panel: list[pd.DataFrame] = []
        self.mood = np.zeros((months, n))

    def run(self) -> World:
        """Live through all months."""
        self._open_books()
        covariates = None
        for index in range(self.months):
            first, last = int(self.starts[index]), int(self.starts[index + 1])
            begins_to_slide = self.usage.turn()
            self._decide(index, first, last, covariates)
            self.people.join(first, last, self.life, self.terms.seats)
            self.people.leave(first, last, begins_to_slide)
            self.people.connect(first, last, self.life, self.usage.sliding)
            escalations = self._support(first, last)
            premium = (self.terms.plan >= product.BUSINESS) | self.terms.has_addon
            events = self.usage.month(index, np.arange(first, last), self.life, premium)
            covariates = self.observer.close(
                first, last, events, self.people, self.terms, self.life, escalations
            )
            covariates["contacted"] = self._contact(first, last)
            self.mood[index] = self.usage.level
            if self._keep_events:
                self.events.append(events)
        self.panel = pd.concat(self._panel, ignore_index=True)
        self.departures = pd.concat(self._departures, ignore_index=True)
        self.tickets = pd.concat(self._tickets, ignore_index=True)
        self.contacts = pd.concat(self._contacts, ignore_index=True)
        return self

    def _open_books(self) -> None:
        """Enter the contracts of accounts that paid before the events begin, term by term."""
        old = np.flatnonzero(self.market.existing)
        begun = np.minimum(self.market.buys_on[old], -1)
        self._paid_since[old] = months_since_first(begun)
        self.terms.open(old, begun)
        while len(due := np.flatnonzero(self.terms.renewal < 0)):
            self.terms.close(due, self.terms.renewal[due])
            self.terms.renew(due)

    def _decide(self, index: int, first: int, last: int, covariates: dict[str, np.ndarray] | None) -> None:
        """Everything contractual in the month. The first has no past to judge by: accounts only arrive."""
        terms, n = self.terms, len(self.market)
        at_risk = terms.paying.copy()
        due = at_risk & (terms.renewal < last)
        left = grown = shrunk = np.zeros(n, bool)
        if covariates is not None:
            draws = self.streams["hazards"].random((3, n))
            known = covariates | {"start": np.maximum(index - 1 - self._paid_since, 0)}
            can_leave = at_risk & ((self.market.billing == 0) | due)
            left = can_leave & (draws[0] < CHURN.probability(known))
            stayed = at_risk & ~left
            grown = stayed & (draws[1] < EXPANSION.probability(known))
            at_least = (terms.plan == product.STARTER) & (terms.seats <= product.LEAST[0]) & ~terms.has_addon
            can_shrink = can_leave & stayed & ~grown & ~at_least
            shrunk = can_shrink & (draws[2] < CONTRACTION.probability(known))
            outcome = {
                "can_leave": can_leave,
                "churned": left,
                "stayed": stayed,
                "expanded": grown,
                "can_shrink": can_shrink,
                "contracted": shrunk,
            }
            self._note(index, at_risk, known, outcome)
        self._part(index, first, np.flatnonzero(left))
        self._change(first, last, due & ~left, grown, shrunk)
        self._arrive(index, first, last)
        self._return(index, first, last)

    def _note(
        self, index: int, rows: np.ndarray, known: dict[str, np.ndarray], outcome: dict[str, np.ndarray]
    ) -> None:
        month = pd.Timestamp(FIRST_MONTH.shift(index).start).as_unit("us")
        row = np.flatnonzero(rows)
        columns = {"account": row, "month": np.full(len(row), month), "spell": self.spell[row]}
        columns |= {"start": known["start"][row], "stop": known["start"][row] + 1}
        columns |= {name: values[row] for name, values in (known | outcome).items() if name != "start"}
        self._panel.append(pd.DataFrame(columns))

    def _part(self, index: int, first: int, who: np.ndarray) -> None:
        monthly = self.terms.renewal[who] == NEVER
        day = np.where(monthly, self.terms.billing_day(first)[who], self.terms.renewal[who])
        self.terms.close(who, day, leaves=True)
        self.life.ends[who] = day
        self._left_in[who] = index
        left = {"account": who, "day": day, "sliding": self.usage.sliding[who]}
        self._departures.append(pd.DataFrame(left))

    def _change(self, first: int, last: int, due: np.ndarray, grown: np.ndarray, shrunk: np.ndarray) -> None:
        """Renew what is due; changes take effect at the renewal where there is one, else on any day."""
        terms, rng, n = self.terms, self.streams["changes"], len(self.market)
        kind, size, when = rng.random((3, n))
        day = np.where(due, terms.renewal, first + 1 + (when * (last - first - 1)).astype(np.int64))
        plan, seats = terms.plan, terms.seats
        addon = grown & ~terms.has_addon & (plan != product.STARTER) & (kind > _OTHER_PLAN) & (kind < _ADDON)
        full = seats >= product.LIMIT[plan]
        up = grown & ~addon & (plan < product.ENTERPRISE) & (full | (kind < _OTHER_PLAN))
        more = grown & ~addon & ~up
        drop = shrunk & terms.has_addon
        few = seats <= product.LEAST[plan]
        down = shrunk & ~drop & (plan > product.STARTER) & (few | (kind < 0.25))
        fewer = shrunk & ~drop & ~down
        new_plan = plan + up - down
        added, cut = np.ceil(seats * (0.15 + 0.4 * size)), np.ceil(seats * (0.1 + 0.25 * size))
        wanted = seats + more * added - fewer * cut
        least = np.where(up | fewer, product.LEAST[new_plan], 0)
        new_seats = np.clip(wanted, least, product.LIMIT[new_plan]).astype(np.int64)
        touched = due | up | more | down | fewer
        who = np.flatnonzero(touched)
        terms.close(who, day[who])
        terms.plan, terms.seats = np.where(touched, new_plan, plan), np.where(touched, new_seats, seats)
        terms.valid_from[who] = day[who]
        terms.renew(np.flatnonzero(due))
        terms.add_addon(np.flatnonzero(addon), day[addon])
        terms.drop_addon(np.flatnonzero(drop), day[drop])

    def _arrive(self, index: int, first: int, last: int) -> None:
        """Trials end and are bought or not; others buy without one."""
        market = self.market
        decides = (market.buys_on >= first) & (market.buys_on < last) & ~market.existing
        shared = market.steps[:, product.ONBOARDING.index(product.ACTIVATION)] < market.buys_on * DAY
        odds = np.where(shared, TRIAL_CONVERSION[True], TRIAL_CONVERSION[False])
        odds = np.where(market.trial_days > 0, odds, 1.0)
        bought = decides & (self.streams["trials"].random(len(market)) < odds)
        self.lapsed |= decides & ~bought
        self.life.ends = np.where(decides & ~bought, market.buys_on, self.life.ends)
        who = np.flatnonzero(decides & (market.trial_days > 0))
        self.terms.record_trials(who, market.buys_on[who])
        self._begin(index, np.flatnonzero(bought), market.buys_on[bought])

    def _return(self, index: int, first: int, last: int) -> None:
        """Some that left come back, as a new spell on their old plan."""
        n, rng = len(self.market), self.streams["returns"]
        away = index - self._left_in
        odds = np.where((away > 2) & (away <= 12) & (self.life.ends < first), REACTIVATION, 0)
        back = np.flatnonzero(rng.random(n) < odds)
        day = (first + rng.random(n) * (last - first)).astype(np.int64)[back]
        self.life.begins[back], self.life.ends[back] = day, NEVER
        self.spell[back] += 1
        self._begin(index, back, day)

    def _begin(self, index: int, who: np.ndarray, day: np.ndarray) -> None:
        self._paid_since[who] = index
        self.terms.open(who, day)

    def _support(self, first: int, last: int) -> np.ndarray:
        """Tickets of the month; returns escalations by account."""
        n, rng = len(self.market), self.streams["tickets"]
        rate = 0.25 + 0.04 * self.people.headcount(first)
        account = np.repeat(np.arange(n), rng.poisson(rate))
        at = working_hours(((first + rng.random(len(account)) * (last - first)) * DAY).astype(np.int64))
        escalated = rng.random(len(account)) < np.where(self.usage.sliding, 0.16, 0.07)[account]
        later = self.life.holds(account, at - DAY)  # none on the very first day
        lived = later & self.life.holds(account, at)
        tickets = pd.DataFrame({"account": account, "opened": at, "escalated": escalated})[lived]
        self._tickets.append(tickets)
        return np.bincount(tickets.account[tickets.escalated], minlength=n)

    def _contact(self, first: int, last: int) -> np.ndarray:
        """Managers turn to their accounts, to those whose use slides most; returns whom they reached."""
        n, rng = len(self.market), self.streams["contacts"]
        managed = np.array([name is not None for name in self.market.manager])
        odds = np.where(self.usage.sliding, CONTACT[True], CONTACT[False])
        account = np.flatnonzero(managed & (rng.random(n) < odds))
        at = working_hours(((first + rng.random(len(account)) * (last - first)) * DAY).astype(np.int64))
        lived = self.life.holds(account, at - DAY) & self.life.holds(account, at)
        self._contacts.append(pd.DataFrame({"account": account, "at": at})[lived])
        return np.isin(np.arange(n), account[lived])
