"""Users who stopped what they came for, and their accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.hand import product

from reporting.analysis import habits


@pytest.mark.parametrize(
    ("gap", "last", "stopped"),
    [(7, 6, True), (6, 6, False), (7, 7, False), (8, 0, True), (np.nan, 0, False)],
)
def test_who_still_comes_in_but_stopped_the_key_action(gap, last, stopped):
    active = pd.DataFrame({"key_action_gap_days": [gap], "last_active_days": [last]})
    assert len(habits.stopped(active, product())) == stopped


def test_accounts_by_how_many_of_their_users_stopped():
    stopped = pd.DataFrame(
        {"account_id": list("aabcc"), "account_name": list("AABCC"), "mrr_cents": [5, 5, 9, 7, 7]}
    )
    active = pd.DataFrame({"account_id": list("aaaabbcc")})
    found = habits.stopped_by_account(stopped, active)
    assert found["account_id"].tolist() == ["c", "a", "b"]
    assert found["share"].tolist() == [1.0, 0.5, 0.5]
