"""RavenStack's figures, checked by hand; only where the files are (RAVENSTACK_DIR)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reporting.month import Month
from reporting.sources import open_source

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),  # Ibis with DuckDB 2
    pytest.mark.skipif("RAVENSTACK_DIR" not in os.environ, reason="RAVENSTACK_DIR is not set"),
]


@pytest.fixture(scope="module")
def source():
    with open_source("ravenstack", Path(__file__).parents[2] / "params") as opened:
        yield opened


@pytest.mark.parametrize(
    ("month", "mrr", "accounts"),
    [("2023-12", 1_262_113, 185), ("2024-11", 8_460_824, 474), ("2024-12", 10_159_608, 500)],
)
def test_mrr_at_the_close(source, month, mrr, accounts):
    close = Month.parse(month).close
    t = source.tables["subscriptions"]
    paying = t.filter(
        t.valid_from < close, t.valid_to.isnull() | (t.valid_to >= close), ~t.is_trial, t.amount > 0
    )
    found = paying.aggregate(mrr=t.amount.sum(), accounts=t.account_id.nunique()).to_pyarrow().to_pylist()
    assert found == [{"mrr": mrr, "accounts": accounts}]


def test_what_is_wrong_with_it(source):
    findings = source.check(Month(2024, 12))
    counts = {(finding.check, finding.table): finding.count for finding in findings}
    assert counts["before_subscription", "events"] == 19_142
    assert counts["before_sign_up", "events"] == 13_198
    assert counts["duplicate_key", "events"] == 21
    assert counts["before_sign_up", "tickets"] == 1_077
    assert counts["satisfaction_empty", "tickets"] == 825
    assert counts["ends_at_start", "subscriptions"] == 13
    (summary,) = [finding for finding in findings if finding.check == "churn_sources_contradict"]
    for words in (
        "110 accounts carry",
        "352 have a cancellation",
        "2 ever stopped paying and 0 no longer pay",
    ):
        assert words in summary.message
    assert all(finding.severity == "warning" for finding in findings)
