"""No reason, no listing; rates follow what past accounts did."""

import numpy as np

from reporting.reports import expansion_readiness as report
from reporting.reports.expansion_readiness import sections


def load(company, **changes):
    return report.load(str(company(**changes)))


def test_only_accounts_with_a_commercial_reason_are_listed(company):
    data = load(company)
    assert data.listed["account_name"].tolist() == ["Ada"]
    text, table = report.accounts(data)
    assert table.rows[0][4] == "9 of 12 seats in use"
    assert "1 further account is ready by use but without a reason" in text.markdown


def test_nobody_listed_is_said_plainly(company):
    text = report.headline(load(company, without=("commercial_reason",)))[-1].markdown
    assert "**No account is to be made an offer** at the close of" in text


def test_an_offer_that_can_not_be_known_is_no_zero(company, monkeypatch):
    data = load(company, without=("commercial_reason",))
    monkeypatch.setattr(sections, "_lacking", lambda _: "Not known in this source: licence use.")
    assert report.headline(data)[-1].markdown.startswith("**Whom to make an offer to can't be told in full**")
    first = report.key_figures(data)[0].items[0]
    assert (first.value, first.note) == ("not available", "")
    assert report.accounts(data)[0].markdown.startswith("Whom to make an offer to can't be told in full")


def grown(n: int, growing: int) -> dict[str, list[float]]:
    return {f"x{i}": [100] * 12 + ([150, 150] if i < growing else [100, 100]) for i in range(n)}


def scored(high: int, reason: int = 0):
    def edit(panel):
        top = panel["account_id"].isin([f"x{i}" for i in range(high)])
        panel["expansion_readiness"] = np.where(panel["paying"], np.where(top, 90.0, 20.0), np.nan)
        with_reason = panel["account_id"].isin([f"x{i}" for i in range(reason)])
        panel["commercial_reason"] = np.where(with_reason, "seats", None)
        return panel

    return edit


def test_readiness_is_held_against_the_expansion_that_followed(company):
    data = load(company, paths=grown(60, 15), edit=scored(15))
    text = report.validity(data)[0].alt
    assert "tells well who will expand" in text and "not foretell" not in text


def test_a_readiness_that_tells_nothing_says_so(company):
    data = load(company, paths=grown(60, 15), edit=scored(60))
    assert "does not tell" in report.validity(data)[0].alt


def test_the_pipeline_is_past_expansion_over_past_mrr(company):
    # Ten of twenty accounts with a reason grew by half of their MRR, once in four followed windows.
    def healthy(panel):
        offered = {"health_band": "healthy", "health_score": 90.0, "seats_used": 9, "seats_purchased": 12}
        return scored(40, reason=20)(panel).assign(**offered)

    data = load(company, paths=grown(40, 10), edit=healthy)
    rows = data.past[data.past["commercial_reason"].notna()]
    assert (
        data.added_share.value
        == rows["amount_cents"].sum() / rows["mrr_cents"].sum()
        == 10 * 50 / (20 * 4 * 100)
    )
    listed = data.listed["mrr_cents"].sum()
    assert listed
    total = report.pipeline(data)[1].rows[-1]
    assert total[0] == "All"
    assert total[3] == f"{listed / 100 * data.added_share.value:,.0f}"


def test_licence_use_of_exactly_eighty_percent_is_not_over_it(company):
    def eighty(panel):
        return panel.assign(licence_utilisation=0.8)

    text = report.licence_use(load(company, edit=eighty))[1].alt
    assert text.startswith("0.0% of accounts use more than 80% of their seats")


def test_a_reason_of_an_account_with_something_to_mend_is_no_offer_and_said(company):
    def quiet(panel):
        return panel.assign(last_active_days=20.0)

    data = load(company, edit=quiet)
    text = report.headline(data)[-1].markdown
    assert "**No account is to be made an offer**" in text
    assert "1 further account has such a reason, and something else comes first" in text
