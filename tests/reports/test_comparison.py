"""Two closes side by side: who came into a band or a list, who went, and by how much figures differ."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.seven_accounts import write_company

from reporting.present.formats import MINUS
from reporting.reports.comparison import Comparison

PAID = {"a": [1000] * 14, "b": [500] * 14, "c": [300] * 14}
LATER = {"a": [1000] * 14, "b": [450] * 14, "d": [200] * 14}
SCORES = {"a": 85, "b": 75, "c": 55, "d": 20}


def scored(**scores: float):
    """The panel with these health scores and their bands, edges at 40 and 70."""

    def edit(panel: pd.DataFrame) -> pd.DataFrame:
        score = panel["account_id"].map(SCORES | scores).astype(float)
        band = (
            pd.Series("at risk", index=panel.index).mask(score > 70, "healthy").mask(score < 40, "churn risk")
        )
        return panel.assign(health_score=score, health_band=band.where(score.notna(), None))

    return edit


@pytest.fixture
def pair(tmp_path: Path):
    """Before, a and b are healthy and c is at risk; after, b is at risk, c has gone and d has come."""
    before = write_company(tmp_path / "before", PAID, {"a": "Ada", "b": "Bolt", "c": "Cove"}, edit=scored())
    names = {"a": "Ada", "b": "Bolt", "d": "Dune"}
    return before, write_company(tmp_path / "after", LATER, names, edit=scored(b=60))


def test_who_came_into_a_band_and_who_went(pair):
    found = {group.title: group for group in Comparison(*pair).bands}
    assert list(found) == ["Healthy", "At risk", "Churn risk"]
    healthy, at_risk, ill = found.values()
    assert (healthy.before, healthy.after) == (("2", "$1,500"), ("1", "$1,000"))
    assert (healthy.came, healthy.went, healthy.stayed) == ([], ["Bolt"], 1)
    assert (at_risk.came, at_risk.went, at_risk.stayed) == (["Bolt"], ["Cove"], 0)
    assert (ill.before, ill.after, ill.came) == (("0", "$0"), ("1", "$200"), ["Dune"])


def test_an_account_without_a_score_is_counted_as_such(tmp_path, pair):
    unknown = write_company(tmp_path / "unknown", LATER, edit=scored(b=float("nan")))
    assert Comparison(pair[0], unknown).bands[-1].title == "Can't be judged"
    assert Comparison(pair[0], unknown).bands[-1].came == ["Bolt"]


def test_movers_are_told_as_they_were_and_as_they_are(pair):
    movers = {mover.name: mover for mover in Comparison(*pair).movers}
    assert set(movers) == {"Bolt", "Cove", "Dune"}
    assert movers["Bolt"].band == ("healthy", "at risk")
    assert (movers["Bolt"].score, movers["Bolt"].mrr) == (("75", "60"), ("$500", "$450"))
    assert movers["Cove"].band == ("at risk", "doesn't pay")
    assert (movers["Cove"].score, movers["Cove"].mrr, movers["Cove"].reason) == (
        ("55", ""),
        ("$300", "$0"),
        "",
    )
    assert movers["Dune"].stance == ("doesn't pay", "to rescue")


def test_a_figure_is_told_in_its_unit_with_the_step(pair):
    before, after = pair
    for folder, value in ((before, 1_800_00.0), (after, 1_650_00.0)):
        month = pd.Timestamp("2026-02-01")
        rows = [(month, "mrr", value), (month, "grr_12", value / 2_000_00), (month, "nrr_12", 0.5)]
        rows.append((month, "health_score:healthy", 2.0 if folder == before else float("nan")))
        pd.DataFrame(rows, columns=["month", "metric", "value"]).to_parquet(
            folder / "portfolio_month.parquet"
        )
    told = {figure.id: (figure.before, figure.after, figure.change) for figure in Comparison(*pair).figures}
    assert told == {
        "health_score:healthy": ("2", "0", f"{MINUS}2"),
        "mrr": ("$1,800", "$1,650", f"{MINUS}$150"),
        "grr_12": ("90.0%", "82.5%", f"{MINUS}7.50 pp"),
        "nrr_12": ("50.0%", "50.0%", ""),
    }


def test_nothing_differs_from_itself(pair):
    same = Comparison(pair[0], pair[0])
    assert same.movers == [] and not any(figure.differs for figure in same.figures)
    assert all(group.came == group.went == [] for group in [*same.bands, *same.stances, *same.lists])
