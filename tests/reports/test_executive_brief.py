"""The brief's answer follows the numbers."""

import pandas as pd
import pytest

from reporting.present.formats import MINUS
from reporting.reports import executive_brief as report
from reporting.reports.executive_brief.verdict import BAD, GOOD, OPEN, Sign, word


def told(company, **changes) -> str:
    return report.headline(report.load(str(company(**changes))))[-1].markdown


def test_a_falling_mrr_gets_a_falling_sentence(company):
    text = told(company)
    assert "MRR fell by 1.6% to $3,050" in text
    assert "$900 came in" in text and "$950 went" in text


def test_a_rising_mrr_gets_a_rising_sentence(company):
    text = told(company, paths={"a": [1000] * 13 + [1100], "b": [500] * 14})
    assert "MRR rose by 6.7% to $1,600" in text


def test_a_resting_mrr_is_said_to_hold(company):
    assert "MRR held to" not in told(company, paths={"a": [1000] * 14})
    assert "MRR held at $1,000" in told(company, paths={"a": [1000] * 14})


def test_the_bridge_in_words_is_the_ledger(company):
    text = report.mrr_bridge(report.load(str(company())))[0].markdown.replace(MINUS, "-")
    parts = "+ $300 new + $400 reactivation + $200 expansion - $150 contraction - $800 churn"
    assert f"$3,100 at the close of January 2026 {parts} = $3,050 at the close of February 2026" in text


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([GOOD, GOOD, GOOD, OPEN, OPEN], "Thriving"),
        ([GOOD, GOOD, GOOD, GOOD, BAD], "Mixed"),
        ([GOOD, BAD, BAD, GOOD, GOOD], "Teetering"),
        ([BAD, BAD, GOOD, OPEN, OPEN], "Shrinking"),
        ([OPEN, OPEN, OPEN, OPEN, GOOD], "Can't be told"),
    ],
)
def test_the_verdict_counts_its_signs(company, readings, expected):
    trust = report.load(str(company())).trust
    assert word([Sign("x", "1", "", reading) for reading in readings], trust) == expected


@pytest.mark.parametrize(("margin", "reading"), [(0.05, GOOD), (0.15, OPEN)])
def test_growth_within_the_margin_of_the_product_definition_is_neither_good_nor_bad(company, margin, reading):
    data = report.load(str(company(paths={f"x{i}": [1000] * 13 + [1100] for i in range(4)})))
    verdict = data.book.product.verdict.model_copy(update={"steady_growth": margin})
    data.book.product = data.book.product.model_copy(update={"verdict": verdict})
    assert data.signs[0].reading == reading


def test_no_good_verdict_on_contradicting_sources(company):
    paths = {f"x{i}": [100 + month for month in range(14)] for i in range(12)}
    data = report.load(str(company(paths=paths, flags=dict.fromkeys(paths, True))))
    assert data.verdict == "Can't be told"
    text = report.headline(data)[-1].markdown
    assert "*not reliable*" in text
    tiles = {item.label: item.good for item in report.key_figures(data)[0].items}
    assert tiles["MRR"] is None and tiles["Paying accounts"] is None


def test_the_largest_movement_comes_first(company):
    table = report.movers(report.load(str(company())))[1]
    assert table.rows[0][:3] == ["Cove", "Churn", f"{MINUS}800"]
    assert report.exports(report.load(str(company())))["movers"]["amount"].tolist()[0] == -800.0


def test_a_modelled_risk_ranks_the_accounts_to_save_and_is_summed(company):
    data = report.load(str(company()))
    judgement = data.book.judgement
    judgement.risk = pd.DataFrame(
        {"p3": [0.5, 0.1], "probability": [0.5, 0.1], "at_renewal": False}, index=["g", "e"]
    )
    save = data.save
    assert save["account_id"].tolist()[0] == "g"
    assert save.loc["g", "expected_loss_cents"] == 10_000  # 50 % of 200
    text = report.actions(data)[0]
    assert "expects $140 of MRR to leave within three months" in text.markdown


def test_without_a_model_nothing_is_said_of_risk(company):
    data = report.load(str(company()))
    assert data.risk.empty
    assert "churn model" not in report.actions(data)[0].markdown
