"""Rows at risk worked out by hand, and a look-ahead variable that can't get in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests import churn_world as world

from reporting.analysis.churn.drivers import Driver, values
from reporting.analysis.churn.model import Model, fit
from reporting.analysis.churn.risk_set import opportunities, risk_set
from reporting.analysis.untold import Untold


def panel_of(**paying: str) -> pd.DataFrame:
    """A panel from strings of 1 (pays at the close) and 0, one letter a month from January 2025."""
    parts = []
    for account, path in paying.items():
        pays = np.array([letter == "1" for letter in path])
        months = pd.date_range("2025-01-01", periods=len(path), freq="MS")
        parts.append(
            pd.DataFrame(
                {
                    "account_id": account,
                    "month": months,
                    "paying": pays,
                    "mrr_cents": np.where(pays, 100, 0),
                    "contraction_cents": 0,
                    "expansion_cents": 0,
                    "renewal_at": pd.Series([pd.NaT] * len(path), dtype="datetime64[us]"),
                    "events": 10.0 + np.arange(len(path)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def rows_of(panel: pd.DataFrame, month: str = "2025-12") -> list[tuple]:
    rows = risk_set(panel, pd.Timestamp(f"{month}-01")).rows
    return [
        (r.spell, f"{r.month:%m}", r.start, r.stop, r.churned) for r in rows.sort_values("month").itertuples()
    ]


def test_an_account_that_comes_back_starts_a_new_spell():
    assert rows_of(panel_of(a="0111001100")) == [
        ("a 1", "03", 0, 1, False),
        ("a 1", "04", 1, 2, False),
        ("a 1", "05", 2, 3, True),
        ("a 2", "08", 0, 1, False),
        ("a 2", "09", 1, 2, True),
    ]


def test_spells_of_one_account_share_its_id_and_are_told_apart():
    spells = risk_set(panel_of(a="0111001100"), pd.Timestamp("2025-10-01")).spells
    assert spells["account_id"].tolist() == ["a", "a"]
    assert spells[["entry", "exit"]].to_numpy().tolist() == [[0, 3], [0, 2]]
    assert spells["left"].dt.month.tolist() == [5, 9]


def test_an_account_that_paid_before_the_events_begin_enters_at_its_tenure():
    panel = panel_of(a="1111", b="0011")
    panel.loc[panel["month"] < "2025-03-01", "events"] = 0
    risk = risk_set(panel, pd.Timestamp("2025-04-01"))
    assert risk.observed_from == pd.Timestamp("2025-03-01")
    assert rows_of(panel, "2025-04") == [("a 1", "04", 2, 3, False), ("b 1", "04", 0, 1, False)]


def test_nothing_after_the_report_month_is_seen():
    assert rows_of(panel_of(a="1110"), "2025-03") == [("a 1", "02", 0, 1, False), ("a 1", "03", 1, 2, False)]


def test_covariates_are_those_of_the_close_before():
    rows = risk_set(panel_of(a="1110"), pd.Timestamp("2025-04-01")).rows
    assert rows["events"].tolist() == [10, 11, 12]
    assert rows["month"].dt.month.tolist() == [2, 3, 4]


def test_paying_accounts_of_the_report_month_are_ready_to_predict():
    now = risk_set(panel_of(a="1111", b="1110"), pd.Timestamp("2025-04-01")).now
    assert now.index.tolist() == ["a"]
    assert now.loc["a", ["start", "events"]].tolist() == [3, 13]


def yearly(losses_at_end: int, losses_within: int) -> pd.DataFrame:
    """Accounts under a term of four months that leave when it ends (in May) or before."""
    paths = {f"end{i}": "11110" for i in range(losses_at_end)}
    paths |= {f"mid{i}": "11000" for i in range(losses_within)} | {"stay": "11111"}
    panel = panel_of(**paths)
    panel["renewal_at"] = pd.Timestamp("2025-05-10")
    return panel


def test_terms_bind_when_nearly_all_losses_under_a_term_come_at_its_end():
    risk = risk_set(yearly(20, 1), pd.Timestamp("2025-05-01"))
    assert risk.committed and risk.off_term == 1
    assert set(risk.modelled["month"].dt.month) == {5}
    assert risk.modelled["churned"].sum() == 20


def test_terms_do_not_bind_when_accounts_leave_within_them():
    risk = risk_set(yearly(10, 2), pd.Timestamp("2025-05-01"))
    assert not risk.committed
    assert risk.rows["can_leave"].all()


def test_when_an_account_can_leave():
    due = pd.Series([np.nan, 1.0, 3.0, 7.0])
    assert opportunities(due, True, 3).tolist() == [
        [True, True, True],
        [True, False, False],
        [False, False, True],
        [False, False, False],
    ]
    assert opportunities(due, False, 3).all()


def test_a_look_ahead_variable_cannot_get_in():
    """A column that gives the loss away in its own month: known to the panel, unknown to the row."""
    snapshot = world.snapshot(seed=3)
    panel = snapshot.account_month.copy()
    panel["leak"] = (panel["churned_cents"] > 0).astype(float)
    risk = risk_set(panel, pd.Timestamp(snapshot.month.start))
    spoiled = panel.copy()
    gone = spoiled["churned_cents"] > 0
    spoiled.loc[gone, ["leak", "events", "active_user_share", "escalations"]] = 99.0
    again = risk_set(spoiled, pd.Timestamp(snapshot.month.start))
    columns = ["spell", "start", "churned", "leak", "events", "active_user_share", "escalations"]
    pd.testing.assert_frame_equal(risk.rows[columns], again.rows[columns])

    leak = Driver("leak", "behaviour", ("leak",), lambda f: f["leak"])
    share = Driver("share", "behaviour", ("active_user_share",), lambda f: f.iloc[:, 0])
    assert risk.rows.loc[risk.rows["churned"], "leak"].eq(0).all()
    model = fit(risk.rows, [leak, share], risk.committed)
    assert isinstance(model, Model)
    assert [driver.name for driver in model.design.drivers] == ["share"]
    assert model.design.left_out == {"leak": Untold("constant")}


@pytest.mark.parametrize("column", ["churned_cents", "paying", "churned_flag", "mrr_start_cents"])
def test_an_outcome_cannot_be_a_driver(column):
    with pytest.raises(ValueError, match=f"reads {column}: an outcome can't be its own driver"):
        Driver("x", "behaviour", (column,), lambda f: f[column])


def test_a_driver_sees_only_the_columns_it_names():
    def curious(frame: pd.DataFrame) -> pd.Series:
        assert list(frame) == ["events"]
        return frame["events"]

    driver = Driver("x", "behaviour", ("events",), curious)
    assert values(panel_of(a="11"), [driver])["x"].tolist() == [10, 11]
