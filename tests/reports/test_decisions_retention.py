"""Retention at its edges: groups, cohorts, and what is told from chance."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import months, panel, snapshot

from reporting.reports import retention_cohorts as retention
from reporting.reports.telling import cohort_halves
from reporting.survival.estimate import UNKNOWN, Estimate

triangles = import_module("reporting.reports.retention_cohorts.triangles")


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
    monkeypatch.setattr(cohort_halves, "halves", lambda aligned, parts, at: (UNKNOWN, UNKNOWN))
    text = triangles._finding(SimpleNamespace(), triangles.USAGE, found, None, None)
    told = text.split(",")[0].removeprefix("After ").split(" month")[0]
    assert told == str(age) if age else not text.startswith("After")


@pytest.mark.parametrize(
    ("older", "newer", "word"),
    [
        ((0.5, 0.4, 0.6), (0.8, 0.7, 0.9), "keeps more"),
        ((0.8, 0.7, 0.9), (0.5, 0.4, 0.6), "keeps less"),
        (
            (0.5, 0.4, 0.6),
            (0.7, 0.6, 0.8),
            "keeps more",
        ),  # they touch, their difference leaves out 0
        ((0.5, 0.35, 0.65), (0.7, 0.55, 0.85), None),
    ],
)
def test_newer_accounts_are_told_apart_beyond_chance(monkeypatch, older, newer, word):
    pair = Estimate(*older, 50), Estimate(*newer, 50)
    monkeypatch.setattr(cohort_halves, "halves", lambda *_: pair)
    found = SimpleNamespace(counts=pd.Series([10, 10]), average=pd.Series([1.0, 0.5]))
    text = triangles._finding(SimpleNamespace(), triangles.USAGE, found, None, None)
    assert ("newer" in text) is (word is not None)
    assert word is None or word in text


def test_retention_is_followed_for_twelve_months_or_as_long_as_there_are():
    long = load(*months("a", [5] * 20))
    assert long.base_month == pd.Timestamp("2025-02-01") and long.span_words == "12 months"
    short = load(*months("a", [5] * 4))
    assert short.base_month == pd.Timestamp("2025-11-01") and short.span_words == "3 months"
