"""Trials: which are open, which should convert, and what trials before them say."""

import pandas as pd
import pytest
from tests.hand import view_of

from reporting.analysis.trials import converted, open_trials

CLOSE = pd.Timestamp("2026-03-01")


def trial(account: str, begins: str, ends: str | None) -> dict:
    return {"account_id": account, "valid_from": begins, "valid_to": ends, "is_trial": True, "amount": 0}


def paid(account: str, begins: str) -> dict:
    return {"account_id": account, "valid_from": begins, "valid_to": None, "is_trial": False, "amount": 10}


def subscriptions(*rows: dict) -> pd.DataFrame:
    frame = pd.DataFrame(rows).assign(plan="Team")
    frame["subscription_id"] = [f"s{i}" for i in range(len(frame))]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("valid_from", "valid_to")})


def account(name: str, cents: int = 0, activated: str | None = None, silent: float | None = 1.0) -> dict:
    return {
        "account_id": name,
        "mrr_cents": cents,
        "activated": activated is not None,
        "activated_at": activated,
        "last_active_days": silent,
    }


@pytest.mark.parametrize(
    ("ends", "is_open", "running"),
    [
        (None, True, True),
        ("2026-03-01", True, True),
        ("2026-02-28", True, False),
        ("2026-01-31", True, False),
        ("2026-01-30", False, None),  # thirty days before the close, and not less
    ],
)
def test_a_trial_is_open_while_it_runs_and_for_thirty_days_after(ends, is_open, running):
    made = view_of(account("a"), subscriptions=subscriptions(trial("a", "2026-01-10", ends)))
    found = open_trials(made)
    assert len(found) == is_open
    assert not is_open or found["running"].tolist() == [running]


def test_who_pays_is_on_no_trial():
    rows = subscriptions(trial("a", "2026-02-01", "2026-02-15"), paid("a", "2026-02-15"))
    assert open_trials(view_of(account("a", cents=1000), subscriptions=rows)).empty


@pytest.mark.parametrize(
    ("activated", "silent", "should"),
    [
        ("2026-02-20", 14.0, True),
        ("2026-02-20", 15.0, False),
        ("2026-02-20", None, False),  # never seen
        (None, 1.0, False),
    ],
)
def test_a_trial_should_convert_that_is_activated_and_not_quiet(activated, silent, should):
    rows = subscriptions(trial("a", "2026-02-10", "2026-03-05"))
    found = open_trials(view_of(account("a", activated=activated, silent=silent), subscriptions=rows))
    assert found["should_convert"].tolist() == [should]


def test_past_trials_are_told_by_whether_they_were_activated_before_their_end():
    rows = subscriptions(
        trial("in time", "2025-06-01", "2025-06-15"), paid("in time", "2025-06-15"),
        trial("too late", "2025-06-01", "2025-06-15"), paid("too late", "2025-06-15"),
        trial("gone", "2025-06-01", "2025-06-15"),
        trial("too old", "2025-02-01", "2025-03-01"),  # a year before the close, and not less
        trial("running", "2026-02-20", "2026-03-05"),
    )  # fmt: skip
    made = view_of(
        account("in time", 1000, "2025-06-15"), account("too late", 1000, "2025-06-16"), account("gone"),
        account("too old", activated="2025-02-10"), account("running", activated="2026-02-22"),
        subscriptions=rows,
    )  # fmt: skip
    found = converted(made)
    assert (found[True].value, found[True].n) == (1.0, 1)
    assert (found[False].value, found[False].n) == (0.5, 2)


def test_a_source_without_trials_has_none():
    made = view_of(account("a", 1000), subscriptions=subscriptions(paid("a", "2025-01-01")))
    assert open_trials(made).empty
    assert not converted(made)[True].known
    bare = subscriptions(paid("a", "2025-01-01")).drop(columns=["is_trial", "plan"])
    assert open_trials(view_of(account("a", 1000), subscriptions=bare)).empty
