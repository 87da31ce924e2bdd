"""Figures of each account, and quadrants, of the company of seven accounts."""

from reporting.analysis.account_figures import account_figures
from reporting.analysis.matrix import by_quadrant
from reporting.analysis.view import View


def test_a_share_of_an_account_s_users_has_its_own_denominator(company):
    rows = account_figures(View(company()), "monthly_health").set_index("account_id")
    assert rows.loc["a", "a3x7"] == 8 / 9


def test_quadrants_split_at_the_median_and_above_the_healthy_edge(company):
    table = by_quadrant(View(company()))
    # MRR 1200, 500, 450, 400, 300, 200: the median is 425. Scores above 70: Ada (85) and Bolt (75).
    assert table["accounts"].to_dict() == {
        "large and healthy": 2,
        "large, not healthy": 1,
        "small and healthy": 0,
        "small, not healthy": 3,
    }
    assert table.loc["large and healthy", "mrr_cents"] == 170_000
