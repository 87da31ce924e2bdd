"""What the registry promises of a report is in that report."""

import importlib
import math

import pytest

from reporting.analysis.bridge import METRICS as OF_BRIDGE
from reporting.metrics.registry import METRICS
from reporting.present.blocks import Table
from reporting.reports.telling import measures

ACCOUNT_FILES = {
    "monthly_health": "account_health",
    "retention_cohorts": "account_cohorts",
    "churn_drivers": "account_warnings",
    "expansion_readiness": "account_growth",
}
"""Report -> its file of one row an account."""
ELSEWHERE = {
    ("churn_drivers", "churn_risk"): "accounts_at_risk.probability_3m",
    ("churn_drivers", "churn_type"): "lost_accounts.churn_type",
    ("executive_brief", "mrr"): "movers.mrr",
    **{("executive_brief", metric): "movers.movement" for metric in OF_BRIDGE if metric.endswith("_mrr")},
}
"""Metrics of accounts that stand in another file."""
SECTIONS = {
    "revenue_health_matrix": ("expansion_readiness", "quadrants"),
    "pre_churn_pattern": ("churn_drivers", "before_churn"),
    "churn_lead_time": ("churn_drivers", "before_churn"),
    "aha_moment": ("churn_drivers", "aha_moment"),
    "churn_risk": ("churn_drivers", "accounts_at_risk"),
    "lifecycle_funnel": ("monthly_health", "funnel"),
    "churn_type": ("churn_drivers", "churn_types"),
}
"""Metrics that are no single figure -> the section that tells them."""


def report_of(name: str):
    return importlib.import_module(f"reporting.reports.{name}")


def test_every_portfolio_figure_has_a_row_in_the_appendix(read):
    tables = [block for block in read("appendix", "whole", {})["figures"] if isinstance(block, Table)]
    rows = [row[0] for table in tables for row in table.rows]
    single = [
        metric
        for metric in METRICS.values()
        if "portfolio" in metric.levels and not metric.by_slice and metric.id not in SECTIONS
    ]
    assert sorted(rows) == sorted(metric.label for metric in single)


def test_what_is_no_single_figure_has_a_section():
    for metric in METRICS.values():
        if "portfolio" in metric.levels and (metric.by_slice or metric.place.startswith("computed")):
            report, section = SECTIONS[metric.id]
            assert hasattr(report_of(report), section), metric.id


def test_a_threshold_of_churn_is_no_good_news_when_the_sources_contradict(company):
    paths = {f"x{i}": [100 + i] * 14 for i in range(12)}
    data = report_of("executive_brief").load(
        str(company(paths=paths, flags={f"x{i}": i < 6 for i in range(12)}))
    )
    data.book.metric = lambda metric, month=None: math.nan if month == data.book.previous else 0.0
    table = measures.table(data.book, data.trust, ["monthly_churn_rate"], label="tbl-x", caption="X")
    assert table.rows[0][0] == "Monthly churn rate (not reliable: sources contradict)"
    assert table.rows[0][3] == "not reliable: sources contradict"


@pytest.mark.parametrize("name", ACCOUNT_FILES)
def test_every_figure_of_accounts_is_published_with_its_report(company, name):
    report = report_of(name)
    files = report.exports(report.load(str(company())))
    for metric in METRICS.values():
        if name in metric.reports and "account" in metric.levels:
            file, _, column = ELSEWHERE.get(
                (name, metric.id), f"{ACCOUNT_FILES[name]}.{metric.id}"
            ).partition(".")
            assert column in files[file], metric.id
    assert set(files[ACCOUNT_FILES[name]]["account_id"]) == set("abdefg")  # those that pay


def test_every_figure_of_users_is_published_with_its_report(company):
    report = report_of("monthly_health")
    found = report.exports(report.load(str(company())))["user_engagement"]
    for metric in METRICS.values():
        if "user" in metric.levels:
            assert metric.reports[0] == "monthly_health"
            assert metric.id in found, metric.id
    assert "a3x7" in found  # which users are the regulars
