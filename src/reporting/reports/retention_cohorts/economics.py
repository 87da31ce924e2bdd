"""What an account is worth by how long accounts stay."""

from __future__ import annotations

from reporting.analysis.churn.lifetime import paying_months
from reporting.analysis.untold import Untold
from reporting.present.blocks import Blocks, Text
from reporting.present.formats import count, interval, number, percent
from reporting.reports.telling.book import Book

from ..telling.trust import if_reliable
from .data import Data


@if_reliable
def economics(data: Data) -> Blocks:
    """What an account is worth by how long accounts stay, and outside references for users."""
    return Blocks([Text(f"{_lifetime_sentence(data)}. {_reference_sentence(data.book)}".strip())])


def _lifetime_sentence(data: Data) -> str:
    """Lifetime value from observed lifetimes: ARPA x margin x restricted mean of paying months."""
    book = data.book
    found = paying_months(book)
    if isinstance(found, Untold):
        return "Too few accounts were followed for a lifetime value from observed lifetimes"
    worth = book.metric("arpa") * book.product.revenue.gross_margin
    return (
        f"Of its first {count(found.tau)} months an account pays {number(found.estimate, 1)} on average "
        f"(95% interval {interval(found.lower, found.upper, 1)}), which makes "
        f"{book.money(worth * found.estimate)} of gross margin at the present revenue per account; "
        "the simple lifetime value divides by one month's churn and swings with it"
    )


def _reference_sentence(book: Book) -> str:
    limits = book.product.engagement
    if "month1_retention" in book.unavailable:
        return ""
    low, high = (percent(share, 0) for share in limits.day1_retention)
    return (
        f"Outside references for users: {low} to {high} come back on the day after their first, about "
        f"{percent(limits.month1_retention, 0)} in the month after."
    )
