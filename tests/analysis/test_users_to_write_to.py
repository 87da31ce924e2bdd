"""Lists of users to write to: every edge, and nobody in two."""

import pandas as pd
import pytest
from tests.hand import product

from reporting.analysis.users import to_write_to

PRODUCT = product()  # weekly: quiet from 15 days, silent from 30; a key action every 7


def listed(silence: int, gap: float | None, valid: bool = True) -> list[str]:
    row = {
        **{"email": "u@x.example", "user_id": "u", "account_id": "a", "account_name": "A", "csm": "Kim"},
        **{"role": "admin", "valid": valid, "last_active_days": silence, "key_action_gap_days": gap},
    }
    found = to_write_to(pd.DataFrame([row]), PRODUCT)
    return [name for name, rows in found.items() if len(rows)]


@pytest.mark.parametrize(
    ("silence", "gap", "lists"),
    [
        (30, 40.0, ["silent"]),
        (29, 40.0, ["quiet"]),
        (15, 15.0, ["quiet"]),
        (14, 14.0, ["without_key_action"]),
        (0, 7.0, ["without_key_action"]),
        (0, 6.0, []),
        (0, None, ["without_key_action"]),  # never did it
    ],
)
def test_each_user_stands_in_one_list(silence, gap, lists):
    assert listed(silence, gap) == lists


def test_a_log_in_that_was_withdrawn_gets_no_mail():
    assert listed(40, 40.0, valid=False) == []


def test_a_list_begins_with_the_address_and_the_latest_seen():
    rows = pd.DataFrame(
        {
            **{"email": None, "user_id": ["u1", "u2"], "account_id": "a", "account_name": "A", "csm": None},
            **{"role": None, "valid": True, "last_active_days": [60, 31], "key_action_gap_days": None},
        }
    )
    found = to_write_to(rows, PRODUCT)["silent"]
    assert found.columns[0] == "email" and found["user_id"].tolist() == ["u2", "u1"]
