"""Kinds of loss, early warnings and ends of subscriptions: at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tests.hand import product

from reporting.analysis.churn import flags
from reporting.analysis.churn.risk_set import RiskSet
from reporting.reports.telling.flags import flag

CLOSE = pd.Timestamp("2025-06-01")


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


def test_the_flag_that_warns_most_comes_first_in_its_words_or_by_its_name():
    found = flags.flags(two_flags("flag_no_such_thing", "flag_low_adoption"), product())
    assert [(flag(one.name), one.now) for one in found] == [("no such thing", 2), ("Low adoption", 1)]
