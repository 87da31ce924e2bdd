"""The appendix: the state of the data, what can't be known, what the verdict rests on."""

from tests.hand import months, panel, snapshot

from reporting.present.blocks import Table
from reporting.reports import appendix as report


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
