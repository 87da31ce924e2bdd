"""Users as of the close: regulars, and who stopped the key action."""

import pandas as pd

from reporting.reports import monthly_health as report


def test_a_user_s_key_action_is_counted_from_the_last_month_that_has_one(company):
    found = report.load(str(company())).users.set_index("user_id")
    # In January 5 days before its close, and none in February's 28 days.
    assert found.loc["a-2", "key_action_gap_days"] == 5 + 28
    assert found.loc["a-1", "key_action_gap_days"] == 1
    assert found.loc["a-1", ["a3x7", "session_duration", "task_completion_rate"]].tolist() == [
        True,
        10.0,
        0.75,
    ]
    assert not found.loc["a-2", "a3x7"]
    assert pd.isna(found.loc["a-2", "session_duration"])  # no session, so it lasted no time at all: unknown
    assert not found.index.str.startswith("c").any()  # Cove pays no longer


def test_users_who_still_come_in_without_the_key_action_are_counted_by_account(company):
    blocks = report.people(report.load(str(company())))
    assert "6 users (50.0%) still come in" in blocks[0].markdown
    assert "50.0% of those active in the last seven came on 3 days or more" in blocks[0].markdown
    assert blocks[1].rows[-1][0] == "All"
    assert blocks[2].rows[0][:4] == ["Ada", "1,200", "1", "2"]
