"""Small worlds of churn, made by hand: use before a loss, sign-ups, rows at risk, warnings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis.churn import aha
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.risk_set import RiskSet

CLOSE = pd.Timestamp("2025-06-01")


def use_of(decline: int, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, RiskSet]:
    """60 accounts over a year of weeks; 20 leave, and use half as much in the last `decline` weeks."""
    monday = pd.date_range("2025-01-06", periods=52, freq="7D")
    end = pd.Timestamp("2025-12-08")
    rows, spells, subs = [], [], []
    for i in range(60):
        leaves = i < 20
        events = rng.poisson(20, 52).astype(float)
        if leaves:
            stop = int((end - monday[0]).days // 7)
            events[stop - decline : stop] = np.round(events[stop - decline : stop] / 2)
            events[stop:] = 0
            subs.append((f"a{i}", end))
        rows += [(f"a{i}", week, n) for week, n in zip(monday, events, strict=True) if n]
        left = pd.Timestamp("2025-12-01") if leaves else pd.NaT
        spells.append((f"a{i} 1", f"a{i}", leaves, left, pd.Timestamp("2024-06-01")))
    week = pd.DataFrame(rows, columns=["account_id", "week", "events"])
    spells = pd.DataFrame(spells, columns=["spell", "account_id", "churned", "left", "first_close"])
    subs = pd.DataFrame(subs, columns=["account_id", "valid_to"])
    risk = RiskSet(spells[["account_id"]], spells.set_index("spell"), spells, False, 0, monday[0])
    return week, subs, risk


def cohort(effect: float, seed: int, n: int = 400) -> pd.DataFrame:
    """Sign-ups whose monthly risk falls by `effect` (log) with more than 4 invitations; others are noise."""
    rng = np.random.default_rng(seed)
    invited, users = rng.integers(0, 10, n), rng.integers(1, 9, n)
    p = -np.expm1(-np.exp(-2.3 - effect * (invited > 4)))
    time = np.minimum(rng.geometric(p), 12)
    return pd.DataFrame(
        {
            "account_id": [f"a{i:03d}" for i in range(n)],
            "signed_up_at": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n), unit="D"),
            "time": time,
            "left": rng.random(n) < np.where(time < 12, 1.0, p),
            "onboarding_invites": invited,
            "active_users": users,
        }
    )


def landmarks(signed_up: str, paying_from: str) -> pd.DataFrame:
    """Two accounts by month; events are on record from January 2024, B leaves in the third month followed."""
    months = pd.date_range("2024-01-01", "2024-08-01", freq="MS")
    panel = pd.DataFrame({"month": months}).merge(pd.DataFrame({"account_id": ["A", "B"]}), how="cross")
    panel["signed_up_at"] = pd.Timestamp(signed_up)
    panel["tenure_days"] = (panel["month"] + pd.offsets.MonthEnd(1) - panel["signed_up_at"]).dt.days
    panel["paying"] = panel["month"] >= paying_from
    rows = panel[panel["paying"]].rename(columns={"month": "as_of"}).assign(stop=1)
    rows["spell"] = rows["account_id"]
    rows["churned"] = (rows["account_id"] == "B") & (rows["as_of"] == "2024-06-01")
    rows = rows[(rows["account_id"] == "A") | (rows["as_of"] <= "2024-06-01")]
    risk = RiskSet(rows, rows, rows, False, 0, pd.Timestamp("2024-01-01"))
    return aha.at_landmark(panel, risk).set_index("account_id")


def simple(name: str, column: str, **more) -> Driver:
    """A driver that is a column as it stands."""
    return Driver(name, "behaviour", (column,), lambda f: f[column], **more)


def six_hundred() -> pd.DataFrame:
    """Six hundred accounts, a row each; the first forty leave, whatever their three drivers are."""
    rng = np.random.default_rng(0)
    n = 600
    return pd.DataFrame(
        {
            "account_id": np.arange(n),
            "start": rng.integers(0, 12, n).astype(float),
            "churned": np.arange(n) < 40,
            "a": rng.normal(size=n),
            "b": rng.normal(size=n),
            "c": rng.normal(size=n),
            "due_in": np.nan,
            "spell": np.arange(n),
            "can_leave": True,
        }
    ).assign(stop=lambda f: f["start"] + 1)


def two_flags(warns: str, soothes: str, months: int = 3, due_in: float = np.nan) -> RiskSet:
    """Twenty spells with the one flag raised, ten of them lost in the last month, and twenty with the
    other, two of them lost."""
    rows = [
        (f"x{i}", float(k), k + 1.0, k == months - 1 and (i < 10 or 20 <= i < 22), i >= 20, i < 20)
        for i in range(40)
        for k in range(months)
    ]
    frame = pd.DataFrame(rows, columns=["spell", "start", "stop", "churned", soothes, warns])
    now = pd.DataFrame({warns: [True, True], soothes: [False, True]})
    return RiskSet(frame.assign(due_in=due_in), frame, now, not np.isnan(due_in), 0, CLOSE)
