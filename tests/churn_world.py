"""A simulated company whose hazard of leaving is known, in the form of a frozen snapshot.

Monthly log hazard ratios: a halving of use +0.7, ten points more of the seats active -0.15, activated within
14 days -0.8, one more escalation +0.6; integrations, tickets and everything else nil. Yearly accounts leave
only when their term ends, with +1.2.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reporting.params.product import load_product
from reporting.reports import churn_drivers as report
from reporting.snapshot.frozen import Snapshot
from reporting.snapshot.tables import PANEL

ROOT = Path(__file__).parents[1]
FIRST = pd.Timestamp("2024-01-01")
TRUTH = {
    "usage_halvings": 0.7,
    "active_user_share": -0.15,
    "activated_early": -0.8,
    "escalations": 0.6,
    "billed_yearly": 1.2,
}
NIL = ("integration_count", "tickets", "invites")


def snapshot(seed: int = 1, accounts: int = 260, months: int = 24, base: float = -2.6) -> Snapshot:
    """Simulate; `base` is the complementary log-log of the monthly probability at covariates zero."""
    rng = np.random.default_rng(seed)
    n = accounts
    starts = rng.integers(-12, months - 2, n)  # a third already pay when the events begin
    yearly = rng.random(n) < 0.25
    activated = rng.random(n) < 0.6
    seats = rng.integers(3, 20, n)
    integrations = rng.integers(0, 4, n)
    invited = rng.integers(1, 12, n)
    level = np.clip(rng.normal(0.6, 0.2, n), 0.05, 1)
    price = seats * 5000
    signed = np.array([FIRST + pd.DateOffset(months=int(s)) + pd.Timedelta(days=3) for s in starts])
    alive = np.ones(n, bool)
    usage = np.full(n, 200.0)
    rows = []
    weeks = []
    for t in range(months):
        month = FIRST + pd.DateOffset(months=t)
        close = month + pd.DateOffset(months=1)
        here = starts <= t
        paying = here & alive
        if t == 0:
            halvings = np.zeros(n)
        share = np.clip(level + rng.normal(0, 0.1, n), 0, 1)
        escalations = rng.binomial(2, 0.06, n)
        tickets = escalations + rng.poisson(0.5, n)
        term = 12 - (t - starts) % 12
        renewal = np.array([close + pd.DateOffset(months=int(k) - 1) for k in term])
        halvings = np.clip(rng.normal(0.05, 0.6, n), -2, 2)
        usage = np.where(here, np.clip(usage * 2**-halvings, 5, 2000), usage)
        mrr = np.where(paying, price, 0)
        rows.append(
            pd.DataFrame(
                {
                    "account_id": np.arange(n),
                    "month": month,
                    "paying": paying,
                    "mrr_cents": mrr,
                    "plan": np.where(seats > 10, "Large", "Small"),
                    "billing_frequency": np.where(yearly, "year", "month"),
                    "renewal_at": pd.Series(pd.to_datetime(renewal)).where(yearly & paying),
                    "seats_purchased": seats.astype(float),
                    "seats_used": np.round(share * seats),
                    "active_user_share": share,
                    "licence_utilisation": share,
                    "events": np.where(paying, np.round(usage), 0),
                    "value_events": np.where(paying, np.round(usage / 4), 0),
                    "active_users": np.round(share * seats),
                    "active_days": rng.integers(3, 22, n).astype(float),
                    "usage_trend_30": np.where(paying, 2**-halvings - 1, np.nan),
                    "feature_breadth": rng.random(n),
                    "features_used": rng.integers(1, 8, n).astype(float),
                    "session_frequency": rng.gamma(4, 1, n),
                    "last_active_days": rng.integers(0, 9, n).astype(float),
                    "last_admin_active_days": rng.exponential(15, n),
                    "top1_share": rng.beta(4, 4, n),
                    "onboarding_invites": invited.astype(float),
                    "integration_count": integrations.astype(float),
                    "tickets_opened": tickets.astype(float),
                    "escalations": escalations.astype(float),
                    "activated": activated,
                    "activated_at": pd.Series(pd.to_datetime(signed + pd.Timedelta(days=7))).where(activated),
                    "tenure_days": np.array([(close - s).days for s in signed], float),
                    "steps_done": rng.integers(1, 8, n).astype(float),
                    "engagement_score": np.clip(100 * share + rng.normal(0, 10, n), 0, 100),
                    "contraction_cents": np.where(paying & (rng.random(n) < 0.02), 1000, 0),
                    "expansion_cents": np.where(paying & (rng.random(n) < 0.03), 1000, 0),
                    "seen": here,
                }
            )
        )
        for monday in pd.date_range(month, close, freq="W-MON", inclusive="left"):
            weeks.append((monday, np.flatnonzero(paying), usage[paying] / 4.3))
        eta = (
            base
            + TRUTH["usage_halvings"] * halvings
            + TRUTH["active_user_share"] * 10 * share
            + TRUTH["activated_early"] * activated
            + TRUTH["escalations"] * escalations
            + TRUTH["billed_yearly"] * yearly
            + 1.0
        )
        leaves = rng.random(n) < -np.expm1(-np.exp(eta))
        may = ~yearly | (term == 1)
        alive = alive & ~(paying & leaves & may)
    panel = pd.concat(rows, ignore_index=True)
    panel = panel[panel.pop("seen").astype(bool)]
    return of(panel, signed, weeks, months)


def of(panel: pd.DataFrame, signed: np.ndarray, weeks: list, months: int) -> Snapshot:
    """Wrap the panel as a snapshot that was never written to disk."""
    panel = panel.assign(account_id=["A" + f"{i:04d}" for i in panel["account_id"]])
    panel = panel.sort_values(["account_id", "month"], ignore_index=True)
    before = panel.groupby("account_id")["mrr_cents"].shift(1)
    paid_before = panel["paying"].groupby(panel["account_id"]).shift(1, fill_value=False)
    panel["mrr_start_cents"] = before.fillna(0)
    panel["churned_cents"] = before.where(paid_before & ~panel["paying"], 0).fillna(0)
    ids = panel["account_id"].drop_duplicates().tolist()
    number = [int(i[1:]) for i in ids]
    first = panel[panel["paying"]].groupby("account_id")["month"].min()
    accounts = pd.DataFrame(
        {
            "account_id": ids,
            "account_name": [f"Company *{i}* | <b>" for i in ids],
            "signed_up_at": pd.to_datetime(signed[number]),
            "region": ["EMEA" if i % 2 else "AMER" for i in number],
            "company_size": "10-49",
            "industry": "Retail",
            "acquisition_channel": "Partner",
            "csm": "Kim",
            "first_paid_month": first.reindex(ids).to_numpy(),
            "churned_flag": pd.array([None] * len(ids), dtype="boolean"),
        }
    )
    panel = panel.reindex(columns=[*panel, *(name for name in PANEL if name not in {*panel, "signed_up_at"})])
    panel["adoption_recent"] = panel["feature_breadth"]
    week = pd.concat(
        [
            pd.DataFrame(
                {"account_id": ["A" + f"{i:04d}" for i in who], "week": monday, "events": np.round(how)}
            )
            for monday, who, how in weeks
        ],
        ignore_index=True,
    )
    product = load_product(ROOT / "params" / "product.yml").model_dump(mode="json")
    last = FIRST + pd.DateOffset(months=months - 1)
    meta = {
        "schema": 1,
        "source": "world",
        "title": "World",
        "month": f"{last:%Y-%m}",
        "currency": "USD",
        "product": product,
        "tables": ["accounts", "subscriptions", "events", "users", "tickets", "integrations"],
        "unavailable": {},
        "hash": "0" * 64,
    }
    frozen = Snapshot(Path("nowhere"), meta)
    spans = panel[panel["paying"]].groupby("account_id")["month"].agg(["min", "max"])
    ended = spans["max"] < last
    subscriptions = pd.DataFrame(
        {
            "subscription_id": ["S" + i for i in spans.index],
            "account_id": spans.index,
            "valid_from": spans["min"].to_numpy(),
            "valid_to": (spans["max"] + pd.DateOffset(months=1, days=9)).where(ended).to_numpy(),
            "plan": "Small",
            "is_trial": False,
            "mrr_cents": 100000,
        }
    )
    empty = pd.DataFrame(
        columns=["check", "severity", "table", "column", "count", "total", "message", "examples", "remedy"]
    )
    frozen._frames = {
        "accounts": accounts,
        "account_month": panel,
        "account_week": week,
        "subscriptions": subscriptions,
        "findings": empty,
        "cancellations": None,
        "tickets": None,
        "portfolio_month": pd.DataFrame(columns=["month", "metric", "value", "numerator", "denominator"]),
        "activation_steps": pd.DataFrame(columns=["account_id", "step", "position", "reached_at"]),
    }
    return frozen


@cache
def figures(**world: float) -> report.Data:
    """The report's figures of a `snapshot`, computed once for all rooms, each when first asked for."""
    return report.load(snapshot(**world))


@pytest.fixture(scope="session")
def data() -> report.Data:
    """A company with some 300 losses."""
    return figures(seed=4, accounts=700)


@pytest.fixture(scope="session")
def young() -> report.Data:
    """A company that hardly anyone has left."""
    return figures(seed=2, accounts=60, months=8, base=-5.0)
