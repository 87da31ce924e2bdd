"""Retention at its edges: groups, cohorts, and what is told from chance."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import NOW, months, panel, snapshot

from reporting.present.blocks import Table
from reporting.reports import retention_cohorts as retention
from reporting.survival.estimate import UNKNOWN, Estimate

groups, triangles = (
    import_module(f"reporting.reports.retention_cohorts.{name}") for name in ("groups", "triangles")
)

JANUARY = pd.Timestamp("2025-01-01")


def load(*rows: dict, **tables) -> retention.Data:
    return retention.load(snapshot(panel(*rows), **tables))


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
    monkeypatch.setattr(triangles, "halves", lambda aligned, parts, at: (UNKNOWN, UNKNOWN))
    text = triangles._finding(SimpleNamespace(), triangles.USAGE, found, None, None)
    told = text.split(",")[0].removeprefix("After ").split(" month")[0]
    assert told == str(age) if age else not text.startswith("After")


@pytest.mark.parametrize(
    ("older", "newer", "word"),
    [
        ((0.5, 0.4, 0.6), (0.8, 0.7, 0.9), "keep more"),
        ((0.8, 0.7, 0.9), (0.5, 0.4, 0.6), "keep less"),
        (
            (0.5, 0.4, 0.6),
            (0.7, 0.6, 0.8),
            "keep more",
        ),  # they touch, their difference leaves out 0
        ((0.5, 0.35, 0.65), (0.7, 0.55, 0.85), None),
    ],
)
def test_newer_accounts_are_told_apart_beyond_chance(monkeypatch, older, newer, word):
    pair = Estimate(*older, 50), Estimate(*newer, 50)
    monkeypatch.setattr(triangles, "halves", lambda *_: pair)
    found = SimpleNamespace(counts=pd.Series([10, 10]), average=pd.Series([1.0, 0.5]))
    text = triangles._finding(SimpleNamespace(), triangles.USAGE, found, None, None)
    assert ("newer" in text) is (word is not None)
    assert word is None or word in text


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
