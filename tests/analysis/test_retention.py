"""Retention of the accounts of a year ago, against the figures of conftest."""

import pandas as pd
import pytest

from reporting.analysis.retention import followed, grr, logos, nrr, trailing
from reporting.analysis.view import View

THEN, NOW = pd.Timestamp("2025-02-01"), pd.Timestamp("2026-02-01")


def test_figures_are_those_worked_by_hand(company):
    rows = followed(View(company()).panel, THEN, NOW)
    assert nrr(rows).value == pytest.approx(2350 / 3500)
    assert grr(rows).value == pytest.approx(2150 / 3500)
    assert logos(rows).value == pytest.approx(4 / 6)


def test_a_returned_account_is_no_retention_and_is_shown_apart(company):
    rows = followed(View(company()).panel, THEN, NOW)
    assert rows.loc["e", ["end_cents", "back_cents"]].tolist() == [0, 40_000]
    assert not rows.loc["e", "stayed"]


def test_new_accounts_do_not_enter(company):
    assert "d" not in followed(View(company()).panel, THEN, NOW).index


def test_grr_is_never_above_one_nor_above_nrr(company):
    table = trailing(View(company()).panel, list(pd.date_range("2025-02-01", "2026-02-01", freq="MS")), 1)
    assert len(table) == 13
    for row in table.itertuples():
        assert row.grr.value <= min(1, row.nrr.value)
