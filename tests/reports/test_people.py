"""Users as of the close: regulars, and who stopped the key action."""

import pandas as pd

from reporting.analysis.account_figures import account_figures
from reporting.analysis.matrix import by_quadrant
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


def test_a_share_of_an_account_s_users_has_its_own_denominator(company):
    rows = account_figures(report.load(str(company())).book, "monthly_health").set_index("account_id")
    assert rows.loc["a", "a3x7"] == 8 / 9


def test_quadrants_split_at_the_median_and_above_the_healthy_edge(company):
    table = by_quadrant(report.load(str(company())).book)
    # MRR 1200, 500, 450, 400, 300, 200: the median is 425. Scores above 70: Ada (85) and Bolt (75).
    assert table["accounts"].to_dict() == {
        "large and healthy": 2,
        "large, not healthy": 1,
        "small and healthy": 0,
        "small, not healthy": 3,
    }
    assert table.loc["large and healthy", "mrr_cents"] == 170_000
