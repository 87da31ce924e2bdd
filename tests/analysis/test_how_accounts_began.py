"""How an account began, at the edges, and who of them stays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.hand import NOW, view_of

from reporting.analysis.beginnings import (
    AGES,
    Beginning,
    Pair,
    _at_ages,
    _began_with_trial,
    beginnings,
    curves,
)
from reporting.analysis.cohorts import Aligned
from reporting.survival.estimate import UNKNOWN, Estimate

JANUARY = pd.Timestamp("2025-01-01")


def aligned(values: list[list[float]]) -> Aligned:
    index = pd.Index([f"a{i}" for i in range(len(values))])
    return Aligned(index, pd.Series(JANUARY, index=index), np.array(values, dtype=float))


def began_so(values: list[list[float]]) -> list[Estimate]:
    """The curve of the accounts that began so, where all of them did."""
    rows = aligned(values)
    return curves(rows, pd.Series(True, index=rows.accounts), 18)[0]


def trials(*rows: tuple[str, str, bool]) -> dict[str, bool] | None:
    table = pd.DataFrame(rows, columns=["account_id", "valid_from", "is_trial"])
    table["valid_from"] = pd.to_datetime(table["valid_from"])
    found = _began_with_trial(view_of({}, subscriptions=table))
    return None if found is None else found.to_dict()


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [2, 0, 5, 1, 4, 3]])
def test_who_pays_from_the_same_moment_on_did_not_begin_with_a_trial(order):
    rows = [
        ("tie", "2025-01-01", True), ("tie", "2025-01-01", False),
        ("trial", "2025-01-01", True), ("trial", "2025-01-02", False),
        ("paid", "2025-01-02", True), ("paid", "2025-01-01", False),
    ]  # fmt: skip
    assert trials(*(rows[i] for i in order)) == {"tie": False, "trial": True, "paid": False}


def test_without_trials_nobody_began_with_one():
    assert trials(("a", "2025-01-01", False)) is None


def beginnings_of(**columns) -> dict[str, dict[str, bool]]:
    """How four accounts began, watched from their sign-up on 1 January 2025, and one that was not."""
    names = ["a", "b", "c", "d", "old"]
    signed = pd.Series([JANUARY] * 4 + [JANUARY - pd.Timedelta(seconds=1)], index=names)
    rows = []
    for i, name in enumerate(names):
        own = {key: values[i] if i < len(values) else values[-1] for key, values in columns.items()}
        rows += [{"account_id": name, "month": m, "events": 1.0, **own} for m in (JANUARY, NOW)]
    accounts = pd.DataFrame({"account_id": names, "signed_up_at": signed.to_numpy()})
    return {one.name: one.did.to_dict() for one in beginnings(view_of(*rows, accounts=accounts))}


def test_a_beginning_within_days_of_sign_up_counts_up_to_the_last_moment():
    moment = [JANUARY + pd.Timedelta(days=d, seconds=s) for d, s in ((30, 0), (30, 1), (14, 0), (14, 1))]
    began = beginnings_of(activated_at=moment, first_value_at=moment)
    assert began["activated"] == {"a": True, "b": False, "c": True, "d": True}
    assert began["saw_value"] == {"a": False, "b": False, "c": True, "d": False}


def test_a_beginning_by_its_first_paid_close():
    began = beginnings_of(
        feature_breadth=[0.30, 0.29, 0.31, None], active_users=[3.0, 2.0, 4.0, None],
        value_events=[4.0, 5.0, 6.0, 6.0],
    )  # fmt: skip
    assert began["breadth"] == {"a": True, "b": False, "c": True}
    assert began["active_users"] == {"a": True, "b": False, "c": True}
    assert began["value_events"] == {"a": False, "b": False, "c": True, "d": True}  # median 5.5


def test_signing_up_on_the_day_of_a_change_is_after_it():
    names = ["before", "after"]
    signed = pd.to_datetime(["2025-04-30 23:59:59", "2025-05-01 00:00:00"])  # new navigation: 1 May 2025
    accounts = pd.DataFrame({"account_id": names, "signed_up_at": signed})
    rows = [{"account_id": n, "month": m, "events": 1.0} for n in names for m in (JANUARY, NOW)]
    (change,) = (one for one in beginnings(view_of(*rows, accounts=accounts)) if one.name == "product_change")
    assert change.told == {"change": "new navigation", "day": pd.Timestamp("2025-05-01")}
    assert change.did.to_dict() == {"before": False, "after": True}


def at_ages(*shares: tuple[float, float, float] | None) -> dict[int, Estimate]:
    made = [Estimate(*one, 20) if one else UNKNOWN for one in shares]
    return dict(zip(AGES, made, strict=True))


LOW, MID, HIGH = (0.3, 0.2, 0.4), (0.5, 0.4, 0.6), (0.7, 0.6, 0.8)


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ((LOW, LOW, LOW), (HIGH, HIGH, HIGH), True),
        ((HIGH, MID, MID), (LOW, MID, MID), False),  # told apart once, and not any more
        ((LOW, MID, None), (HIGH, MID, HIGH), False),  # the oldest age that both reached
        ((MID, LOW, None), (MID, HIGH, HIGH), True),
        ((MID, MID, MID), (MID, MID, HIGH), True),  # intervals that touch: their difference leaves out zero
        ((None, None, None), (MID, MID, MID), False),
    ],
)
def test_beginnings_differ_by_the_oldest_age_that_both_reached(first, second, apart):
    pair = Pair(Beginning("trial", pd.Series(dtype=bool)), at_ages(*first), at_ages(*second))
    assert pair.apart is apart


def test_an_age_that_nobody_reached_is_unknown():
    began = beginnings_of(activated_at=[JANUARY, JANUARY, None, None])
    assert list(began["activated"].values()) == [True, True, False, False]
    rows = aligned([[1.0, 1.0, 1.0]] * 4)
    assert _at_ages(rows, rows.accounts) == dict.fromkeys(AGES, UNKNOWN)
    assert _at_ages(rows, pd.Index([])) == dict.fromkeys(AGES, UNKNOWN)


@pytest.mark.parametrize(("did", "others", "told"), [(10, 10, True), (9, 11, False), (11, 9, False)])
def test_a_pair_needs_ten_accounts_on_either_side(did, others, told):
    n = did + others
    rows = aligned([[1.0] * 13] * n)
    began = pd.Series([k < did for k in range(n)], index=rows.accounts)
    sides = (_at_ages(rows, began[began == side].index) for side in (True, False))
    assert Pair(Beginning("trial", began), *sides).comparable is told


def test_a_curve_is_followed_while_ten_are_old_enough():
    values = [[1.0] * 4] * 10 + [[1.0, 1.0, np.nan, np.nan]]
    assert [e.n for e in began_so(values)] == [11, 11, 10, 10]
    values[0] = [1.0, 1.0, np.nan, np.nan]
    assert [e.n for e in began_so(values)] == [11, 11]
    assert began_so([[1.0]] * 9) == []
    assert len(began_so([[1.0] * 30] * 10)) == 19  # eighteen months and the first close


def test_accounts_not_watched_from_sign_up_are_in_neither_curve():
    rows = aligned([[1.0, 1.0]] * 30)
    known = pd.Series([k < 12 for k in range(25)], index=rows.accounts[:25])
    so, others = curves(rows, known, 18)
    assert (so[0].n, others[0].n) == (12, 13)
