"""Which accounts could be offered more, why, and what: no commercial reason, no listing."""

from __future__ import annotations

import pandas as pd

from reporting.present.formats import number, percent
from reporting.present.words import listing
from reporting.reports.common.book import Book

REASONS = {"seats": "seats", "volume": "volume", "tier": "higher plan"}
STEPS = {
    "seats": "Offer seats before they ask",
    "volume": "Offer a larger volume",
    "tier": "Show the higher plan",
}


def listed(book: Book) -> pd.DataFrame:
    """Paying accounts with a commercial reason: by readiness band, then largest MRR first.

    Returns:
        The month's rows, indexed by `account_id`, with `readiness_band` (over, between or under the bands'
        limits), `reason` and `next_step` in words.
    """
    rows = book.paying[book.paying["commercial_reason"].notna()].copy()
    limits = book.product.bands
    score = rows["expansion_readiness"].astype(float)
    rows["readiness_band"] = (score > limits.healthy).astype(int) + (score >= limits.at_risk).astype(int)
    rows["reason"] = [reason(book, row) for _, row in rows.iterrows()]
    rows["next_step"] = [next_step(book, row) for _, row in rows.iterrows()]
    order = ["readiness_band", "mrr_cents", "account_id"]
    return rows.sort_values(order, ascending=[False, False, True])


def reason(book: Book, row: pd.Series) -> str:
    """The commercial reason with its number."""
    if row["commercial_reason"] == "seats":
        return f"seats: {number(row['seats_used'])} of {number(row['seats_purchased'])} in use"
    if row["commercial_reason"] == "volume":
        return f"volume: {percent(row['plan_limit_proximity'], 0)} of the included volume used"
    parts = []
    if pd.notna(row["premium_share"]) and row["premium_share"] > 0:
        parts.append(f"{percent(row['premium_share'], 0)} of use on premium features")
    if (
        pd.notna(row["licence_utilisation"])
        and row["licence_utilisation"] > book.product.expansion.offer_seats
    ):
        parts.append(f"{percent(row['licence_utilisation'], 0)} of the seats in use")
    return f"higher plan: {listing(parts)}" if parts else "higher plan"


def next_step(book: Book, row: pd.Series) -> str:
    """What to offer; an account whose use is ill is mended first."""
    step = STEPS[row["commercial_reason"]]
    if row["commercial_reason"] == "tier" and (plan := _higher_plan(book, row["plan"])):
        step = f"Show the {plan} plan"
    if row["engagement_band"] == "churn risk":
        return f"Repair use first; then: {step[:1].lower()}{step[1:]}"
    return step


def _higher_plan(book: Book, plan: str | None) -> str | None:
    """The plan above, by the product definition's order; None at the top or where the plan isn't in it."""
    order = list(book.product.plan_order)
    above = order[order.index(plan) + 1 :] if plan in order else []
    return above[0] if above else None
