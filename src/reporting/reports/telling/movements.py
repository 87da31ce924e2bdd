"""The accounts whose MRR moved, and why: what changed in their terms, what their use looked like before."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.bridge import PARTS
from reporting.present.formats import percent
from reporting.present.words import listing, plural
from reporting.reports.telling.book import Book

LABELS = {
    "new": "New",
    "reactivation": "Reactivation",
    "expansion": "Expansion",
    "contraction": "Contraction",
    "churn": "Churn",
    "fx": "Exchange rates",
}
"""Part of the bridge -> its name."""
# A cancellation this many months before the churn is taken as its reason.
REASON_MONTHS = 3


def movements(book: Book, month: pd.Timestamp | None = None) -> pd.DataFrame:
    """The accounts whose MRR moved in a month other than by exchange rates, largest movement first.

    Returns:
        Columns account_id, account_name, movement, amount_cents (signed as in the bridge), mrr_cents, why.
        An account with two kinds of movement has two rows.
    """
    month = month or book.month
    rows, before = book.at(month), book.at(month - pd.DateOffset(months=1))
    reasons = _stated_reasons(book, month)
    found = []
    for part, (column, sign) in PARTS.items():
        if part == "fx":
            continue
        for account, row in rows[rows[column] != 0].iterrows():
            earlier = before.loc[account] if account in before.index else None
            found.append(
                {
                    "account_id": account,
                    "account_name": row["account_name"],
                    "movement": LABELS[part],
                    "amount_cents": int(sign * row[column]),
                    "mrr_cents": int(row["mrr_cents"]),
                    "why": _why(book, part, row, earlier, reasons.get(account)),
                }
            )
    columns = ["account_id", "account_name", "movement", "amount_cents", "mrr_cents", "why"]
    out = pd.DataFrame(found, columns=columns)
    order = out["amount_cents"].abs()
    return out.assign(size=order).sort_values(
        ["size", "account_id", "movement"], ascending=[False, True, True], ignore_index=True
    )[columns]


def _why(book: Book, part: str, row: pd.Series, before: pd.Series | None, stated: str | None) -> str:
    if part == "new":
        return _start(row)
    if part == "reactivation":
        return "paying again"
    if part == "churn":
        return (
            "; ".join(x for x in (stated and f"said: {stated}", _use(book, before)) if x)
            or "no reason recorded"
        )
    terms = _terms(row, before)
    if part == "contraction":
        use = _use(book, before)
        return "; ".join(x for x in (terms, use) if x)
    return terms


def _start(row: pd.Series) -> str:
    signed_up, channel = row.get("signed_up_at"), row.get("acquisition_channel")
    parts = []
    if pd.notna(signed_up):
        days = int(row["tenure_days"]) if pd.notna(row["tenure_days"]) else None
        parts.append(f"signed up {plural(days, 'day')} before the close" if days is not None else "")
    if pd.notna(channel):
        parts.append(f"came by {channel}")
    return listing([x for x in parts if x]) or "first payment"


def _terms(row: pd.Series, before: pd.Series | None) -> str:
    """What changed in the terms: plan, seats, or neither (then it is the price)."""
    if before is None:
        return "terms changed"
    parts = []
    if pd.notna(row["plan"]) and pd.notna(before["plan"]) and row["plan"] != before["plan"]:
        parts.append(f"plan {before['plan']} to {row['plan']}")
    seats, had = row["seats_purchased"], before["seats_purchased"]
    if pd.notna(seats) and pd.notna(had) and seats != had:
        parts.append(f"seats {had:.0f} to {seats:.0f}")
    return listing(parts) or "price, discount or a further subscription; same plan and seats"


def _use(book: Book, before: pd.Series | None) -> str:
    """What the account's use looked like at the close before it paid less."""
    if before is None:
        return ""
    parts = []
    quiet, trend = before["last_active_days"], before["usage_trend_90"]
    if pd.notna(quiet) and quiet >= book.product.check_in_days:
        parts.append(f"quiet for {quiet:.0f} days")
    if pd.notna(trend) and abs(trend) > book.product.engagement.trend_steady:
        parts.append(f"use {'up' if trend > 0 else 'down'} {percent(abs(trend))} over 90 days")
    if pd.notna(before["engagement_score"]):
        parts.append(f"engagement score {before['engagement_score']:.0f}")
    return f"a month earlier: {', '.join(parts)}" if parts else ""


def _stated_reasons(book: Book, month: pd.Timestamp) -> dict[str, str]:
    rows = book.snapshot.cancellations if book.has("cancellations") else None
    if rows is None or "reason" not in rows:
        return {}
    since = month - pd.DateOffset(months=REASON_MONTHS)
    recent = rows[(rows["requested_at"] >= since) & rows["reason"].notna()].sort_values("requested_at")
    return {
        account: str(reason).replace("_", " ")
        for account, reason in zip(recent["account_id"], recent["reason"], strict=True)
    }
