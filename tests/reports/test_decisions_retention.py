"""Retention at its edges: how an account began, groups, cohorts, and what is told from chance."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, book, months, panel, snapshot

from reporting.analysis.cohorts import Aligned, logos
from reporting.present.blocks import Table
from reporting.reports import retention_cohorts as retention
from reporting.survival.estimate import UNKNOWN, Estimate

early, groups, triangles = (
    import_module(f"reporting.reports.retention_cohorts.{name}") for name in ("early", "groups", "triangles")
)

JANUARY = pd.Timestamp("2025-01-01")


def load(*rows: dict, **tables) -> retention.Data:
    return retention.load(snapshot(panel(*rows), **tables))


def aligned_by_cohort(values: list[list[float]], cohorts: list[str]) -> Aligned:
    index = pd.Index([f"a{i}" for i in range(len(values))])
    return Aligned(index, pd.Series(pd.to_datetime(cohorts), index=index), np.array(values, dtype=float))


def test_halves_are_split_after_the_middle_cohort_of_those_old_enough():
    cohorts = ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"]
    rows = aligned_by_cohort([[1, 1], [1, 0], [1, 1], [1, np.nan]], cohorts)
    older, newer = triangles._halves(rows, logos(rows), 1)
    assert (older.n, older.value) == (2, 0.5)  # January and February, the middle of three
    assert (newer.n, newer.value) == (1, 1.0)


@pytest.mark.parametrize(
    ("counts", "age"),
    [
        ([100, 50, 25], 2),
        ([100, 50, 24], 1),  # under a quarter of the accounts are that old
        ([100, 26, 25, 25], 3),
        ([100] * 14, 12),
        ([4, 0], None),
    ],
)
def test_a_triangle_is_told_at_twelve_months_or_the_oldest_age_a_quarter_reached(monkeypatch, counts, age):
    found = SimpleNamespace(counts=pd.Series(counts), average=pd.Series(np.linspace(1, 0.5, len(counts))))
    monkeypatch.setattr(triangles, "_halves", lambda aligned, parts, at: (UNKNOWN, UNKNOWN))
    text = triangles._finding(SimpleNamespace(), triangles.USAGE, found, None, None)
    told = text.split(",")[0].removeprefix("After ").split(" month")[0]
    assert told == str(age) if age else not text.startswith("After")


@pytest.mark.parametrize(
    ("older", "newer", "word"),
    [
        ((0.5, 0.4, 0.6), (0.8, 0.7, 0.9), "keep more"),
        ((0.8, 0.7, 0.9), (0.5, 0.4, 0.6), "keep less"),
        ((0.5, 0.4, 0.6), (0.7, 0.6, 0.8), None),  # the intervals touch
        ((0.7, 0.6, 0.8), (0.5, 0.4, 0.6), None),
    ],
)
def test_newer_accounts_are_told_apart_beyond_both_intervals(monkeypatch, older, newer, word):
    pair = Estimate(*older, 50), Estimate(*newer, 50)
    monkeypatch.setattr(triangles, "_halves", lambda *_: pair)
    found = SimpleNamespace(counts=pd.Series([10, 10]), average=pd.Series([1.0, 0.5]))
    text = triangles._finding(SimpleNamespace(), triangles.USAGE, found, None, None)
    assert ("newer" in text) is (word is not None)
    assert word is None or word in text


def trials(*rows: tuple[str, str, bool]) -> dict[str, bool] | None:
    table = pd.DataFrame(rows, columns=["account_id", "valid_from", "is_trial"])
    table["valid_from"] = pd.to_datetime(table["valid_from"])
    found = early._began_with_trial(SimpleNamespace(book=book({}, subscriptions=table)))
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


def beginnings(**columns) -> dict[str, pd.Series]:
    """The splits of four accounts watched from their sign-up on 1 January 2025, and one that was not."""
    names = ["a", "b", "c", "d", "old"]
    signed = pd.Series([JANUARY] * 4 + [JANUARY - pd.Timedelta(seconds=1)], index=names)
    rows = []
    for i, name in enumerate(names):
        own = {key: values[i] if i < len(values) else values[-1] for key, values in columns.items()}
        rows += [{"account_id": name, "month": m, "events": 1.0, **own} for m in (JANUARY, NOW)]
    accounts = pd.DataFrame({"account_id": names, "signed_up_at": signed.to_numpy()})
    data = load(*rows, accounts=accounts)
    return {words: did for words, _, did in early._splits(data)}


def chosen(splits: dict[str, pd.Series], word: str) -> dict[str, bool]:
    (found,) = (did for words, did in splits.items() if word in words)
    return found.to_dict()


def test_a_beginning_within_days_of_sign_up_counts_up_to_the_last_moment():
    moment = [JANUARY + pd.Timedelta(days=d, seconds=s) for d, s in ((30, 0), (30, 1), (14, 0), (14, 1))]
    splits = beginnings(activated_at=moment, first_value_at=moment)
    assert chosen(splits, "activated within 30") == {"a": True, "b": False, "c": True, "d": True}
    assert chosen(splits, "saw value within 14") == {"a": False, "b": False, "c": True, "d": False}


def test_a_beginning_by_its_first_paid_close():
    splits = beginnings(
        feature_breadth=[0.30, 0.29, 0.31, None], active_users=[3.0, 2.0, 4.0, None],
        value_events=[4.0, 5.0, 6.0, 6.0],
    )  # fmt: skip
    assert chosen(splits, "of the core") == {"a": True, "b": False, "c": True}
    assert chosen(splits, "active users") == {"a": True, "b": False, "c": True}
    assert chosen(splits, "value events") == {"a": False, "b": False, "c": True, "d": True}  # median 5.5


def test_signing_up_on_the_day_of_a_change_is_after_it():
    names = ["before", "after"]
    signed = pd.to_datetime(["2025-04-30 23:59:59", "2025-05-01 00:00:00"])  # new navigation: 1 May 2025
    accounts = pd.DataFrame({"account_id": names, "signed_up_at": signed})
    rows = [{"account_id": n, "month": m, "events": 1.0} for n in names for m in (JANUARY, NOW)]
    splits = {words: did for words, _, did in early._splits(load(*rows, accounts=accounts))}
    assert chosen(splits, "new navigation") == {"before": False, "after": True}


def kept(*shares: tuple[float, float, float] | None) -> dict[int, Estimate]:
    made = [Estimate(*one, 20) if one else UNKNOWN for one in shares]
    return dict(zip(early.AGES, made, strict=True))


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
    assert (early._apart(kept(*first), kept(*second)) == early.BEYOND) is apart


def test_retention_after_three_six_and_twelve_months_of_those_old_enough():
    values = np.array([[1] * 13, [1] * 3 + [0] * 10, [1] * 7 + [np.nan] * 6], dtype=float)
    rows = aligned_by_cohort(values.tolist(), ["2025-01-01"] * 3)
    found = early._kept(rows, rows.accounts)
    assert {age: (e.n, e.value) for age, e in found.items()} == {3: (3, 2 / 3), 6: (3, 2 / 3), 12: (2, 0.5)}
    assert early._kept(rows, pd.Index([]))[3].n == 0
    short = aligned_by_cohort([[1, 1, 1]], ["2025-01-01"])
    assert early._kept(short, short.accounts) == dict.fromkeys((3, 6, 12), UNKNOWN)


def pairs(monkeypatch, *splits: tuple[int, int]) -> list[tuple]:
    """`splits`: (accounts that did, accounts that did not), all of them paying for a year."""
    n = max(a + b for a, b in splits)
    rows = aligned_by_cohort([[1.0] * 13] * n, ["2025-01-01"] * n)
    made = [
        (f"s{i}", "others", pd.Series([k < a for k in range(a + b)], index=rows.accounts[: a + b]))
        for i, (a, b) in enumerate(splits)
    ]
    monkeypatch.setattr(early, "_splits", lambda data: iter(made))
    data = SimpleNamespace(paid=rows, trust=SimpleNamespace(reliable=True))
    return [row for block in early.by_beginning(data) if isinstance(block, Table) for row in block.rows]


@pytest.mark.parametrize(("did", "others", "told"), [(10, 10, True), (9, 11, False), (11, 9, False)])
def test_a_pair_needs_ten_accounts_on_either_side(monkeypatch, did, others, told):
    found = pairs(monkeypatch, (did, others))
    assert [row[:2] for row in found] == ([["s0", "10"], ["others", "10"]] if told else [])


def test_a_curve_is_followed_while_ten_are_old_enough_and_eighteen_months_at_most():
    long = aligned_by_cohort([[1.0] * 30] * 10, ["2025-01-01"] * 10)
    assert len(groups._curve(long)) == 19
    values = [[1.0] * 4] * 10 + [[1.0, 1.0, np.nan, np.nan]]
    assert len(groups._curve(aligned_by_cohort(values, ["2025-01-01"] * 11))) == 4
    values[0] = [1.0, 1.0, np.nan, np.nan]
    found = groups._curve(aligned_by_cohort(values, ["2025-01-01"] * 11))
    assert [e.n for e in found] == [11, 11]
    assert groups._curve(aligned_by_cohort([[1.0]] * 9, ["2025-01-01"] * 9)) == []


def test_a_group_of_early_accounts_holds_those_watched_from_sign_up():
    signed = [JANUARY, JANUARY, JANUARY - pd.Timedelta(seconds=1), JANUARY]
    moment = [JANUARY + pd.Timedelta(days=30), JANUARY + pd.Timedelta(days=30, seconds=1), JANUARY, pd.NaT]
    accounts = pd.DataFrame({"account_id": list("abcd"), "signed_up_at": signed})
    rows = [
        {"account_id": name, "month": m, "events": 1.0, "activated_at": when}
        for name, when in zip("abcd", moment, strict=True)
        for m in (JANUARY, NOW)
    ]
    found = groups._within(load(*rows, accounts=accounts), "activated_at", 30)
    assert found.to_dict() == {"a": True, "b": False, "d": False}


def by_feature(using: int, others: int, growth: float = 1.5, fall: float = 0.5) -> list[list[str]]:
    n = using + others
    rows = pd.DataFrame(
        {"start_cents": 100, "end_cents": [100 * growth] * using + [100 * fall] * others, "kept_cents": 0},
        index=[f"x{i}" for i in range(n)],
    )
    used = pd.DataFrame({"account_id": rows.index, "month": JANUARY, "feature": "API_call"})
    used["events"] = [3] * using + [0] * others
    late = used.assign(month=NOW, events=3)
    data = SimpleNamespace(
        followed=rows,
        base_month=JANUARY,
        span_words="12 months",
        trust=SimpleNamespace(reliable=True),
        book=SimpleNamespace(snapshot=SimpleNamespace(account_feature_month=pd.concat([used, late]))),
    )
    found = groups.by_feature(data)
    return [row for block in found if isinstance(block, Table) for row in block.rows] + [[found[0].markdown]]


@pytest.mark.parametrize(("using", "others", "told"), [(10, 10, True), (9, 11, False), (11, 9, False)])
def test_a_feature_needs_ten_accounts_on_either_side(using, others, told):
    assert (len(by_feature(using, others)) == 2) is told


@pytest.mark.parametrize(("growth", "fall", "apart"), [(1.5, 0.5, True), (0.5, 1.5, True), (1.0, 1.0, False)])
def test_a_feature_s_nrr_differs_beyond_both_intervals_on_either_side(growth, fall, apart):
    row, (text,) = by_feature(12, 12, growth, fall)
    assert (row[-1] == "beyond chance") is apart
    assert not apart or "API call" in text  # a name keeps its capitals


def test_retention_is_followed_for_twelve_months_or_as_long_as_there_are():
    long = load(*months("a", [5] * 20))
    assert long.base_month == pd.Timestamp("2025-02-01") and long.span_words == "12 months"
    short = load(*months("a", [5] * 4))
    assert short.base_month == pd.Timestamp("2025-11-01") and short.span_words == "3 months"


def test_cohorts_hold_who_began_to_pay_on_record_and_use_who_signed_up_since():
    rows = [row | {"value_events": 1.0} for row in months("a", [0, 5, 5]) + months("b", [5, 5, 0])]
    accounts = pd.DataFrame({"account_id": list("ab")})
    accounts["signed_up_at"] = [pd.Timestamp("2025-12-31"), pd.Timestamp("2025-11-30")]
    data = load(*rows, accounts=accounts)
    assert data.paid.cohort.to_dict() == {"a": BEFORE, "b": pd.Timestamp("2025-12-01")}
    assert data.used.accounts.tolist() == ["a"]
