"""The appendix: the state of the data, what can't be known, what the verdict rests on."""

import pandas as pd
from tests.hand import months, panel, snapshot

from reporting.present.blocks import Table
from reporting.reports import appendix as report
from reporting.reports.telling import measures
from reporting.reports.telling.book import Book


def test_the_registry_is_defined_whole_and_gaps_are_named(company):
    data = report.load(str(company(unavailable={"nps": ["surveys"]})))
    (glossary,) = report.glossary(data)
    told = dict(glossary.entries)
    assert "needs `surveys`" in told["Net promoter score"]
    assert "needs" not in told["MRR"]
    assert "needs `surveys`: net promoter score." in report.unknowns(data)[0].markdown


def test_findings_are_shown_with_counts_and_examples(company):
    finding = {
        "check": "usage_before_signup",
        "severity": "warning",
        "table": "events",
        "column": "occurred_at",
        "count": 12,
        "total": 400,
        "message": "usage before sign-up",
        "examples": '[{"account_id": "a", "occurred_at": "2024-12-30"}]',
        "remedy": "Check the clock.",
    }
    text, table = report.data_quality(report.load(str(company(findings=[finding]))))
    assert "1 finding" in text.markdown
    assert table.rows == [
        ["events", "usage before sign-up", "12 of 400", "account_id a, occurred_at 2024-12-30"]
    ]


def test_the_verdict_s_figures_stand_with_range_and_reading():
    rows = months("a", [100 * 100] * 7 + [100 * 120] * 7)
    *_, table = report.signs(report.load(snapshot(panel(*rows))))
    assert isinstance(table, Table)
    told = {row[0]: row[1:] for row in table.rows}
    assert told["MRR"][:2] == ["$120", "0.0%"]
    assert told["Workflows run"][0] == "not available"


def test_every_figure_is_published_by_month_money_in_units_and_parts_counted():
    rows = [
        ("2026-02", "health_score:at risk", 7.0, None),
        ("2026-02", "risk_flags:low_adoption", 0.25, 4.0),
        ("2026-01", "health_score", None, None),
        ("2026-02", "health_score", 71.23456, 3.0),
        ("2026-02", "mrr", 123_456.0, None),
        ("2026-02", "of a version to come", 1.0, None),
    ]
    portfolio = pd.DataFrame(rows, columns=["month", "metric", "value", "denominator"])
    portfolio["month"] = pd.to_datetime(portfolio["month"])
    book = Book(snapshot(panel({}), portfolio_month=portfolio))
    assert measures.by_month(book).to_numpy().tolist() == [
        ["health_score", "", "Health score", "score 0-100", "2026-02", 71.2346],
        ["health_score", "at risk", "Health score", "count", "2026-02", 7.0],
        ["mrr", "", "MRR", "USD", "2026-02", 1234.56],
        ["risk_flags", "low_adoption", "Risk flags", "share", "2026-02", 0.25],
    ]
