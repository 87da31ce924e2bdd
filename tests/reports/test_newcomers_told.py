"""Who goes on after onboarding: segments that are known, each against the rest."""

import pandas as pd
import pytest
from tests.hand import NOW, panel, snapshot

from reporting.reports import monthly_health as report


def told(regions: list[str | None], kept: list[bool]):
    """Newcomers of September 2025, activated, with their region and whether they keep the rhythm."""
    rows = panel(
        *(
            {
                "account_id": f"a{i:02d}", "month": NOW, "tenure_days": 150, "activated": True,
                "signed_up_at": pd.Timestamp("2025-09-10"), "rhythm_kept": keeps, "region": region,
            }
            for i, (region, keeps) in enumerate(zip(regions, kept, strict=True))
        )
    )  # fmt: skip
    return report.after_onboarding(report.load(snapshot(rows)))


@pytest.mark.parametrize(("unknown", "compared"), [(2, True), (3, False)])
def test_a_segment_that_is_not_known_of_nearly_all_is_not_compared(unknown, compared):
    regions = ["north"] * 20 + ["south"] * 20
    found = told([None] * unknown + regions[unknown:], [True] * 40)
    assert (len(found) == 2) is compared


def test_a_segment_stands_apart_where_its_difference_to_the_rest_is_beyond_chance():
    text = told(["north"] * 20 + ["south"] * 20, [True] * 20 + [False] * 20)[0].markdown
    assert "these stand apart: region\\: north 100.0%" in text
    alike = told(["north"] * 20 + ["south"] * 20, [True, False] * 20)[0].markdown
    assert "none differs beyond chance" in alike
