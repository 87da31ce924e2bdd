"""Where the sums behind a change come from: outcomes, the panel, costs; and which figures they make."""

from __future__ import annotations

from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.snapshot.conftest import table

from reporting.errors import ConfigError
from reporting.month import Month
from reporting.snapshot.explain import Changes
from reporting.snapshot.figures import Figures, add_outcomes

DEC, JAN, FEB = (Month(2025, 12).shift(n) for n in range(3))
OUTCOMES = pd.DataFrame(
    [
        ("nps", DEC.start, "A", 9.0, 9.0),
        ("nps", JAN.start, "A", 1.0, 2.0),
        ("nps", JAN.start, "B", 0.0, 4.0),
        ("nps", FEB.start, "B", 2.0, 4.0),
        ("north_star", JAN.start, "A", 5.0, 0.0),
        ("north_star", FEB.start, "A", 3.0, 0.0),
        ("new_and_churned", DEC.start, "A", 1.0, 0.0),
    ],
    columns=["metric", "month", "account_id", "n", "d"],
)
PANEL = pd.DataFrame(
    [
        ("A", JAN.start, 100.0, 1.0, 1.0),
        ("B", JAN.start, np.nan, 0.0, 1.0),
        ("A", FEB.start, 70.0, 1.0, np.nan),
    ],
    columns=["account_id", "month", "mrr/n", "rate/n", "rate/d"],
)


def changes(**values: float | None) -> Changes:
    """February against January; `values` are those of acquisition cost by month."""
    accounts = pd.DataFrame({"account_id": ["A", "B"], "account_name": ["A Ltd", "B Ltd"]})
    told = Changes(
        SimpleNamespace(
            accounts=accounts, outcomes=OUTCOMES, value=lambda metric, month: values.get(f"{metric}@{month}")
        ),
        JAN,
        FEB,
    )
    told._panel = PANEL
    return told


def contributions(told: Changes, metric: str) -> dict:
    rows = told.accounts(metric)
    return dict(zip(rows["account_id"], rows["contribution"], strict=True))


def test_outcomes_are_those_of_the_two_months():
    """1/6 becomes 2/4: A gives (-1 - 1/6 x -2) / 4, B gives (2 - 1/6 x 0) / 4."""
    found = contributions(changes(), "nps")
    assert found == pytest.approx({"A": (-1 + 2 / 6) / 4, "B": 2 / 4})
    assert sum(found.values()) == pytest.approx(2 / 4 - 1 / 6)


def test_an_outcome_that_is_a_total_has_no_denominator():
    assert contributions(changes(), "north_star") == {"A": -2}
    assert contributions(changes(), "new_and_churned") == {}  # in December alone


def test_totals_of_the_panel_count_what_is_unknown_as_nothing():
    assert contributions(changes(), "mrr") == {"A": -30}
    found = changes()._of("mrr", JAN)
    assert found["n"].to_dict() == {"A": 100, "B": 0}
    assert found["d"].isna().all()


def test_ratios_of_the_panel_have_their_denominator_and_may_be_undefined():
    assert changes()._of("rate", JAN)["d"].to_dict() == {"A": 1, "B": 1}
    assert contributions(changes(), "rate") == {}  # nobody's is known in February


def test_a_misspelt_outcome_is_guessed_as_well():
    with pytest.raises(ConfigError, match="Did you mean 'nps'"):
        changes().accounts("npss")


def test_outcomes_add_up_to_figures_and_costs_count_in_the_months_computed_now():
    rows = OUTCOMES.rename(columns=str)
    schema = {"month": "timestamp(6)", "currency": "string", "rate": "decimal(17, 8)"}
    rates = [{"month": m.start, "currency": "EUR", "rate": 2} for m in (DEC, JAN)]
    costs = [{"month": str(m.start.date()), "channel": c, "cost": "5", "currency": "EUR"} for m, c in
             ((DEC, "a"), (JAN, "a"), (JAN, "b"))]  # fmt: skip
    ws = {
        "outcomes": ibis.memtable(pa.Table.from_pandas(rows)),
        "months": ibis.memtable([{"month": JAN.start}], schema={"month": "timestamp(6)"}),
        "rates": ibis.memtable(rates, schema=schema),
    }
    figures = Figures()
    add_outcomes(figures, ws, None, [JAN.start])
    assert figures.value("nps", JAN.start) == pytest.approx(1 / 6)
    assert figures.value("north_star", JAN.start) == 5
    assert figures.value("acquisition_cost", JAN.start) is None
    assert figures.value("new_and_churned", DEC.start) == 1
    assert figures.value("new_and_churned", JAN.start) == 0  # nobody came and went
    add_outcomes(figures, ws | {"acquisition": ibis.memtable(table("acquisition", costs))}, None, [JAN.start])
    found = {
        row["month"]: row["value"]
        for row in figures.table(()).to_pylist()
        if row["metric"] == "acquisition_cost"
    }
    assert found == {JAN.start: 2000}
