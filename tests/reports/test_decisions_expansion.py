"""How far readiness, signals and falling use are believed: at the edge, just below, just above."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import book, panel, snapshot

from reporting.analysis import contraction as analysed
from reporting.present.blocks import Blocks
from reporting.reports import expansion_readiness as expansion
from reporting.reports.expansion_readiness import evidence
from reporting.reports.telling import contraction

# --- expansion: bands of past readiness, and what is believed -----------------------------------------


def past(*rows: tuple[float, bool], **columns) -> SimpleNamespace:
    """Past closes as (readiness, expanded)."""
    frame = pd.DataFrame(rows, columns=["expansion_readiness", "happened"]).assign(
        account_id=[f"x{i}" for i in range(len(rows))], mrr_cents=100, amount_cents=0, commercial_reason=None
    )
    made = SimpleNamespace(past=frame.assign(**columns), book=book({}), horizon=3)
    return made


@pytest.mark.parametrize(("score", "band"), [(70.1, 0), (70.0, 1), (40.0, 1), (39.9, 2), (math.nan, None)])
def test_past_readiness_by_band(score, band):
    counts = [e.n for e in evidence._rates(past((score, True))).values()]
    assert counts == [int(band == i) for i in range(3)]
    assert evidence.rates_by_band(past((score, True)))["followed"].tolist() == counts


def test_the_rate_of_a_band_is_that_of_its_own_rows():
    data = past((90, True), (90, False), (50, False), (10, True))
    assert evidence.rates_by_band(data)["expanded_share"].tolist() == [0.5, 0.0, 1.0]


@pytest.mark.parametrize(
    ("hits", "n", "judged"), [(10, 20, True), (9, 20, False), (10, 19, False), (11, 21, True)]
)
def test_readiness_is_judged_from_twenty_closes_and_ten_expansions(hits, n, judged):
    rows = [(90.0 if i < hits else 10.0, i < hits) for i in range(n)]
    assert ("AUC" in evidence.rates_sentence(past(*rows))) is judged


def test_readiness_is_believed_only_beyond_chance():
    ready = [(90.0, True)] * 15 + [(10.0, False)] * 15
    coin = [(90.0, i % 2 == 0) for i in range(20)] + [(10.0, i % 2 == 0) for i in range(20)]
    wrong = [(10.0, True)] * 15 + [(90.0, False)] * 15
    told = [evidence.rates_sentence(past(*rows)) for rows in (ready, coin, wrong)]
    assert ["does not" in text for text in told] == [False, True, True]


def test_bands_of_fewer_than_ten_are_not_compared():
    rows = [(90.0, True)] * 9 + [(50.0, True)] * 10 + [(10.0, False)] * 10
    text = evidence.rates_sentence(past(*rows))
    assert "100.0% of accounts 40 to 70" in text and "0.0% under 40" in text


SIGNALS = {
    "licence_utilisation": ((0.80, False), (0.81, True)),
    "usage_growth": ((0.10, False), (0.11, True)),
    "premium_share": ((0.10, True), (0.099, False)),
    "plan_limit_proximity": ((0.80, False), (0.81, True)),
    "integration_count": ((1, False), (2, True)),
    "cross_team_usage": ((True, True), (False, False)),
}


def signal_rows(column: str, value, n: int = 20, hit: int = 0, other: int = 0) -> pd.DataFrame:
    """`n` past closes with the value, of which `hit` expanded, beside `n` on the other side of its edge."""
    holds = dict(SIGNALS[column])[value]
    yes_no = column == "cross_team_usage"
    across = (False if yes_no else -1) if holds else (True if yes_no else 99)
    happened = [i < hit for i in range(n)] + [i < other for i in range(n)]
    unknown = pd.DataFrame({name: [np.nan] * 2 * n for name in SIGNALS}, dtype=object)
    values = pd.Series([value] * n + [across] * n)
    return unknown.assign(**{column: values}, happened=happened, expansion_readiness=50.0)


@pytest.mark.parametrize(
    ("column", "value", "holds"),
    [(c, value, holds) for c, cases in SIGNALS.items() for value, holds in cases],
)
def test_a_signal_at_its_edge(column, value, holds):
    """All rows at the edge expanded and none of the others: the side that expanded is the edge's."""
    data = SimpleNamespace(past=signal_rows(column, value, hit=20), book=book({}), horizon=3)
    (row,) = evidence.signals(data)[1].rows
    assert row[2].startswith("100" if holds else "0")
    assert row[5] == "beyond chance"


@pytest.mark.parametrize(("n", "tested"), [(20, True), (19, False), (21, True)])
def test_a_signal_needs_twenty_on_either_side(n, tested):
    data = SimpleNamespace(past=signal_rows("integration_count", 2, n, n), book=book({}), horizon=3)
    assert (len(evidence.signals(data)) == 2) is tested


@pytest.mark.parametrize(
    ("hit", "other", "apart"),
    [  # of 20 each: the interval of the difference holds zero, or leaves it out
        (2, 7, "may be chance"),
        (7, 2, "may be chance"),
        (1, 7, "beyond chance"),
        (7, 1, "beyond chance"),
    ],
)
def test_a_difference_is_beyond_chance_on_either_side(hit, other, apart):
    data = SimpleNamespace(past=signal_rows("integration_count", 2, 20, hit, other), book=book({}), horizon=3)
    assert evidence.signals(data)[1].rows[0][5] == apart


def test_the_signal_that_goes_with_expansion_most_comes_first():
    strong = signal_rows("integration_count", 2, 20, 20, 0)
    data = SimpleNamespace(past=strong.assign(premium_share=[0.2, 0.0] * 20), book=book({}), horizon=3)
    assert [row[0].split()[0] for row in evidence.signals(data)[1].rows] == ["two", "premium"]


@pytest.mark.parametrize(("closes", "known"), [(20, True), (19, False)])
def test_expected_expansion_needs_twenty_closes_with_a_reason(closes, known):
    data = expansion.load(snapshot(panel({})))
    data.past = pd.DataFrame(
        {
            "account_id": [f"x{i % 10}" for i in range(25)],
            "commercial_reason": ["seats"] * closes + [None] * (25 - closes),
            "amount_cents": [10] * closes + [99] * (25 - closes),
            "mrr_cents": 100,
        }
    )
    found = data.added_share
    assert found.known is known
    if known:
        assert (found.value, found.n) == (0.1, 10)  # by account, not by close


# --- contraction after falling use --------------------------------------------------------------------


def fallen(monkeypatch, *groups: tuple[float, int, int]) -> Blocks:
    """Followed accounts as (usage trend, how many, how many contracted)."""
    rows = [(trend, i < hits) for trend, n, hits in groups for i in range(n)]
    frame = pd.DataFrame(rows, columns=["usage_trend_90", "happened"])
    monkeypatch.setattr(analysed, "followed_scores", lambda *_: frame)
    return contraction.after_falling_use(book({}), 3)


def falling(monkeypatch, *groups: tuple[float, int, int]) -> str:
    return fallen(monkeypatch, *groups)[0].markdown


@pytest.mark.parametrize(("hits", "told"), [(10, True), (9, False)])
def test_contraction_is_told_from_ten_on(monkeypatch, hits, told):
    assert ("contracted within" in falling(monkeypatch, (-0.5, 20, hits), (0.5, 20, 0))) is told


@pytest.mark.parametrize(
    ("trend", "group"),
    [(-0.26, "fell"), (-0.25, "between"), (0.10, "between"), (0.11, "rose")],
)
def test_use_fell_rose_or_stayed_between(monkeypatch, trend, group):
    """Fifteen at the edge contracted; the one far off on the other side did not."""
    far = 0.9 if group == "fell" else -0.9
    text = falling(monkeypatch, (trend, 15, 15), (far, 15, 0))
    words = {"fell": "use fell by more than 25%", "rose": "use rose by more than 10%", "between": "between"}
    first, last = text.split(" contracted within")[0], text.split("months, ")[1]
    side = first if trend < far else last
    assert words[group] in side and "100.0%" in side


def test_every_followed_account_is_in_one_group(monkeypatch):
    """A fall of a quarter and a rise of a tenth are still between."""
    blocks = fallen(monkeypatch, (-0.25, 15, 15), (-0.26, 20, 0), (0.11, 20, 10), (0.10, 15, 15))
    told = (
        "use fell by more than 25% 0.0% of 20",
        "between 100.0% of 30",
        "use rose by more than 10% 50.0% of 20",
    )
    assert blocks[1].alt == f"Dots with intervals: {', '.join(told)}."


@pytest.mark.parametrize(
    ("low", "high", "beyond"), [(1, 10, True), (10, 1, True), (3, 7, False), (7, 3, False)]
)
def test_falling_use_is_told_from_chance_on_either_side(monkeypatch, low, high, beyond):
    text = falling(monkeypatch, (-0.5, 20, low), (0.5, 20, high))
    assert ("beyond chance" in text) is beyond
