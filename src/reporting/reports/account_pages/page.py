"""One account in words and numbers, ready to be set as a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reporting.analysis.account import Account, Cost
from reporting.present.formats import NOT_AVAILABLE, count, date, days, missing, month, number, percent
from reporting.present.words import NAME, cut, listing, plain, sentence
from reporting.reports.account_pages import details
from reporting.reports.account_pages.verdict import Verdict, verdict
from reporting.reports.telling.book import Book

Facts = tuple[tuple[str, str], ...]
"""Label and value, in order."""
SCORES = {"health_score": "Health score", "engagement_score": "Engagement score"}


@dataclass(frozen=True)
class Score:
    """A score with what its parts cost.

    Attributes:
        rows: Part, its own 0 to 100, points; of parts that cost something, or aren't known.
        whole: Those that cost nothing.
    """

    name: str
    value: str
    rows: tuple[tuple[str, str, str], ...]
    whole: str


@dataclass(frozen=True)
class Series:
    """One figure over the closes of `Page.months`.

    Attributes:
        values: Formatted, one a close.
        line: Its line as an SVG path, nine across from close to close and twenty high, with gaps where a
            value is not known.
        last: The value at the close, formatted.
    """

    name: str
    values: tuple[str, ...]
    line: str

    @property
    def last(self) -> str:
        return self.values[-1]


@dataclass(frozen=True)
class Page:
    """What the page of an account says, as plain text.

    Attributes:
        about: What it is, in a line: plan, industry, place.
        changed: What changed since last month, a sentence each.
        advised: When, what was advised, what came of it.
        contacts: The latest activities: when, what, by whom and the note.
        used, unused: Features with what is told of each; None where use is not on record.
    """

    id: str
    name: str
    about: str
    verdict: Verdict
    scores: tuple[Score, ...]
    months: tuple[str, ...]
    series: tuple[Series, ...]
    people: Facts
    contract: Facts
    flags: Facts
    features: str
    used: str
    unused: str
    changed: tuple[str, ...]
    advised: tuple[tuple[str, str, str], ...]
    contacts: tuple[tuple[str, str, str], ...]
    nothing: str

    @property
    def moved(self) -> bool:
        """Whether there was any revenue or use in these months."""
        return bool(
            {value for one in self.series for value in one.values} - {NOT_AVAILABLE, "0", self.nothing}
        )

    def at(self, close: int) -> tuple[str, ...]:
        """The values of one close; empty if none is known."""
        values = tuple(one.values[close] for one in self.series)
        return () if set(values) == {NOT_AVAILABLE} else values


def told(book: Book, account: Account) -> Page:
    """The page of an account."""
    features, used, unused = details.features(account) if account.verdict else ("", "", "")
    return Page(
        id=account.id,
        name=cut(account.name, NAME),
        about=_about(book, account),
        verdict=verdict(book, account),
        scores=_scores(book, account) if account.standing in ("pays", "on trial") else (),
        months=tuple(month(close, short=True) for close in account.course),
        series=_course(book, account),
        people=_people(account),
        contract=_contract(book, account) if account.verdict else (),
        flags=details.flags(account),
        features=features,
        used=used,
        unused=unused,
        changed=details.changed(book, account),
        advised=details.advised(book, account),
        contacts=details.contacts(account),
        nothing=book.money(0),
    )


def _about(book: Book, account: Account) -> str:
    now = account.now
    parts = [now.get(key) for key in ("plan", "industry", "country", "company_size")]
    told = [str(part) for part in parts if part]
    if since := now.get("signed_up_at"):
        told.append(f"signed up {date(since)}")
    told += [f"{plain(name)} {now[name]}" for name in book.own_columns if name in now]
    return " · ".join([account.id, *told])


def _scores(book: Book, account: Account) -> tuple[Score, ...]:
    return tuple(
        Score(
            SCORES[score],
            book.score(account.now.get(score)),
            tuple(
                (sentence(plain(cost.part)), number(cost.value), _points(cost.points))
                for cost in costs
                if not _costs_nothing(cost)
            ),
            listing([plain(cost.part) for cost in costs if _costs_nothing(cost)]),
        )
        for score, costs in account.costs.items()
    )


def _costs_nothing(cost: Cost) -> bool:
    return abs(cost.points) < 0.05


def _points(points: float) -> str:
    return NOT_AVAILABLE if missing(points) else number(-points, 1)


def _course(book: Book, account: Account) -> tuple[Series, ...]:
    forms = {
        "mrr_cents": ("MRR", book.money),
        "events": ("Use (events)", count),
        "active_users": ("Active users", count),
        "score": (sentence(book.score_name), book.score),
    }
    closes = list(account.course.values())
    found = []
    for key, (name, form) in forms.items():
        values = [None if row is None else row.get(key) for row in closes]
        found.append(Series(name, tuple(form(value) for value in values), _line(values)))
    return tuple(found)


def _line(values: Sequence[float | None]) -> str:
    """From zero up, so that the height is the size. There are thousands of these: the path is kept short."""
    top = max((value for value in values if value is not None), default=0) or 1
    heights = [None if value is None else 19 - round(18 * value / top) for value in values]
    path = ""
    for i, (before, here) in enumerate(zip([None, *heights], heights, strict=False)):
        if here is not None:
            path += (
                f"M{9 * i} {here}" if before is None else "h9" if here == before else f"l9 {here - before}"
            )
    return re.sub("(?:h9){2,}", lambda run: f"h{9 * (len(run[0]) // 2)}", path)


def _people(account: Account) -> Facts:
    now, people = account.now, account.people
    seats = NOT_AVAILABLE
    if "seats_used" in now and "seats_purchased" in now:
        seats = f"{count(now['seats_used'])} of {count(now['seats_purchased'])}"
        seats += f" ({percent(now.get('licence_utilisation'), 0)})"
    share = percent(now.get("top1_share"), 0)
    if now.get("single_champion"):
        share += ": most hangs on one person"
    if not account.verdict:
        return (("Last use", _ago(now.get("last_active_days"))),)
    return (
        ("Active this month", count(people.active)),
        ("Silent this month, active within a year", count(people.silent)),
        ("Admins active this month", count(people.admins)),
        ("Seats in use", seats),
        ("Share of the most active user", share),
        ("Last use", _ago(now.get("last_active_days"))),
        ("Last use by an admin", _ago(now.get("last_admin_active_days"))),
    )


def _ago(value: float | None) -> str:
    return NOT_AVAILABLE if missing(value) else f"{days(value)} before the close"


def _contract(book: Book, account: Account) -> Facts:
    now, told = account.now, account.verdict
    billing = now.get("billing_frequency")
    renewal = date(told.get("renewal_at"))
    if "renewal_at" in told:
        renewal += f", in {days(told.get('days_to_renewal'))}"
    return (
        ("Renewal", renewal),
        ("Billed by the", plain(billing) if billing else NOT_AVAILABLE),
        ("Contract value", book.money(told.get("contract_value_cents"))),
        ("Open tickets", count(now.get("tickets_open"))),
        ("Escalated", count(now.get("escalations"))),
        ("Opened this month", count(now.get("tickets_opened"))),
    )
