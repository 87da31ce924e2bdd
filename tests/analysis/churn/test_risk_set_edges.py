"""Who is at risk when: at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn import risk_set

CLOSE = pd.Timestamp("2025-06-01")


# --- who could leave when -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("renewal", "due"),
    [
        ("2025-03-31", np.nan),  # before the month whose close is looked from
        ("2025-05-31", np.nan),
        ("2025-06-01", np.nan),  # in that month itself: passed at its close
        ("2025-06-30", np.nan),
        ("2025-07-01", 1),
        ("2025-07-31", 1),
        ("2025-08-01", 2),
        ("2026-06-15", 12),
        (None, np.nan),
    ],
)
def test_a_renewal_in_the_past_is_no_term(renewal, due):
    found = risk_set._months_between(pd.Series([CLOSE]), pd.Series([pd.Timestamp(renewal)]))
    assert found.iloc[0] == due or (np.isnan(due) and np.isnan(found.iloc[0]))


def under_term(at_end: int, within: int) -> pd.DataFrame:
    due = [1.0] * at_end + [3.0] * within + [np.nan] * 30
    return pd.DataFrame({"due_in": due, "churned": True})


@pytest.mark.parametrize(
    ("at_end", "within", "binding"),
    [
        (5, 0, True),
        (4, 0, False),  # too few losses to tell
        (19, 1, True),  # exactly 95 %
        (18, 1, False),  # 94.7 %
        (95, 5, True),
        (94, 5, False),
        (0, 0, False),
    ],
)
def test_terms_bind_from_five_losses_and_ninety_five_percent(at_end, within, binding):
    assert risk_set._binding(under_term(at_end, within)) == (binding, within)


def test_a_term_that_goes_on_does_not_count_as_a_loss():
    rows = under_term(5, 0)
    stays = pd.DataFrame({"due_in": 3.0, "churned": [False] * 50})
    assert risk_set._binding(pd.concat([rows, stays])) == (True, 0)


def panel_of(**paths: str) -> pd.DataFrame:
    """1 pays at the close, 0 does not; one letter a month from January 2025."""
    parts = []
    for account, path in paths.items():
        pays = np.array([letter == "1" for letter in path])
        frame = pd.DataFrame({"month": pd.date_range("2025-01-01", periods=len(path), freq="MS")})
        parts.append(frame.assign(account_id=account, paying=pays, mrr_cents=np.where(pays, 100, 0)))
    panel = pd.concat(parts, ignore_index=True)
    return panel.assign(contraction_cents=0, expansion_cents=0, renewal_at=pd.NaT, events=1.0)


def spells(**paths: str) -> dict[str, list]:
    found = risk_set.risk_set(panel_of(**paths), pd.Timestamp("2025-12-01")).spells
    return {name: [r.entry, r.exit, r.churned] for name, r in found.iterrows()}


def test_a_return_is_a_new_spell_at_tenure_nil():
    assert spells(a="1110110") == {"a 1": [0, 3, True], "a 2": [0, 2, True]}


def test_who_stays_is_censored_and_who_never_paid_is_not_there():
    assert spells(a="111", b="000", c="011") == {"a 1": [0, 2, False], "c 1": [0, 1, False]}


def test_an_account_is_at_risk_from_its_first_close_to_its_loss():
    rows = risk_set.risk_set(panel_of(a="0110"), pd.Timestamp("2025-12-01")).rows
    assert rows["as_of"].dt.month.tolist() == [2, 3]
    assert rows["month"].dt.month.tolist() == [3, 4]
    assert rows["churned"].tolist() == [False, True]


def test_a_gap_in_the_panel_is_not_followed():
    panel = panel_of(a="1111")
    panel = panel[panel["month"] != "2025-03-01"]
    rows = risk_set.risk_set(panel, pd.Timestamp("2025-04-01")).rows
    assert rows["as_of"].dt.month.tolist() == [1]


def test_movements_are_those_of_the_month_after_the_close():
    panel = panel_of(a="1111")
    panel["contraction_cents"] = [9, 0, 5, 0]
    panel["expansion_cents"] = [0, 7, 0, 0]
    rows = risk_set.risk_set(panel, pd.Timestamp("2025-04-01")).rows
    assert rows["contracted"].tolist() == [False, True, False]
    assert rows["contracted_cents"].tolist() == [0, 5, 0]
    assert rows["expanded"].tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("events", "first"),
    [([0, 0, 1, 5, 0], 3), ([np.nan, 1, 1, 1, 1], 2), ([0.5, 0, 0, 0, 0], 1), ([np.nan, 0, 0, 0, 0], 1)],
)
def test_accounts_are_watched_from_the_first_month_with_events(events, first):
    panel = panel_of(a="11111").assign(events=events)
    found = risk_set.risk_set(panel, pd.Timestamp("2025-05-01"))
    assert found.observed_from == pd.Timestamp(2025, first, 1)
    assert found.rows["as_of"].dt.month.tolist() == list(range(first, 5))
    # What was paid before counts as tenure all the same.
    assert found.rows["start"].tolist() == list(range(first - 1, 4))
    assert found.rows["stop"].tolist() == list(range(first, 5))


def test_a_cent_is_a_movement():
    panel = panel_of(a="1111").assign(contraction_cents=[0, 1, 0, np.nan], expansion_cents=[0, 0, 1, np.nan])
    rows = risk_set.risk_set(panel, pd.Timestamp("2025-04-01")).rows
    assert rows["contracted"].tolist() == [True, False, False]
    assert rows["expanded"].tolist() == [False, True, False]
    assert rows["contracted_cents"].tolist() == [1, 0, 0]


def test_a_spell_knows_its_first_close_and_the_month_of_its_loss():
    found = risk_set.risk_set(panel_of(a="01110110", b="00111111"), pd.Timestamp("2025-08-01")).spells
    told = {name: (row.first_close.month, row.left) for name, row in found.iterrows()}
    assert told == {
        "a 1": (2, pd.Timestamp("2025-05-01")), "a 2": (6, pd.Timestamp("2025-08-01")), "b 1": (3, pd.NaT)
    }  # fmt: skip
    assert found["account_id"].tolist() == ["a", "a", "b"]


@pytest.mark.parametrize(
    ("due", "committed", "open_months"),
    [
        (1, True, [True, False, False]),
        (3, True, [False, False, True]),
        (4, True, [False, False, False]),
        (None, True, [True, True, True]),
        (4, False, [True, True, True]),
    ],
)
def test_in_which_months_an_account_could_leave(due, committed, open_months):
    due_in = pd.Series([np.nan if due is None else float(due)])
    assert risk_set.opportunities(due_in, committed, 3).tolist() == [open_months]


def test_months_after_the_report_month_and_the_order_of_rows_do_not_matter():
    panel = panel_of(a="1110", b="1111").iloc[::-1]
    found = risk_set.risk_set(panel, pd.Timestamp("2025-03-01"))
    assert found.spells["churned"].tolist() == [False, False]
    assert found.now["start"].to_dict() == {"a": 2.0, "b": 2.0}
    assert found.now["as_of"].unique().tolist() == [pd.Timestamp("2025-03-01")]


def test_under_binding_terms_only_the_month_of_the_end_is_open():
    panel = panel_of(**{f"x{i}": "1110" for i in range(5)}, m="1111")
    panel.loc[panel["account_id"] != "m", "renewal_at"] = pd.Timestamp("2025-04-10")
    found = risk_set.risk_set(panel, pd.Timestamp("2025-04-01"))
    assert found.committed
    own = found.rows[found.rows["account_id"] == "x0"]
    by_close = dict(zip(own["as_of"].dt.month, own["can_leave"], strict=True))
    assert by_close == {1: False, 2: False, 3: True}
    assert found.rows.loc[found.rows["account_id"] == "m", "can_leave"].all()
    assert found.now.index.tolist() == ["m"]
