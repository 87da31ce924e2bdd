"""Why there is no model, or a driver is left out, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn.design import design
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.model import fit
from reporting.analysis.untold import Untold
from reporting.reports.churn_drivers.untold import why


def simple(name: str, column: str, **more) -> Driver:
    return Driver(name, "behaviour", (column,), lambda f: f[column], **more)


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 600
    return pd.DataFrame(
        {
            "account_id": np.arange(n),
            "start": rng.integers(0, 12, n).astype(float),
            "churned": np.arange(n) < 40,
            "a": rng.normal(size=n),
            "b": rng.normal(size=n),
            "c": rng.normal(size=n),
            "due_in": np.nan,
            "spell": np.arange(n),
            "can_leave": True,
        }
    ).assign(stop=lambda f: f["start"] + 1)


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
