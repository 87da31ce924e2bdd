"""Bands, parts and the validity of past scores."""

import numpy as np

from reporting.analysis.onboarding import newcomers, steps
from reporting.present.formats import MINUS
from reporting.reports import monthly_health as report


def load(company, **changes):
    return report.load(str(company(**changes)))


def test_bands_count_accounts_and_their_mrr(company):
    table = load(company).by_band
    assert table["accounts"].tolist() == [2, 3, 1]
    assert table["mrr_cents"].tolist() == [170_000, 115_000, 20_000]
    assert table["accounts_before"].tolist() == [2, 1, 2]


def test_few_losses_give_no_judgement_of_the_score(company):
    text = report.validity(load(company))[0].markdown
    assert "can't be judged yet: only 2 accounts left" in text


def many(count: int, leaving: int) -> dict[str, list[float]]:
    """`leaving` accounts that go in January 2026, the others stay."""
    return {f"x{i}": [100] * 12 + ([0, 0] if i < leaving else [100, 100]) for i in range(count)}


def with_scores(low: int):
    def edit(panel):
        ill = panel["account_id"].isin([f"x{i}" for i in range(low)])
        panel["engagement_score"] = panel["health_score"] = np.where(ill, 20.0, 90.0)
        panel["engagement_band"] = panel["health_band"] = np.where(ill, "churn risk", "healthy")
        return panel

    return edit


def test_a_score_that_told_who_left_is_believed(company):
    data = load(company, paths=many(60, 15), edit=with_scores(15))
    text = report.validity(data)[0].markdown
    assert "tells well who will leave" in text
    assert "AUC 0." in text or "AUC 1.00" in text


def test_a_score_that_told_nothing_says_so(company):
    def same(panel):
        return panel.assign(health_score=80.0, health_band="healthy")

    text = report.validity(load(company, paths=many(60, 15), edit=same))[0].markdown
    assert "does not tell who will leave" in text


def test_a_score_is_not_judged_by_churn_nobody_agrees_on(company):
    paths = many(60, 15)
    flags = {account: True for account in list(paths)[15:]}
    text = report.validity(load(company, paths=paths, flags=flags, edit=with_scores(15)))[0].markdown
    assert "can't be judged here" in text


def test_drop_off_counts_the_furthest_step(company):
    book = load(company).book
    table = steps(book, newcomers(book))
    assert table["accounts"].tolist() == [7, 7, 7, 7, 7, 0, 0]
    assert table["lost"].tolist() == [0, 0, 0, 0, 0, 7, 0]


def test_health_movers_name_the_part(company):
    def fall(panel):
        rows = (panel["account_id"] == "a") & (panel["month"] == panel["month"].max())
        panel.loc[rows, ["health_usage_trend", "health_score"]] = [25.0, 55.0]
        return panel

    data = load(company, edit=fall)
    table = next(block for block in report.movers(data) if getattr(block, "label", "") == "tbl-health-down")
    assert table.rows[0][0] == "Ada"
    assert table.rows[0][3] == f"{MINUS}30.0"
    assert table.rows[0][5].startswith(f"usage trend {MINUS}30.0")


def test_a_score_with_too_few_parts_warns_before_any_band(company):
    data = load(company)
    first = report.headline(data)[0]
    assert first.spec()["style"] == "warning"
    assert "30% of the health score's weight: activation and usage trend" in first.markdown
    assert all(item.good is None for item in report.key_figures(data)[0].items)


def test_without_users_adoption_is_a_share_of_accounts(company):
    text = report.features(load(company, without=("active_users",)))[0].markdown
    # Four of the seven accounts use each feature; all seven had events.
    assert "57.1% of the active accounts" in text
