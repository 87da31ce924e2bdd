"""The bridge of the small company, worked out by hand in conftest."""

import pandas as pd
import pytest

from reporting.analysis.bridge import PARTS, as_data, bridge, net_parts
from reporting.analysis.view import View
from reporting.errors import RunError


def test_the_bridge_is_the_one_worked_by_hand(company):
    row = bridge(View(company()).panel).loc["2026-02-01"]
    found = {name: row[name] / 100 for name in ("start", *PARTS, "end")}
    assert found == {
        "start": 3100, "new": 300, "reactivation": 400, "expansion": 200, "contraction": 150, "churn": 800,
        "fx": 0, "end": 3050,
    }  # fmt: skip
    assert (row["accounts_start"], row["accounts_churn"], row["accounts_end"]) == (5, 1, 6)


def test_every_month_ends_where_the_next_begins(company):
    table = bridge(View(company()).panel)
    assert (table["end"].iloc[:-1].to_numpy() == table["start"].iloc[1:].to_numpy()).all()
    for _, row in table.iterrows():
        assert row["start"] + sum(net_parts(row).values()) == row["end"]


def test_a_cent_that_is_missing_stops_the_report(company):
    def lose_a_cent(panel: pd.DataFrame) -> pd.DataFrame:
        last = panel["month"] == "2026-02-01"
        panel.loc[last & (panel["account_id"] == "a"), "expansion_cents"] -= 1
        return panel

    with pytest.raises(RunError, match="2026-02 misses its end by -1 cents"):
        bridge(View(company(edit=lose_a_cent)).panel)


def test_data_are_in_units_of_the_currency(company):
    data = as_data(bridge(View(company()).panel), "USD").set_index("month")
    assert data.loc["2026-02", "end"] == 3050.0
    assert data.loc["2026-02", "contraction"] == 150.0
    assert data.loc["2026-02", "currency"] == "USD"
