"""A company of seven accounts, small enough to work out every figure by hand.

MRR by month, January 2025 to February 2026 (the report month):

    Ada    1000 ............................ 1000 1200   expansion of 200, two seats more
    Bolt    500 ............................  500  500
    Cove    800 ............................  800    0   churn of 800
    Dune      -                                 -  300   new
    Echo    400 until June 2025, then nothing,     400   reactivation
    Fern    600 ............................  600  450   contraction of 150
    <Gate>  200 ............................  200  200   a name made of markup

Bridge of February 2026: 3100 + 300 + 400 + 200 - 150 - 800 = 3050.
Of the 3500 paid in February 2025, 2350 is paid a year later (NRR 67.1 %), 2150 of it old sums (GRR 61.4 %).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.hand import FINDINGS

from reporting.params.product import load_product
from reporting.snapshot.tables import PANEL

ROOT = Path(__file__).parents[1]
MONTHS = pd.date_range("2025-01-01", "2026-02-01", freq="MS")
NAMES = {
    "a": "Ada",
    "b": "Bolt",
    "c": "Cove",
    "d": "Dune",
    "e": "Echo",
    "f": "Fern",
    "g": "<b>Gate</b> | *x* $1",
}
PATHS = {
    "a": [1000] * 13 + [1200],
    "b": [500] * 14,
    "c": [800] * 13 + [0],
    "d": [0] * 13 + [300],
    "e": [400] * 6 + [0] * 7 + [400],
    "f": [600] * 13 + [450],
    "g": [200] * 14,
}
# Use at every close, by account: engagement score, days since last use, seats used of ten bought.
USE = {
    "a": (85, 1, 9),
    "b": (75, 2, 6),
    "c": (30, 35, 1),
    "d": (45, 3, 4),
    "e": (50, 16, 3),
    "f": (55, 5, 5),
    "g": (20, 31, 1),
}


def movements(path: list[float], account: str) -> list[dict]:
    """The ledger of one account's MRR path, by its definition."""
    rows, paid_before, spell = [], False, 0
    for month, before, now in zip(MONTHS[-len(path) :], [0, *path[:-1]], path, strict=True):
        kind = dict.fromkeys(("new", "expansion", "contraction", "churned", "reactivation"), 0)
        if before == 0 and now > 0:
            kind["reactivation" if paid_before else "new"] = now
        elif before > 0 and now == 0:
            kind["churned"] = before
        elif now > before:
            kind["expansion"] = now - before
        else:
            kind["contraction"] = before - now
        paid_before = paid_before or now > 0
        spell = spell + 1 if now else 0
        keys = {
            "account_id": account,
            "month": month,
            "age": len(rows),
            "months": len(path),
            "paid_months": spell,
        }
        cents = {"mrr_start_cents": before * 100, "mrr_cents": now * 100, "fx_cents": 0}
        rows.append(keys | cents | {f"{name}_cents": amount * 100 for name, amount in kind.items()})
    return rows


def panel_of(paths: dict[str, list[float]]) -> pd.DataFrame:
    """The panel of these accounts; use is the same at every close."""
    frame = pd.DataFrame([row for account, path in paths.items() for row in movements(path, account)])
    money = [column for column in frame if column.endswith("_cents")]
    frame[money] = frame[money].astype("int64")
    use = pd.DataFrame([USE.get(account, (60, 4, 5)) for account in frame["account_id"]], dtype=float)
    score, quiet, used = use[0], use[1], use[2]
    ill, paying, first = score < 40, frame["mrr_cents"] > 0, frame["account_id"] == "a"
    ever = paying.groupby(frame["account_id"]).transform("any")
    seats = np.where(first & (frame["age"] == frame["months"] - 1), 12.0, 10.0)
    share = used / seats
    scored = score.where(paying)
    late = pd.Series("expansion", index=frame.index).mask(frame["age"] < 3, "adoption")
    band = pd.Series("at risk", index=frame.index).mask(score > 70, "healthy").mask(ill, "churn risk")
    stage = pd.Series("gone", index=frame.index).mask(~ever, "signed up")
    rise = np.where(ill, -0.3, 0.2) * frame["age"] / (frame["months"] - 1).clip(lower=1)
    constant = {
        **{"on_trial": False, "plan": "Growth", "billing_frequency": "month", "currency": "USD"},
        **{"renewal_at": pd.NaT, "seats_assigned": np.nan, "active_days": 20.0, "invited_users": 2.0},
        **{"active_days_7": 3.0, "sessions": 40.0, "features_used": 4.0, "usage_trend_7": 0.0},
        **{"usage_trend_60": 0.0, "team_count": 2.0, "integration_count": 1.0, "tickets_opened": 1.0},
        **{"tickets_open": 0.0, "escalations": 0.0, "steps_done": 5.0, "steps_defined": 7.0},
        **{"activated_at": pd.NaT, "first_value_at": pd.Timestamp("2025-01-10"), "time_to_first_value": 9.0},
        **dict.fromkeys(("readiness_team", "readiness_growth", "readiness_premium", "readiness_limit"), 50.0),
        **{"premium_share": 0.1, "usage_growth": 0.1, "seat_growth": 0.0, "team_growth": 0.0},
        **{"cross_team_usage": True},
    }
    scores = (
        *(
            "engagement_score",
            "score_session_frequency",
            "score_feature_breadth",
            "score_licence_utilisation",
        ),
        *("score_integrations", "health_score", "health_activation", "health_usage_trend"),
    )
    whole = frame.reindex(columns=[*frame, *(name for name in PANEL if name not in {*frame, "signed_up_at"})])
    return whole.assign(
        paying=paying,
        paid_months=frame["paid_months"].astype(float),
        seats_purchased=seats,
        seats_used=used,
        licence_utilisation=share,
        active_user_share=share,
        events=score * 10,
        value_events=score,
        premium_events=score / 10,
        core_events=score * 5,
        active_users=used,
        engaged_users=used,
        session_frequency=score / 20,
        last_active_at=frame["month"] + pd.offsets.MonthBegin(1) - pd.to_timedelta(quiet, unit="D"),
        last_active_days=quiet,
        last_admin_active_days=quiet,
        key_action_gap_days=quiet,
        feature_breadth=score / 100,
        adoption_recent=score / 100,
        adoption_all_time=(score / 100 + 0.1).clip(upper=1),
        usage_trend_30=rise,
        usage_trend_90=np.where(ill, -0.4, 0.1),
        top1_share=np.where(ill, 0.9, 0.4),
        top2_share=np.where(ill, 0.95, 0.6),
        single_champion=ill,
        activated=~ill,
        onboarding_completed=score >= 70,
        tenure_days=frame["age"] * 30.0 + 20,
        lifecycle_stage=late.mask(frame["age"] < 1, "onboarding"),
        plan_limit_proximity=score / 100,
        engagement_band=band,
        funnel_stage=stage.mask(paying, "retained").mask(paying & ill, "declining"),
        churn_type=pd.Series(None, index=frame.index, dtype=object).mask(
            frame["churned_cents"] > 0, "engaged and yet gone"
        ),
        health_band=band,
        role_count=1.0,
        a3x7_users=used - 1,
        users_7=used,
        commercial_reason=pd.Series(None, index=frame.index, dtype=object).mask(used > 8, "seats"),
        expansion_readiness=scored,
        readiness_licence=scored,
        risk_flags=pd.Series(np.where(ill, 3.0, 0.0)).where(paying),
        flag_no_recent_admin=quiet > 30,
        flag_low_adoption=ill,
        **dict.fromkeys(scores, score),
        **constant,
    ).drop(columns=["age", "months"])


def user_month(panel: pd.DataFrame) -> pd.DataFrame:
    """Two users an account: the first a regular who does the key action, the second one who looks in and did
    it in the months before the last."""
    base = panel[["account_id", "month"]]
    if panel["active_users"].isna().all():
        base = base.iloc[:0]
    close = base["month"] + pd.offsets.MonthBegin(1)
    first = base.assign(
        **{"user_id": base["account_id"] + "-1", "role": "admin", "active_days": 12, "active_days_7": 4},
        **{"events": 60, "value_events": 9, "sessions": 20, "duration_seconds": 12_000.0, "tasks": 8},
        **{
            "tasks_done": 6,
            "features_used": 4,
            "key_action_gap_days": 1.0,
            "customer_engagement_score": 90.0,
        },
        last_active_at=close - pd.Timedelta(days=1),
    )
    second = first.assign(
        **{"user_id": base["account_id"] + "-2", "role": None, "active_days": 3, "active_days_7": 1},
        **{"sessions": 0, "duration_seconds": 0.0, "tasks": 0, "tasks_done": 0},
        customer_engagement_score=4.0,
        key_action_gap_days=np.where(base["month"] < base["month"].max(), 5.0, np.nan),
    )
    return pd.concat([first, second], ignore_index=True).assign(team="Sales")


def write_company(
    folder: Path,
    paths: dict[str, list[float]] = PATHS,
    names: dict[str, str] = NAMES,
    flags: dict[str, bool] | None = None,
    cancelled: dict[str, str] | None = None,
    without: tuple[str, ...] = (),
    unavailable: dict[str, list[str]] | None = None,
    findings: list[dict] | None = None,
    edit: Callable[[pd.DataFrame], pd.DataFrame] = lambda panel: panel,
) -> Path:
    """Write a snapshot of the small company; the arguments change it.

    `paths` replaces MRR paths, `names` names, `flags` the accounts' churn flags (id -> bool), `cancelled`
    adds cancellations (id -> date), `without` leaves columns of the panel unknown, `unavailable` fills the
    list of metrics that have no value, `findings` adds findings, `edit` changes the panel at last.
    """
    folder.mkdir(exist_ok=True)
    panel = edit(panel_of(paths).assign(**dict.fromkeys(without, np.nan)))
    first_paid = panel[panel["paying"]].groupby("account_id")["month"].min()
    accounts = pd.DataFrame(
        {
            "account_id": list(paths),
            "account_name": [names.get(account, account.upper()) for account in paths],
            "signed_up_at": pd.Timestamp("2025-03-01"),
            "industry": "Retail",
            "country": "NL",
            "region": ["north" if i % 2 else "south" for i in range(len(paths))],
            "company_size": "10-49",
            "acquisition_channel": "partner",
            "csm": "Kim",
            "plan": "Growth",
            "billing_frequency": "month",
            "currency": "USD",
            "first_paid_month": [first_paid.get(account, pd.NaT) for account in paths],
            "churned_flag": [(flags or {}).get(account) for account in paths],
        }
    )
    accounts["churned_flag"] = accounts["churned_flag"].astype("boolean")
    totals = panel.groupby("month")["value_events"].sum()
    portfolio = pd.DataFrame(
        {
            "month": totals.index,
            "metric": "north_star",
            "value": totals.to_numpy(),
            "numerator": np.nan,
            "denominator": np.nan,
        }
    )
    features = ["create_task", "create_report", "ai_summary"]
    feature_rows = [(m, f, f != "ai_summary", f == "ai_summary", 4, 9, 120) for m in MONTHS for f in features]
    tables = {
        "accounts": accounts,
        "account_month": panel,
        "user_month": user_month(panel),
        "outcomes": panel[["account_id", "month"]].assign(
            metric="north_star", n=panel["value_events"].astype(float), d=0.0
        ),
        "feature_month": pd.DataFrame(
            feature_rows, columns=["month", "feature", "core", "premium", "accounts", "users", "events"]
        ),
        "account_feature_month": pd.DataFrame(
            [(a, m, f, 12, 3) for a in list(paths)[:4] for m in MONTHS for f in features],
            columns=["account_id", "month", "feature", "events", "users"],
        ),
        "account_week": pd.DataFrame(
            columns=["account_id", "week", "events", "value_events", "active_users", "active_days"]
        ),
        "activation_steps": pd.DataFrame(
            [
                (a, step, i + 1, pd.Timestamp("2025-01-05") if i < 5 else pd.NaT)
                for a in paths
                for i, step in enumerate(["one", "two", "three", "four", "five", "six", "seven"])
            ],
            columns=["account_id", "step", "position", "reached_at"],
        ),
        "ledger": pd.DataFrame(columns=["account_id", "month", "movement", "amount_cents"]),
        "subscriptions": pd.DataFrame(
            columns=["subscription_id", "account_id", "valid_from", "valid_to", "amount"]
        ),
        "portfolio_month": portfolio,
        "findings": pd.DataFrame(findings or [], columns=FINDINGS),
    }
    mapped = ["accounts", "subscriptions", "events"]
    if cancelled:
        mapped.append("cancellations")
        tables["cancellations"] = pd.DataFrame(
            {
                "cancellation_id": list(cancelled),
                "account_id": list(cancelled),
                "requested_at": [pd.Timestamp(day) for day in cancelled.values()],
                "effective_at": pd.NaT,
                "reason": "too_expensive",
                "feedback": None,
            }
        ).astype({"effective_at": "datetime64[us]"})
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet")
    product = load_product(ROOT / "params" / "product.yml").model_dump(mode="json")
    meta = {
        "schema": 1,
        "source": "small",
        "title": "Small Company",
        "month": "2026-02",
        "close": "2026-03-01T00:00:00",
        "currency": "USD",
        "timezone": "UTC",
        "product": product,
        "tables": mapped,
        "unavailable": unavailable or {},
        "sources": [],
        "files": {},
        "hash": hashlib.sha256(b"small").hexdigest(),
    }
    (folder / "meta.json").write_text(json.dumps(meta))
    return folder


@pytest.fixture
def company(tmp_path: Path) -> Callable[..., Path]:
    """`write_company`, into a folder of the test."""
    return partial(write_company, tmp_path / "snapshot")
