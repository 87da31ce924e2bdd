"""The brief's answer follows the numbers."""

import pandas as pd
import pytest

from reporting.present.blocks import Table
from reporting.present.formats import MINUS
from reporting.reports import executive_brief as report


def told(company, **changes) -> str:
    return report.headline(report.load(str(company(**changes))))[-1].markdown


def table_of(blocks) -> Table:
    return next(block for block in blocks if isinstance(block, Table))


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


def test_what_hangs_on_the_largest_account_is_said(company):
    text = told(company, paths={"a": [1000] * 13 + [2000], "b": [1000] * 13 + [500]})
    assert "Ada pays 80.0% of MRR; without it, NRR is 50.0% and GRR 50.0%." in text


def test_the_movements_are_the_ledger(company):
    figure = report.movements(report.load(str(company())))[0]
    told = figure.alt.replace(MINUS, "-")
    for part in ("new +$300", "reactivation +$400", "expansion +$200", "contraction -$150", "churn -$800"):
        assert part in told
    assert "from $3,100 at the close of January 2026 to $3,050" in figure.caption


@pytest.mark.parametrize(("margin", "reading"), [(0.05, "good"), (0.15, "open")])
def test_growth_within_the_margin_of_the_product_definition_is_neither_good_nor_bad(company, margin, reading):
    data = report.load(str(company(paths={f"x{i}": [1000] * 13 + [1100] for i in range(4)})))
    verdict = data.book.product.verdict.model_copy(update={"steady_growth": margin})
    data.book.product = data.book.product.model_copy(update={"verdict": verdict})
    data.book.judgement._view.product = data.book.product
    assert data.book.judgement.readings[0].reading == reading


def test_no_good_verdict_on_contradicting_sources(company):
    paths = {f"x{i}": [100 + month for month in range(14)] for i in range(12)}
    data = report.load(str(company(paths=paths, flags=dict.fromkeys(paths, True))))
    blocks = report.headline(data)
    assert blocks[-2].markdown.startswith("**Can't be told.**")
    assert "*not reliable*" in blocks[-1].markdown
    assert {item.good for item in report.key_figures(data)[0].items} == {None}


def test_each_tile_has_its_months_behind_it(company):
    tiles = {item.label: item for item in report.key_figures(report.load(str(company())))[0].items}
    assert len(tiles["MRR"].history) == 13
    assert tiles["MRR"].history[-1] == 305_000


def test_a_modelled_risk_ranks_the_accounts_to_save_and_is_summed(company):
    data = report.load(str(company()))
    judgement = data.book.judgement
    judgement.risk = pd.DataFrame(
        {"p3": [0.5, 0.1], "probability": [0.5, 0.1], "at_renewal": False}, index=["g", "e"]
    )
    save = data.save
    assert save["account_id"].tolist()[0] == "g"
    assert save.loc["g", "expected_loss_cents"] == 10_000  # 50 % of 200
    text = report.save(data)[0]
    assert "expects $140 of all MRR to leave within three months" in text.markdown


def test_without_a_model_nothing_is_said_of_risk(company):
    data = report.load(str(company()))
    assert data.book.judgement.risk.empty
    assert "churn model" not in report.save(data)[0].markdown


def test_a_table_says_how_many_it_leaves_out(company):
    paths = {f"x{i}": [1000] * 14 for i in range(7)}
    data = report.load(str(company(paths=paths)))
    rows = len(data.save)
    table = table_of(report.save(data))
    assert rows == 7 and len(table.rows) == 5
    assert "5 of 7, the others in account_verdicts.csv" in table.caption


def test_a_very_long_name_is_cut_on_the_page_and_whole_in_the_data(company):
    name = ("A very long name " * 200).strip()
    data = report.load(str(company(names={"a": name, "g": name})))
    named = {row[0] for blocks in (report.save(data), report.grow(data)) for row in table_of(blocks).rows}
    assert max(map(len, named)) <= 32 and any(text.endswith("…") for text in named)
    assert name in set(report.exports(data)["account_verdicts"]["account_name"])


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ([0] * 14, "No account pays at the close of February 2026, and none did a month before."),
        ([0] * 13 + [100], "$100 at the close of February 2026, the first month of revenue."),
        ([50] * 5 + [0] * 8 + [100], "$100 at the close of February 2026, after a month without any."),
    ],
)
def test_mrr_that_stood_at_nothing_is_told_as_it_was(company, path, words):
    assert words in told(company, paths={"a": path})
