"""Why there is no model, or a driver is left out, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.churn_hand import simple, six_hundred

from reporting.analysis.churn.design import design
from reporting.analysis.churn.model import fit
from reporting.analysis.untold import Untold
from reporting.reports.churn_drivers.untold import why


@pytest.fixture
def rows() -> pd.DataFrame:
    return six_hundred()


def test_fewer_than_twenty_losses_give_no_model_but_a_reason(rows):
    rows["churned"] = np.arange(len(rows)) < 19
    found = fit(rows, [simple("a", "a")], False)
    assert isinstance(found, Untold)
    assert why(found) == "19 losses, under the 20 that a model needs"


def test_a_driver_mostly_unknown_is_left_out_and_named(rows):
    rows.loc[rows.index[:400], "a"] = np.nan
    terms = design(rows, rows["churned"], [simple(x, x) for x in "ab"])
    assert {name: why(reason) for name, reason in terms.left_out.items()} == {
        "a": "unknown in 67% of the account-months"
    }
