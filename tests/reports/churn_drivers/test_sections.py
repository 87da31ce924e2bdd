"""What the report says: nothing raw, nothing unescaped, and words that follow the numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reporting.analysis.churn.out_of_time import Validation, score
from reporting.present.blocks import Block, Callout, Figure, KeyFigures, Table, Text
from reporting.reports import churn_drivers as report

SECTIONS = [name for name in report.__all__ if name not in {"Data", "load", "exports", "glossary"}]
RAW = re.compile(
    r"\bnan\b|\bNaN\b|\bNone\b(?! of)|\bNaT\b|\d\.\d{5,}|\bTrue\b|\bFalse\b|\binf\b|<NA>|not available"
)


def texts(block: Block) -> list[str]:
    if isinstance(block, Text):
        return [block.markdown]
    if isinstance(block, Callout):
        return [block.title, block.markdown]
    if isinstance(block, Figure):
        return [block.caption, block.alt, *re.findall(r"<text[^>]*>([^<]*)", block.svg)]
    if isinstance(block, KeyFigures):
        return [part for item in block.items for part in (item.label, item.value, item.change, item.note)]
    assert isinstance(block, Table)
    return [block.caption, *(c.header for c in block.columns), *(cell for row in block.rows for cell in row)]


@pytest.fixture(scope="session")
def full(data):
    return {name: getattr(report, name)(data) for name in SECTIONS}


@pytest.fixture(scope="session")
def scarce(young):
    return {name: getattr(report, name)(young) for name in SECTIONS}


@pytest.fixture(params=["full", "scarce"])
def told(request):
    return request.getfixturevalue(request.param)


def test_nothing_raw_is_printed(told):
    for name, blocks in told.items():
        for text in (text for block in blocks for text in texts(block)):
            assert not RAW.search(text), (name, text)


def test_association_is_never_called_a_cause(told):
    words = " ".join(text for blocks in told.values() for block in blocks for text in texts(block)).lower()
    assert "because of" not in words and "leads to" not in words and "due to" not in words
    assert re.findall(r"\bcauses?\b", words) == ["cause"]  # the box on limits: "need not cause it"


def test_labels_are_unique_and_every_reference_resolves(told):
    blocks = [block for found in told.values() for block in found]
    labels = [block.label for block in blocks if isinstance(block, Figure | Table)]
    assert len(labels) == len(set(labels))
    for block in blocks:
        for text in texts(block):
            assert set(re.findall(r"@((?:fig|tbl)-[a-z0-9-]+[a-z0-9])", text)) <= set(labels), text


def test_strangers_names_stay_out_of_markdown(told):
    for block in (block for blocks in told.values() for block in blocks):
        if isinstance(block, Text | Callout):
            assert "<b>" not in block.markdown


def test_every_section_of_a_full_company_says_something(full):
    assert all(full.values())


def test_the_headline_is_three_sentences_long(data):
    (text,) = [block for block in report.headline(data) if isinstance(block, Text)]
    sentences = re.split(r"(?<=[a-z)%\d])\. (?=[A-Z\d*])", text.markdown)
    assert len(sentences) == 3, sentences


def test_a_young_company_is_told_why_there_is_no_model_and_shown_what_there_is(young):
    (box,) = report.driver_ratios(young)
    assert "under the 20 that a model needs" in box.markdown
    assert "at least 20 accounts" in box.markdown
    kinds = [type(block).__name__ for block in report.retention_curves(young)]
    assert kinds[0] == "Callout"
    told = report.accounts_at_risk(young)[0].markdown
    assert "No probability is given" in told and "under the 20 that a model needs." in told
    accounts = report.exports(young)["accounts_at_risk"]
    assert len(accounts) and accounts["probability_3m"].isna().all()


def test_subscription_curves_are_marked_as_such(young):
    blocks = [b for b in report.retention_curves(young) if isinstance(b, Figure)]
    assert all("not customers" in block.caption for block in blocks)


def test_poor_predictions_are_printed_as_poor(data, monkeypatch):
    good = data.validation
    last = good.horizons[-1]
    auc = replace(last.auc, value=0.51, low=0.41, high=0.61)
    poor = replace(last, auc=auc, brier=replace(last.brier, score=last.brier.null * 1.1))
    monkeypatch.setitem(data.__dict__, "validation", Validation(good.last_fitted, 99, [poor]))
    text = report.validation(data)[0].markdown
    assert "no better than a coin" in text
    assert "reaches a coin's toss" in text
    assert "worse than knowing only the tenure, by 10.0%" in text
    assert "no better than a coin" in report.headline(data)[-1].markdown


def test_beyond_all_tenures_seen_there_is_no_null_to_compare_with(data, monkeypatch):
    """Kaplan-Meier of the past says nothing of a tenure that nobody had reached."""
    rows = data.risk.modelled.assign(start=lambda r: r["start"] + 1000, stop=lambda r: r["stop"] + 1000)
    late = score(data.model, rows, 3)
    assert late.brier is None and 0 < late.auc.value < 1
    monkeypatch.setitem(data.__dict__, "validation", Validation(data.validation.last_fitted, 99, [late]))
    blocks = report.validation(data)
    assert "nobody had stayed so long before" in blocks[0].markdown
    assert list(blocks[1].rows[0]).count("not available") == 2


def test_validation_never_sees_the_months_it_is_tested_on(data):
    months = data.risk.rows["month"]
    assert data.validation.last_fitted < months.max()
    seen = data.risk.modelled[data.risk.modelled["month"] <= data.validation.last_fitted]
    assert data.validation.fitted_losses == seen["churned"].sum()


def test_drivers_in_the_table_follow_their_ratios(data):
    table = next(block for block in report.drivers_in_words(data) if isinstance(block, Table))
    for sentence, _, adjusted, reading in table.rows:
        if "neither more nor less" in sentence or (not adjusted.startswith("<") and float(adjusted) >= 0.05):
            assert reading == "Not told from chance"
        else:
            ratio = float(re.search(r"churns ([\d.]+) times", sentence)[1])
            assert reading == ("Goes with leaving" if ratio > 1 else "Goes with staying")


def test_exports_hold_every_paying_account_and_every_driver(data):
    out = report.exports(data)
    accounts = out["accounts_at_risk"]
    assert set(accounts["account_id"]) == set(data.risk.now.index)
    expected = accounts["mrr"] * accounts["probability_3m"]
    assert (accounts["expected_loss"] - expected).abs().max() <= 0.0001 * accounts["mrr"].max()
    assert len(out["drivers"]) == len(data.model.design.drivers)
    assert out["drivers"]["in_words"].str.startswith("An account").all()
