"""Use against the limits of the product definition, and its bands and silences, at the edges."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, product, view_of

from reporting.analysis import bands
from reporting.analysis.usage import Limit, limits, spread


@pytest.mark.parametrize(("side", "share"), [("below", 0.25), ("over", 0.5), ("at least", 0.75)])
def test_the_share_beyond_a_limit(side, share):
    assert spread(pd.Series([2.9, 3.0, 3.1, 4.0]), Limit(3.0, side)).beyond == share


def test_quartiles_are_of_the_known_values():
    found = spread(pd.Series([1.0, 2.0, None, 3.0, 4.0, 5.0]), None)
    assert (found.n, found.low, found.middle, found.high) == (5, 2.0, 3.0, 4.0)
    assert math.isnan(found.beyond)
    assert spread(pd.Series([None], dtype=float), None) is None


def test_each_figure_has_the_limit_and_the_side_of_the_product_definition():
    found = {column: (limit.value, limit.side) for column, limit in limits(product()).items()}
    assert found == {
        "session_frequency": (3, "below"),
        "feature_breadth": (0.3, "below"),
        "adoption_recent": (0.3, "below"),
        "active_users": (3, "below"),
        "active_user_share": (0.05, "below"),
        "time_to_first_value": (14, "over"),
        "last_active_days": (15, "at least"),
    }


def banded(account: str, cents: int, band: str | None, month=NOW) -> dict:
    return {"account_id": account, "mrr_cents": cents, "month": month, "health_band": band}


def test_a_band_s_share_of_mrr_is_of_all_mrr_and_its_share_of_accounts_of_those_scored():
    view = view_of(
        banded("a", 300, "healthy"),
        banded("b", 100, "churn risk"),
        banded("c", 100, None),
        banded("d", 0, "healthy"),
        banded("a", 100, "healthy", BEFORE),
        banded("b", 100, None, BEFORE),
    )
    found = bands.by_band(view)
    assert found["accounts"].tolist() == [1, 0, 1]
    assert found["mrr_cents"].tolist() == [300, 0, 100]
    assert found["accounts_before"].tolist() == [1, 0, 0]
    assert bands.share(view, found, "mrr_cents", "healthy") == 0.6
    assert bands.share(view, found, "mrr_cents_before", "healthy") == 0.5
    assert bands.share(view, found, "accounts", "healthy") == 0.5
    nobody = view_of(banded("a", 5, None))
    assert math.isnan(bands.share(nobody, bands.by_band(nobody), "mrr_cents", "healthy"))
