"""A book for each owner: every account exactly once, by what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reporting.analysis.account import Account
from reporting.analysis.renewals import renewals
from reporting.params.playbook import STANCES as PAYING
from reporting.params.playbook import TO_SAVE
from reporting.present.formats import count, date, days
from reporting.present.words import NAME, cut, plural, sentence, uncapitalised
from reporting.reports.account_pages import details
from reporting.reports.account_pages.verdict import STANCES, action, owner, reason, stance
from reporting.reports.telling.book import Book as Month
from reporting.reports.telling.verdicts import NO_OWNER

Line = tuple[str, ...]
"""Cells; the first is the account's id, for its link."""


@dataclass(frozen=True)
class Book:
    """One owner's accounts.

    Args:
        owner: A name, or `NO_OWNER`.
        accounts: In the order in which to act.
    """

    month: Month
    owner: str
    accounts: Sequence[Account]

    @cached_property
    def paying(self) -> list[Account]:
        """Those that pay."""
        return [account for account in self.accounts if account.verdict]

    @property
    def summary(self) -> str:
        """`49 accounts with $102,400 MRR: 3 to rescue, 16 to protect, 5 to grow`."""
        counts = {s: sum(stance(a) == s for a in self.paying) for s in PAYING}
        named = ", ".join(f"{count(n)} {uncapitalised(STANCES[s])}" for s, n in counts.items() if n)
        mrr = self.month.money(sum(account.now.get("mrr_cents", 0) for account in self.paying))
        text = f"{sentence(plural(len(self.paying), 'account'))} with {mrr} MRR"
        return f"{text}: {named}" if named else text

    @property
    def to_save(self) -> int:
        """How many are to rescue or to protect."""
        return sum(stance(account) in TO_SAVE for account in self.paying)

    @property
    def stances(self) -> list[tuple[str, list[Line]]]:
        """By stance, the most urgent first: account, MRR, score, reason, next step, due."""
        found = []
        for one in PAYING:
            rows = [self._line(a) for a in self.paying if stance(a) == one]
            if rows:
                found.append((f"{STANCES[one]} ({count(len(rows))})", rows))
        return found

    def _line(self, account: Account) -> Line:
        told = account.verdict
        return (
            account.id,
            cut(account.name, NAME),
            self.month.money(told.get("mrr_cents")),
            self.month.score(told.get("score")),
            sentence(reason(self.month, account)),
            action(self.month, account),
            date(told.get("due")),
        )

    @property
    def renewals(self) -> list[Line]:
        """What renews within the widest window, the soonest first: account, when, value, stance."""
        own = {account.id: account for account in self.paying}
        ahead = [own[one] for one in renewals(self.month.judgement.accounts).index if one in own]
        return [
            (
                a.id,
                cut(a.name, NAME),
                date(a.verdict.get("renewal_at")),
                days(a.verdict["days_to_renewal"]),
                self.month.money(a.verdict.get("contract_value_cents")),
                STANCES[stance(a)],
            )
            for a in ahead
        ]

    @property
    def advised(self) -> list[Line]:
        """Those that were to save a month ago: account, what was advised, what came of it."""
        found = []
        for account in self.accounts:
            for past in account.past:
                if past.months == 1 and past.stance in TO_SAVE:
                    advice = f"{STANCES[past.stance]}: {details.advice(self.month, past)}"
                    found.append((account.id, cut(account.name, NAME), advice, details.outcome(past)))
        return found

    @property
    def others(self) -> list[tuple[str, list[Line]]]:
        """Those that don't pay, by standing."""
        found = []
        for one in ("trial", "left", "none"):
            rows: list[Line] = [
                (a.id, cut(a.name, NAME)) for a in self.accounts if not a.verdict and stance(a) == one
            ]
            if rows:
                found.append((f"{STANCES[one]} ({count(len(rows))})", rows))
        return found


def books(month: Month, accounts: Iterable[Account]) -> list[Book]:
    """A book for each owner by name, that of the accounts without one last."""
    by_owner: dict[str, list[Account]] = {}
    for account in accounts:
        by_owner.setdefault(owner(account), []).append(account)
    names = sorted(by_owner, key=lambda name: (name == NO_OWNER, name.casefold(), name))
    return [Book(month, name, by_owner[name]) for name in names]
