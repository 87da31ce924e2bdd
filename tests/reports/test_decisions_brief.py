"""What the brief chooses to tell: worst sign, warnings that name nearly everyone, the order of offers."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from tests.hand import NOW, book, months, panel, series, snapshot

from reporting.analysis.company import BAD, GOOD, OPEN, Reading
from reporting.present.blocks import Callout
from reporting.reports import executive_brief as brief
from reporting.reports.executive_brief import sentences
from reporting.reports.telling import company


def at(cents: int, month: pd.Timestamp = NOW, account: str = "a", **columns) -> dict:
    return {"account_id": account, "month": month, "mrr_cents": cents, **columns}


def reading(figure: str, value: float, threshold: str = OPEN, beyond: float = math.nan, **more) -> Reading:
    given = {"low": math.nan, "high": math.nan, "n": 0, "quarter_ago": math.nan, "history": (value,)}
    given |= {"lower": math.nan, "upper": math.nan}
    return Reading(figure, value, beyond=beyond, threshold=threshold, **(given | more))


def test_the_worst_sign_names_its_range_or_its_threshold():
    made = book(at(100))
    declining = reading("declining", 0.2, beyond=-0.5, history=(0.1, 0.2), lower=0.05, upper=0.15)
    nrr = reading("nrr_12", 0.9, BAD, low=0.85, high=0.95, n=40)
    assert company.worst(made, [nrr, declining]) == (
        "The worst sign: accounts in decline rose to 20.0%, outside its usual range of 5.0% to 15.0%. "
        "Also bad: NRR over 12 months."
    )
    assert "NRR over 12 months is 90.0% (95% interval 85.0% to 95.0%)" in company.worst(made, [nrr])
    mrr = reading("mrr", 90_000, BAD, quarter_ago=100_000)
    assert "MRR fell to $900 from $1,000 3 months ago" in company.worst(made, [mrr])
    churn = reading("monthly_churn_rate", 0.05, BAD)
    assert "monthly logo churn is 5.0% over 3 months, above 3.0%" in company.worst(made, [churn])


def test_without_a_bad_sign_the_good_ones_are_named():
    made, good = book(at(100)), reading("mrr", 100, GOOD)
    assert company.worst(made, [good]) == "By the thresholds in the appendix no sign is bad, 1 is good (MRR)."
    assert company.worst(made, [reading("mrr", 100)]).endswith("no sign is bad, none is good.")


def test_only_a_signal_is_called_better_or_worse():
    assert company.better(reading("mrr", 1, GOOD, beyond=0.0)) is None
    assert company.better(reading("mrr", 1, GOOD)) is None
    assert company.better(reading("mrr", 1, beyond=0.1)) is True
    assert company.better(reading("mrr", 1, beyond=-0.1)) is False
    assert company.better(reading("nrr_12", 1, "unreliable", beyond=0.1)) is None


def test_signals_are_counted_among_the_figures_that_have_a_range():
    made = book(at(100))
    assert company.signals(made, [reading("mrr", 1)]) == "There are too few months to tell what is usual."
    calm = [reading("mrr", 1, beyond=0.0), reading("grr_12", 1, beyond=0.0), reading("nrr_12", 1)]
    assert company.signals(made, calm).startswith("Of 2 key figures, none left its usual range")
    moved = [reading("mrr", 1, beyond=0.3), reading("declining", 0.1, beyond=-0.3), *calm]
    assert company.signals(made, moved) == (
        "Of 4 key figures, 2 left their usual range: MRR (better) and accounts in decline (worse)."
    )


def test_a_north_star_keeps_its_capitals():
    made = book(at(100), portfolio_month=series("north_star", {"2026-02": 5.0}))
    star = made.product.north_star.model_copy(update={"label": "API requests"})
    made.product = made.product.model_copy(update={"north_star": star})
    assert company.name(made, "north_star") == "API requests"


# --- too many warnings --------------------------------------------------------------------------------


@pytest.mark.parametrize(("warned", "too_many"), [(5, False), (6, True), (4, False)])
def test_more_than_half_of_the_accounts_warned_is_too_many(warned, too_many):
    rows = [at(100, account=f"x{i}", last_active_days=40 if i < warned else 1) for i in range(10)]
    data = brief.load(snapshot(panel(*rows)))
    assert any(isinstance(block, Callout) for block in brief.save(data)) is too_many


def test_accounts_to_grow_stand_by_mrr_and_of_equals_by_account():
    offer = {"health_band": "healthy", "commercial_reason": "seats", "seats_used": 9, "seats_purchased": 9}
    rows = [at(cents, account=name, **offer) for name, cents in (("b", 200), ("a", 200), ("c", 300))]
    assert brief.load(snapshot(panel(*rows))).grow["account_id"].tolist() == ["c", "a", "b"]


def test_shares_of_revenue_that_fell_in_a_year_are_told_where_no_sign_is_bad():
    made = book(at(100))
    fell = reading("nrr_12", 1.05, history=(1.12, *[1.1] * 11, 1.05))
    rose = reading("grr_12", 0.9, history=(0.85, *[0.9] * 12))
    little = reading("healthy_mrr", 0.7, history=(0.709, *[0.7] * 12))  # within the point that is steady
    told = company.worst(made, [fell, rose, little])
    assert told.endswith("none is good. Against a year ago, NRR over 12 months is down 7.0 points.")


def test_where_the_sources_contradict_nothing_is_called_good():
    found = [reading("mrr", 100, GOOD), reading("nrr_12", 0.9, "unreliable")]
    assert company.worst(book(at(100)), found) == ("Of the signs that don't hang on who left, none is bad.")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (95.0, " MRR is 5.3% above its target of $95."),
        (100.0, " MRR meets its target of $100."),
        (125.0, " MRR is 20.0% below its target of $125."),
    ],
)
def test_the_target_of_the_month_stands_beside_its_mrr(target, told):
    rows = pd.DataFrame({"month": [NOW], "metric": ["mrr"], "target": [target]})
    figures = series("mrr", {"2026-02": 10_000.0})
    data = brief.load(snapshot(panel(*months("a", [10_000, 10_000])), targets=rows, portfolio_month=figures))
    assert told in brief.headline(data)[-1].markdown


@pytest.mark.parametrize(("now", "told"), [(0.5, True), (0.51, False), (0.49, True)])
def test_a_fall_of_what_is_steady_or_more_is_told(now, told):
    made = book(at(100))
    verdict = made.product.verdict.model_copy(update={"steady_health": 0.25})
    made.product = made.product.model_copy(update={"verdict": verdict})
    fell = reading("grr_12", now, history=(0.75, *[0.75] * 11, now))
    assert ("Against a year ago" in company.worst(made, [fell])) is told


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        (10, "X0 pays 10.0% of MRR."),
        (11, "X0 pays 9.1% of MRR. The ten largest of 11 accounts pay 90.9%."),
        (1, ""),
    ],
)
def test_the_ten_largest_are_told_where_there_are_more(accounts, told):
    made = book(*(at(100, account=f"x{i}") for i in range(accounts)))
    assert company.concentrated(made) == told


@pytest.mark.parametrize(("later", "told"), [(50, "less"), (100, ""), (150, "more")])
def test_a_newer_half_that_keeps_less_is_told_beside_retention(later, told):
    older = [row for i in range(20) for row in months(f"a{i:02}", [0, *[100] * 25])]
    newer = [row for i in range(20) for row in months(f"b{i:02}", [*[0] * 12, *[100] * 6, *[later] * 8])]
    data = brief.load(snapshot(panel(*older, *newer)))
    sentence = sentences._newer_sentence(data)
    if told:
        assert sentence.startswith(f" The newer half of the accounts keeps {told} of its first MRR after 12")
        assert f"{later}% against 100%" in sentence
    else:
        assert sentence == ""
